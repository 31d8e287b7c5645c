"""``datapackage.json``: the tables as a Frictionless data package, with every column described."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from factor_compiler.common import Row, curated

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Columns whose cells are numbers; all others are text.
NUMBERS = frozenset({
    "value", "lower", "upper", "power_w", "idle_w", "memory_gb", "die_mm2", "share", "accelerators",
    "vcpus", "host_vcpus", "host_memory_gb", "host_embodied_kg", "lifetime_years",
})  # fmt: skip
INTEGERS = frozenset({"year", "cores", "threads", "water_stress"})


def describe(name: str, date: str, tables: Mapping[str, tuple[tuple[str, ...], list[Row]]]) -> str:
    """Return the package's description as JSON text."""
    words = {row["column"]: row["description"] for row in curated("columns")}
    resources: list[dict[str, Any]] = []
    for table, (columns, rows) in tables.items():
        fields = [
            {"name": column, "type": kind(column), "description": words[column]}
            for column in columns
        ]
        fields[0]["constraints"] = {"required": True, "unique": True}  # type: ignore[assignment]
        schema: dict[str, Any] = {"fields": fields, "primaryKey": "id", "missingValues": [""]}
        if table != "sources":
            schema["foreignKeys"] = [
                {"fields": "source", "reference": {"resource": "sources", "fields": "id"}}
            ]
        resources.append({
            "name": table, "path": f"{table.replace('-', '_')}.csv", "profile": "tabular-data-resource",
            "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "schema": schema,
            "licenses": [{"name": licence} for licence in sorted({row["licence"] for row in rows})],
        })  # fmt: skip
    package = {
        "profile": "tabular-data-package", "name": f"greenalgo-factors-{name}", "title": f"greenalgo factor set {name}",
        "version": name, "created": date, "licenses": [{
            "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/",
            "title": "The compilation; each row names the licence of its source",
        }],
        "resources": resources,
    }  # fmt: skip
    return json.dumps(package, indent=1, ensure_ascii=False) + "\n"


def kind(column: str) -> str:
    """Return the Frictionless type of a column."""
    return "number" if column in NUMBERS else "integer" if column in INTEGERS else "string"
