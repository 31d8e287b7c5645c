"""Water and embodied emissions, with sums that a reader can redo."""

from __future__ import annotations

from typing import Any

import pytest
from footprint_cases import ABSENT, absence, footprint, result, totals

GPU = {"kind": "gpu", "count": 8, "power_w": 300}


def test_water_of_both_sites() -> None:
    # on-site 100 kWh x 0.5 = 50 L; off-site 100 x 1.2 x 2 = 240 L
    found = totals({"energy_it_kwh": 100, "water": {"wue_l_per_kwh": 0.5, "ewif_l_per_kwh": 2}})
    assert (found["water_onsite_l"], found["water_offsite_l"]) == pytest.approx((50, 240))
    assert found["water_l"] == pytest.approx(290)


def test_declared_water_is_multiplied_like_everything() -> None:
    # (7 + 3) L x 5 repetitions
    water = {"onsite_l": 7, "offsite_l": 3}
    assert totals({"energy_it_kwh": 1, "repetitions": 5, "water": water})["water_l"] == 50


def test_one_site_is_no_total() -> None:
    found = totals({"energy_it_kwh": 100, "water": {"wue_l_per_kwh": 0.5}})
    assert found["water_onsite_l"] == 50
    assert "water_l" not in found


def test_water_without_energy_says_what_it_needs() -> None:
    run = {"water": {"wue_l_per_kwh": 0.5}}
    assert absence(run, "water_onsite_l").startswith("needs energy_it_kwh: neither hardware")


def test_absent_water_rate() -> None:
    run = {"energy_it_kwh": 1, "water": {"wue_l_per_kwh": ABSENT, "ewif_l_per_kwh": 2}}
    assert absence(run, "water_onsite_l") == "nobody looked"
    assert result(run, "water_offsite_l").value == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("item", "kg"),
    [
        # 2500 kg x 1 x 876 h / 35040 h = 62.5
        ({"co2e_kg": 2500, "lifetime_hours": 35040, "hours": 876}, 62.5),
        # without hours of its own, the run's 10 h: 2500 x 10 / 1000 = 25
        ({"co2e_kg": 2500, "lifetime_hours": 1000}, 25),
        # x 4 items x a quarter of each = the same
        ({"co2e_kg": 2500, "lifetime_hours": 1000, "count": 4, "resource_share": 0.25}, 25),
        # a share in place of hours: 2500 x 0.1
        ({"co2e_kg": 2500, "time_share": 0.1}, 250),
    ],
)
def test_embodied(item: dict[str, Any], kg: float) -> None:
    run = {"hours": 10, "hardware": [GPU], "embodied": [{"item": "server"} | item]}
    assert result(run, "co2e_embodied_kg").value == pytest.approx(kg)


def test_embodied_items_add_up_and_repeat() -> None:
    # (250 + 10) kg x 3
    items = [
        {"item": "server", "co2e_kg": 2500, "time_share": 0.1},
        {"item": "switch", "co2e_kg": 10, "time_share": 1},
    ]
    run = {"energy_it_kwh": 1, "repetitions": 3, "embodied": items}
    found = result(run, "co2e_embodied_kg")
    assert found.value == pytest.approx(780)
    assert found.trace.formula.endswith(") x repetitions")


def test_embodied_hours_follow_device_hours() -> None:
    # 80 device-hours / 8 = 10 h; 1000 kg x 10 / 500 = 20
    run = {
        "device_hours": 80,
        "hardware": [GPU],
        "embodied": [{"item": "server", "co2e_kg": 1000, "lifetime_hours": 500}],
    }
    assert result(run, "co2e_embodied_kg").value == pytest.approx(20)


def test_embodied_hours_are_the_runs_where_no_hardware_is_named() -> None:
    item = {"item": "server", "co2e_kg": 100, "lifetime_hours": 200}
    run = {"energy_it_kwh": 1, "hours": 20, "embodied": [item]}
    assert result(run, "co2e_embodied_kg").value == pytest.approx(10)


def test_embodied_hours_are_the_runs_where_a_device_worked_for_less() -> None:
    item = {"item": "server", "co2e_kg": 100, "lifetime_hours": 200}
    run = {"hours": 20, "hardware": [GPU | {"hours": 5}], "embodied": [item]}
    assert result(run, "co2e_embodied_kg").value == pytest.approx(10)


def test_embodied_is_never_inside_the_headline() -> None:
    bare = {"hours": 10, "hardware": [GPU]}
    item = {"item": "server", "co2e_kg": 2500, "time_share": 1}
    whole = footprint(bare | {"embodied": [item]})
    assert whole.totals["co2e_operational_kg"] == footprint(bare).totals["co2e_operational_kg"]
