"""The table of a comparison: one frame of flat columns, ranked inside each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from greenalgo.registry.comparison.key import Key, key_of, recomputed
from greenalgo.registry.comparison.rows import UNRANKED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenalgo.registry.comparison.rows import Row, Span

#: Fields of a row that become columns as they are.
_FACTS = (
    "name", "run", "unit", "digest", "status", "title", "subject", "kind", "field", "task", "arxiv",
    "doi", "citation", "year", "work_year", "level", "phase", "outcome", "failed_runs", "exploratory_runs",
    "includes", "counted", "energy_from", "hardware", "devices", "power_w", "device_hours", "hours_of",
    "pue", "carbon_intensity", "country", "provider", "runs",
)  # fmt: skip
_SPANS = (("energy", "kwh"), ("co2e", "kg"), ("water", "l"), ("embodied", "kg"))
_NAMES = {"co2e": "CO2e", "energy": "energy", "water": "water"}
_KEYS = tuple(f"key_{name}" for name in Key._fields)

#: What a spreadsheet takes for the beginning of a formula (OWASP ASVS 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Group(NamedTuple):
    """Rows that share a key, the smallest first."""

    key: Key
    rows: pd.DataFrame


def frame_of(rows: Sequence[Row], *, per: str = "total", metric: str = "co2e") -> pd.DataFrame:
    """Make a frame of rows.

    Args:
        rows: The rows.
        per: ``total``, ``run``, ``accelerator-hour`` or ``unit``: what values are divided by.
        metric: ``co2e``, ``energy`` or ``water``: what is ranked.

    Returns:
        A row each, with facts, printed and recomputed figures, the key, and these columns:
        ``reported`` and ``harmonised`` with ``lower`` and ``upper`` (the metric, normalised, in kg, kWh
        or L); ``value`` (harmonised, else reported), by which ``rank`` counts inside a key from 1;
        ``per_run``, ``per_accelerator_hour``; ``why`` a row has no rank or no harmonised value.
    """
    frame = pd.DataFrame([_record(row, per, metric) for row in rows], columns=_columns())
    return ranked(frame.astype({"devices": "Int64", "value": "float64"}))


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Rank rows inside their key by ``value``, the smallest first; equal values share a rank.

    What was withdrawn, retracted, quarantined or superseded has no rank.
    """
    frame = frame.copy()
    standing = frame["value"].where(~frame["status"].isin(UNRANKED))
    ranks = standing.groupby([frame[name] for name in _KEYS], sort=False).rank(method="min")
    frame["rank"] = ranks.astype("Int64")
    return frame


def groups_of(frame: pd.DataFrame) -> list[Group]:
    """Split a frame by key: the largest group first, rows by rank and name.

    Rows without a value are in no group: there is nothing to compare.
    """
    ordered = frame[frame["value"].notna()].sort_values(["rank", "name", "run"], kind="stable")
    found = [
        Group(Key(*(str(part) for part in parts)), rows)
        for parts, rows in ordered.groupby(list(_KEYS), sort=True)
    ]
    return sorted(found, key=lambda group: (group.key.factor_set == "as printed", -len(group.rows)))


def labels(rows: pd.DataFrame) -> list[str]:
    """Return what each row is called: a run by its statement and its own name."""
    named = zip(rows["name"], rows["run"], rows["unit"], strict=True)
    return [f"{name}:{run}" if run and not unit else str(name) for name, run, unit in named]


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV that a spreadsheet does not run: text like a formula gets an apostrophe."""
    safe = table.copy()
    for name in safe.columns:
        if not _numeric(safe[name]):
            safe[name] = pd.Series([_harmless(v) for v in safe[name]], safe.index, dtype=object)
    return safe.to_csv(index=False, lineterminator="\n")


def _numeric(column: pd.Series[Any]) -> bool:
    return column.dtype.kind in "iufb"


def _harmless(value: object) -> object:
    if not isinstance(value, str):
        return value
    # A carriage return ends a row for many readers, and is not quoted.
    text = value.replace("\r\n", "\n").replace("\r", " ")
    return f"'{text}" if value.startswith(_FORMULA) else text


def _columns() -> list[str]:
    spans = [f"{name}_{end}_{unit}" for name, unit in _SPANS for end in ("value", "lower", "upper")]
    printed = [
        "reported_energy_kwh", "reported_co2e_kg", "reported_water_l", "reported_boundary",
        "reported_basis",
    ]  # fmt: skip
    return [
        *_FACTS, *printed, *spans, *_KEYS, "reported", "harmonised", "lower", "upper", "value",
        "per_run", "per_accelerator_hour", "why",
    ]  # fmt: skip


def _record(row: Row, per: str, metric: str) -> dict[str, object]:
    record: dict[str, object] = {name: getattr(row, name) for name in _FACTS}
    record |= {
        "reported_energy_kwh": row.printed.energy_kwh,
        "reported_co2e_kg": row.printed.co2e_kg,
        "reported_water_l": row.printed.water_l,
        "reported_boundary": row.printed.boundary,
        "reported_basis": row.printed.basis,
    }
    for name, unit in _SPANS:
        span: Span = getattr(row, name)
        for end, value in zip(("value", "lower", "upper"), span, strict=True):
            record[f"{name}_{end}_{unit}"] = value
    key = key_of(row, per, metric)
    record |= dict(zip(_KEYS, key, strict=True))
    span = {"co2e": row.co2e, "energy": row.energy, "water": row.water}[metric]
    said = {
        "co2e": row.printed.co2e_kg,
        "energy": row.printed.energy_kwh,
        "water": row.printed.water_l,
    }
    by = _divisor(row, per)
    reported = _over(said[metric], by)
    value, lower, upper = (_over(end, by) for end in span)
    best = span.value if span.value is not None else said[metric]
    record |= {
        "reported": reported,
        "harmonised": value,
        "lower": lower,
        "upper": upper,
        "value": _rounded(value if value is not None else reported),
        "per_run": None if row.unit else _over(best, float(row.runs or 1)),
        "per_accelerator_hour": None if row.unit else _over(best, row.device_hours),
        "why": _why(row, per, metric, by),
    }
    return record


def _rounded(value: float | None) -> float | None:
    """Round to 12 digits: what is equal but for the order of its arithmetic shares a rank."""
    return None if value is None else float(f"{value:.12g}")


def _divisor(row: Row, per: str) -> float | None:
    if row.unit:
        return 1.0  # a rate is normalised already
    return {"run": float(row.runs or 1), "accelerator-hour": row.device_hours}.get(per, 1.0)


def _over(value: float | None, by: float | None) -> float | None:
    return None if value is None or not by else value / by


def _why(row: Row, per: str, metric: str, by: float | None) -> str:
    if not by:
        return f"device-hours are not known, so nothing per {per}"
    if recomputed(row, metric):
        return ""
    why = row.why_no_water if metric == "water" else row.why
    return why or f"{_NAMES[metric]} does not follow from the inputs"
