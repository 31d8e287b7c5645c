"""Policies: the defaults of a calculator, read from a document."""

from __future__ import annotations

import json
from typing import Any

from greenalgo.errors import FactorError
from greenalgo.factors.digest import sha256_of
from greenalgo.factors.records import Factor, Policy
from greenalgo.factors.table import row_hash

#: The format that this release reads; a newer one is refused.
FORMAT = 1
#: What a value of a policy is, for people; the rows of its tables have names of their own.
NAMES = {
    "carbon-intensity": "carbon intensity of an unknown place",
    "cpu-w": "power of an unknown CPU",
    "cpu-w-per-core": "power of an unknown CPU per core",
    "gpu-w": "power of an unknown GPU",
    "memory-w-per-gb": "power of memory per GB",
    "pue": "PUE of an unknown facility",
    "pue-personal-computer": "PUE of a personal computer",
    "utilisation-cpu": "CPU utilisation",
    "utilisation-gpu": "GPU utilisation",
}


def read_policy(text: str) -> Policy:
    """Read a policy document.

    Args:
        text: The JSON text; its format is described in the reference, under *policies*.

    Raises:
        FactorError: It is written for a newer greenalgo.
    """
    data: dict[str, Any] = json.loads(text)
    if data["format"] != FORMAT:
        raise FactorError(
            f"the policy '{data['id']}' has format {data['format']}; this greenalgo reads format {FORMAT}"
        )

    def table(key: str, unit: str = "", name: str = "{}") -> dict[str, Factor]:
        rows: dict[str, Any] = data.get(key, {})
        return {
            each: _factor(data, f"{key}:{each}", row, row.get("name", name.format(each)), unit)
            for each, row in rows.items()
        }

    return Policy(
        id=data["id"],
        title=data["title"],
        cites=tuple(data["cites"]),
        boundary=data["boundary"],
        pue_order=tuple(data["pue_order"]),
        values={
            key: _factor(data, key, row, NAMES.get(key, key)) for key, row in data["values"].items()
        },
        intensities=table("intensities", "g/kWh"),
        processors=table("processors"),
        providers=table("providers", "1", "PUE of the provider {}"),
        sha256=sha256_of(text),
    )


def _factor(
    policy: dict[str, Any], key: str, row: dict[str, Any], name: str, unit: str = ""
) -> Factor:
    value = float(row["value"])
    return Factor(
        id=f"policy:{policy['id']}:{key}", table="policy", name=name,
        value=value, lower=float(row.get("lower", value)), upper=float(row.get("upper", value)),
        unit=row.get("unit", unit), year=int(row.get("year", 0)), source=row.get("source", policy["cites"][0]),
        licence=policy["licence"], how="default of the policy", note=row.get("note", ""),
        sha256=row_hash({name: str(cell) for name, cell in row.items()}), status="default",
    )  # fmt: skip
