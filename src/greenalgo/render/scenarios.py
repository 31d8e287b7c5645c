"""Footprints of the same work elsewhere, side by side: as text, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.footprint import Result
from greenalgo.glance.known import PLACES
from greenalgo.render import numbers
from greenalgo.render.columns import aligned, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenalgo.footprint import Change, Footprint, Input

#: The quantities that are shown: name for people, and the ladder of units that each is printed in.
_SHOWN = {
    "energy_facility_kwh": ("energy", "energy"),
    "co2e_operational_kg": ("CO2e", "co2e"),
}
#: The inputs that a scenario changes, and the quantity that each goes into.
_INPUTS = {"pue": "energy_facility_kwh", "carbon_intensity_g_per_kwh": "co2e_operational_kg"}
_CAVEAT = "Hours, hardware, power and metered energy stay as declared. A scenario is no footprint: report what ran."


class Scenario(NamedTuple):
    """A row: what is changed, and what follows.

    Attributes:
        change: What is changed.
        footprint: What follows.
        times: Its operational CO2e over that of the statement as declared; None where one is missing.
    """

    change: Change
    footprint: Footprint
    times: float | None

    @property
    def name(self) -> str:
        """What it is called: what it changes."""
        place, words = self.change.place, []
        if place is not None:
            narrowest = (place.provider_region, place.grid_zone, place.region, place.country)
            own = next(name for name in narrowest if name)
            words.append(f"{place.provider}/{own}" if place.provider else own)
        if self.change.pue is not None:
            words.append(f"PUE {self.change.pue:g}")
        if self.change.carbon_intensity_g_per_kwh is not None:
            words.append(f"{self.change.carbon_intensity_g_per_kwh:g} g/kWh")
        return ", ".join(words) or "as declared"

    def total(self, quantity: str) -> Result | None:
        """Return the total of a quantity, where there is one."""
        found = self.footprint.totals.get(quantity)
        return found if isinstance(found, Result) else None

    def inputs(self, name: str) -> list[Input]:
        """Return what an input is in every run that it goes into."""
        outcomes = [run.outcomes.get(_INPUTS[name]) for run in self.footprint.runs]
        return [
            given
            for outcome in outcomes
            if isinstance(outcome, Result)
            for given in outcome.trace.inputs
            if given.name == name
        ]

    def lacking(self) -> list[str]:
        """Return why something is missing, a sentence each."""
        return [gap.message for gap in self.footprint.gaps]


def scenarios(changes: Sequence[Change], footprints: Sequence[Footprint]) -> list[Scenario]:
    """Put changes and footprints together.

    Args:
        changes: What was changed; the first changes nothing.
        footprints: The footprint of each.
    """
    rows = [Scenario(*pair, None) for pair in zip(changes, footprints, strict=True)]
    base = rows[0].total("co2e_operational_kg")

    def times(row: Scenario) -> float | None:
        own = row.total("co2e_operational_kg")
        return own.value / base.value if own and base and base.value else None

    return [row._replace(times=times(row)) for row in rows]


def to_text(rows: Sequence[Scenario], factor_set: str, policy: str) -> str:
    """Return a table for people, where its factors come from, and what it does not say."""
    units = {
        quantity: numbers.scale(
            ladder, [total.value for row in rows if (total := row.total(quantity))]
        )
        for quantity, (_, ladder) in _SHOWN.items()
    }
    heads = [f"{word} ({units[quantity].name})" for quantity, (word, _) in _SHOWN.items()]
    cells = [("", "PUE", "g/kWh", *heads, "times declared")]
    for row in rows:
        totals = [_amount(row.total(quantity), unit.size) for quantity, unit in units.items()]
        times = "-" if row.times is None else plain(numbers.show(row.times))
        cells.append((row.name, *map(_span, map(row.inputs, _INPUTS)), *totals, times))
    lines = [f"Factor set {factor_set}, policy {policy}", "", *aligned(cells)]
    for title, found in (
        ("Looked up", [line for row in rows for line in _looked_up(row)]),
        ("Missing", [line for row in rows for line in row.lacking()]),
    ):
        if found:
            lines += ["", title, *(f"  {line}" for line in dict.fromkeys(found))]
    return "\n".join((*lines, "", _CAVEAT)) + "\n"


def to_json(rows: Sequence[Scenario], factor_set: str, policy: str) -> str:
    """Return the scenarios as JSON: energy in kWh, CO2e in kg, with intervals and factors."""
    document = {
        "format_version": "1.0",
        "factor_set": factor_set,
        "policy": policy,
        "scenarios": [_record(row) for row in rows],
        "note": _CAVEAT,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def to_csv(rows: Sequence[Scenario], factor_set: str, policy: str) -> str:
    """Return the scenarios as CSV, a row each; energy in kWh, CO2e in kg."""
    written = io.StringIO()
    ends = [f"{quantity}_{end}" for quantity in _SHOWN for end in ("value", "lower", "upper")]
    table = csv.writer(written, lineterminator="\n")
    table.writerow(("scenario", *_INPUTS, *ends, "co2e_times", "factor_set", "policy"))
    for row in rows:
        totals = [end for name in _SHOWN for end in (row.total(name) or ("", "", ""))[:3]]
        spans = [_one(row.inputs(name)) for name in _INPUTS]
        times = "" if row.times is None else row.times
        table.writerow((row.name, *spans, *totals, times, factor_set, policy))
    return written.getvalue()


FORMATS = {"text": to_text, "json": to_json, "csv": to_csv}


def _record(row: Scenario) -> dict[str, Any]:
    place = row.change.place
    change = {
        "place": {key: text for key, text in place._asdict().items() if text and key in PLACES}
        if place
        else None,
        "pue": row.change.pue,
        "carbon_intensity_g_per_kwh": row.change.carbon_intensity_g_per_kwh,
    }
    totals = {
        name: dict(zip(("value", "lower", "upper"), total[:3], strict=True)) if total else None
        for name in _SHOWN
        for total in (row.total(name),)
    }
    return {
        "name": row.name,
        "change": {key: value for key, value in change.items() if value is not None},
        **{name: [given.value for given in row.inputs(name)] for name in _INPUTS},
        **totals,
        "co2e_times": row.times,
        "factors": [
            factor._asdict()
            for name, _, factor, _ in row.footprint.substitutions
            if name in _INPUTS
        ],
        "missing": row.lacking(),
    }


def _looked_up(row: Scenario) -> Iterator[str]:
    for name, _, factor, _ in row.footprint.substitutions:
        if name in _INPUTS:
            what = "PUE" if name == "pue" else "g/kWh"
            yield f"{plain(numbers.show(factor.value))} {what}: {factor.name}, {factor.source} ({factor.how})"


def _amount(total: Result | None, size: float) -> str:
    if total is None:
        return "-"
    value, lower, upper = (end / size for end in total[:3])
    return plain(numbers.with_interval(value, lower, upper))


def _span(given: list[Input]) -> str:
    """Write the values that an input has in the runs: one, or from the least to the largest."""
    values = [each.value for each in given]
    if not values:
        return "-"
    least, most = (plain(numbers.show(end)) for end in (min(values), max(values)))
    return least if least == most else f"{least}–{most}"


def _one(given: list[Input]) -> float | str:
    """Return an input's value where every run has the same, else nothing."""
    values = {each.value for each in given}
    return values.pop() if len(values) == 1 else ""
