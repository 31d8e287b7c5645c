"""Compare coverage and agreement of the factors with the peers' own files.

    python benchmarks/compare_factors.py --peers DIR [--green-algorithms CLONE] [--mlco2 CLONE]

Installs the peers' packages into DIR, without their dependencies and outside of the project's environment, and reads
the data files that they carry; none is imported. Green Algorithms and mlco2 have no package: give clones of
their repositories.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from greenalgo.errors import FactorError
from greenalgo.factors import FactorSet, open_set
from greenalgo.factors.names import processor_key

PACKAGES = ("codecarbon==3.3.2", "ecologits==0.11.3", "boaviztapi")
COUNTRIES = ("FRA", "DEU", "POL", "SWE", "GBR", "USA", "IND", "CHN", "AUS", "ZAF", "CAN", "BRA")
CPUS = (
    "Intel Xeon E5-2683 v4", "Intel Xeon E5-2680 v3", "Intel Xeon E5-2690 v3", "Intel Xeon Gold 6148",
    "Intel Xeon Gold 6230", "Intel Xeon Gold 6248", "Intel Xeon Platinum 8280", "Intel Xeon Platinum 8380",
    "Intel Xeon Platinum 8480+", "Intel Core i7-10710U", "Intel Core i7-9700K", "Intel Core i9-13900K",
    "AMD EPYC 7401", "AMD EPYC 7742", "AMD EPYC 7763", "AMD EPYC 9654", "AMD EPYC 9965", "AMD Ryzen 7 7840HS",
)  # fmt: skip
GPUS = (
    "Tesla V100-SXM2-16GB", "Tesla V100-PCIE-16GB", "Tesla V100-SXM2-32GB", "A100 SXM4 80 GB", "A100 40GB PCIe",
    "A100 80GB PCIe", "L40S", "L4", "Tesla T4", "RTX A6000", "GeForce RTX 4090", "TPU v3",
)  # fmt: skip
#: Why a device differs by more than 5 %.
CAUSES = {
    "AMD EPYC 7401": "AMD states '155W / 170W' by speed of the memory",
    "AMD Ryzen 7 7840HS": "AMD states a range of 35 W to 54 W; we take its upper end",
    "Intel Core i7-10710U": "the other has the configurable TDP-up of 25 W",
    "Intel Core i9-13900K": "the other has the maximum turbo power, not the base power",
    "Tesla V100-SXM2-16GB": "SXM2 and PCIe are swapped there; the data sheet says 300 W and 250 W",
    "Tesla V100-PCIE-16GB": "SXM2 and PCIe are swapped there; the data sheet says 300 W and 250 W",
    "TPU v3": "450 W is the TDP; the others have the mean power of the chip (220 W)",
}


class Peer(NamedTuple):
    """What a peer's files hold: intensity by country (value, year), watts by processor key, and counts."""

    name: str
    licence: str
    intensity: dict[str, tuple[float, int]]
    watts: dict[str, float]
    counts: dict[str, object]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def codecarbon(root: Path) -> Peer:
    data = root / "codecarbon" / "data"
    mixes: dict[str, Any] = json.loads(
        (data / "private_infra" / "global_energy_mix.json").read_text()
    )
    intensity = {
        code: (float(row["carbon_intensity"]), int(row["year"])) for code, row in mixes.items()
    }
    cpus = table(data / "hardware" / "cpu_power.csv")
    watts = {
        processor_key(row["Name"]): float(row["TDP"]) for row in cpus if row["TDP"].count(".") < 2
    }
    regions = sum(
        len(json.loads(path.read_text()).get("data", {})) for path in data.rglob("*emissions.json")
    )
    usa = json.loads((data / "private_infra" / "2023" / "usa_emissions.json").read_text())
    counts = {
        "places": len(mixes) + regions + sum(not key.startswith("_") for key in usa), "years per place": 1,
        "latest year": max(year for _, year in intensity.values()), "CPUs": len(watts), "accelerators": 0,
        "cloud regions": len(table(data / "cloud" / "impact.csv")), "instance types": 0,
        "source, licence, interval per row": "no, no, no",
    }  # fmt: skip
    return Peer("CodeCarbon 3.3.2", "MIT", intensity, watts, counts)


def ecologits(root: Path) -> Peer:
    rows = json.loads((root / "ecologits" / "data" / "electricity_mixes.json").read_text())[
        "electricity_mixes"
    ]
    intensity = {row["name"]: (float(row["gwp"]) * 1000, 0) for row in rows}
    counts = {
        "places": len(rows), "years per place": 1, "latest year": "not stated", "CPUs": 0, "accelerators": 0,
        "cloud regions": 0, "instance types": 0, "source, licence, interval per row": "no, no, no",
    }  # fmt: skip
    return Peer("EcoLogits 0.11.3", "MPL-2.0", intensity, {}, counts)


def boavizta(root: Path) -> Peer:
    data = root / "boaviztapi" / "data"
    mixes = table(data / "crowdsourcing" / "electrical_mix.csv")
    sources = sorted(
        (row for row in mixes if row["name"] == "gwp"),
        key=lambda row: row["priority"],
        reverse=True,
    )
    known: dict[str, str] = {}
    for row in sources:  # the source with the highest priority comes last and wins
        known |= {
            key: value for key, value in row.items() if len(key) == 3 and key.isupper() and value
        }
    intensity = {code: (float(value) * 1000, 0) for code, value in known.items()}
    cpus = table(data / "crowdsourcing" / "cpu_specs.csv")
    watts = {processor_key(row["name"]): float(row["tdp"]) for row in cpus if row["tdp"]}
    cloud = data / "archetypes" / "cloud"
    types = sum(
        len(table(cloud / f"{name}.csv"))
        for name in ("aws", "azure", "gcp", "ovhcloud", "scaleway")
    )
    counts = {
        "places": len(intensity), "years per place": 1, "latest year": "mixed", "CPUs": len(watts),
        "accelerators": len(table(data / "crowdsourcing" / "gpu_specs.csv")),
        "cloud regions": len(table(cloud / "regions.csv")), "instance types": types,
        "source, licence, interval per row": "partly, no, no",
    }  # fmt: skip
    return Peer("BoaviztAPI", "AGPL-3.0", intensity, watts, counts)


def mlco2(clone: Path) -> Peer:
    rows = table(clone / "data" / "gpus.csv")
    watts = {processor_key(row["name"]): float(row["tdp_watts"]) for row in rows}
    counts = {
        "places": 0, "CPUs": sum(row["type"] == "cpu" for row in rows),
        "accelerators": sum(row["type"] != "cpu" for row in rows),
        "cloud regions": len(table(clone / "data" / "impact.csv")), "instance types": 0,
        "source, licence, interval per row": "yes, no, no",
    }  # fmt: skip
    return Peer("mlco2", "MIT", {}, watts, counts)


def green_algorithms(clone: Path) -> Peer:
    data = clone / "data" / "v3.0"

    def read(name: str) -> list[dict[str, str]]:
        text = (data / name).read_text(encoding="utf-8").split("\n", 1)[1]
        return list(csv.DictReader(text.splitlines()))

    places = read("CI_aggregated.csv")
    cpus, gpus = read("TDP_cpu.csv"), read("TDP_gpu.csv")
    watts = {processor_key(row["model"]): float(row["TDP"]) for row in cpus + gpus if row["TDP"]}
    counts = {
        "places": len(places), "years per place": 1, "latest year": "mostly 2020", "CPUs": len(cpus),
        "accelerators": len(gpus), "cloud regions": len(read("cloudProviders_datacenters.csv")), "instance types": 0,
        "source, licence, interval per row": "yes, no, no",
    }  # fmt: skip
    by_name = {
        row["countryName"]: row for row in places if row.get("regionName") in ("Any", "", None)
    }
    codes = {
        row["name"]: row["id"] for row in open_set().rows("locations") if row["level"] == "country"
    }
    codes |= {"United States of America": "USA"}
    intensity = {
        codes[name]: (float(row["carbonIntensity"]), 2020)
        for name, row in by_name.items()
        if name in codes
    }
    return Peer("Green Algorithms 3.0", "CC BY 4.0; intensities doubtful", intensity, watts, counts)


def ours(factors: FactorSet) -> dict[str, object]:
    rows = [
        row for row in factors.rows("carbon-intensity")
        if row["status"] not in ("proxy", "alternate") and not row["note"].startswith("Derived")
    ]  # fmt: skip
    per_place = Counter(place for place, _ in {(row["location"], row["year"]) for row in rows})
    devices = list(factors.rows("processors"))
    return {
        "places": len(per_place), "place-years": per_place.total(),
        "years per place": f"{sum(count >= 20 for count in per_place.values())} with 20 or more",
        "latest year": max(row["year"] for row in rows),
        "CPUs": sum(row["kind"] == "cpu" for row in devices),
        "CPUs with cores": sum(row["kind"] == "cpu" and row["cores"] != "" for row in devices),
        "accelerators": sum(row["kind"] != "cpu" for row in devices),
        "accelerators A or B": sum(row["kind"] != "cpu" and row["grade"] in "AB" for row in devices),
        "cloud regions": factors.manifest["tables"]["cloud-regions"]["rows"],
        "instance types": factors.manifest["tables"]["instances"]["rows"],
        "source, licence, interval per row": "yes, yes, yes",
    }  # fmt: skip


def coverage(factors: FactorSet, peers: list[Peer]) -> None:
    mine = ours(factors)
    print("\n## Coverage\n")
    print(
        f"{'':34}{'greenalgo ' + factors.name:>22}" + "".join(f"{peer.name:>22}" for peer in peers)
    )
    for key, value in mine.items():
        cells = "".join(f"{peer.counts.get(key, '-')!s:>22}" for peer in peers)
        print(f"{key:34}{value!s:>22}{cells}")
    print(
        f"{'licence':34}{'CC BY 4.0':>22}" + "".join(f"{peer.licence[:20]:>22}" for peer in peers)
    )


def why_intensity(factors: FactorSet, country: str, theirs: float, year: int, peer: str) -> str:
    """Say why an intensity differs, by looking for the year of ours that it equals."""
    own_series = peer.startswith(("CodeCarbon", "EcoLogits"))  # both take Ember's values
    for candidate in ([year] if year else []) + [2025, 2024, 2023, 2022] if own_series else []:
        if abs(factors.carbon_intensity(country, year=candidate).value / theirs - 1) <= 0.02:
            return f"the same series, year {candidate}"
    if peer.startswith("BoaviztAPI"):
        return "other sources and years: Scarlat 2022 (2019), Ember (2020), ADEME (2011)"
    if peer.startswith("Green"):
        return "data of 2020 from another source, for some countries with losses"
    return (
        f"an older vintage of the same series (year {year}); it was revised since"
        if year
        else "another vintage"
    )


def intensities(factors: FactorSet, peers: list[Peer]) -> None:
    print("\n## Carbon intensity, g/kWh (ours: 2024, life-cycle)\n")
    for peer in (peer for peer in peers if peer.intensity):
        print(peer.name)
        for country in COUNTRIES:
            mine = factors.carbon_intensity(country, year=2024).value
            if country not in peer.intensity:
                print(f"  {country}  {mine:7.1f}        -")
                continue
            theirs, year = peer.intensity[country]
            gap = theirs / mine - 1
            cause = (
                "" if abs(gap) <= 0.05 else why_intensity(factors, country, theirs, year, peer.name)
            )
            print(f"  {country}  {mine:7.1f}  {theirs:7.1f}  {gap:+6.1%}  {cause}")


def devices(factors: FactorSet, peers: list[Peer]) -> int:
    """Print the devices; return how many differ by more than 5 % without a cause."""
    print("\n## Power of 30 devices, W\n")
    unexplained = 0
    for name in (*CPUS, *GPUS):
        try:
            mine = factors.processor(name)
        except FactorError as error:
            print(f"  {name:28} {error}")
            unexplained += 1
            continue
        found = {
            peer.name: peer.watts[key]
            for peer in peers
            if (key := processor_key(name)) in peer.watts
        }
        off = {peer: watts for peer, watts in found.items() if abs(watts / mine.power_w - 1) > 0.05}
        cause = CAUSES.get(name, "no cause known") if off else ""
        unexplained += bool(off) and name not in CAUSES
        others = ", ".join(f"{peer} {watts:g}" for peer, watts in found.items())
        print(
            f"  {name:28} {mine.power_w:6g} {mine.grade}  {others or '-'}{'  <- ' + cause if cause else ''}"
        )
    return unexplained


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--peers", type=Path, required=True, metavar="DIR", help="where the packages go"
    )
    parser.add_argument("--green-algorithms", type=Path, metavar="CLONE")
    parser.add_argument("--mlco2", type=Path, metavar="CLONE")
    arguments = parser.parse_args()
    for package in PACKAGES:
        if not (arguments.peers / package.partition("=")[0]).is_dir():
            options = ["--quiet", "--no-deps", "--target", str(arguments.peers)]
            subprocess.run([sys.executable, "-m", "pip", "install", *options, package], check=True)
    peers = [read(arguments.peers) for read in (codecarbon, ecologits, boavizta)]
    if arguments.green_algorithms:
        peers.append(green_algorithms(arguments.green_algorithms))
    if arguments.mlco2:
        peers.append(mlco2(arguments.mlco2))
    factors = open_set()
    coverage(factors, peers)
    intensities(factors, peers)
    unexplained = devices(factors, peers)
    print(f"\n{unexplained} of 30 devices differ by more than 5 % without a known cause")
    return 1 if unexplained else 0


if __name__ == "__main__":
    raise SystemExit(main())
