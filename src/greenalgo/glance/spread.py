"""A quantity as three plain numbers: value, lower, upper.

Compiled, such a triple is no object: it is made and read without one, unless it is put into a list. So what is
not there is a triple as well, of negative numbers, which no quantity of a statement has.
"""

from __future__ import annotations

from greenalgo.glance.plain import check_interval
from greenalgo.glance.printed import half_unit_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    #: A value and the ends of its interval.
    Spread = tuple[float, float, float]

#: The numbers where nothing is declared.
ABSENT: Final = -1.0
#: The numbers where the author says that it was not assessed.
NOT_ASSESSED: Final = -2.0


def absent() -> Spread:
    """Return what stands for nothing."""
    return ABSENT, ABSENT, ABSENT


def not_assessed() -> Spread:
    """Return what stands for something that was not assessed."""
    return NOT_ASSESSED, NOT_ASSESSED, NOT_ASSESSED


def read(node: Any, *, wide: bool) -> Spread:
    """Return a declared quantity with its interval, perhaps as far as its digits go.

    Args:
        node: The quantity as the document has it; None where it has none.
        wide: The interval is widened by half a unit of the last digit (a stated zero is exact).

    Returns:
        The quantity; :func:`absent` or :func:`not_assessed` where there is none.

    Raises:
        Doubt: The interval may not hold the value.
    """
    if node is None:
        return absent()
    found = declared(node)
    return rounded(found) if wide else found


def declared(node: Any) -> Spread:
    """Return a declared quantity with its interval; not assessed where it is explicitly absent.

    Raises:
        Doubt: The interval may not hold the value.
    """
    if not isinstance(node, dict):
        number: float = node
        return number, number, number
    fields: dict[str, Any] = node
    given: Any = fields.get("value")
    if given is None:
        return not_assessed()
    value: float = given
    lower: float = fields.get("lower", given)
    upper: float = fields.get("upper", given)
    check_interval(lower, value, upper)
    return not_assessed() if fields.get("status") == "not_assessed" else (value, lower, upper)


def rounded(found: Spread) -> Spread:
    """Return a quantity, widened by half a unit of its last digit."""
    value, lower, upper = found
    if value <= 0:
        return found
    half = half_unit_of(value)
    return value, min(lower, max(value - half, 0.0)), max(upper, value + half)


def added(parts: list[Spread]) -> Spread:
    """Return the sum of intervals; absent of none."""
    if not parts:
        return absent()
    if len(parts) == 1:
        return parts[0]
    value, lower, upper = zip(*parts, strict=True)
    return sum(value), sum(lower), sum(upper)


def times(one: Spread, other: Spread) -> Spread:
    """Return the product of two quantities."""
    return one[0] * other[0], one[1] * other[1], one[2] * other[2]


def multiple(number: float, of: Spread) -> Spread:
    """Return so many times a quantity."""
    return number * of[0], number * of[1], number * of[2]


def over(one: Spread, other: Spread) -> Spread:
    """Return one quantity divided by another one."""
    return one[0] / other[0], one[1] / other[2], one[2] / other[1]


def divided(one: Spread, number: float) -> Spread:
    """Return a quantity divided by a number."""
    return one[0] / number, one[1] / number, one[2] / number
