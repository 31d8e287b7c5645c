"""How far the digits of a whole number reach, and what that excuses."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.glance.printed import half_unit
from greenalgo.validate.engine import judge


@pytest.mark.parametrize(
    ("digits", "half"),
    [
        ("7", 0.5),
        ("20", 0.5),
        ("400", 5),
        ("16000", 500),
        ("200000", 5000),
        ("1082990", 5),
        ("1.20", 0.005),
        ("0", 0.5),
    ],
)
def test_half_a_unit_of_the_last_significant_digit(digits: str, half: float) -> None:
    assert half_unit(digits) == pytest.approx(half)


def statement(run: dict[str, Any], reported: dict[str, Any]) -> dict[str, Any]:
    base = {
        "id": "training",
        "phase": "training",
        "location": {"country": "USA"},
        "pue": 1.1,
        "carbon_intensity_g_per_kwh": 367.8,
    }
    return {
        "spec_version": "1.0",
        "title": "A",
        "subject": {"name": "A"},
        "runs": [base | run],
        "reported": reported,
    }


def test_round_hours_do_not_excuse_eighteen_per_cent() -> None:
    """200,000 h x 250 W x 367.8 g/kWh are 18.4 t, not 15: Stable Diffusion v2's model card."""
    hardware = [{"kind": "gpu", "model": "NVIDIA A100-PCIE-40GB", "power_w": 250}]
    data = statement(
        {"hardware": hardware, "device_hours": 200000},
        {"boundary": "it", "co2e_operational_kg": 15000},
    )
    found = [f for f in judge(data).findings if f.code == "GA201"]
    assert "(-18 %)" in found[0].message


def test_a_stated_zero_excuses_nothing() -> None:
    """0.358 kWh x 1.29 L/kWh and no other water are 0.46 L, not 0.53."""
    water = {"wue_l_per_kwh": 1.29, "offsite_l": 0}
    data = statement({"energy_it_kwh": 0.358, "water": water}, {"boundary": "it", "water_l": 0.533})
    found = [f for f in judge(data).findings if f.code == "GA201"]
    assert "(+15 %)" in found[0].message


def test_the_implied_intensity_is_named() -> None:
    data = statement(
        {"energy_it_kwh": 754.66},
        {"boundary": "it", "energy_it_kwh": 754.66, "co2e_operational_kg": 178.97},
    )
    found = [f for f in judge(data).findings if f.code == "GA201"]
    assert found[0].message.endswith("with the reported energy it means 237.2 g/kWh")


def test_a_pue_counted_twice_on_facility_energy_is_named() -> None:
    data = statement(
        {"energy_facility_kwh": 230000, "carbon_intensity_g_per_kwh": 351, "pue": 1.12},
        {"boundary": "facility", "co2e_operational_kg": 101000},
    )
    found = [f for f in judge(data).findings if f.code == "GA203"]
    assert "(1.12) is counted two times too often" in found[0].message


def test_a_total_is_held_at_the_boundary_of_its_figures() -> None:
    """Operational at IT boundary 50 kg (60 with PUE) and 11 embodied: 61 kg in all."""
    embodied = [{"item": "servers", "co2e_kg": 11, "time_share": 1}]
    run = {
        "energy_it_kwh": 100,
        "pue": 1.2,
        "carbon_intensity_g_per_kwh": 500,
        "embodied": embodied,
    }
    for boundary, total in (("it", 61), ("facility", 71)):
        data = statement(run, {"boundary": boundary, "co2e_total_kg": total})
        assert [f for f in judge(data).findings if f.code.startswith("GA2")] == []
    data = statement(run, {"boundary": "it", "co2e_total_kg": 71})
    assert [f.code for f in judge(data).findings if f.code.startswith("GA2")] == ["GA201"]


def test_two_printed_intensities_are_compared() -> None:
    printed = {"carbon_intensity_g_per_kwh": ["0.351 kg/kWh", "354 g/kWh"]}
    data = statement(
        {"energy_it_kwh": 100, "carbon_intensity_g_per_kwh": 351},
        {"carbon_intensity_g_per_kwh": 351, "as_printed": printed},
    )
    found = [f for f in judge(data).findings if f.code == "GA210"]
    assert found[0].message.endswith("0.85 % apart")


def test_a_rate_that_lies_halfway_between_two_digits_may_be_printed_as_either() -> None:
    """750 kWh for a million prompts are 0.75 Wh, printed 0.8: in floating point a hair more than 0.05 away."""
    rate = {"unit": "prompt", "energy_wh": 0.8}
    run = {"energy_facility_kwh": 750}
    data = statement(run, {"boundary": "facility", "per_functional_unit": [rate]})
    data["functional_units"] = [{"unit": "prompt", "quantity": 1_000_000}]
    assert "GA216" not in {found.code for found in judge(data).findings}
    rate["energy_wh"] = 0.9
    assert "GA216" in {found.code for found in judge(data).findings}


def test_parts_as_far_from_their_total_as_the_digits_allow_add_up() -> None:
    """Three times 0.05 kWh, each printed 0.1, are 0.15, printed 0.1."""
    data = statement({}, {"energy_kwh": 0.1})
    data["runs"] = [{"id": name, "phase": "training"} for name in "abc"]
    data["reported"]["runs"] = {name: {"energy_kwh": 0.1} for name in "abc"}
    assert "GA204" not in {found.code for found in judge(data).findings}
    data["reported"]["runs"]["a"] = {"energy_kwh": 0.2}
    assert "GA204" in {found.code for found in judge(data).findings}
