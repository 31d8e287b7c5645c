"""GA3, GA5: where numbers come from, which were put in for the author, and what is not disclosed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Severity
from greenalgo.footprint import Result
from greenalgo.statement import Quantity
from greenalgo.validate.case import finding
from greenalgo.validate.compare import number
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Run
    from greenalgo.validate.case import Case

DEFAULT = Rule(
    "GA301",
    Severity.WARNING,
    "A default stands in for a value that was not declared",
    "The calculator puts in a value of its policy because the statement has none.",
    "A default is nobody's measurement: it can move the result by half, and two authors who leave out "
    "the same thing seem to agree.",
    "runs: [{id: a, phase: training, hours: 10, hardware: [{kind: gpu, model: NVIDIA T4, count: 1}], "
    "location: {country: FRA}}]   # no pue",
    "Declare the value; ask the operator, or quote the provider's report.",
)
GAP = Rule(
    "GA303",
    Severity.WARNING,
    "Something cannot be recomputed",
    "An input is missing, or a name is not in the factor set, so that no figure follows.",
    "The figures of the statement can only be believed, not checked.",
    "hardware: [{kind: gpu, model: A100, count: 8}]   # which A100?",
    "Declare what the message names.",
)
NO_PROVENANCE = Rule(
    "GA302",
    Severity.NOTE,
    "A number that drives the result states no source and no status",
    "Power, PUE, carbon intensity or a declared energy has neither source nor status.",
    "A reader cannot tell a meter's reading from a guess.",
    "pue: 1.2",
    "Add source (where a reader finds it) or status (metered, vendor_reported, ...).",
)
MARKET_ALONE = Rule(
    "GA502",
    Severity.WARNING,
    "A market-based figure stands without the location-based one",
    "Market-based or net CO2e is reported, and no location-based figure is reported or can be computed.",
    "Contracts say who pays for which electricity, not what the computation drew from the grid.",
    "reported: {co2e_market_kg: 0}",
    "Report the location-based figure beside it, or declare the location so that it follows.",
)
RULES = (DEFAULT, NO_PROVENANCE, GAP, MARKET_ALONE)


def check(case: Case) -> Iterator[Finding]:
    """Report defaults, gaps and missing provenance."""
    for gap in case.footprint.gaps:
        yield finding(GAP, gap.message, gap.at, hint=gap.hint)
    for put in case.footprint.substitutions:
        if put.status != "default":
            continue
        factor = put.factor
        yield finding(
            DEFAULT,
            f"no {put.name} is declared: {number(factor.value)} is put in "
            f"({factor.name}; {number(factor.lower)} to {number(factor.upper)})",
            put.at,
            expected=f"{put.name} of your own",
            found="nothing",
            severity=Severity.NOTE if put.name == "utilisation" else None,
        )
    yield from _provenance(case)
    yield from _market(case)


def _provenance(case: Case) -> Iterator[Finding]:
    bare = [
        quantity
        for run in case.statement.runs
        for quantity in _drivers(run)
        if not quantity.source and not quantity.has_status
    ]
    if bare:
        names = dict.fromkeys(quantity.at.rpartition("/")[2] for quantity in bare)
        more = f" ({len(bare)} places)" if len(bare) > 1 else ""
        yield finding(
            NO_PROVENANCE,
            f"{', '.join(names)}{more} without source or status",
            bare[0].at,
            expected="source or status",
            found="neither",
        )


def _drivers(run: Run) -> list[Quantity]:
    """The declared numbers of a run that its result is proportional to."""
    found: list[object] = [run.pue, run.energy_it_kwh, run.energy_facility_kwh]
    if run.carbon_intensity is not None:
        found.append(run.carbon_intensity.quantity)
    for part in run.hardware:
        if not part.source:
            found += [part.power_w, part.energy_it_kwh]
    return [quantity for quantity in found if isinstance(quantity, Quantity)]


def _market(case: Case) -> Iterator[Finding]:
    reported = case.statement.reported
    for block in filter(None, (reported.whole, *reported.runs.values())):
        beside = {"co2e_market_kg", "co2e_net_kg"} & block.figures.keys()
        if not beside or "co2e_operational_kg" in block.figures:
            continue
        if any(
            isinstance(f.outcomes.get("co2e_operational_kg"), Result) for f in case.footprint.runs
        ):
            continue
        name = min(beside)
        yield finding(
            MARKET_ALONE,
            f"{name} is reported without a location-based figure",
            block.figures[name].at,
        )
