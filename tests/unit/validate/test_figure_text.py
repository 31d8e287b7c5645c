"""Printed figures as papers, model cards and blogs really print them."""

from __future__ import annotations

import pytest

from greenalgo.glance.figure_text import parse
from greenalgo.glance.printed import half_unit_of

KG, KWH, WH, H, L = "co2e_operational_kg", "energy_kwh", "energy_wh", "device_hours", "water_l"
CI = "carbon_intensity_g_per_kwh"


@pytest.mark.parametrize(
    ("text", "field", "value", "half"),
    [
        ("24.69 t", KG, 24690, 5),
        ("7.5MWh", KWH, 7500, 50),
        ("1.7M GPU hours", H, 1.7e6, 5e4),
        ("3.3 million GPU hours", H, 3.3e6, 5e4),
        ("130 thousand A100-hours", H, 130e3, 5e3),
        ("1.3e6 GPU-h", H, 1.3e6, 5e4),
        ("7,438 GPU-days", H, 178512, 12),
        ("1 082 990 h", H, 1082990, 5),
        ("14 days", "hours", 336, 12),
        ("79 hr", "hours", 79, 0.5),
        ("754,407 g", KG, 754.407, 0.0005),
        ("0.1357t", KG, 135.7, 0.05),
        ("26lb", KG, 11.79340162, 0.226796185),
        ("626,155 lbs", KG, 284019.13043735, 0.226796185),
        ("1,015 tCO2eq", KG, 1.015e6, 500),
        ("552.1 tCO2e", KG, 552100, 50),
        ("10 kg CO2e", KG, 10, 0.5),
        ("CO2e: 10 kg", KG, 10, 0.5),
        ("390 Kg CO2", KG, 390, 5),
        ("50.5 tonnes CO2eq", KG, 50500, 50),
        ("24.69 t CO₂eq", KG, 24690, 5),
        ("24.69 metric tons", KG, 24690, 5),
        ("40.2 net tCO2e", KG, 40200, 50),
        ("96.6 gross t", KG, 96600, 50),
        ("3,297 kilograms", KG, 3297, 0.5),
        ("1.1T of CO2", KG, 1100, 50),
        ("4 joules", "energy_j", 4, 0.5),
        ("90 seconds", "hours", 0.025, 0.5 / 3600),
        ("12 kgCO2eq", "co2e_kg", 12, 0.5),
        ("0.03 gCO2e", "co2e_g", 0.03, 0.005),
        ("3.2 × 10^3 kg", KG, 3200, 50),
        ("≈ 5 Wh", KWH, 0.005, 0.0005),
        ("0.24 Wh", WH, 0.24, 0.005),
        ("1.5 µWh", WH, 1.5e-6, 5e-8),
        ("2.4 nJ", "energy_j", 2.4e-9, 5e-11),
        ("1e-05 kWh", KWH, 1e-5, 5e-6),
        ("2 × 10⁻⁵ kWh", KWH, 2e-5, 5e-6),
        ("13.8±0.2 kWh", KWH, 13.8, 0.2),
        ("1.390 +- 0.019 kWh", KWH, 1.390, 0.019),
        ("1.390 +/- 0.019 kWh", KWH, 1.390, 0.019),
        ("1,287 MWh.", KWH, 1.287e6, 500),
        ("0.26 mL", "water_ml", 0.26, 0.005),
        ("1.3 million liters", L, 1.3e6, 5e4),
        ("892 kL", L, 892e3, 500),
        ("57 gCO2eq/kWh", CI, 57, 0.5),
        ("0.351 kg/kWh", CI, 351, 0.5),
        ("351 kg/MWh", CI, 351, 0.5),
        ("0.351 tCO2e/MWh", CI, 351, 0.5),
    ],
)
def test_a_figure_with_its_unit(text: str, field: str, value: float, half: float) -> None:
    found = parse(text, field)
    assert found is not None
    assert found.unit
    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.half == pytest.approx(half, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("916k", H, 916000), ("64.8 CO2eq", KG, 64.8), ("2.04", KG, 2.04), ("12 miles", KWH, 12)],
)
def test_a_figure_without_a_unit(text: str, field: str, value: float) -> None:
    found = parse(text, field)
    assert found is not None
    assert (found.value, found.unit) == (value, "")


@pytest.mark.parametrize(
    ("text", "field", "low", "high"),
    [
        ("5-10 Wh", KWH, 0.0045, 0.0105),
        ("5 – 10 Wh", KWH, 0.0045, 0.0105),
        ("from 5 to 10 Wh", KWH, 0.0045, 0.0105),
        ("16 kg - 20 kg", KG, 15.5, 20.5),
        ("900 kg to 1.2 t", KG, 895, 1250),
        ("0.3-0.4 kg/kWh", CI, 250, 450),
        ("300-400 kg/MWh", CI, 295, 405),
    ],
)
def test_a_range(text: str, field: str, low: float, high: float) -> None:
    found = parse(text, field)
    assert found is not None
    assert found.is_range
    ends = found.value - found.half, found.value + found.half
    assert ends == pytest.approx((low, high))


@pytest.mark.parametrize(
    "text",
    [
        "five kWh",
        "10-5 Wh",
        "5-10",
        "5-10 miles",
        "2019-2020: 30 kWh",
        "1.082,99 kWh",
        "1.082.990 h",
        "",
    ],
)
def test_no_figure_or_more_than_one(text: str) -> None:
    assert parse(text, KWH) is None


@pytest.mark.parametrize(
    ("number", "half"),
    [(24.69, 0.005), (1.2, 0.05), (1, 0.5), (400, 5), (16000, 500), (1e-5, 5e-6), (2.4e-09, 5e-11)],
)
def test_half_a_unit_of_a_number(number: float, half: float) -> None:
    assert half_unit_of(number) == pytest.approx(half)
