"""Printed figures: what a string such as ``24.69 t`` says, and how far its digits round.

A printed number stands for every number that rounds to it: half a unit of its last significant
digit to either side. Trailing zeros of a whole number are not counted as significant beyond the
second digit, because a paper that prints 16,000 kWh has seldom counted to the last one.

Imported only for a figure that is printed in another form than :func:`greenalgo.glance.printed.plain_number` reads.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from greenalgo.glance.printed import half_unit, plain_number
from greenalgo.glance.printed import units_of as units_of_field

# Patterns are compiled on first use: most printed figures are as plain as "24.69 t".
_compiled = cache(re.compile)
_NUMBER = (
    r"[~≈<>≤≥]?\s*(?<![A-Za-z\d.,])(?P<number>[+-]?(?:\d{1,3}(?:[,\u2009\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+))"
    r"(?:\s*(?:[x×*·]\s*10\s*\^?\s*\{?(?P<power>[-−+]?\d+)\}?|[eE](?P<exponent>[-+]?\d+)))?"
    r"(?:\s*(?:±|\+/?-)\s*(?P<spread>\d+(?:\.\d+)?))?"
    r"(?:(?P<scale>[kKM](?=\s|-|$))|\s+(?P<word>thousand|million|billion)\b)?"
)
#: Beyond it a printed power of ten is a slip, and a float may be infinite.
_LARGEST_EXPONENT = 250
_SCALE = {"k": 3, "K": 3, "M": 6, "thousand": 3, "million": 6, "billion": 9}
_TAIL = (
    r"\s*(?:(?:[GTC]PU|[Cc]ore|[Nn]ode|[Dd]evice|[A-Z]+\d+\w*)[- ]?(?=h\b|hours?\b|days?\b))?"
    r"(?:(?:net|gross)\s+)?(?P<unit>short tons|[A-Za-zµμ]+?[0-9]?)"
    r"(?=(?:\s*CO2|\s*CO₂|[\s./(,;-]|\$|$))"
)
#: What stands between the ends of a range.
_BETWEEN = r"\s*(?:-|–|—|to|\.\.)\s*(?=[~≈<>≤≥]?\s*\d)"
_ALIASES = {
    "µ": "u", "μ": "u", "tons": "t", "ton": "t", "metric": "t", "T": "t", "tCO": "t",
    "kgs": "kg", "Kg": "kg", "KG": "kg", "kilogram": "kg", "kilograms": "kg", "kilogrammes": "kg",
    "gCO": "g", "gram": "g", "grams": "g", "KWh": "kWh", "kwh": "kWh", "Kwh": "kWh",
    "joule": "J", "joules": "J", "Joule": "J", "Joules": "J",
    "litre": "L", "liter": "L", "litres": "L", "liters": "L",
    "day": "d", "hour": "h", "hrs": "h", "hr": "h", "minute": "min", "minutes": "min",
    "second": "s", "seconds": "s",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
#: What an intensity per another unit of energy has to be multiplied by to be one per kWh.
_PER = {"/MWh": 1e-3, "/GWh": 1e-6, "/MJ": 3.6, "/GJ": 3.6e-3, "/Wh": 1e3}


class Printed(NamedTuple):
    """A printed number, or a range of numbers.

    Attributes:
        value: In the base unit of its dimension (kWh, kg, L, h), or as it stands; the middle of a range.
        half: Half a unit of the last significant digit, in the same unit; half of a range, with its digits.
        unit: The unit as printed; empty where none is.
        is_range: A range is printed.
    """

    value: float
    half: float
    unit: str
    is_range: bool = False


#: The units of a field, made once.
units_of = cache(units_of_field)


def parse(text: str, field: str) -> Printed | None:
    """Read a printed figure.

    Args:
        text: Such as ``24.69 t`` or ``1,287 MWh``.
        field: The field that it is printed for, such as ``co2e_operational_kg``.

    Returns:
        The figure in the field's unit; with an empty unit where it has none or an unknown one; None
        where the text holds no number, or one that can be read in two ways (``1.082,99``), or a range
        (``2-3 t``) whose ends are not in order or have no unit.
    """
    units = units_of(field)
    known = plain_number(text, units)
    if known[1]:
        return Printed(*known, text.partition(" ")[2])
    text = text.translate(_SUPERSCRIPTS)
    first = _read(text, 0, field)
    between = first and _compiled(_BETWEEN).match(text, first.end)
    if first is None or between is None:
        return first and Printed(first.value * first.factor, first.half * first.factor, first.unit)
    last = _read(text, between.end(), field)
    if last is None or not last.unit:
        return None
    unit = first.factor if first.unit else last.factor  # "2-3 t": the unit is that of both
    low, high = (first.value - first.half) * unit, (last.value + last.half) * last.factor
    if first.value * unit >= last.value * last.factor:
        return None
    return Printed((low + high) / 2, (high - low) / 2, last.unit, is_range=True)


class _Number(NamedTuple):
    """A number as it is printed, its unit in the field's, and where it ends in the text."""

    value: float
    half: float
    unit: str
    factor: float
    end: int


def _read(text: str, start: int, field: str) -> _Number | None:
    """Read the first number from a place on; None where it can be read in two ways."""
    units = units_of(field)
    match = _compiled(_NUMBER).search(text, start)
    if match is None or _compiled(r"[.,]\d").match(text, match.end()):
        return None
    digits = _compiled(r"[^\d.+-]").sub("", match["number"])
    exponent = int((match["power"] or match["exponent"] or "0").replace("−", "-"))
    exponent += _SCALE.get(match["scale"] or match["word"] or "", 0)
    if abs(exponent) + len(digits) > _LARGEST_EXPONENT:
        return None
    half = max(half_unit(digits), float(match["spread"] or 0.0)) * 10.0**exponent
    value = float(f"{digits}e{exponent}")
    tail = _compiled(_TAIL).match(text, match.end())
    if tail is None or _compiled(_BETWEEN).match(text, match.end()):
        return _Number(value, half, "", 1.0, match.end())
    end, unit = tail.end(), _canonical(tail["unit"])
    if unit not in units:
        return _Number(value, half, "", 1.0, end)
    factor = units[unit]
    if field.startswith("carbon_intensity"):
        per = _compiled(r"/\s*([kMG]?(?:Wh|J))\b").search(text, match.end())
        factor *= _PER.get("/" + per[1], 1.0) if per else 1.0
    return _Number(value, half, unit, factor, end)


def _canonical(unit: str) -> str:
    unit = unit.replace("µ", "u").replace("μ", "u")
    if unit.endswith(("CO2e", "CO2eq", "CO2")):
        unit = unit.split("CO2")[0]
    return _ALIASES.get(unit, unit)
