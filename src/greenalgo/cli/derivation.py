"""The derivation of a statement's numbers, written so that a reader can redo it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.cli.references import reference
from greenalgo.cli.report.style import BOLD, DIM, paint, safe
from greenalgo.cli.symbols import amount, digits, interval, steps
from greenalgo.findings import Finding, Severity
from greenalgo.sources import locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.footprint.resolve import Substitution
    from greenalgo.sources import Document
    from greenalgo.validate.case import Case

_WORDS = {
    "energy_it_kwh": "IT energy",
    "energy_facility_kwh": "Facility energy",
    "co2e_operational_kg": "Operational CO2e",
    "co2e_market_kg": "Operational CO2e, market-based",
    "co2e_net_kg": "Operational CO2e, net of matched supply",
    "co2e_embodied_kg": "Embodied CO2e",
    "water_onsite_l": "Water on site",
    "water_offsite_l": "Water off site",
    "water_l": "Water",
    "device_hours": "Device-hours",
}
_ENDS = (
    "The lower end of an interval takes every input at its lower end and divisors at their upper end;",
    "the upper end the other way round.",
)


def derive(document: Document, results: dict[str, Any], case: Case, *, colour: bool = False) -> str:
    """Write the derivation of every number.

    Args:
        document: The author's text, for line numbers.
        results: The ``results`` of the filled statement.
        case: The statement and its footprint.
        colour: Use SGR codes.
    """
    pointers = [*_pointers(results), *(gap.at for gap in case.footprint.gaps)]
    writer = _Writer(_lines(document, pointers), colour=colour)
    lines = [
        writer.bold(document.data.get("title", document.name)),
        ", ".join(
            (
                f"{safe(document.name)}: factor set {results['factor_set']}",
                f"policy {results['policy']}",
                results["tool"],
                f"level {results['level']}",
            )
        ),
    ]
    for run in case.statement.runs:
        lines += writer.run(run.id, run.name, (run.phase, run.outcome), results["runs"][run.id])
    lines += writer.totals(results["totals"])
    for rate in results.get("per_functional_unit", ()):
        lines += writer.rate(rate)
    if any(" interval " in line for line in lines):
        lines += ["", *_ENDS]
    lines += writer.gaps(case)
    lines += writer.put_in(case.footprint.substitutions)
    lines += writer.citations(results.get("citations", ()), case)
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes the parts of a derivation; holds what every part needs."""

    def __init__(self, lines: dict[str, int], *, colour: bool) -> None:
        self._lines = lines
        self._colour = colour

    def bold(self, text: str) -> str:
        return paint(safe(text), BOLD, colour=self._colour)

    def run(
        self, run_id: str, name: str, kind: tuple[str, str], block: dict[str, Any]
    ) -> Iterator[str]:
        words = ", ".join(word for word in (name, *kind) if word)
        yield from ("", self.bold(f"Run {run_id} ({words})"))
        for number, part in enumerate(block.get("components", ()), 1):
            label = ", ".join(text for text in (part["kind"], part.get("model", "")) if text)
            yield from self.quantity(
                f"Component {number}: {label}", "energy_it_kwh", part["energy_it_kwh"]
            )
        for quantity, words in _WORDS.items():
            if quantity in block:
                yield from self.quantity(words, quantity, block[quantity])

    def totals(self, totals: dict[str, Any]) -> Iterator[str]:
        yield from ("", self.bold("Totals"))
        for quantity, words in _WORDS.items():
            if quantity in totals:
                yield from self.quantity(words, quantity, totals[quantity], inputs=False)

    def rate(self, rate: dict[str, Any]) -> Iterator[str]:
        of = f" (run {rate['run']})" if "run" in rate else ""
        yield from ("", self.bold(f"For one {rate['unit']}{of}"))
        known = [quantity for quantity in _WORDS if quantity in rate]
        for quantity in known:
            yield from self.quantity(_WORDS[quantity], quantity, rate[quantity])
        if not known:
            yield "  nothing follows from the inputs"

    def quantity(
        self, words: str, name: str, found: dict[str, Any], *, inputs: bool = True
    ) -> Iterator[str]:
        """Write one quantity: formula, numbers put in, result, inputs."""
        yield from ("", f"  {safe(words)}")
        if "value" not in found:
            yield f"    not assessed: {safe(found.get('reason', ''))}"
            return
        trace = found["trace"]
        written = steps(trace["formula"], trace["inputs"])
        for line in written:
            yield f"    {line}"
        result = amount(name, found["value"])
        if not written[-1].endswith(f" = {result}"):
            margin = " " * len(name)
            yield f"    {margin} = {self.bold(result)}"
        if span := interval(name, found):
            yield f"      interval {span}"
        if trace.get("note"):
            yield f"      {safe(trace['note'])}"
        if inputs:
            yield from self._inputs(trace["inputs"])

    def _inputs(self, inputs: list[dict[str, Any]]) -> Iterator[str]:
        rows = [
            (given["name"], self._amount(given), given["status"], self._origin(given))
            for given in {_key(given): given for given in inputs}.values()
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            text = f"      {'  '.join(cells)}  {row[3]}".rstrip()
            yield paint(text, DIM, colour=self._colour)

    def _amount(self, given: dict[str, Any]) -> str:
        span = interval(given["name"], given)
        return amount(given["name"], given["value"]) + (f" ({span})" if span else "")

    def _origin(self, given: dict[str, Any]) -> str:
        if factor := given.get("factor"):
            return f"factor {safe(factor)}"
        at = given.get("at", "")
        if at.startswith("/results/"):
            return f"as above, {_name_of(at)}"
        source = given.get("source", "")
        return f"line {self._lines[at]}" + (f", source: {safe(source)}" if source else "")

    def gaps(self, case: Case) -> Iterator[str]:
        if not case.footprint.gaps:
            return
        yield from ("", self.bold("What could not be computed"))
        for gap in case.footprint.gaps:
            yield f"  line {self._lines[gap.at]}: {safe(gap.message)}"
            if gap.hint:
                yield f"    {safe(gap.hint)}"

    def put_in(self, substitutions: tuple[Substitution, ...]) -> Iterator[str]:
        """Write the values that the author did not declare, with their factor rows."""
        yield from ("", self.bold("Values that were put in for the author"))
        if not substitutions:
            yield "  none: what went in is declared in the statement"
        for put in substitutions:
            factor = put.factor
            unit = "" if factor.unit in ("", "1") else f" {factor.unit}"
            span = (
                ""
                if factor.lower == factor.upper
                else f" ({digits(factor.lower)} to {digits(factor.upper)}{unit})"
            )
            year = f", {factor.year}" if factor.year else ""
            yield f"  {put.at.removeprefix('/')}: {digits(factor.value)}{unit}{span}, {put.status}"
            yield f"    {safe(factor.name)}{year}; {safe(factor.how)}"
            yield f"    factor {factor.id}; source {factor.source} ({factor.licence})"
            if factor.note:
                yield f"    {safe(factor.note)}"

    def citations(self, keys: tuple[str, ...] | list[str], case: Case) -> Iterator[str]:
        if keys:
            yield from ("", self.bold("Sources of the methods and factors"))
        for key in keys:
            yield f"  {key}: {reference(key, case.factors)}"


def _pointers(node: Any) -> Iterator[str]:
    """Yield the pointers of every input in the results."""
    if isinstance(node, dict):
        if isinstance(node.get("at"), str):
            yield node["at"]
        for child in node.values():
            yield from _pointers(child)
    elif isinstance(node, list):
        for child in node:
            yield from _pointers(child)


def _lines(document: Document, pointers: list[str]) -> dict[str, int]:
    """Return the line of every pointer; the text is read once for all of them."""
    marks = [Finding("", Severity.NOTE, "", pointer) for pointer in dict.fromkeys(pointers)]
    return {mark.pointer: mark.line for mark in locate(document, marks)}


def _key(given: dict[str, Any]) -> tuple[str, str, float]:
    return given["name"], given.get("at", "") or given.get("factor", ""), given["value"]


def _name_of(pointer: str) -> str:
    """Name a result in words: ``/results/runs/a/energy_it_kwh`` is the IT energy of run a."""
    parts = pointer.split("/")
    words = _WORDS.get(parts[-1], parts[-1])
    if "components" in parts:
        return f"component {int(parts[parts.index('components') + 1]) + 1} of run {parts[3]}"
    return f"{words} of run {parts[3]}" if parts[2] == "runs" else f"{words} in total"
