"""Write statements of Table 1 of The Carbon Footprint of Bioinformatics from a table of facts.

    python scripts/encode_bioinformatics.py --from green-algorithms-reference.csv -o registry/statements

The same rules hold as for ``encode_published.py``, which it borrows the output from.
"""

from __future__ import annotations

import argparse
import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from encode_published import ISSUED, dump, facts, number, write

if TYPE_CHECKING:
    from collections.abc import Iterator

PAPER = "MBE2022"
CALCULATOR = "Green Algorithms data v1.1, world average"
WATTS = "12 W is what the calculator takes for any processor, and it reproduces the CO2e"
#: W per GB of memory: Lannelongue, Grealey, Inouye 2021, doi:10.1002/advs.202100707.
MEMORY_W_PER_GB = Decimal("0.3725")


def hardware_of(row: dict[str, str], entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return processor and memory; the power of the processor is inferred."""
    watts = {
        "value": round(float(row["W_per_core"]), 4),
        "status": "imputed",
        "source": f"Not in the table; {entry.get('watts', WATTS)}",
    }
    if "gpu" in entry:
        watts["source"] = "Not in the table; thermal design power"
        components = [{"kind": "gpu", "model": entry["gpu"], "count": 1, "power_w": watts}]
    else:
        count = int(row["n_cores"])
        core = {"kind": "cpu", "count": count, "power_scope": "core", "power_w": watts}
        if not entry.get("cores_stated"):
            core["note"] = "The count of cores is not in the text that was read."
        components = [core]
    memory = Decimal(row["memory_GB"])
    if memory:
        power = {"value": number(memory * MEMORY_W_PER_GB), "status": "modelled"}
        power["source"] = "0.3725 W per GB, Lannelongue et al. 2021"
        components.append({"kind": "memory", "memory_gb": number(memory), "power_w": power})
    return components


def hours_of(row: dict[str, str]) -> dict[str, Any]:
    hours = Decimal(row["runtime_h"])
    seconds = round(hours * 3600)
    quantity: dict[str, Any] = {"value": number(hours), "status": "declared", "source": "Table 1"}
    if hours != hours.to_integral_value():
        minutes, rest = divmod(seconds, 60)
        quantity["value"] = round(seconds / 3600, 6)
        quantity["note"] = f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return quantity


def encode(row: dict[str, str], entry: dict[str, Any]) -> dict[str, Any]:
    """Return the statement of one row."""
    name, case = entry["name"], entry.get("case", "")
    kilograms = Decimal(row["published"])
    run = {
        "id": "analysis",
        "phase": "analysis",
        "outcome": "reported",
        "hardware": hardware_of(row, entry),
        "hours": hours_of(row),
        "location": {"note": "None given; the calculator's world averages stand for the place."},
        "pue": {"value": 1.67, "status": "default", "source": f"{CALCULATOR} (Uptime 2019)"},
        "carbon_intensity_g_per_kwh": {
            "value": 475,
            "basis": "location",
            "year": 2019,
            "status": "default",
            "source": f"{CALCULATOR} (IEA 2019)",
        },
    }
    title = f"{name}{f' ({case})' if case else ''}, as estimated by Grealey et al. 2022"
    document = {
        "spec_version": "1.0",
        "title": title,
        "subject": {
            "name": name,
            "kind": "software",
            "doi": "10.1093/molbev/msac034",
            "field": "bioinformatics",
        },
        "issued": ISSUED,
        "licence": "CC-BY-4.0",
        "boundary": {
            "includes": ["GPU" if "gpu" in entry else "CPU cores", "data-centre overhead"],
            "excludes": ["storage", "network", "embodied emissions of the hardware"],
        },
        "runs": [run],
        "reported": {
            "boundary": "facility",
            "co2e_operational_kg": number(kilograms),
            "as_printed": {"co2e_operational_kg": f"{row['published']} kg"},
            "source": "Table 1",
        },
        "provenance": {
            "citation": "grealey2022",
            "compiled_by": "greenalgo maintainers, from a table of facts about the paper",
        },
        "note": entry.get("note", ""),
    }
    if Decimal(row["memory_GB"]):
        document["boundary"]["includes"].insert(1, "memory")
    return {key: value for key, value in document.items() if value != ""}


def statements(table: Path) -> Iterator[tuple[str, str, str]]:
    """Yield ``(row, file stem, text)``; the stem is empty and the text the reason if left out."""
    entries = facts("bioinformatics")
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["source"].startswith(PAPER):
                continue
            key = row["id"]
            entry = entries[key]
            if "skip" in entry:
                yield key, "", entry["skip"]
                continue
            stem = "grealey2022-table1-" + entry.get("key", key).replace("_", "-")
            text = dump(encode(row, entry), key, "")
            yield key, stem, text.replace("encode_published.py", "encode_bioinformatics.py", 1)


def main(arguments: list[str]) -> int:
    """Write the statements; say what was left out and why."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--from", dest="table", type=Path, required=True, help="the table of facts")
    parser.add_argument(
        "-o", dest="output", type=Path, required=True, help="the folder to write to"
    )
    options = parser.parse_args(arguments)
    for key, stem, text in statements(options.table):
        outcome = write(options.output / f"{stem}.yaml", text) if stem else f"left out: {text}"
        print(f"{key}: {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
