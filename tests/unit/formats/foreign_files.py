"""Small files in the shapes that trackers write, with values of our own."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from greenalgo.formats import Imported, Wanted, import_sources, of_bytes

if TYPE_CHECKING:
    from greenalgo.formats.records import Source

#: The columns of CodeCarbon 3.3, in its order.
CODECARBON = (
    "timestamp", "project_name", "run_id", "experiment_id", "duration", "emissions", "emissions_rate", "cpu_power",
    "gpu_power", "ram_power", "cpu_energy", "gpu_energy", "ram_energy", "energy_consumed", "water_consumed",
    "country_name", "country_iso_code", "region", "cloud_provider", "cloud_region", "os", "python_version",
    "codecarbon_version", "cpu_count", "cpu_model", "gpu_count", "gpu_model", "longitude", "latitude",
    "ram_total_size", "tracking_mode", "cpu_utilization_percent", "gpu_utilization_percent",
    "ram_utilization_percent", "ram_used_gb", "on_cloud", "pue", "wue",
)  # fmt: skip
#: A run of an hour on a node with two GPUs in Germany: 0.06 + 0.5 + 0.02 kWh.
ROW: dict[str, Any] = {
    "timestamp": "2024-03-11T10:00:00", "project_name": "chess", "run_id": "run-a", "experiment_id": "e",
    "duration": 3600.0, "emissions": 0.232, "emissions_rate": 6.4e-05, "cpu_power": 60.0, "gpu_power": 500.0,
    "ram_power": 20.0, "cpu_energy": 0.06, "gpu_energy": 0.5, "ram_energy": 0.02, "energy_consumed": 0.58,
    "water_consumed": 0.0, "country_name": "Germany", "country_iso_code": "DEU", "region": "berlin",
    "cloud_provider": "", "cloud_region": "", "os": "Linux", "python_version": "3.12.1",
    "codecarbon_version": "3.3.2", "cpu_count": 64, "cpu_model": "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz",
    "gpu_count": 2, "gpu_model": "2 x NVIDIA A100-SXM4-80GB", "longitude": 13.4, "latitude": 52.5,
    "ram_total_size": 256.0, "tracking_mode": "machine", "cpu_utilization_percent": 50.0,
    "gpu_utilization_percent": 80.0, "ram_utilization_percent": 10.0, "ram_used_gb": 25.0, "on_cloud": "N",
    "pue": 1.0, "wue": 0.0,
}  # fmt: skip


def codecarbon(
    *rows: dict[str, Any], columns: tuple[str, ...] = CODECARBON, delimiter: str = ","
) -> str:
    """Return an emissions.csv; each row is :data:`ROW` with changes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(columns)
    for changes in rows:
        row = {**ROW, **changes}
        writer.writerow([row.get(column, "") for column in columns])
    return out.getvalue()


def sources_of(files: dict[str, str]) -> list[Source]:
    """Return texts as files with names."""
    return [of_bytes(text.encode(), name) for name, text in files.items()]


def imported(
    *texts: str | bytes, form: str | None = None, wanted: Wanted | None = None
) -> Imported:
    """Import texts as files named after their number."""
    sources = [
        of_bytes(text if isinstance(text, bytes) else text.encode(), f"file-{number}.csv")
        for number, text in enumerate(texts)
    ]
    return import_sources(sources, form, wanted)


def codes_of(done: Imported) -> list[str]:
    """Return the codes of the findings, in their order."""
    return [finding.code for finding in done.findings]
