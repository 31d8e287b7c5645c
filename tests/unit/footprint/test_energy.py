"""The four ways to IT energy, with sums that a reader can redo."""

from __future__ import annotations

from typing import Any

import pytest
from footprint_cases import ABSENT, footprint, result, totals

from greenalgo.footprint import Missing, Result

GPU = {"kind": "gpu", "count": 8, "power_w": 300}


@pytest.mark.parametrize(
    ("run", "kwh", "method"),
    [
        # declared: as it is
        ({"energy_it_kwh": 123.5}, 123.5, "declared"),
        # declared comes before components: 8 x 10 x 300 / 1000 = 24 is not asked for
        ({"energy_it_kwh": 20, "hours": 10, "hardware": [GPU]}, 20, "declared"),
        # facility / PUE: 120 / 1.2 = 100
        ({"energy_facility_kwh": 120}, 100, "facility_over_pue"),
        # components: 8 x 10 h x 300 W / 1000 = 24
        ({"hours": 10, "hardware": [GPU]}, 24, "components"),
        # device-hours in place of count x hours: 80 x 300 / 1000 = 24
        ({"device_hours": 80, "hardware": [GPU]}, 24, "components"),
        # device-hours without a count: 80 x 300 / 1000 = 24
        ({"device_hours": 80, "hardware": [{"kind": "gpu", "power_w": 300}]}, 24, "components"),
        # utilisation: 8 x 10 x 300 x 0.5 / 1000 = 12; share: x 0.25 = 3
        ({"hours": 10, "hardware": [GPU | {"utilisation": 0.5}]}, 12, "components"),
        ({"hours": 10, "hardware": [GPU | {"utilisation": 0.5, "share": 0.25}]}, 3, "components"),
        # memory: 64 GB x 0.3725 W/GB x 12 h / 1000 = 0.28608
        ({"hours": 12, "hardware": [{"kind": "memory", "memory_gb": 64}]}, 0.28608, "components"),
        # memory with a power of its own: 2 x 5 W x 12 h / 1000 = 0.12
        (
            {"hours": 12, "hardware": [{"kind": "memory", "count": 2, "power_w": 5}]},
            0.12,
            "components",
        ),
        # a CPU's memory: (12 x 10 W + 64 x 0.3725 W) x 12 h / 1000 = 1.72608
        (
            {
                "hours": 12,
                "hardware": [
                    {"kind": "cpu", "count": 12, "power_w": 10, "power_scope": "core"}
                    | {"memory_gb": 64}
                ],
            },
            1.72608,
            "components",
        ),
        # the memory of a GPU is inside its power: 24
        ({"hours": 10, "hardware": [GPU | {"memory_gb": 80}]}, 24, "components"),
        # the power of the whole job: 1415.78 W x 12 h / 1000 = 16.98936, whatever the count
        (
            {"hours": 12, "hardware": [GPU | {"power_w": 1415.78, "power_scope": "job"}]},
            16.98936,
            "components",
        ),
        # two nodes of 3 kW for 10 h: 2 x 10 x 3000 / 1000 = 60
        (
            {"hours": 10, "hardware": [{"kind": "node", "count": 2, "power_w": 3000}]},
            60,
            "components",
        ),
        # 80 GPU-hours in nodes of 8: 80 / 8 x 3000 / 1000 = 30
        (
            {
                "device_hours": 80,
                "hardware": [
                    {"kind": "gpu", "devices_per_node": 8, "power_w": 3000, "power_scope": "node"}
                ],
            },
            30,
            "components",
        ),
        # own hours come before the run's: 8 x 5 x 300 / 1000 = 12
        ({"hours": 10, "hardware": [GPU | {"hours": 5}]}, 12, "components"),
        # own device-hours too: 40 x 300 / 1000 = 12
        ({"hours": 10, "hardware": [GPU | {"device_hours": 40}]}, 12, "components"),
        # run device-hours with two kinds of GPU: 90 / 12 = 7.5 h; 7.5 x (8 x 300 + 4 x 400) / 1000 = 30
        (
            {"device_hours": 90, "hardware": [GPU, {"kind": "gpu", "count": 4, "power_w": 400}]},
            30,
            "components",
        ),
        # run device-hours are the GPUs'; the CPUs are there for 80 / 8 = 10 h: 24 + 2 x 10 x 100 / 1000 = 26
        (
            {"device_hours": 80, "hardware": [GPU, {"kind": "cpu", "count": 2, "power_w": 100}]},
            26,
            "components",
        ),
        # memory is there as long as the GPUs that say so themselves: 24 + 100 x 0.3725 x 10 / 1000
        (
            {"hardware": [GPU | {"device_hours": 80}, {"kind": "memory", "memory_gb": 100}]},
            24.3725,
            "components",
        ),
        # a component's own energy replaces its product: 5 + 24
        (
            {"hours": 10, "hardware": [{"kind": "cpu", "energy_it_kwh": 5}, GPU]},
            29,
            "components",
        ),
        # a shelf of storage is one: 100 W x 10 h / 1000
        ({"hours": 10, "hardware": [{"kind": "storage", "power_w": 100}]}, 1, "components"),
        # the memory of a job is inside its power: 100 W x 10 h / 1000
        (
            {
                "hours": 10,
                "hardware": [
                    {"kind": "cpu", "power_w": 100, "power_scope": "job", "memory_gb": 512}
                ],
            },
            1,
            "components",
        ),
        # hours that are declared go before FLOP: 24
        (
            {
                "hours": 10,
                "hardware": [GPU | {"peak_flops_per_s": 1e14}],
                "work": {"flops": 3.6e20, "model_flops_utilisation": 0.5},
            },
            24,
            "components",
        ),
        # FLOP: 3.6e20 / (1e14 x 0.5) / 3600 = 2000 device-hours x 300 / 1000 = 600
        (
            {
                "hardware": [GPU | {"peak_flops_per_s": 1e14}],
                "work": {"flops": 3.6e20, "model_flops_utilisation": 0.5},
            },
            600,
            "flops",
        ),
    ],
)
def test_it_energy(run: dict[str, Any], kwh: float, method: str) -> None:
    found = result(run, "energy_it_kwh")
    assert found.value == pytest.approx(kwh, rel=1e-12)
    assert found.trace.method == method


def test_facility_co2e_and_scale() -> None:
    # 24 kWh x 3 x 11 = 792; x 1.2 = 950.4; x 50 g / 1000 = 47.52; 80 h x 33 = 2640
    run = {"hours": 10, "hardware": [GPU], "repetitions": 3, "multiplier": 11}
    assert totals(run) == pytest.approx(
        {
            "energy_it_kwh": 792,
            "energy_facility_kwh": 950.4,
            "co2e_operational_kg": 47.52,
            "device_hours": 2640,
        }
    )


def test_metered_facility_energy_stays_as_it_is() -> None:
    found = totals({"energy_facility_kwh": 1.1e3, "pue": 1.1, "repetitions": 2})
    assert found["energy_facility_kwh"] == 2200
    assert found["energy_it_kwh"] == pytest.approx(2000)


def test_hours_of_memory_of_its_own_come_before_those_of_the_run() -> None:
    # 100 GB x 0.3725 W x 4 h, and x 8 h / 2
    for own in ({"device_hours": 4}, {"device_hours": 8, "count": 2}, {"hours": 4}):
        memory = {"kind": "memory", "memory_gb": 100} | own
        found = totals({"hours": 10, "hardware": [memory]})
        assert found["energy_it_kwh"] == pytest.approx(0.149)


def test_a_whole_jobs_power_takes_the_wall_clock_of_the_run() -> None:
    # 3 kW x 10 h, though one job's 8 GPUs worked for 80 h
    job = {"kind": "gpu", "count": 1, "device_hours": 80, "power_w": 3000, "power_scope": "job"}
    assert totals({"hours": 10, "hardware": [job]})["energy_it_kwh"] == 30


def test_facility_energy_that_is_metered_beside_it_energy_needs_no_pue() -> None:
    # 115 kWh x 50 g = 5.75 kg; a PUE that is looked up would make 154 kWh of it
    found = footprint({"energy_it_kwh": 100, "energy_facility_kwh": 115, "pue": None})
    assert found.totals["energy_facility_kwh"][:3] == (115, 115, 115)
    assert found.totals["co2e_operational_kg"][:1] == pytest.approx((5.75,))
    assert not found.substitutions


def test_facility_energy_is_kept_where_it_was_not_assessed_how_much_is_it() -> None:
    # 120 kWh x 50 g = 6 kg; without a PUE nobody can say the IT energy
    found = footprint({"energy_facility_kwh": 120, "pue": ABSENT}).runs[0].outcomes
    assert found["energy_it_kwh"] == Missing("PUE not assessed: nobody looked")
    operational = found["co2e_operational_kg"]
    assert isinstance(operational, Result)
    assert operational.value == pytest.approx(6)


@pytest.mark.parametrize(
    "time", [{"hours": 10}, {"device_hours": 160}, {"hours": 10, "device_hours": 160}]
)
def test_nodes_of_devices_are_the_same_in_hours_and_in_device_hours(time: dict[str, Any]) -> None:
    # 2 nodes of 8 GPUs for 10 h: 2 x 3 kW x 10 h; 100 GB x 0.3725 W x 10 h; 160 GPU-hours; 1000 kg x 10 / 500
    nodes = {
        "kind": "gpu",
        "count": 2,
        "devices_per_node": 8,
        "power_w": 3000,
        "power_scope": "node",
    }
    embodied = [{"item": "server", "co2e_kg": 1000, "count": 2, "lifetime_hours": 500}]
    run = {"hardware": [nodes, {"kind": "memory", "memory_gb": 100}], "embodied": embodied}
    found = totals(run | time)
    assert found["energy_it_kwh"] == pytest.approx(60.3725)
    assert found["device_hours"] == 160
    assert found["co2e_embodied_kg"] == pytest.approx(40)


def test_node_hours_are_no_device_hours_where_a_node_has_nobody_knows_how_many() -> None:
    nodes = {"kind": "gpu", "count": 2, "power_w": 3000, "power_scope": "node"}
    found = totals({"hours": 10, "hardware": [nodes]})
    assert found["energy_it_kwh"] == 60
    assert "device_hours" not in found


def test_market_and_net_stand_beside_the_headline() -> None:
    run = {
        "energy_it_kwh": 100,
        "carbon_intensity_market_g_per_kwh": 10,
        "carbon_intensity_net_g_per_kwh": 0,
    }
    # 100 x 1.2 = 120 kWh; x 50 = 6 kg, x 10 = 1.2 kg, x 0 = 0 kg
    found = totals(run)
    assert found["co2e_operational_kg"] == pytest.approx(6)
    assert found["co2e_market_kg"] == pytest.approx(1.2)
    assert found["co2e_net_kg"] == 0


def test_parts_are_not_added_again() -> None:
    whole, part = {"energy_it_kwh": 100}, {"energy_it_kwh": 40, "part_of": "r0"}
    assert totals(whole, part, {"energy_it_kwh": 7})["energy_it_kwh"] == 107


def test_a_total_says_which_runs_are_not_in_it() -> None:
    found = footprint({"energy_it_kwh": 100}, {}).totals["energy_it_kwh"]
    assert isinstance(found, Result)
    assert (found.value, found.trace.note) == (100, "without: r1")


def test_an_absent_component_is_named_and_not_counted() -> None:
    run = {"hours": 10, "hardware": [GPU, {"kind": "storage", "power_w": ABSENT}]}
    found = result(run, "energy_it_kwh")
    assert (found.value, found.trace.note) == (24, "not counted: storage")


def test_a_rate_is_the_total_over_the_units() -> None:
    # 100 kWh IT, 120 kWh facility, 6 kg for 400 images: 0.25, 0.3, 0.015
    units = [{"unit": "image", "quantity": 400}]
    found = footprint({"energy_it_kwh": 100}, functional_units=units).per_unit[0].outcomes
    values = {name: one.value for name, one in found.items() if isinstance(one, Result)}
    assert values == pytest.approx(
        {"energy_it_kwh": 0.25, "energy_facility_kwh": 0.3, "co2e_operational_kg": 0.015}
    )


def test_a_rate_of_one_run_is_of_that_run() -> None:
    units = [{"unit": "image", "quantity": 10, "run": "r1"}]
    found = footprint({"energy_it_kwh": 1}, {"energy_it_kwh": 30}, functional_units=units)
    rate = found.per_unit[0].outcomes["energy_it_kwh"]
    assert isinstance(rate, Result)
    assert rate.value == 3


def test_intervals_are_carried() -> None:
    # 8 x (9..12) h x (250..310) W / 1000 = 18..29.76; PUE 1.1..1.3 -> 19.8..38.688
    run = {
        "hours": {"value": 10, "lower": 9, "upper": 12},
        "hardware": [GPU | {"power_w": {"value": 300, "lower": 250, "upper": 310}}],
        "pue": {"value": 1.2, "lower": 1.1, "upper": 1.3},
    }
    assert result(run, "energy_it_kwh")[:3] == pytest.approx((24, 18, 29.76))
    assert result(run, "energy_facility_kwh")[:3] == pytest.approx((28.8, 19.8, 38.688))


def test_a_divisor_turns_its_interval_round() -> None:
    # 120 / (1.2; 1.5; 1.0) = 100; 80; 120
    run = {"energy_facility_kwh": 120, "pue": {"value": 1.2, "lower": 1, "upper": 1.5}}
    assert result(run, "energy_it_kwh")[:3] == pytest.approx((100, 80, 120))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("metered", "metered"), "modelled"),  # a product is modelled at best
        (("vendor_reported", "declared"), "modelled"),
        (("imputed", "metered"), "imputed"),
        (("metered", "default"), "default"),
    ],
)
def test_a_product_is_as_weak_as_its_weakest_input(
    statuses: tuple[str, str], expected: str
) -> None:
    power, hours = statuses
    run = {
        "hours": {"value": 10, "status": hours},
        "hardware": [GPU | {"power_w": {"value": 300, "status": power}}],
    }
    assert result(run, "energy_it_kwh").status == expected
