"""Put a set together: tables, index, policies, bibliography, manifest."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from factor_compiler import (
    bibliography,
    carbon,
    datapackage,
    devices,
    facility,
    impacts,
    index,
    instances,
    places,
    regional,
)
from factor_compiler.common import CURATED, Row, Upstream, check_provenance, curated, write_csv
from greenalgo.factors.sets import manifest_hash

if TYPE_CHECKING:
    from pathlib import Path

DATE = "2026-11-23"
CONSTANTS = (
    "id", "name", "value", "lower", "upper", "unit", "year", "status", "source", "licence", "note",
)  # fmt: skip
REGIONS = (
    "id", "name", "aliases", "provider", "region_code", "country", "region", "zone", "water_stress", "source",
    "licence", "note",
)  # fmt: skip


def regions(stress: dict[str, str]) -> list[Row]:
    """Return the table of cloud regions."""
    return [
        {
            "id": f"region:{row['provider']}:{row['region']}", "name": row["name"], "aliases": "",
            "provider": row["provider"], "region_code": row["region"], "country": row["country"],
            "region": row["subdivision"], "zone": row["zone"],
            "water_stress": stress.get(f"region:{row['provider']}:{row['region']}", ""),
            "source": "cloudregions2026", "licence": "CC-BY-4.0",
            "note": "",
        } for row in curated("cloud_regions")
    ]  # fmt: skip


def tables(upstream: Upstream) -> dict[str, tuple[tuple[str, ...], list[Row]]]:
    """Return every table's columns and rows, by name."""
    cloud = regions(impacts.stress(upstream))
    national = carbon.countries(upstream)
    pue, wue = facility.efficiency(upstream, {row["id"] for row in cloud})
    processors = devices.processors(upstream)
    types = instances.instances(upstream, {row["id"] for row in processors})
    return {
        "carbon-intensity": (carbon.COLUMNS, national + regional.regional(upstream, national)),
        "processors": (devices.COLUMNS, processors),
        "pue": (facility.COLUMNS, pue),
        "wue": (facility.COLUMNS, wue),
        "water": (impacts.WATER, impacts.water(upstream)),
        "embodied": (impacts.EMBODIED, impacts.embodied(processors)),
        "instances": (instances.COLUMNS, types),
        "equivalents": (impacts.EQUIVALENTS, impacts.equivalents()),
        "constants": (CONSTANTS, curated("constants")),
        "locations": (places.COLUMNS, places.locations()),
        "cloud-regions": (REGIONS, cloud),
        "sources": (bibliography.COLUMNS, bibliography.sources()),
    }


def compile_set(upstream: Upstream, target: Path, date: str) -> dict[str, int]:
    """Compile a set into a directory and return the number of rows by table."""
    built = tables(upstream)
    keys = {row["id"] for row in built["sources"][1]}
    mark_second_hand(built)
    files: dict[str, str] = {}
    for name, (columns, rows) in built.items():
        if name != "sources":
            check_provenance(rows, keys)
        files[f"{name.replace('-', '_')}.csv"] = write_csv(rows, columns)
    files["names.tsv"] = index.build(
        built["processors"][1],
        built["locations"][1],
        built["cloud-regions"][1],
        built["instances"][1],
    )
    files["sources.bib"] = bibliography.bibtex()
    files["NOTICE.md"] = bibliography.notice()
    policies = sorted(path.stem for path in (CURATED / "policies").glob("*.json"))
    for policy in policies:
        files[f"policies/{policy}.json"] = (CURATED / "policies" / f"{policy}.json").read_text(
            encoding="utf-8"
        )
    files["datapackage.json"] = datapackage.describe(target.name, date, built)
    counts = {name: len(rows) for name, (_, rows) in built.items()}
    files["manifest.json"] = manifest(target.name, date, counts, files, policies)
    for file, text in files.items():
        path = target / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    return counts


def mark_second_hand(built: dict[str, tuple[tuple[str, ...], list[Row]]]) -> None:
    """Mark rows as second-hand where their source was not read itself."""
    unread = {row["id"] for row in built["sources"][1] if row["status"] == "second-hand"}
    for name, (_, rows) in built.items():
        for row in rows if name != "sources" else []:
            if row.get("status") == "final" and row["source"] in unread:
                row["status"] = "second-hand"


def manifest(
    name: str, date: str, counts: dict[str, int], files: dict[str, str], policies: list[str]
) -> str:
    """Return the manifest: what is in the set, and the SHA-256 of every file and of itself."""
    data: dict[str, Any] = {
        "name": name, "date": date, "format": 1, "default_policy": f"greenalgo-{name}", "policies": policies,
        "tables": {
            table: {"file": f"{table.replace('-', '_')}.csv", "rows": count} for table, count in counts.items()
        },
        "files": {
            file: {"bytes": len(text.encode()), "sha256": hashlib.sha256(text.encode()).hexdigest()}
            for file, text in sorted(files.items())
        },
    }  # fmt: skip
    data["sha256"] = manifest_hash(data)
    return json.dumps(data, indent=1) + "\n"
