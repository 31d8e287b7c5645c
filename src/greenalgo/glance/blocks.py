"""What a document prints: figures, and what their texts say."""

from __future__ import annotations

from math import inf

from greenalgo.glance import plain
from greenalgo.glance.bounds import FIGURE_FIELDS, NOISE, NOT_FIGURES, UNIT_FIELDS
from greenalgo.glance.doubt import Doubt
from greenalgo.glance.printed import half_unit_of, plain_number, units_of
from greenalgo.glance.spread import declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from greenalgo.glance.spread import Spread

    Node = dict[str, Any]

_UNITS: Final = {field: units_of(field) for field in FIGURE_FIELDS | UNIT_FIELDS}


class Figure:
    """A printed figure.

    Attributes:
        value: What its field says; ``lower`` and ``upper`` are the ends of the interval.
        text: What its first printed text says, and half a unit of its last digit; zeros where there is none.
        half: Half a unit of its last digit, of the vaguest text or of the field, or its declared interval where
            that is wider.
    """

    __slots__ = ("_half", "lower", "text", "upper", "value")

    def __init__(self, spread: Spread) -> None:
        self.value, self.lower, self.upper = spread
        self.text = (0.0, 0.0)
        self._half = 0.0

    @property
    def half(self) -> float:  # noqa: D102 - see the class
        half = self._half or half_unit_of(self.value)
        return max(half, max(self.value - self.lower, self.upper - self.value))

    def take(self, texts: list[tuple[float, float]]) -> None:
        """Take over what the texts of the figure say.

        Raises:
            Doubt: None of them says what the field says.
        """
        if not texts:
            return
        agrees = False
        for number, half in texts:
            self._half = max(self._half, half)
            agrees = agrees or abs(number - self.value) <= half + NOISE * abs(number)
        if not agrees:
            raise Doubt
        self.text = texts[0]


class Block:
    """A block of printed figures.

    Args:
        node: As the document has it.
        boundary: The boundary where it declares none.

    Attributes:
        boundary: What its figures cover.
        figures: By field; what is not assessed is left out.
        count: The printed number of devices; 0 where there is none.

    Raises:
        Doubt: A text has no unit, or does not say what the field says.
    """

    __slots__ = ("boundary", "count", "figures")

    def __init__(self, node: Node, boundary: str) -> None:
        self.boundary: str = node.get("boundary", boundary)
        self.count: float = node.get("device_count", 0)
        self.figures: dict[str, Figure] = {}
        for field, value in node.items():
            if field not in NOT_FIGURES:
                found = declared(value)
                if found[0] >= 0:
                    self.figures[field] = Figure(found)
        if "as_printed" not in node:
            return
        printed: dict[str, Any] = node["as_printed"]
        for field, texts in printed.items():
            figure = self.figures.get(field)
            if figure is None and not (field == "device_count" and self.count):
                raise Doubt
            units = _UNITS[field]
            if units and figure is not None:
                figure.take(_numbers([texts] if type(texts) is str else texts, field, units))


def _numbers(texts: list[str], field: str, units: dict[str, float]) -> list[tuple[float, float]]:
    """Return the numbers that texts say, with half a unit of their last digits.

    Raises:
        Doubt: One has no unit, or they contradict each other.
    """
    found = []
    least, most = inf, -inf
    for text in texts:
        one = plain_number(text, units)
        if not one[1]:
            one = _in_words(text, field)
        if one[1]:
            found.append(one)
            least, most = min(least, one[0] + one[1]), max(most, one[0] - one[1])
    if most > least:
        raise Doubt
    return found


def _in_words(text: str, field: str) -> tuple[float, float]:
    """Read a figure that is not printed plainly; zeros where no single one can be read."""
    from greenalgo.glance.figure_text import parse  # it needs patterns

    found = parse(text, field)
    if found is None:
        return 0.0, 0.0
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
        whole = Block(node, "")
        self.whole = whole
        self.runs: dict[str, Block] = {}
        self.per_unit: list[tuple[Node, Block]] = []
        self.claims: list[Node] = node.get("claims", [])
        plain.intervals(self.claims)
        if "runs" in node:
            for run_id, block in node["runs"].items():
                self.runs[run_id] = Block(block, whole.boundary)
        for block in node.get("per_functional_unit", ()):
            self.per_unit.append((block, Block(block, whole.boundary)))
