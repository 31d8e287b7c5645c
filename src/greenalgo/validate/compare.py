"""Does a stated figure follow? And if not, which slip explains the size of the difference?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.glance.bounds import NOISE, TOLERANCE
from greenalgo.units import KG_PER_LB

if TYPE_CHECKING:
    from greenalgo.footprint.uncertainty import Spread

#: How close a ratio must be to a slip's own factor for the slip to be named.
SLIP_TOLERANCE = 0.015


class Slip(NamedTuple):
    """A known mistake and the factor that it puts into a figure."""

    code: str
    factor: float
    words: str


#: Slips of unit, by the factor of the stated figure over the one that follows.
UNIT_SLIPS = (
    Slip("unit", 1e3, "a factor of 1000: a unit prefix is off (g for kg, Wh for kWh, kWh for MWh)"),
    Slip("unit", 1e-3, "a factor of 1/1000: a unit prefix is off (kg for g, kWh for Wh, t for kg)"),
    Slip("unit", 1e6, "a factor of a million: two unit prefixes are off (g for t, Wh for MWh)"),
    Slip("unit", 1e-6, "a factor of a millionth: two unit prefixes are off (t for g, MWh for Wh)"),
    Slip("unit", 1 / KG_PER_LB, "the factor from kg to lb: pounds stand in a field of kg"),
    Slip("unit", KG_PER_LB, "the factor from lb to kg: a figure in kg was converted again"),
    Slip("unit", 3.6, "a factor of 3.6: megajoules stand in a field of kWh"),
    Slip("unit", 1 / 3.6, "a factor of 1/3.6: kWh were converted as if they were megajoules"),
    Slip("unit", 24.0, "a factor of 24: days and hours are mixed"),
    Slip("unit", 1 / 24, "a factor of 1/24: days stand in a field of hours"),
    Slip("unit", 60.0, "a factor of 60: minutes and hours are mixed"),
    Slip("unit", 1 / 60, "a factor of 1/60: hours and minutes are mixed"),
    Slip("unit", 3600.0, "a factor of 3600: seconds and hours, or J and Wh, are mixed"),
    Slip("unit", 1 / 3600, "a factor of 1/3600: hours and seconds, or Wh and J, are mixed"),
)
#: The mass of the carbon in CO2 (12 of 44): for figures of CO2e alone.
CARBON_SLIP = Slip(
    "unit", 12 / 44, "a factor of 12/44: the mass of carbon stands in a field of CO2e"
)


def agrees(stated: float, half: float, follows: Spread) -> bool:
    """Whether a stated figure rounds to a number of the interval that follows from the inputs.

    Args:
        stated: The figure.
        half: Half a unit of its last printed digit.
        follows: What follows from the inputs, with its interval.
    """
    noise = NOISE * max(abs(stated), abs(follows.value))
    return bool(follows.lower - half - noise <= stated <= follows.upper + half + noise)


def within(stated: float, follows: float, slack: float = 0.0) -> bool:
    """Whether two figures differ by at most a hundredth of the second, or by what their digits allow.

    Args:
        stated: The stated figure.
        follows: The one that follows.
        slack: What the digits of all of them allow, in their unit.
    """
    return abs(stated - follows) <= max(slack, TOLERANCE * abs(follows)) + NOISE * abs(follows)


def slip(ratio: float, slips: tuple[Slip, ...], tolerance: float = SLIP_TOLERANCE) -> Slip | None:
    """Return the first slip whose factor explains a ratio, or None.

    Args:
        ratio: The stated figure over the one that follows.
        slips: Candidates, the likeliest first.
        tolerance: Relative distance that still counts.
    """
    return next((s for s in slips if abs(ratio / s.factor - 1) <= tolerance), None)


def size(stated: float, follows: float) -> str:
    """Say how far apart two figures are: per cent below a factor of two, times above."""
    if not follows or not stated:
        return "one of them is zero"
    ratio = stated / follows
    if not 1e-99 < ratio < 1e99:  # beyond it the quotient, or its inverse, may be infinite
        return f"more than 1e99 times too {'high' if ratio > 1 else 'low'}"
    if 0.5 < ratio < 2:
        percent = 100 * (ratio - 1)
        if abs(percent) < 0.005:
            return "less than 0.01 % apart"
        digits = 0 if abs(percent) >= 10 else 1 if abs(percent) >= 0.1 else 2
        return f"{percent:+.{digits}f} %"
    return f"{number(ratio)} times too high" if ratio > 1 else f"{number(1 / ratio)} times too low"


def how_far(stated: float, follows: float, why: str = "") -> str:
    """Say in brackets how far apart two figures are, and why: a slip of unit, where nothing better is known.

    Args:
        stated: The stated figure.
        follows: The one that follows.
        why: What explains the difference; empty where only its size tells.
    """
    if not why and follows:
        known = slip(stated / follows, UNIT_SLIPS)
        why = known.words if known else ""
    return f"({size(stated, follows)})" + (f": {why}" if why else "")


def number(value: float) -> str:
    """Write a number for a message: up to four significant digits, grouped, no trailing zeros."""
    if value == 0:
        return "0"
    magnitude = abs(value)
    if magnitude >= 1e15 or magnitude < 1e-4:
        return f"{value:.3e}"
    if magnitude >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def numbers(one: float, other: float) -> tuple[str, str]:
    """Write two numbers that differ so that a reader sees it: with more digits where four hide it."""
    texts = number(one), number(other)
    digits = 5
    while texts[0] == texts[1] and one != other and digits < 16:
        texts = f"{one:,.{digits}g}", f"{other:,.{digits}g}"
        digits += 1
    return texts
