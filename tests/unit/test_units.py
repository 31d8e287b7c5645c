"""The constants are exact, and the tables agree with each other."""

from __future__ import annotations

from fractions import Fraction

import pytest

from greenalgo import units


@pytest.mark.parametrize(
    ("constant", "exact"),
    [
        (units.J_PER_KWH, Fraction(1000 * 3600)),
        (units.KG_PER_LB, Fraction("0.45359237")),
        (units.KG_PER_SHORT_TON, 2000 * Fraction("0.45359237")),
        (units.L_PER_US_GALLON, 231 * Fraction("0.0254") ** 3 * 1000),
        (units.HOURS_PER_DAY, Fraction(24)),
        (units.SECONDS_PER_HOUR, Fraction(3600)),
    ],
)
def test_a_constant_is_the_nearest_float_to_its_definition(
    constant: float, exact: Fraction
) -> None:
    assert constant == float(exact)


@pytest.mark.parametrize(
    ("table", "unit", "size"),
    [
        (units.ENERGY_KWH, "MJ", 1 / 3.6),
        (units.ENERGY_KWH, "nJ", 1e-9 / 3.6e6),
        (units.ENERGY_KWH, "GWh", 1e6),
        (units.MASS_KG, "Mt", 1e9),
        (units.MASS_KG, "lb", 0.45359237),
        (units.VOLUME_L, "ML", 1e6),
        (units.VOLUME_L, "mL", 1e-3),
        (units.TIME_H, "days", 24),
        (units.TIME_H, "min", 1 / 60),
    ],
)
def test_a_unit(table: dict[str, float], unit: str, size: float) -> None:
    assert table[unit] == pytest.approx(size, rel=1e-15)
