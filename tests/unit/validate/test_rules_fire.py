"""Every rule over a statement fires where it should: severity, place, and the size in the message."""

from __future__ import annotations

from typing import Any

import arithmetic_cases
import declared_cases
import hardware_cases
import place_cases
import plausibility_cases
import pytest
import vanishing_cases
from rule_cases import (
    A100,
    ABSENT,
    SAID,
    bare,
    codes,
    findings,
    gpu,
    period,
    rate,
    reported,
    statement,
)

from greenalgo import api
from greenalgo.findings import Severity
from greenalgo.validate.rules import FAMILIES

CASES = [
    *arithmetic_cases.CASES,
    *declared_cases.CASES,
    *plausibility_cases.CASES,
    *place_cases.CASES,
    *hardware_cases.CASES,
    *vanishing_cases.CASES,
]
E = Severity.ERROR


@pytest.mark.parametrize(
    ("code", "data", "severity", "pointer", "words"),
    CASES,
    ids=[f"{case[0]}-{index}" for index, case in enumerate(CASES)],
)
def test_it_fires(
    code: str, data: dict[str, Any], severity: Severity, pointer: str, words: str
) -> None:
    found = [one for one in findings(data, code) if one.pointer == pointer]
    assert found, codes(data)
    assert found[0].severity == severity
    assert words in found[0].message
    assert found[0].hint


def test_every_rule_over_a_statement_has_a_case() -> None:
    known = {rule.code for family in FAMILIES for rule in family.RULES}
    elsewhere = {"GA211", "GA304", "GA530", "GA531"}
    assert {case[0] for case in CASES} == known - elsewhere


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_slip_gives_one_error(case: tuple[str, dict[str, Any], Severity, str, str]) -> None:
    """One cause, one finding: no place has two errors."""
    errors = [one.pointer for one in findings(case[1]) if one.severity == E]
    assert len(errors) == len(set(errors))


@pytest.mark.parametrize("data", [*hardware_cases.FINE, *vanishing_cases.FINE])
def test_the_nearest_case_that_is_right_is_clean(data: dict[str, Any]) -> None:
    assert codes(data) == []


def test_the_base_case_is_clean() -> None:
    assert codes(statement()) == []
    assert codes(api.fill(statement())) == []


@pytest.mark.parametrize(
    "data",
    [
        # as printed and as computed agree, at both boundaries and at none
        reported(energy_it_kwh=24, energy_facility_kwh=28.8, co2e_operational_kg=1.44),
        reported(boundary="it", energy_kwh=24, co2e_operational_kg=1.2),
        reported(boundary="facility", energy_kwh=28.8, co2e_operational_kg=1.44),
        reported(boundary="unknown", co2e_operational_kg=1.2),
        reported(co2e_operational_kg=1.2),
        reported(device_hours=80, hours=10, pue=1.2, carbon_intensity_g_per_kwh=50),
        reported(device_count=8),
        # rounded as it is printed
        reported(co2e_operational_kg=1.4, as_printed={"co2e_operational_kg": "1.4 kg"}),
        reported(energy_it_kwh=24, as_printed={"energy_it_kwh": ["24 kWh", "0.024 MWh"]}),
        statement(
            {},
            {},
            reported={
                "energy_it_kwh": 48,
                "runs": {"a": {"energy_it_kwh": 24}, "b": {"energy_it_kwh": 24}},
            },
            boundary=SAID,
        ),
        statement({}, {"part_of": "a", "hours": 5}, reported={"energy_it_kwh": 24}, boundary=SAID),
        statement({"device_hours": 80}),
        statement({"hardware": gpu(device_hours=80)}),
        statement(
            {
                "energy_it_kwh": {"value": 100, "status": "metered"},
                "energy_facility_kwh": {"value": 120, "status": "metered"},
            }
        ),
        statement(
            {
                "hours": None,
                "device_hours": 80,
                "hardware": gpu(power_scope="node", devices_per_node=8),
            }
        ),
        statement(
            {
                "energy_it_kwh": {"value": 80, "status": "counter"},
                "hardware": [
                    {"kind": "gpu", "energy_it_kwh": {"value": 60, "status": "counter"}},
                    {"kind": "cpu", "energy_it_kwh": {"value": 20, "status": "counter"}},
                ],
            }
        ),
        # server power above one device's, declared as what it is
        statement(
            {
                "hardware": [
                    {
                        "kind": "gpu",
                        "model": A100,
                        "count": 1,
                        "power_w": 3200,
                        "power_scope": "node",
                        "source": "x",
                    }
                ]
            }
        ),
        statement({"hardware": gpu(model=A100, power_w=400)}),
        statement(
            {"carbon_intensity_market_g_per_kwh": 0},
            reported={"co2e_operational_kg": 1.44, "co2e_market_kg": 0},
        ),
        statement(offsets=[{"co2e_kg": 1}], reported={"co2e_operational_kg": 1.44}),
        statement({"period": period("2024-01-01", "2024-01-01")}),
        statement(
            {"location": {"country": "FRA", "provider": "aws", "provider_region": "eu-west-3"}}
        ),
        statement(
            {
                "location": {"country": "USA", "region": "US-CA"},
                "carbon_intensity_g_per_kwh": {"value": 100, "source": "x"},
            }
        ),
        statement(
            {"host": "n1", "period": period("2024-01-01", "2024-01-02")},
            {"host": "n1", "period": period("2024-01-03", "2024-01-04")},
        ),
        statement(
            {"host": "n1", "period": period("2024-01-01", "2024-01-03")},
            {
                "host": "n1",
                "period": period("2024-01-01", "2024-01-02"),
                "part_of": "a",
                "hours": 1,
            },
        ),
        statement(
            {"hours": 6},
            {},
            functional_units=[{"unit": "model", "quantity": 1}],
            reported={
                "claims": [{"metric": "energy", "run": "a", "against_run": "b", "ratio": 0.6}]
            },
        ),
        statement(
            functional_units=[{"unit": "prompt", "quantity": 1000}],
            reported={"per_functional_unit": [{"unit": "prompt", "energy_wh": 28.8}]},
        ),
        # what a component drew is what it can draw
        statement(
            {
                "hardware": [
                    {
                        "kind": "gpu",
                        "model": A100,
                        "count": 8,
                        "energy_it_kwh": {"value": 24, "source": "log"},
                    }
                ]
            }
        ),
        # a rate without PUE, 24 kWh x 50 g: of a run whose PUE is known, and of one whose PUE is not
        *(
            statement(
                changes,
                functional_units=[{"unit": "prompt", "quantity": 1000, "run": "a"}],
                reported={
                    "per_functional_unit": [
                        {"unit": "prompt", "run": "a", "boundary": "it", "co2e_g": 1.2}
                    ]
                },
            )
            for changes in ({}, {"pue": ABSENT})
        ),
        statement({"outcome": "failed"}, boundary={"failed_runs": "included"}),
        statement(
            {"embodied": [{"item": "server", "co2e_kg": 100, "time_share": 1, "source": "maker"}]}
        ),
        statement(title="β-VAE on Café"),
        # words of their own, formulas, emoji and Persian joiners
        statement(title="GPT-модель и αβ-CROWN, µTransfer"),
        statement(title="\U0001f469\u200d\U0001f52c \u0645\u06cc\u200c\u062e\u0648"),
        # printed figures that go together, with a host and a PUE around the devices
        statement(
            bare(),
            reported={
                "co2e_operational_kg": 240,
                "co2e_embodied_kg": 60,
                "co2e_total_kg": 300,
                "water_onsite_l": 100,
                "water_offsite_l": 300,
                "water_l": 400,
                "energy_it_kwh": 500,
                "energy_facility_kwh": 600,
                "pue": 1.2,
                "boundary": "it",
                "device_hours": 800,
                "hours": 100,
                "device_count": 8,
                "average_power_w": 300,
                "carbon_intensity_g_per_kwh": 400,
            },
        ),
        # market-based and embodied are a total too
        statement(
            bare(),
            reported={
                "co2e_operational_kg": 50,
                "co2e_market_kg": 0,
                "co2e_embodied_kg": 9,
                "co2e_total_kg": 9,
            },
        ),
        statement(bare(), reported={"energy_kwh": 100, "co2e_operational_kg": 90}),
        # runs that print nothing are the rest of the total
        statement(
            bare(),
            bare(),
            reported={"energy_kwh": 60, "runs": {"a": {"energy_kwh": 24}}},
            boundary=SAID,
        ),
        # a busy A100 is not idle, a B300 draws 1400 W, and an accelerator may be a wafer
        statement({"hardware": gpu(model=A100, power_w=60)}),
        statement({"hardware": gpu(model="Of Tomorrow", power_w=1400)}),
        statement(
            {"hardware": [{"kind": "accelerator", "count": 1, "power_w": 20000, "source": "x"}]}
        ),
        statement(
            {"hardware": gpu(model=A100, power_w=400), "work": {"flops": 3e19, "precision": "bf16"}}
        ),
        statement(
            {"water": {"wue_l_per_kwh": 1.8, "ewif_l_per_kwh": 18.6}},
        ),
        statement(
            {
                "embodied": [
                    {
                        "item": "server",
                        "co2e_kg": 1500,
                        "source": "maker",
                        "lifetime_hours": 35064,
                        "hours": 10,
                    }
                ]
            }
        ),
        # hours of one core may be those of many, added up
        statement(
            {
                "hours": 367920,
                "hardware": [
                    {"kind": "cpu", "count": 1, "power_scope": "core", "power_w": 12, "source": "x"}
                ],
            }
        ),
        statement(
            {
                "energy_facility_kwh": {"value": 24, "status": "metered"},
                "measurement": {"method": "provider_report", "pue_included": True},
            }
        ),
        # one after the other on one day, and side by side with shares
        *(
            statement({"host": "n1", "period": days} | more, {"host": "n1", "period": days} | more)
            for days, more in (
                (period("2024-01-01", "2024-01-01"), {}),
                (period("2024-01-01", "2024-01-03"), {"hardware": gpu(share=0.5)}),
            )
        ),
        statement(
            {
                "host": "n1",
                "period": period("2024-01-01T00:00:00+02:00", "2024-01-01T12:00:00+02:00"),
            },
            {"host": "n1", "period": period("2024-01-01T10:00:00Z", "2024-01-01T22:00:00Z")},
        ),
        # round sums come by chance
        statement({"hours": 10}, {"hours": 20}, {"hours": 30}),
        statement(
            {"energy_it_kwh": {"value": 24, "source": "x"}},
            {"energy_it_kwh": {"value": 24, "source": "x"}},
        ),
        statement(
            {
                "location": {"country": "DEU", "grid_zone": "DE-LU", "region": "DE-BY"},
                "carbon_intensity_g_per_kwh": {"value": 350, "source": "x"},
            }
        ),
    ],
)
def test_it_is_silent(data: dict[str, Any]) -> None:
    assert codes(data) == []


@pytest.mark.parametrize(
    "place",
    [
        # names that lie together, and names that two countries have
        {"country": "DEU", "region": "Bavaria"},
        {"country": "BEL", "region": "Limburg"},
        {"country": "URY", "region": "Florida"},
        {"country": "CAN", "region": "CA"},
        {"country": "USA", "region": "Oregon", "provider": "aws", "provider_region": "us-west-2"},
        {"country": "SWE", "grid_zone": "SE3", "provider": "aws", "provider_region": "eu-north-1"},
        {"country": "AUS", "region": "AU-WA", "grid_zone": "AU-WA-SWIS"},
        # zones over a border, and countries that ISO 3166-2 lists under another one too
        {"country": "LUX", "grid_zone": "DE-LU"},
        {"country": "GBR", "grid_zone": "IE-SEM"},
        {"country": "LIE", "grid_zone": "CH"},
        {"country": "PRI", "grid_zone": "US-EGRID-PRMS"},
        {"country": "PRI", "region": "US-PR"},
        {"country": "HKG", "region": "CN-HK"},
        # a provider whose regions are not listed, an availability zone
        {"country": "FRA", "provider": "idris", "provider_region": "hall-2"},
        {"country": "FRA", "provider": "scaleway", "provider_region": "fr-par-1"},
        {"country": "USA", "provider": "aws", "provider_region": "us-east-1a"},
    ],
    ids=str,
)
def test_places_that_may_be_right(place: dict[str, str]) -> None:
    said = [one for one in codes(statement({"location": place})) if one in ("GA411", "GA428")]
    assert said == []


@pytest.mark.parametrize(
    "data",
    [
        # to their digits, at any boundary that is left open, for a thousand at once
        rate({"energy_wh": 24}, energy_kwh=24.3),
        rate({"energy_wh": 24}, energy_it_kwh=20, energy_facility_kwh=24),
        rate({"energy_wh": 24, "quantity": 1000}, energy_kwh=0.024),
        # of another boundary or basis than the total
        rate({"energy_wh": 20, "boundary": "device"}, energy_kwh=24, boundary="facility"),
        rate({"energy_wh": 20, "boundary": "it"}, energy_facility_kwh=24),
        rate({"co2e_g": 2, "co2e_basis": "market"}, co2e_operational_kg=24),
        rate({"energy_wh": 0.24, "co2e_g": 0.03, "co2e_basis": "market"}),
        # of a run, where only the whole of two is printed
        statement(
            bare(),
            bare(),
            functional_units=[{"unit": "prompt", "quantity": 1000, "run": "a"}],
            reported={
                "energy_kwh": 24,
                "per_functional_unit": [{"unit": "prompt", "run": "a", "energy_wh": 10}],
            },
        ),
        rate({"energy_wh": 1, "co2e_g": 0.48}, carbon_intensity_g_per_kwh=480),
    ],
)
def test_rates_that_may_be_right(data: dict[str, Any]) -> None:
    assert not {"GA227", "GA228"} & set(codes(data))


@pytest.mark.parametrize(
    "data",
    [
        statement({"period": period("2024-01-01", "2024-02-01")}, issued="2024-02-01"),
        statement({"period": period("2024-01-01", "2024-02-01")}, issued="2024"),
        statement({"period": {"start": "2024-01-01"}}, issued="2020"),
        statement({"hardware": gpu(power_w=300, utilisation=0.5)}),
        statement(
            {"hardware": gpu(power_w={"value": 300, "status": "metered"}, utilisation=1)},
        ),
        statement({"hardware": gpu(model="Of Tomorrow")}),
        statement({"hardware": gpu(model=A100, kind="accelerator")}),
        statement({"multiplier": 1}),
        # ranges are no figures, and the number of devices is one of its own
        reported(energy_it_kwh=24, as_printed={"energy_facility_kwh": "20 to 30 kWh"}),
        reported(device_count=8, as_printed={"device_count": "8"}),
        statement({"hours": {"value": 10, "lower": 1, "upper": 100}}),
        statement({"hours": {"value": 10, "lower": 0, "upper": 10}}),  # at most
    ],
)
def test_what_may_be_right(data: dict[str, Any]) -> None:
    said = {"GA217", "GA229", "GA430", "GA431", "GA432", "GA433"}
    assert not said & set(codes(data))


def test_a_gap_says_alone_that_a_region_is_unknown() -> None:
    place = {"provider": "aws", "provider_region": "us-est-1"}
    found = codes(statement({"location": place, "carbon_intensity_g_per_kwh": None}))
    assert "GA303" in found
    assert "GA428" not in found
