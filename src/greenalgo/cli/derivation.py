"""The derivation of a statement's numbers, written so that a reader can redo it by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.cli.report.style import BOLD, DIM, paint, safe
from greenalgo.findings import Finding, Severity
from greenalgo.render.derivation import ENDS, citations, parts_of, put_in
from greenalgo.sources import locate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.render.derivation import Given, Part, Step
    from greenalgo.sources import Document
    from greenalgo.validate.case import Case


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
    for part in parts_of(results, case):
        lines += writer.part(part)
    if any(" interval " in line for line in lines):
        lines += ["", *ENDS]
    lines += writer.gaps(case)
    lines += writer.put_in(case)
    lines += writer.citations(results, case)
    return "\n".join(lines) + "\n"


class _Writer:
    """Writes the parts of a derivation; holds what every part needs."""

    def __init__(self, lines: dict[str, int], *, colour: bool) -> None:
        self._lines = lines
        self._colour = colour

    def bold(self, text: str) -> str:
        return paint(safe(text), BOLD, colour=self._colour)

    def part(self, part: Part) -> Iterator[str]:
        yield from ("", self.bold(part.title))
        for step in part.steps:
            yield from self.step(step, inputs=part.with_inputs)
        if not part.steps and part.with_inputs:
            yield "  nothing follows from the inputs"

    def step(self, step: Step, *, inputs: bool) -> Iterator[str]:
        """Write one quantity: formula, numbers put in, result, inputs."""
        yield from ("", f"  {safe(step.words)}")
        if not step.result:
            yield f"    not assessed: {safe(step.reason)}"
            return
        for line in step.lines:
            yield f"    {line}"
        if not step.said:
            yield f"    {' ' * len(step.name)} = {self.bold(step.result)}"
        if step.interval:
            yield f"      interval {step.interval}"
        if step.note:
            yield f"      {safe(step.note)}"
        if inputs:
            yield from self._inputs(step.inputs)

    def _inputs(self, inputs: tuple[Given, ...]) -> Iterator[str]:
        rows = [(given.name, given.amount, given.status, self._origin(given)) for given in inputs]
        widths = [max(len(row[column]) for row in rows) for column in range(3)] if rows else []
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
            text = f"      {'  '.join(cells)}  {row[3]}".rstrip()
            yield paint(text, DIM, colour=self._colour)

    def _origin(self, given: Given) -> str:
        if given.factor:
            return f"factor {safe(given.factor)}"
        if given.result:
            return f"as above, {given.result}"
        source = f", source: {safe(given.source)}" if given.source else ""
        return f"line {self._lines[given.at]}{source}"

    def gaps(self, case: Case) -> Iterator[str]:
        if not case.footprint.gaps:
            return
        yield from ("", self.bold("What could not be computed"))
        for gap in case.footprint.gaps:
            yield f"  line {self._lines[gap.at]}: {safe(gap.message)}"
            if gap.hint:
                yield f"    {safe(gap.hint)}"

    def put_in(self, case: Case) -> Iterator[str]:
        """Write the values that the author did not declare, with their factor rows."""
        yield from ("", self.bold("Values that were put in for the author"))
        if not case.footprint.substitutions:
            yield "  none: what went in is declared in the statement"
        for put in put_in(case.footprint.substitutions):
            yield f"  {put.at.removeprefix('/')}: {put.amount}, {put.status}"
            yield f"    {safe(put.name)}; {safe(put.how)}"
            yield f"    factor {put.factor}; source {put.source} ({put.licence})"
            if put.note:
                yield f"    {safe(put.note)}"

    def citations(self, results: dict[str, Any], case: Case) -> Iterator[str]:
        cited = list(citations(results, case.factors))
        if cited:
            yield from ("", self.bold("Sources of the methods and factors"))
        for key, text in cited:
            yield f"  {key}: {text}"


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
