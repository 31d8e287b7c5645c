"""GA2: parts against totals, printed strings against numbers, references between parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity
from greenalgo.glance.bounds import ADDED, FIGURE_FIELDS, NOISE, UNIT_FIELDS
from greenalgo.glance.figure_text import Printed, parse, units_of
from greenalgo.schemas.versions import is_newer_minor
from greenalgo.statement import Quantity, UnitFigures
from greenalgo.validate.case import finding
from greenalgo.validate.compare import UNIT_SLIPS, how_far, number, size, slip, within
from greenalgo.validate.follow import follows, half_of, label
from greenalgo.validate.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.findings import Finding
    from greenalgo.statement import Figures
    from greenalgo.validate.case import Case

PARTS = Rule(
    "GA204",
    Severity.ERROR,
    "The parts do not add up to the total",
    "The figures of the runs, added up, differ from the figure of the whole by more than 1 % and by "
    "more than their printed digits allow; or those of some runs alone are more than the whole.",
    "A row is missing from the table, or one is counted twice: a reader cannot tell what the total is of.",
    "reported:\n  device_hours: 3311616\n  runs: {small: {device_hours: 184320}, large: {device_hours: 1720320}}",
    "Add the run that is missing, mark runs that are part of another with part_of, or correct the total.",
)
PARTS_LOOSE = Rule(
    "GA205",
    Severity.WARNING,
    "The parts add up to the total only roughly",
    "The figures of the runs, added up, differ from the figure of the whole by less than 1 %, but by "
    "more than their printed digits allow.",
    "A sum has no measurement error: a small difference is a slip or a row that was left out.",
    "reported: {device_hours: 916000, runs: {a: {device_hours: 833000}, b: {device_hours: 86000}}}",
    "Correct the total, or state the figures with the digits that were added.",
)
AS_PRINTED = Rule(
    "GA208",
    Severity.ERROR,
    "The printed string and the number disagree",
    "The number in a field is not the figure in as_printed, converted to the field's unit.",
    "as_printed is the evidence for the number; a slip in between is invisible everywhere else.",
    "reported: {co2e_operational_kg: 24.69, as_printed: {co2e_operational_kg: 24.69 t}}",
    "Convert the printed figure to the unit in the field's name.",
)
NO_UNIT = Rule(
    "GA209",
    Severity.WARNING,
    "The printed figure has no unit",
    "A string in as_printed holds a number without a unit that belongs to the field.",
    "A figure without a unit can be read a thousand times too high or too low.",
    "reported: {co2e_operational_kg: 64.8, as_printed: {co2e_operational_kg: 64.8 CO2eq}}",
    "Ask the authors for the unit; say in a note which one is assumed.",
)
UNKNOWN_FIELD = Rule(
    "GA217",
    Severity.ERROR,
    "A printed string belongs to no figure",
    "A key of as_printed is not the name of a figure (a warning in a statement of a newer minor version, which may "
    "have it); or (a warning) the figure is not in its block, although the string holds a number.",
    "A misspelt key, and a string without its number, are never compared with anything.",
    "reported: {energy_it_kwh: 27, as_printed: {energy_kw: 27 kWh}}",
    "Use the name of the figure that the string is of, and give the figure beside it.",
)
SEVERAL = Rule(
    "GA210",
    Severity.WARNING,
    "The document prints a figure in several places, with different values",
    "The strings in as_printed of one field differ by more than their digits allow.",
    "Readers quote whichever they see first.",
    "reported: {energy_it_kwh: 388000, as_printed: {energy_it_kwh: [391 MWh, 388 MWh]}}",
    "Take the one that follows from the inputs; keep the others in as_printed.",
)
DUPLICATE_ID = Rule(
    "GA219",
    Severity.ERROR,
    "Two runs have the same id",
    "The id of a run is used again.",
    "Figures, results and citations refer to runs by id.",
    "runs: [{id: a, phase: training}, {id: a, phase: evaluation}]",
    "Give each run an id of its own.",
)
NO_SUCH_RUN = Rule(
    "GA220",
    Severity.ERROR,
    "A reference names a run that does not exist",
    "part_of, a functional unit, a reported figure or a claim names a run id that no run has.",
    "The figure belongs to nothing.",
    "runs: [{id: final, phase: training}]\nreported: {runs: {finale: {energy_it_kwh: 1}}}",
    "Correct the id, or add the run.",
)
CLAIM = Rule(
    "GA215",
    Severity.ERROR,
    "A relative claim does not follow from the runs",
    "The ratio of a claim differs from the ratio of the computed figures by more than 1 % and more "
    "than its digits allow.",
    "Relative claims are what readers remember.",
    "reported: {claims: [{metric: energy, run: pruned, against_run: baseline, ratio: 0.41}]}",
    "State the ratio this / other: 41 % less is 0.59.",
)
RULES = (
    PARTS,
    PARTS_LOOSE,
    AS_PRINTED,
    NO_UNIT,
    UNKNOWN_FIELD,
    SEVERAL,
    DUPLICATE_ID,
    NO_SUCH_RUN,
    CLAIM,
)
_CLAIMED = {
    "energy": ("energy_it_kwh", "energy_facility_kwh"),
    "co2e": ("co2e_operational_kg",),
    "water": ("water_l",),
    "device_hours": ("device_hours",),
}


def check(case: Case) -> Iterator[Finding]:
    """Check sums, strings and references."""
    yield from _references(case)
    yield from _parts(case)
    reported = case.statement.reported
    blocks: list[Figures | UnitFigures] = [*reported.runs.values(), *reported.per_unit]
    if reported.whole is not None:
        blocks.append(reported.whole)
    newer = is_newer_minor(case.statement.data)
    for block in blocks:
        yield from _strings(block, newer=newer)
    for index, claim in enumerate(reported.claims):
        yield from _claim(case, claim, f"/reported/claims/{index}")


def _references(case: Case) -> Iterator[Finding]:
    statement = case.statement
    ids = [run.id for run in statement.runs]
    named = [(run.part_of, f"{run.at}/part_of") for run in statement.runs if run.part_of]
    named += [(unit.run, f"{unit.at}/run") for unit in statement.functional_units if unit.run]
    named += [(run_id, block.at) for run_id, block in statement.reported.runs.items()]
    named += [(unit.run, f"{unit.at}/run") for unit in statement.reported.per_unit if unit.run]
    for index, claim in enumerate(statement.reported.claims):
        for key in ("run", "against_run"):
            if key in claim:
                named.append((claim[key], f"/reported/claims/{index}/{key}"))
    known: set[str] = set()
    for run in statement.runs:
        if run.id in known:
            yield finding(
                DUPLICATE_ID, f"the run id '{run.id}' is used twice", f"{run.at}/id", found=run.id
            )
        known.add(run.id)
    for name, at in named:
        if name not in known:
            yield finding(
                NO_SUCH_RUN,
                f"there is no run '{name}'; the runs are {', '.join(ids[:10])}",
                at,
                expected="the id of a run",
                found=name,
            )
    for run in statement.runs:
        if run.part_of == run.id:
            yield finding(NO_SUCH_RUN, f"the run '{run.id}' is part of itself", f"{run.at}/part_of")


def _parts(case: Case) -> Iterator[Finding]:
    """Add up the printed figures of the runs and compare with the printed total."""
    reported = case.statement.reported
    counted = [run.id for run in case.statement.counted]
    if reported.whole is None or len(counted) < 2:
        return
    for field, total in reported.whole.figures.items():
        blocks = [reported.runs[run_id] for run_id in counted if run_id in reported.runs]
        parts = [(block, block.figures[field]) for block in blocks if field in block.figures]
        if not field.startswith(ADDED) or not parts:
            continue
        added = sum(quantity.value for _, quantity in parts)
        half = half_of(reported.whole, field, total)
        half += sum(half_of(block, field, quantity) for block, quantity in parts)
        if abs(added - total.value) <= half + NOISE * added:
            continue
        some = len(parts) < len(counted)
        if some and (added < total.value or within(added, total.value)):
            continue  # the runs that print nothing are the rest of it
        if some and follows(case.footprint, reported.whole, field, ""):
            continue  # each figure is held against the inputs (GA201)
        who = f"{len(parts)} of the {len(counted)} runs" if some else f"the {len(parts)} runs"
        name, unit = label(field)
        missing = total.value - added
        share = f"{100 * abs(missing) / total.value:.2g} % of the total" if total.value else "all"
        yield finding(
            PARTS_LOOSE if within(added, total.value) else PARTS,
            f"{who} add up to {number(added)} {unit} of {name}, the total says "
            f"{number(total.value)} {unit}: {number(abs(missing))} {unit} "
            f"{'are missing' if missing > 0 else 'too many'} ({share})",
            total.at,
            expected=number(added),
            found=number(total.value),
        )


def _strings(block: Figures | UnitFigures, *, newer: bool) -> Iterator[Finding]:
    """Check texts as printed; a newer minor version of the schema may have figures that we do not know."""
    for field, texts in block.as_printed.items():
        at = f"{block.at}/as_printed/{field}"
        fields = UNIT_FIELDS if isinstance(block, UnitFigures) else FIGURE_FIELDS
        if field not in fields:
            yield finding(
                UNKNOWN_FIELD,
                f"as_printed.{field} belongs to no figure",
                at,
                expected="one of " + ", ".join(sorted(fields)),
                found=field,
                severity=Severity.WARNING if newer else Severity.ERROR,
            )
        elif text := _alone(block, field, texts):
            yield finding(
                UNKNOWN_FIELD,
                f"as_printed has '{text}', and {field} is not given beside it: it is compared with nothing",
                at,
                expected=f"{field} as a number",
                found=text,
                severity=Severity.WARNING,
            )
        if not units_of(field):
            continue
        read = [(text, printed) for text in texts if (printed := parse(text, field)) is not None]
        for text, printed in read:
            if not printed.unit:
                yield finding(
                    NO_UNIT,
                    f"'{text}' has no unit of {label(field)[0]}",
                    at,
                    expected="a unit such as " + ", ".join(list(units_of(field))[3:7]),
                    found=text,
                )
        known = [(text, printed) for text, printed in read if printed.unit]
        values = [printed for _, printed in known]
        if len(known) > 1 and max(p.value - p.half for p in values) > min(
            p.value + p.half for p in values
        ):
            yield finding(
                SEVERAL,
                "the document prints "
                + " and ".join(f"'{text}'" for text, _ in known)
                + f": {_apart([p.value for p in values])}",
                at,
                found=", ".join(text for text, _ in known),
            )
        stated = block.figures.get(field)
        if stated is None or not known:
            continue
        if not any(abs(p.value - stated.value) <= p.half + NOISE * abs(p.value) for p in values):
            yield _unlike(field, stated, *known[0])


def _alone(block: Figures | UnitFigures, field: str, texts: tuple[str, ...]) -> str:
    """Return a printed text that holds one number whose figure is not in the block; else nothing."""
    if field in block.figures or (field == "device_count" and getattr(block, field, None)):
        return ""
    read = ((text, parse(text, field)) for text in texts)
    return next((text for text, found in read if found and not found.is_range), "")


def _apart(values: list[float]) -> str:
    """Say how far apart the highest and the lowest of several figures are."""
    low, high = min(values), max(values)
    if not low:
        return "one of them is zero"
    if high < 2 * low:
        return f"{100 * (high / low - 1):.2g} % apart"
    known = slip(high / low, UNIT_SLIPS)
    return f"{number(high / low)} times apart" + (f", {known.words}" if known else "")


def _unlike(field: str, stated: Quantity, text: str, printed: Printed) -> Finding:
    unit, value = label(field)[1], printed.value
    words = number(value)
    if printed.is_range:
        low, high = value - printed.half, value + printed.half
        words, value = f"{number(low)} to {number(high)}", low if stated.value < low else high
    return finding(
        AS_PRINTED,
        f"'{text}' is {words} {unit}, the field says {number(stated.value)} {how_far(stated.value, value)}",
        stated.at,
        expected=words,
        found=number(stated.value),
    )


def _claim(case: Case, claim: dict[str, Any], at: str) -> Iterator[Finding]:
    """Compare a relative claim with the ratio of two computed runs."""
    ratio = claim["ratio"] if not isinstance(claim["ratio"], dict) else claim["ratio"].get("value")
    one, other = case.run(claim.get("run", "")), case.run(claim.get("against_run", ""))
    if ratio is None or one is None or other is None:
        return
    found = []
    for name in _CLAIMED.get(claim["metric"], ()):
        first, second = one.outcomes.get(name), other.outcomes.get(name)
        value, base = getattr(first, "value", None), getattr(second, "value", None)
        if value is not None and base:
            found.append(value / base)
    half = half_of_ratio(ratio)
    if found and not any(within(ratio, one, half) for one in found):
        inverse = any(within(1 - ratio, one) for one in found)
        yield finding(
            CLAIM,
            f"the claim says {number(ratio)} times the {claim['metric']} of run "
            f"'{claim['against_run']}', the inputs give {number(found[0])} "
            f"({size(ratio, found[0])})"
            + (": the saving stands where the ratio should" if inverse else ""),
            f"{at}/ratio",
            expected=number(found[0]),
            found=number(ratio),
        )


def half_of_ratio(ratio: float) -> float:
    """Return half a unit of the last digit of a ratio, at least that of a whole per cent."""
    digits = len(f"{ratio:.12g}".partition(".")[2])
    return 0.5 * 10.0 ** -max(digits, 2)
