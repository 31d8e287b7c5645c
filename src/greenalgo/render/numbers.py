"""Numbers as people read them: rounded once, scaled once, never 0 unless they are.

The rule for digits: an interval sets them (two significant digits of its half width); a point shows at
most four significant digits, unless it is an integer, which is shown in full. Everything is done with
:class:`decimal.Decimal` on the shortest decimal form of the float, so that no locale and no binary
rounding (``2.675``) can be seen.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from math import isfinite, log10
from typing import TYPE_CHECKING, NamedTuple

from greenalgo import units
from greenalgo.render.types import Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Significant digits of a number whose interval is a point.
POINT_DIGITS = 4
#: Significant digits of an interval's half width.
INTERVAL_DIGITS = 2
#: No interval, however narrow, asks for more significant digits of the value than this.
MAX_DIGITS = 5
#: What stands for a quantity that nobody assessed.
NOT_ASSESSED = "not assessed"

_THIN = "\u2009"
_MINUS = "\u2212"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LARGEST_INTEGER = Decimal(10) ** 12
_SMALLEST_PLAIN = -4
_LARGEST_PLAIN = 11
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_EVEN)


class Unit(NamedTuple):
    """A unit to print in.

    Attributes:
        name: As printed (``MWh``, ``µJ``).
        size: How many of the quantity's base unit (kWh, kg, L, h) it is.
    """

    name: str
    size: float


def _ladder(table: Mapping[str, float], names: str) -> tuple[Unit, ...]:
    return tuple(Unit(name.replace("u", "µ"), table[name]) for name in names.split())


#: Units of a quantity, smallest first. Below a milliwatt-hour people think in joules.
LADDERS: Mapping[str, tuple[Unit, ...]] = {
    "energy": (
        *_ladder(units.ENERGY_KWH, "nJ uJ mJ"),
        *_ladder(units.ENERGY_KWH, "mWh Wh kWh MWh GWh TWh"),
    ),
    "co2e": _ladder(units.MASS_KG, "ug mg g kg t kt Mt"),
    "water": (*_ladder(units.VOLUME_L, "mL L"), Unit("m³", units.VOLUME_L["m3"])),
    "time": (Unit("h", 1.0),),
}


def scale(quantity: str, values: Iterable[float]) -> Unit:
    """Choose the one unit in which a column of values reads best.

    A value reads well between 1 and 1000; each power of ten outside costs. Ties go to the larger unit.

    Args:
        quantity: ``energy``, ``co2e``, ``water`` or ``time``.
        values: In kWh, kg, L or h. Zeros have no opinion; without any other, the base unit is chosen.
    """
    ladder = LADDERS[quantity]
    orders = [log10(abs(value)) for value in values if value and isfinite(value)]
    if not orders:
        return next(unit for unit in ladder if unit.size == 1.0)

    def cost(unit: Unit) -> tuple[float, float]:
        shift = log10(unit.size)
        return round(sum(max(shift - order, order - shift - 3, 0.0) for order in orders), 9), -shift

    return min(ladder, key=cost)


def decimals(value: float, lower: float, upper: float) -> int:
    """Return how many digits after the point to show (negative: round to tens, hundreds…).

    Args:
        value: Any finite number; its bounds in the same unit.
        lower: Lower end of the interval; equal to ``upper`` for a point.
        upper: Upper end.
    """
    half = (upper - lower) / 2
    size = max(abs(lower), abs(upper), abs(value))
    if size == 0:
        return 0
    if half <= size * 1e-9:
        if value == int(value) and abs(value) < _LARGEST_INTEGER:
            return 0
        # The shortest form that keeps the digits: 0.5 stays 0.5, 0.30000000000000004 becomes 0.3.
        places = (
            POINT_DIGITS - 1 - _order(_rounded(value, POINT_DIGITS - 1 - _order(_exact(value))))
        )
        tidy = _rounded(value, places)
        return -int(tidy.normalize(_CONTEXT).as_tuple().exponent)
    places = _interval_decimals(lower, upper)
    if value:
        order = _order(_exact(value))
        # A value far below its interval still shows two of its own digits: it is not 0.
        places = min(max(places, -order), MAX_DIGITS - 1 - order)
        if _rounded(value, places) == 0:
            places = 1 - order
    return places


def show(value: float, lower: float | None = None, upper: float | None = None) -> Number:
    """Round a value by its interval and write it, grouped in threes with a thin space.

    Args:
        value: A finite number in the unit of its column.
        lower: Lower end of the interval; the value itself if left out.
        upper: Upper end.

    Returns:
        Digits without a unit: ``433 196``, ``29.63``, ``2.4×10⁻⁹``.
    """
    low, high = (value if lower is None else lower), (value if upper is None else upper)
    return _write(value, decimals(value, low, high))


def interval(value: float, lower: float, upper: float) -> Number:
    """Write ``lower–upper`` with the digits that :func:`show` gives the value; empty for a point."""
    if upper - lower <= max(abs(lower), abs(upper)) * 1e-9:
        return Number("")
    places = min(decimals(value, lower, upper), _interval_decimals(lower, upper))
    ends = [_end(end, places) for end in (lower, upper)]
    if ends[0] == ends[1]:
        return Number("")  # narrower than the digits that are worth showing
    return Number(f"{ends[0]} to {ends[1]}" if lower < 0 else f"{ends[0]}–{ends[1]}")


def with_interval(value: float, lower: float, upper: float) -> Number:
    """Write ``520 (480–560)``, or only the value where the interval is a point."""
    ends = interval(value, lower, upper)
    return Number(f"{show(value, lower, upper)} ({ends})") if ends else show(value, lower, upper)


def counted(count: int, noun: str) -> tuple[Number, str]:
    """Write ``1 run`` or ``5 runs``: the digits, and the noun behind them."""
    return show(count), f" {noun}" if count == 1 else f" {noun}s"


def percent(share: float) -> Number:
    """Write a share between 0 and 1 as a percentage; a share that is not 0 or 1 is never shown as such."""
    if 0 < share <= 0.005:
        return Number("<1 %".replace(" ", _THIN))
    if 0.995 <= share < 1:
        return Number(f">99{_THIN}%")
    return Number(f"{_exact(share * 100).quantize(Decimal(1), ROUND_HALF_EVEN)}{_THIN}%")


def plain(value: float) -> str:
    """Write a number for a machine (CSV): the shortest form that reads back, a point, no grouping."""
    return (
        repr(int(value))
        if value == int(value) and abs(value) < _LARGEST_INTEGER
        else repr(float(value))
    )


def _interval_decimals(lower: float, upper: float) -> int:
    half = (upper - lower) / 2
    # Rounded first: a half width of 0.0996 is 0.10, whose second digit is the second decimal.
    return INTERVAL_DIGITS - 1 - _order(_rounded(half, INTERVAL_DIGITS - 1 - _order(_exact(half))))


def _end(value: float, places: int) -> Number:
    if not value:
        return Number("0")
    return _write(value, places) if _rounded(value, places) else show(value)


def _exact(value: float) -> Decimal:
    """Return the shortest decimal that reads back; NumPy, which draws axes, writes its type around it."""
    return Decimal(repr(float(value)))


def _order(value: Decimal) -> int:
    return value.adjusted() if value else 0


def _rounded(value: float, places: int) -> Decimal:
    return _exact(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN, _CONTEXT)


def _write(value: float, places: int) -> Number:
    rounded = _rounded(value, places)
    sign = _MINUS if rounded < 0 else ""
    rounded = abs(rounded)
    order = _order(rounded)
    if rounded and (order < _SMALLEST_PLAIN or order > _LARGEST_PLAIN):
        digits = max(order + places, 0)
        mantissa = f"{rounded.scaleb(-order):.{digits}f}"
        return Number(f"{sign}{mantissa}×10{str(order).translate(_SUPERSCRIPT)}")
    return Number(sign + f"{rounded:,.{max(places, 0)}f}".replace(",", _THIN))
