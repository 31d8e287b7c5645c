"""Figures in another unit than their field's: what the rules name, and the author has to confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.findings import Severity, pointer_parts
from greenalgo.glance.figure_text import parse
from greenalgo.sources.respell import changed
from greenalgo.units import G_PER_KG
from greenalgo.validate.compare import UNIT_SLIPS, slip
from greenalgo.validate.engine import judge
from greenalgo.validate.fixes import Fix, scaled_fix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.findings import Finding


def unit_fix(data: Any) -> Fix | None:
    """Return the first slip of units that can be put right.

    Args:
        data: A document of valid shape.

    Returns:
        A fix whose finding is gone once it is made, and that brings no other error or warning.
    """
    findings = judge(data).findings
    before = _worse(findings)
    for found in findings:
        for factor in _factors(found, data):
            fix = scaled_fix(found.code, found.pointer, data, factor)
            if fix is None:
                continue
            left = _worse(judge(changed(data, fix.changes)).findings)
            if (found.code, found.pointer) not in left and left < before:
                return fix
    return None


def _worse(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(one.code, one.pointer) for one in findings if one.severity > Severity.NOTE}


def _factors(found: Finding, data: Any) -> Iterator[float]:
    if found.code == "GA404":
        yield G_PER_KG  # kg/kWh in a field of g/kWh
    elif found.code == "GA202":
        yield from _slip_between(_value(data, found.pointer), _shown(found.expected), 0.05)
    elif found.code == "GA208":
        block, field = found.pointer.rsplit("/", 1)
        texts = _at(data, block).get("as_printed", {}).get(field, [])
        value = _value(data, found.pointer)
        for text in [texts] if isinstance(texts, str) else texts:
            printed = parse(text, field)
            if printed is not None and printed.unit:
                yield from _slip_between(value, printed.value, 0.015)


def _slip_between(value: float, meant: float, tolerance: float) -> Iterator[float]:
    known = slip(value / meant, UNIT_SLIPS, tolerance) if value and meant else None
    if known is not None:
        yield 1 / known.factor


def _shown(text: str) -> float:
    """Read a number that :func:`greenalgo.validate.compare.number` wrote."""
    return float(text.replace(",", ""))


def _value(data: Any, pointer: str) -> float:
    node = _at(data, pointer)
    return float(node.get("value", 0.0) if isinstance(node, dict) else node)


def _at(data: Any, pointer: str) -> Any:
    for part in pointer_parts(pointer):
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data
