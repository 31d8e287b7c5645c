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

    def table(key: str, unit: str = "") -> dict[str, Factor]:
        rows: dict[str, Any] = data.get(key, {})
        return {name: _factor(data, f"{key}:{name}", row, unit) for name, row in rows.items()}

    return Policy(
        id=data["id"],
        title=data["title"],
        cites=tuple(data["cites"]),
        boundary=data["boundary"],
        pue_order=tuple(data["pue_order"]),
        values={name: _factor(data, name, row, "") for name, row in data["values"].items()},
        intensities=table("intensities", "g/kWh"),
        processors=table("processors"),
        providers=table("providers", "1"),
        sha256=sha256_of(text),
    )


def _factor(policy: dict[str, Any], key: str, row: dict[str, Any], unit: str) -> Factor:
    value = float(row["value"])
    return Factor(
        id=f"policy:{policy['id']}:{key}", table="policy", name=row.get("name", key.replace("-", " ")),
        value=value, lower=float(row.get("lower", value)), upper=float(row.get("upper", value)),
        unit=row.get("unit", unit), year=int(row.get("year", 0)), source=row.get("source", policy["cites"][0]),
        licence=policy["licence"], how="default of the policy", note=row.get("note", ""),
        sha256=row_hash({name: str(cell) for name, cell in row.items()}), status="default",
    )  # fmt: skip
