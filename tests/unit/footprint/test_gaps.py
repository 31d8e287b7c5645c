"""What is missing is said, with the place and what to declare; nothing is put in in silence."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pytest
from footprint_cases import ABSENT, absence, footprint, result

from greenalgo.footprint import Missing

GPU = {"kind": "gpu", "count": 8, "power_w": 300}


@pytest.mark.parametrize(
    ("run", "message", "at", "hint"),
    [
        (
            {"hardware": [GPU]},
            "the gpu component has no hours",
            "/runs/0/hardware/0",
            "device_hours",
        ),
        (
            {"hours": 1, "hardware": [{"kind": "gpu", "power_w": 300}]},
            "the gpu component does not say how many there are",
            "/runs/0/hardware/0",
            "declare count",
        ),
        (
            {"hours": 1, "hardware": [{"kind": "gpu", "count": 1}]},
            "the gpu component has neither model nor power_w",
            "/runs/0/hardware/0",
            "declare model",
        ),
        (
            {"hours": 1, "hardware": [{"kind": "storage"}]},
            "the storage component has no power_w",
            "/runs/0/hardware/0",
            "not_assessed",
        ),
        (
            {"hours": 1, "hardware": [{"kind": "memory"}]},
            "a memory component has neither memory_gb nor power_w",
            "/runs/0/hardware/0",
            "memory_gb",
        ),
        (
            {"hardware": [GPU], "work": {"flops": 1e20}},
            "FLOP are declared without a model_flops_utilisation above 0",
            "/runs/0/work",
            "a fraction from 0 to 1",
        ),
        (
            {
                "hardware": [GPU | {"peak_flops_per_s": 1e14}],
                "work": {"flops": 1e20, "model_flops_utilisation": {"value": 0.5, "lower": 0}},
            },
            "FLOP are declared without a model_flops_utilisation above 0",
            "/runs/0/work",
            "a fraction from 0 to 1",
        ),
        (
            {
                "hardware": [GPU, GPU],
                "work": {"flops": 1e20, "model_flops_utilisation": 0.5},
            },
            "FLOP give device-hours only where one component did the work",
            "/runs/0/hardware",
            "declare hours",
        ),
        (
            {"energy_it_kwh": 1, "location": None, "carbon_intensity_g_per_kwh": None},
            "neither a carbon intensity nor a location is declared",
            "/runs/0",
            "location.country",
        ),
        (
            {"energy_it_kwh": 1, "embodied": [{"item": "server", "co2e_kg": 5}]},
            "the embodied item 'server' has neither lifetime_hours nor time_share",
            "/runs/0/embodied/0",
            "lifetime_hours",
        ),
        (
            {
                "energy_it_kwh": 1,
                "embodied": [{"item": "server", "co2e_kg": 5, "lifetime_hours": 9}],
            },
            "the embodied item 'server' has no hours",
            "/runs/0/embodied/0",
            "declare hours",
        ),
        (
            {"hours": 1e300, "hardware": [GPU | {"power_w": 1e300}]},
            "the product of the inputs is larger than any number",
            "/runs/0",
            "unit",
        ),
    ],
)
def test_a_gap_names_its_place_and_what_to_declare(
    run: dict[str, Any], message: str, at: str, hint: str
) -> None:
    [gap] = footprint(run).gaps
    assert (gap.message, gap.at) == (message, at)
    assert hint in gap.hint


def test_an_unknown_model_is_a_gap_with_candidates() -> None:
    run = {"hours": 1, "hardware": [{"kind": "gpu", "model": "NVIDIA A100", "count": 1}]}
    [gap] = footprint(run).gaps
    assert gap.at == "/runs/0/hardware/0/model"
    assert "a100-sxm4" in gap.hint


@pytest.mark.parametrize(
    ("run", "quantity", "reason"),
    [
        ({"energy_it_kwh": 1, "pue": ABSENT}, "energy_facility_kwh", "PUE not assessed"),
        (
            {"energy_it_kwh": 1, "carbon_intensity_g_per_kwh": ABSENT},
            "co2e_operational_kg",
            "carbon intensity not assessed",
        ),
        ({"hours": ABSENT, "hardware": [GPU]}, "energy_it_kwh", "hours not assessed"),
        ({"energy_it_kwh": 1, "water": ABSENT}, "water_l", "nobody looked"),
        ({"energy_it_kwh": 1, "embodied": ABSENT}, "co2e_embodied_kg", "nobody looked"),
        (
            {"energy_it_kwh": 1, "embodied": [{"item": "server", "co2e_kg": ABSENT}]},
            "co2e_embodied_kg",
            "embodied CO2e of server: nobody looked",
        ),
        ({}, "energy_it_kwh", "neither hardware nor energy is declared"),
        (
            {"hours": 1, "hardware": [GPU | {"power_w": ABSENT}]},
            "energy_it_kwh",
            "the power of gpu not assessed",
        ),
    ],
)
def test_an_explicit_absence_is_no_gap(run: dict[str, Any], quantity: str, reason: str) -> None:
    assert footprint(run).gaps == ()
    assert absence(run, quantity).startswith(reason)


def test_runs_that_lack_the_same_say_so_once() -> None:
    absent = {"energy_it_kwh": 1, "pue": ABSENT}
    found = footprint(absent, absent).totals["energy_facility_kwh"]
    assert found == Missing("PUE not assessed: nobody looked")


def test_a_looked_up_value_is_a_substitution_with_its_row() -> None:
    run = {
        "hours": 10,
        "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8}],
        "pue": None,
        "carbon_intensity_g_per_kwh": None,
    }
    found = footprint(run)
    put = {one.name: one for one in found.substitutions}
    assert put["power_w"].status == "looked_up"
    assert put["power_w"].factor.value == 400
    assert put["power_w"].at == "/runs/0/hardware/0/power_w"
    assert put["carbon_intensity_g_per_kwh"].status == "looked_up"
    assert put["pue"].status == "default"
    assert {one.factor.id for one in found.substitutions} == {one.id for one in found.used}
    assert all(one.factor.lower <= one.factor.value <= one.factor.upper for one in put.values())
    assert result(run, "energy_facility_kwh").status == "default"


def test_nothing_is_put_in_for_what_is_declared() -> None:
    assert footprint({"hours": 10, "hardware": [GPU]}).substitutions == ()


def test_the_intensity_of_an_unknown_place_is_a_gap_and_not_the_average() -> None:
    run = {
        "energy_it_kwh": 1,
        "location": {"country": "ZZZ"},
        "carbon_intensity_g_per_kwh": None,
    }
    found = footprint(run)
    assert isinstance(found.runs[0].outcomes["co2e_operational_kg"], Missing)
    assert found.gaps[0].at == "/runs/0/location"


PLACELESS = {"location": None, "pue": 1, "carbon_intensity_g_per_kwh": 1e-3}


@pytest.mark.parametrize(
    ("runs", "more", "at"),
    [
        ([{"energy_it_kwh": 1, "hours": 1e308, "hardware": [GPU]}], {}, "/runs/0"),
        ([{"energy_it_kwh": 1e308, "water": {"wue_l_per_kwh": 9}} | PLACELESS], {}, "/runs/0"),
        ([{"energy_it_kwh": 1e308} | PLACELESS] * 2, {}, "/runs"),
        (
            [{"energy_it_kwh": 9}],
            {"functional_units": [{"unit": "prompt", "quantity": 1e-308}]},
            "/functional_units/0",
        ),
    ],
    ids=["device-hours", "water", "total", "rate"],
)
def test_no_result_is_larger_than_a_number(
    runs: list[dict[str, Any]], more: dict[str, Any], at: str
) -> None:
    found = footprint(*runs, **more)
    assert {(gap.message, gap.at) for gap in found.gaps} == {
        ("the product of the inputs is larger than any number", at)
    }
    outcomes = [*found.totals.values(), *(o for run in found.runs for o in run.outcomes.values())]
    outcomes += [outcome for unit in found.per_unit for outcome in unit.outcomes.values()]
    for outcome in outcomes:
        assert isinstance(outcome, Missing) or isfinite(outcome.value)
