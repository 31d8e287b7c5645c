"""Printed figures: how far the digits of a number round, and texts as plain as ``24.69 t``."""

from __future__ import annotations

from greenalgo.units import ENERGY_KWH, MASS_KG, TIME_H, VOLUME_L

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Beginnings of fields, the units that their figures are printed in, and the field's own unit among them.
_FIELDS: Final = (
    ("energy_j", ENERGY_KWH, ENERGY_KWH["J"]),
    ("energy_wh", ENERGY_KWH, 1e-3),
    ("energy", ENERGY_KWH, 1.0),
    ("co2e_g", MASS_KG, 1e-3),
    ("co2e", MASS_KG, 1.0),
    ("water_ml", VOLUME_L, 1e-3),
    ("water", VOLUME_L, 1.0),
    ("device_hours", TIME_H, 1.0),
    ("hours", TIME_H, 1.0),
    ("carbon_intensity", MASS_KG, 1e-3),  # the mass in "0.351 kg/kWh"
)
#: What a mass of emissions is often said to be of.
_GASES: Final = ("CO2e", "CO2eq", "CO2")


def units_of(field: str) -> dict[str, float]:
    """Return the units that a field's figures are printed in, each in the field's own unit."""
    for prefix, units, size in _FIELDS:
        if field == prefix or field.startswith(prefix + "_"):
            found = {unit: factor / size for unit, factor in units.items()}
            if field.startswith("co2e"):
                found |= {f"{unit} {gas}": found[unit] for unit in units for gas in _GASES}
            return found
    return {}


def plain_number(text: str, units: dict[str, float]) -> tuple[float, float]:
    """Read a figure that is printed as a number, a blank and a unit.

    Args:
        text: Such as ``24.69 t`` or ``1,287 MWh``.
        units: The units that it may be in, as :func:`units_of` returns them.

    Returns:
        The figure and half a unit of its last digit, in the field's unit; zeros for every other form.
    """
    number, _, unit = text.partition(" ")
    factor = units.get(unit)
    if factor is None or not number.isascii():
        return 0.0, 0.0
    if "," in number:
        number = _ungrouped(number)
    if not number.replace(".", "", 1).isdigit():
        return 0.0, 0.0
    return float(number) * factor, half_unit(number) * factor


def _ungrouped(number: str) -> str:
    """Return a number without the commas between its thousands; an empty text where they are others."""
    whole, point, decimals = number.partition(".")
    first, *groups = whole.split(",")
    if not 0 < len(first) < 4 or any(len(group) != 3 for group in groups) or "," in decimals:
        return ""
    return "" if point and not decimals else number.replace(",", "")


def half_unit(digits: str) -> float:
    """Return half a unit of the last significant digit of a plain decimal number."""
    point = digits.find(".")
    if point >= 0:
        return float(0.5 * 10.0 ** (point + 1 - len(digits)))
    whole = digits.lstrip("+-")
    stripped = whole.rstrip("0")
    if not stripped:
        return 0.5
    # Two digits count at least: 200,000 may be 198,000 rounded, but hardly 160,000.
    significant = max(len(stripped), min(len(whole), 2))
    return float(0.5 * 10.0 ** (len(whole) - significant))


def half_unit_of(number: float) -> float:
    """Return half a unit of the last significant digit of a number as its shortest text has it."""
    mantissa, _, exponent = repr(float(number)).partition("e")
    half = half_unit(mantissa.removesuffix(".0"))
    return half * 10.0 ** int(exponent) if exponent else half
