"""Formulas with numbers put in, as a reader with a pocket calculator wants them."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.render.symbols import amount, digits, interval, steps, unit_of


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("energy_it_kwh", "kWh"), ("co2e_market_kg", "kg"), ("carbon_intensity_g_per_kwh", "g/kWh"),
        ("power_w_per_gb", "W/GB"), ("device_hours", "h"), ("peak_flops_per_s", "FLOP/s"), ("flops", "FLOP"),
        ("water_ml", "mL"), ("pue", ""), ("count", ""),
    ],
)  # fmt: skip
def test_a_fields_name_states_its_unit(field: str, unit: str) -> None:
    assert unit_of(field) == unit


@pytest.mark.parametrize(
    ("value", "text"),
    [(400.0, "400"), (0.1 + 0.2, "0.3"), (1e15, "1e15"), (123456789012345.0, "123456789012345"),
     (4.5e20, "4.5e20"), (6.67e-16, "6.67e-16"), (1 / 3, "0.3333333333")],
)  # fmt: skip
def test_digits_are_those_of_a_pocket_calculator(value: float, text: str) -> None:
    assert digits(value) == text


def test_an_interval_has_its_unit_once_and_a_point_has_none() -> None:
    assert interval("power_w", {"value": 400, "lower": 380, "upper": 410}) == "380 to 410 W"
    assert interval("power_w", {"value": 400}) == ""
    assert amount("pue", 1.2) == "1.2"


def given(**inputs: float) -> list[dict[str, Any]]:
    return [{"name": name, "value": value} for name, value in inputs.items()]


def test_each_name_takes_the_next_input_of_that_name() -> None:
    formula = "energy_it_kwh = count x hours x power_w / 1000 + count x hours x power_w / 1000"
    inputs = [*given(count=8, hours=10, power_w=300), *given(count=2, hours=5, power_w=90)]
    assert steps(formula, inputs) == [
        formula,
        "              = 8 x 10 h x 300 W / 1000 + 2 x 5 h x 90 W / 1000",
    ]


def test_a_sum_shows_its_terms_and_a_declared_value_itself() -> None:
    parts = [*given(energy_it_kwh=24), *given(energy_it_kwh=2)]
    assert steps("energy_it_kwh = sum of the components", parts)[1].strip() == "= 24 kWh + 2 kWh"
    assert steps("hours = declared hours", given(hours=3))[1].strip() == "= 3 h"


def test_a_formula_without_numbers_is_written_once() -> None:
    assert steps("pue = something else", []) == ["pue = something else"]
