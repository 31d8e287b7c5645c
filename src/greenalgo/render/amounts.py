"""A quantity on its way to the page: a value, its interval and where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.render import numbers
from greenalgo.render.types import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What a status means, in the words of a table.
STATUS_WORDS: Mapping[str, str] = {
    "metered": "metered", "counter": "hardware counter", "modelled": "modelled",
    "vendor_reported": "vendor's figure", "declared": "declared", "looked_up": "factor set",
    "default": "default", "imputed": "imputed", "not_assessed": "not assessed",
}  # fmt: skip
#: Statuses of a number that something was read from.
MEASURED = frozenset({"metered", "counter"})
_FIXED_UNITS: Mapping[str, str] = {"power": "W", "intensity": "g/kWh", "ratio": "", "count": ""}


class Amount(NamedTuple):
    """A quantity, or its absence.

    Attributes:
        quantity: ``energy`` (kWh), ``co2e`` (kg), ``water`` (L), ``time`` (h), ``power`` (W), ``intensity``
            (g/kWh), ``ratio`` or ``count``.
        value: In that unit; ``None`` where it was not assessed.
        lower: Lower end of its interval; the value for a point.
        upper: Upper end.
        status: Where it came from.
        reason: Why it was not assessed.
        factor: Id of the factor row that it is, where it is one.
    """

    quantity: str
    value: float | None = None
    lower: float = 0.0
    upper: float = 0.0
    status: str = "not_assessed"
    reason: str = ""
    factor: str = ""

    @property
    def assessed(self) -> bool:
        """There is a number."""
        return self.value is not None

    @property
    def number(self) -> float:
        """The value, 0 where there is none: for sums and for figures that have checked."""
        return self.value or 0.0

    @property
    def status_words(self) -> str:
        """Where it came from, in words."""
        return STATUS_WORDS.get(self.status, self.status)

    def bounds(self, size: float = 1.0) -> tuple[float, float, float]:
        """Return value, lower and upper divided by ``size``: in a unit that is ``size`` base units."""
        return self.number / size, self.lower / size, self.upper / size

    def digits(self, unit: numbers.Unit | None = None) -> str:
        """The value in a unit, without the unit's name; a dash where there is none."""
        if self.value is None:
            return "–"
        return numbers.show(*self.bounds(unit.size if unit else 1.0))

    def digits_only(self) -> Number:
        """The value in its base unit, without the unit's name."""
        return Number(self.digits(numbers.Unit("", 1.0)))

    def in_unit(self, name: str) -> Number:
        """The amount in the unit of this name, ``519.8 MWh``."""
        unit = next(unit for unit in numbers.LADDERS[self.quantity] if unit.name == name)
        return self.text(unit, ends=False)

    def range(self, unit: numbers.Unit | None = None) -> Number:
        """The interval in a unit, ``480–560``; empty for a point."""
        return (
            numbers.interval(*self.bounds(unit.size if unit else 1.0))
            if self.assessed
            else Number("")
        )

    def cell(self, unit: numbers.Unit | None = None) -> tuple[str, ...]:
        """The lines of a table's cell: the value in a unit, and below it the interval where there is one."""
        ends = self.range(unit)
        return (self.digits(unit), Number(f"({ends})")) if ends else (self.digits(unit),)

    def unit(self) -> numbers.Unit:
        """The unit that suits this one amount."""
        if self.quantity in numbers.LADDERS:
            return numbers.scale(self.quantity, [self.number])
        return numbers.Unit(_FIXED_UNITS.get(self.quantity, ""), 1.0)

    def text(self, unit: numbers.Unit | None = None, *, ends: bool = True) -> Number:
        """The amount in full: ``519.8 MWh (480–560 MWh)`` or ``not assessed``."""
        if self.value is None:
            return Number(numbers.NOT_ASSESSED)
        chosen = unit or self.unit()
        name = f"\u00a0{chosen.name}" if chosen.name else ""
        interval = self.range(chosen) if ends else ""
        shown = f"{self.digits(chosen)}{name}"
        return Number(f"{shown} ({interval}{name})" if interval else shown)


#: No such quantity.
MISSING = Amount("ratio")


def amount(result: Mapping[str, Any] | None, quantity: str) -> Amount:
    """Read a quantity of ``results``.

    Args:
        result: ``{value, lower, upper, status}``, ``{status: not_assessed, reason}`` or nothing.
        quantity: What it is, as in :class:`Amount`.
    """
    if not result or result.get("value") is None:
        return Amount(quantity, reason=(result or {}).get("reason", ""))
    value = float(result["value"])
    return Amount(
        quantity,
        value,
        float(result.get("lower", value)),
        float(result.get("upper", value)),
        result.get("status", "declared"),
        factor=result.get("factor", ""),
    )


def declared(given: object, quantity: str) -> Amount:
    """Read a quantity of the author's part: a number, an object, an absence or nothing."""
    if isinstance(given, dict):
        return amount({"status": "declared", **given}, quantity)
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return Amount(quantity, float(given), float(given), float(given), "declared")
    return Amount(quantity)


def used_input(result: Mapping[str, Any] | None, name: str, quantity: str) -> Amount | None:
    """Return the input of this name that a result's trace used, or None."""
    for given in (result or {}).get("trace", {}).get("inputs", ()):
        if given.get("name") == name:
            return amount(given, quantity)
    return None


def unit_of(amounts: Iterable[Amount], quantity: str) -> numbers.Unit:
    """Choose one unit for a column of amounts."""
    return numbers.scale(quantity, [a.number for a in amounts if a.assessed])
