"""GA5: what a statement says of itself, against what it contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import Severity
from greenalgo.glance.bounds import MAKING, OUTCOMES
from greenalgo.glance.figure_text import parse
from greenalgo.statement import Quantity
from greenalgo.statement.quantity import Absent
from greenalgo.validate.case import finding, value_of
from greenalgo.validate.compare import number
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.validate.case import Case

CONTRADICTION = Rule(
    "GA510",
    Severity.ERROR,
    "The boundary contradicts the runs",
    "boundary says that there were no failed (or exploratory) runs, or that they are excluded, and a run "
    "with that outcome is listed; or it says that they are included, and none is listed.",
    "Readers take the boundary's word for what the total contains.",
    "boundary: {failed_runs: none}\nruns: [{id: crash, phase: training, outcome: failed}]",
    "Correct the boundary, or the outcome of the run.",
)
NO_UNIT = Rule(
    "GA511",
    Severity.WARNING,
    "A comparison without a functional unit",
    "The statement claims a ratio against other work (claims with against, or a relation compares_with) "
    "and declares no functional unit.",
    "Less energy for less work is no saving.",
    "reported: {claims: [{metric: energy, ratio: 0.59, against: dense baseline}]}",
    "Declare functional_units: what was produced, and how much of it.",
)
EMBODIED_DEFAULT = Rule(
    "GA512",
    Severity.WARNING,
    "Most of the footprint is an embodied default",
    "Embodied CO2e is more than half of operational and embodied together, and rests on a value without "
    "source, or with status default or imputed.",
    "Embodied factors of one device differ by four times between sources; the total would be a guess.",
    "embodied: [{item: server, co2e_kg: 100000, lifetime_hours: 35040}]",
    "Give the source and an interval, or say {status: not_assessed, reason: ...}.",
)
FALSE_PRECISION = Rule(
    "GA513",
    Severity.NOTE,
    "More digits than the inputs support",
    "A figure is printed with four significant digits or more, and the interval that follows from the "
    "inputs is wider than 20 % of it.",
    "Digits that nobody knows look like precision.",
    "reported: {energy_it_kwh: 24173.58}   # the inputs give 18,000 to 30,000",
    "Round the figure in the paper to two digits of its interval.",
)
REASONS = Rule(
    "GA514",
    Severity.NOTE,
    "A component was left out",
    "A component's power or energy is not_assessed, so that the energy of the run does not contain it.",
    "The total is a lower bound.",
    "hardware: [{kind: storage, power_w: {status: not_assessed, reason: shared file system}}]",
    "Nothing, if the reason is good; the paper's text will name it.",
)
SILENT = Rule(
    "GA515",
    Severity.NOTE,
    "Nothing is said about failed or exploratory runs",
    "The statement prints a total of several runs of training, search or development, and does not say "
    "whether failed runs, or exploratory ones, are among them.",
    "What was tried and thrown away is often as large as what is reported: a reader takes the total for all.",
    "runs: [{id: a, phase: training}, {id: b, phase: training}]\nreported: {energy_kwh: 100}   # and no boundary",
    "Declare boundary.failed_runs and boundary.exploratory_runs: included, none or excluded.",
)
RULES = (CONTRADICTION, NO_UNIT, EMBODIED_DEFAULT, FALSE_PRECISION, REASONS, SILENT)


def check(case: Case) -> Iterator[Finding]:
    """Check what a statement says of itself."""
    yield from _boundary(case)
    yield from _silence(case)
    yield from _comparison(case)
    yield from _embodied(case)
    yield from _precision(case)
    for run in case.statement.runs:
        for part in run.hardware:
            if isinstance(part.power_w, Absent) or isinstance(part.energy_it_kwh, Absent):
                yield finding(
                    REASONS,
                    f"the energy of run '{run.id}' leaves out {part.model or part.kind}",
                    part.at,
                )


def _boundary(case: Case) -> Iterator[Finding]:
    boundary = case.statement.data.get("boundary", {})
    for key, outcomes in OUTCOMES.items():
        said = boundary.get(key)
        listed = [run for run in case.statement.runs if run.outcome in outcomes]
        searched = key == "exploratory_runs" and any(
            run.phase in ("search", "development") for run in case.statement.runs
        )
        if said in ("none", "excluded") and listed:
            yield finding(
                CONTRADICTION,
                f"boundary.{key} says {said}, but run '{listed[0].id}' is {listed[0].outcome}",
                f"/boundary/{key}",
                expected="included",
                found=said,
            )
        elif said == "included" and not listed and not searched:
            yield finding(
                CONTRADICTION,
                f"boundary.{key} says included, but no run has the outcome {' or '.join(outcomes)}",
                f"/boundary/{key}",
                expected="a run of that outcome, or none or excluded",
                found=said,
                severity=Severity.WARNING,
            )


def _silence(case: Case) -> Iterator[Finding]:
    boundary, runs = case.statement.data.get("boundary", {}), case.statement.runs
    made = [run for run in runs if run.phase in MAKING]
    if not made or len(runs) < 2 or not case.statement.reported.whole:
        return
    silent = [
        key
        for key, outcomes in OUTCOMES.items()
        if key not in boundary and not any(run.outcome in outcomes for run in runs)
    ]
    if silent:
        yield finding(
            SILENT,
            f"boundary says nothing about {' and '.join(silent)}",
            "/boundary" if boundary else "/runs",
            expected="included, none or excluded",
            found="nothing",
        )


def _comparison(case: Case) -> Iterator[Finding]:
    data = case.statement.data
    if case.statement.functional_units or case.statement.reported.per_unit:
        return
    claims = [
        f"/reported/claims/{index}"
        for index, claim in enumerate(case.statement.reported.claims)
        if "against" in claim
    ]
    claims += [
        f"/relations/{index}"
        for index, relation in enumerate(data.get("relations", ()))
        if relation["kind"] == "compares_with"
    ]
    if claims:
        yield finding(NO_UNIT, "a comparison with other work has no functional unit", claims[0])


def _embodied(case: Case) -> Iterator[Finding]:
    for footprint in case.footprint.runs:
        embodied = value_of(footprint.outcomes, "co2e_embodied_kg")
        operational = value_of(footprint.outcomes, "co2e_operational_kg")
        items = footprint.run.embodied
        if embodied is None or operational is None or isinstance(items, Absent):
            continue
        weak = [
            item
            for item in items
            if isinstance(item.co2e_kg, Quantity)
            and (item.co2e_kg.status in ("default", "imputed") or not _sourced(case, item.at))
        ]
        share = embodied.value / ((embodied.value + operational.value) or 1.0)
        if weak and share > 0.5:
            yield finding(
                EMBODIED_DEFAULT,
                f"{number(100 * share)} % of the CO2e of run '{footprint.run.id}' is embodied and "
                f"rests on '{weak[0].item}'",
                weak[0].at,
                found=f"{number(embodied.value)} kg",
            )


def _sourced(case: Case, at: str) -> bool:
    """Whether an embodied item, or the number in it, names a source."""
    _, _, run, _, item = at.split("/")
    node = case.statement.data["runs"][int(run)]["embodied"][int(item)]
    value = node["co2e_kg"]
    return bool(node.get("source") or (isinstance(value, dict) and value.get("source")))


def _precision(case: Case) -> Iterator[Finding]:
    reported = case.statement.reported
    blocks = [
        (block, found.outcomes)
        for run_id, block in reported.runs.items()
        if (found := case.run(run_id)) is not None
    ]
    if reported.whole is not None:
        blocks.append((reported.whole, case.footprint.totals))
    for block, outcomes in blocks:
        for field, quantity in block.figures.items():
            follow = value_of(outcomes, field)
            if follow is None or not follow.value or not quantity.value:
                continue
            texts = block.as_printed.get(field, ())
            read = [p for text in texts if (p := parse(text, field)) and p.unit]
            if not read or follow.upper - follow.lower < 0.2 * follow.value:
                continue
            if read[0].value and read[0].half / read[0].value < 5e-4:
                yield finding(
                    FALSE_PRECISION,
                    f"'{texts[0]}' is printed to more digits than the inputs support: "
                    f"{number(follow.lower)} to {number(follow.upper)}",
                    quantity.at,
                    expected="two significant digits of the interval",
                    found=texts[0],
                )
