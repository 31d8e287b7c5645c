"""GA2, GA4: runs of one statement against each other: outliers, overlaps, parts and wholes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.findings import Severity
from greenalgo.footprint import Result
from greenalgo.glance.bounds import APART, ENERGIES, NOISE, PER_UNIT, TOLERANCE
from greenalgo.statement import Quantity
from greenalgo.units import G_PER_KG, WH_PER_KWH
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import number
from greenalgo.validate.rules.base import Rule
from greenalgo.validate.rules.inputs import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.footprint import RunFootprint
    from greenalgo.statement import Run
    from greenalgo.validate.case import Case

OUTLIER = Rule(
    "GA420",
    Severity.WARNING,
    "A run stands out from its siblings by a hundred times",
    "Among three or more runs (or figures for functional units) of one statement, one has CO2e per kWh, or "
    "energy per device-hour, that is a hundred times above or below the median of the others.",
    "Rows of one table share a grid and a machine: a row off by a hundred has a unit or a digit wrong.",
    "reported: {runs: {a: {energy_kwh: 1, co2e_operational_kg: 0.4}, b: {energy_kwh: 1, "
    "co2e_operational_kg: 0.4}, c: {energy_kwh: 1, co2e_operational_kg: 63}}}",
    "Check the unit of the row's figures.",
)
OVERLAP = Rule(
    "GA421",
    Severity.WARNING,
    "Two runs overlap on one host",
    "Two runs name the same host, their periods overlap (or have fewer hours than both runs took), and "
    "neither is part of the other; and they have no shares, or shares of more than 1 together.",
    "A tracker that measures the whole machine counts the same energy in both.",
    "runs: [{id: a, phase: training, host: node-1, period: {start: 2024-01-01, end: 2024-01-03}}, "
    "{id: b, phase: evaluation, host: node-1, period: {start: 2024-01-02, end: 2024-01-04}}]",
    "Give each component its share, or mark one run as part_of the other.",
)
PART_LARGER = Rule(
    "GA422",
    Severity.ERROR,
    "A part is larger than its whole",
    "Runs that are part_of another have, together, more energy or device-hours than that run.",
    "The whole must contain its parts; otherwise the total leaves something out.",
    "runs: [{id: all, phase: training, energy_it_kwh: 10}, {id: one, phase: training, part_of: all, "
    "energy_it_kwh: 20}]",
    "Correct the figures, or drop part_of if the run stands beside the other.",
)
PART_CYCLE = Rule(
    "GA423",
    Severity.ERROR,
    "Runs are part of each other",
    "Following part_of from a run leads back to it.",
    "None of them would be counted.",
    "runs: [{id: a, phase: training, part_of: b}, {id: b, phase: training, part_of: a}]",
    "Drop part_of from the run that contains the others.",
)
SUM_AMONG_RUNS = Rule(
    "GA426",
    Severity.WARNING,
    "A total stands among the runs",
    "The energy or device-hours of a run are exactly those of all other runs together, and it is "
    "called a total, or the number has four digits or more.",
    "The total of the statement would count everything twice.",
    "runs: [{id: a, phase: training, device_hours: 1234}, {id: b, phase: training, device_hours: 2345}, "
    "{id: total, phase: training, device_hours: 3579}]",
    "Drop the run and print the total under reported, or mark the others as part_of it.",
)
TWICE = Rule(
    "GA427",
    Severity.WARNING,
    "Two runs have the same measured energy",
    "Two runs declare the same energy, to four digits or more, and neither is part of the other.",
    "No two measurements agree to the last digit: one run stands twice.",
    "runs: [{id: a, phase: training, energy_it_kwh: 433196}, {id: b, phase: training, energy_it_kwh: 433196}]",
    "Drop one, say repetitions: 2 if one energy stands for two runs, or correct the energy.",
)
RULES = (OUTLIER, OVERLAP, PART_LARGER, PART_CYCLE, SUM_AMONG_RUNS, TWICE)


class _Rate(NamedTuple):
    """A sibling's rate, and where its figure stands."""

    value: float
    at: str
    name: str


def check(case: Case) -> Iterator[Finding]:
    """Compare the runs of a statement with each other."""
    yield from _outliers(_intensities(case), "CO2e per kWh", "g/kWh")
    yield from _outliers(_unit_intensities(case), "CO2e per kWh", "g/kWh")
    yield from _outliers(_powers(case), "energy per device-hour", "W")
    yield from _overlaps(case)
    yield from _parts(case)
    yield from _totals(case)
    yield from _twice(case)


def _intensities(case: Case) -> list[_Rate]:
    rates = []
    for run_id, block in case.statement.reported.runs.items():
        emitted = block.figures.get("co2e_operational_kg") or block.figures.get("co2e_market_kg")
        for name in ENERGIES:
            energy = block.figures.get(name)
            if emitted and energy and energy.value and emitted.value:
                rates.append(_Rate(G_PER_KG * emitted.value / energy.value, emitted.at, run_id))
                break
    return rates


def _unit_intensities(case: Case) -> list[_Rate]:
    rates = []
    for block in case.statement.reported.per_unit:
        found: dict[str, tuple[float, str]] = {}
        for field, figure in block.figures.items():
            quantity, factor = PER_UNIT[field]
            found.setdefault(quantity, (figure.value * factor, figure.at))
        kwh, _ = found.get("energy", (0.0, ""))
        emitted, at = found.get("co2e", (0.0, ""))
        if kwh and emitted:
            rates.append(_Rate(G_PER_KG * emitted / kwh, at, block.run or block.unit))
    return rates


def _powers(case: Case) -> list[_Rate]:
    rates = []
    for footprint in case.footprint.runs:
        energy = value_of(footprint.outcomes, "energy_it_kwh")
        hours = value_of(footprint.outcomes, "device_hours")
        if energy and hours and energy.value and hours.value:
            run = footprint.run
            kind = run.primary[0].kind if run.primary else ""
            rates.append(_Rate(WH_PER_KWH * energy.value / hours.value, run.at, f"{run.id} {kind}"))
    return rates


def _outliers(rates: list[_Rate], what: str, unit: str) -> Iterator[Finding]:
    if len(rates) < 3:
        return
    ordered = sorted(rates, key=lambda rate: rate.value)
    # Only an end can stand out, because the others must agree among themselves.
    for rate, others in ((ordered[0], ordered[1:]), (ordered[-1], ordered[:-1])):
        median = others[len(others) // 2].value
        if others[-1].value > 10 * others[0].value or 1 / APART < rate.value / median < APART:
            continue
        ratio = max(rate.value / median, median / rate.value)
        yield finding(
            OUTLIER,
            f"{what} of '{rate.name.split()[0]}' is {number(rate.value)} {unit}, its siblings have "
            f"{number(median)}: {number(ratio)} times {'more' if rate.value > median else 'less'}",
            rate.at,
            expected=f"about {number(median)}",
            found=number(rate.value),
        )


def _overlaps(case: Case) -> Iterator[Finding]:
    hosts: dict[str, list[tuple[Run, float, float]]] = {}
    for run in case.statement.runs:
        span = span_of(run.start, run.end) if run.host else None
        if span is None:
            continue
        earlier = hosts.setdefault(run.host, [])
        for other, start, end in earlier:
            if run.part_of == other.id or other.part_of == run.id:
                continue
            # Runs of one day, or of days that touch, may have come one after the other.
            surely = span[0] < end - _open_h(other) and start < span[1] - _open_h(run)
            took = _wall(run) + _wall(other)
            both = max(end, span[1]) - min(start, span[0])
            touching = span[0] < end and start < span[1]
            if not (surely or (touching and took > both * (1 + TOLERANCE))):
                continue
            share = _share(run) + _share(other)
            if share <= 1 + TOLERANCE:
                continue
            yield finding(
                OVERLAP,
                f"the runs '{other.id}' and '{run.id}' overlap on host {run.host}"
                + (f": their shares are {number(share)} together" if share < 2 else ""),
                f"{run.at}/period",
                found=f"{run.start} to {run.end}",
            )
        earlier.append((run, *span))


def _open_h(run: Run) -> float:
    """How much of the end of a run's period may be after its end (h): a day where it is given in days."""
    return 24.0 if len(run.end) == len("2022-03-11") else 0.0


def _wall(run: Run) -> float:
    return run.hours.value if isinstance(run.hours, Quantity) else 0.0


def _share(run: Run) -> float:
    """The largest share of a component that a run has; all of it where none is declared."""
    shares = [part.share.value for part in run.hardware if isinstance(part.share, Quantity)]
    return max(shares, default=1.0)


def _parts(case: Case) -> Iterator[Finding]:
    parents = {run.id: run.part_of for run in case.statement.runs if run.part_of}
    for run in case.statement.runs:
        seen, at = {run.id}, run.part_of
        while at and at not in seen:
            seen.add(at)
            at = parents.get(at, "")
        if at == run.id and run.part_of != run.id:
            yield finding(
                PART_CYCLE,
                f"the run '{run.id}' is part of '{run.part_of}', which is part of it",
                f"{run.at}/part_of",
            )
    within: dict[str, list[RunFootprint]] = {}
    for inner in case.footprint.runs:
        if inner.run.part_of and inner.run.part_of != inner.run.id:
            within.setdefault(inner.run.part_of, []).append(inner)
    for whole in case.footprint.runs:
        inside = within.get(whole.run.id, [])
        for name, unit in (("energy_it_kwh", "kWh"), ("device_hours", "h")):
            total = whole.outcomes.get(name)
            parts = [part for f in inside if (part := value_of(f.outcomes, name))]
            if not isinstance(total, Result) or not parts:
                continue
            added = sum(part.lower for part in parts)
            if added > total.upper * (1 + TOLERANCE):
                yield finding(
                    PART_LARGER,
                    f"{name} of the parts of '{whole.run.id}' is {number(added)} {unit}, "
                    f"its own is {number(total.value)}",
                    whole.run.at,
                    expected=f"at most {number(total.value)}",
                    found=number(added),
                )
                break  # hours that are too many make the energy too much


def _totals(case: Case) -> Iterator[Finding]:
    """Find a run that holds exactly what all others hold together."""
    runs = case.footprint.counted
    if len(runs) < 3:
        return
    for name in ("energy_it_kwh", "device_hours"):
        given = [found for f in runs if (found := value_of(f.outcomes, name))]
        if len(given) < len(runs):
            continue
        largest = max(range(len(runs)), key=lambda index: given[index].value)
        run, total = runs[largest].run, given[largest]
        others = sum(found.value for found in given) - total.value
        named = re.search(
            r"total|overall|altogether|\ball\b|\bsum\b", f"{run.id} {run.name}", re.IGNORECASE
        )
        if abs(total.value - others) > NOISE * others or not (named or _exact(total.value)):
            continue
        yield finding(
            SUM_AMONG_RUNS,
            f"the {name} of run '{run.id}' ({number(total.value)}) is that of the {len(runs) - 1} other runs "
            "together: everything is counted twice",
            run.at,
            expected="reported, or part_of for the others",
            found=number(total.value),
        )
        return


def _twice(case: Case) -> Iterator[Finding]:
    """Find two runs with the same measured energy."""
    seen: dict[tuple[str, float], Run] = {}
    for run, node in zip(case.statement.runs, case.statement.data["runs"], strict=True):
        for name in ("energy_it_kwh", "energy_facility_kwh"):
            energy = getattr(run, name)
            if not isinstance(energy, Quantity) or not _exact(energy.value):
                continue
            other = seen.setdefault((name, energy.value), run)
            if other is run or run.id in (other.part_of, other.id) or run.part_of == other.id:
                continue
            if node.get("same_run_as"):
                continue
            yield finding(
                TWICE,
                f"the runs '{other.id}' and '{run.id}' have the same {name}, {number(energy.value)}",
                energy.at,
                found=number(energy.value),
            )


def _exact(value: float) -> bool:
    """Whether a number has four significant digits or more."""
    return len(f"{value:.12g}".replace(".", "").strip("0").partition("e")[0]) >= 4
