"""What a document prints: figures, and what their texts say."""

from __future__ import annotations

from greenalgo.glance.bounds import FIGURE_FIELDS, NOT_FIGURES, UNIT_FIELDS
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.energy import declared
from greenalgo.glance.printed import half_unit_of, plain, units_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from greenalgo.glance.known import Spread

    Node = dict[str, Any]

_UNITS = {field: units_of(field) for field in FIGURE_FIELDS | UNIT_FIELDS}


class Block:
    """A block of printed figures.

    Args:
        node: As the document has it.
        boundary: The boundary where it declares none.
        fields: The fields that ``as_printed`` may name.

    Attributes:
        boundary: What its figures cover.
        figures: Value and interval by field; what is not assessed is left out.
        printed: Value and half a unit of the last digit of each printed text, by field.
        count: The printed number of devices, or None.

    Raises:
        Doubt: A text has no unit, or does not say what the field says.
    """

    __slots__ = ("boundary", "count", "figures", "printed")

    def __init__(self, node: Node, boundary: str, fields: frozenset[str]) -> None:
        self.boundary: str = node.get("boundary", boundary)
        self.count: int | None = node.get("device_count")
        self.figures: dict[str, Spread] = {}
        self.printed: dict[str, list[tuple[float, float]]] = {}
        for field, value in node.items():
            if field not in NOT_FIGURES:
                found = declared(value)
                if found is not None:
                    self.figures[field] = found
        for field, texts in node.get("as_printed", {}).items():
            printed = field in self.figures or (field == "device_count" and self.count is not None)
            if field not in fields or not printed:
                raise Doubt
            units = _UNITS[field]
            if units:
                self._print(field, [texts] if type(texts) is str else texts, units)

    def _print(self, field: str, texts: list[str], units: dict[str, float]) -> None:
        read = []
        for text in texts:
            one = plain(text, units) or _in_words(text, field)
            if one is not None:
                read.append(one)
        if not read:
            return
        if len(read) > 1 and max(v - half for v, half in read) > min(v + half for v, half in read):
            raise Doubt
        stated = self.figures.get(field)
        if stated is not None and all(
            abs(value - stated[0]) > half + 1e-9 * abs(value) for value, half in read
        ):
            raise Doubt
        self.printed[field] = read

    def half(self, field: str) -> float:
        """Return half a unit of a figure's last digit, or its declared interval where that is wider."""
        value, lower, upper = self.figures[field]
        printed = self.printed.get(field)
        half = max([one for _, one in printed]) if printed else half_unit_of(value)
        return max(half, value - lower, upper - value, 0.0)


def _in_words(text: str, field: str) -> tuple[float, float] | None:
    """Read a figure that is not printed plainly; None where no single number can be read."""
    from greenalgo.glance.figure_text import parse  # it needs patterns

    found = parse(text, field)
    if found is None:
        return None
    if not found.unit:
        raise Doubt
    return found.value, found.half


class Reported:
    """Everything that the document prints.

    Raises:
        Doubt: A text has no unit, or does not say what the field says.
    """

    __slots__ = ("claims", "per_unit", "runs", "whole")

    def __init__(self, node: Node) -> None:
        whole = Block(node, "", FIGURE_FIELDS)
        self.whole = whole
        self.runs = {
            run_id: Block(block, whole.boundary, FIGURE_FIELDS)
            for run_id, block in node.get("runs", {}).items()
        }
        self.per_unit = [
            (block, Block(block, whole.boundary, UNIT_FIELDS))
            for block in node.get("per_functional_unit", ())
        ]
        self.claims: list[Node] = node.get("claims", [])
