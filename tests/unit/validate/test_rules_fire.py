"""Every rule over a statement fires where it should: severity, place, and the size in the message."""

from __future__ import annotations

from typing import Any

import pytest
from rule_cases import bare, codes, findings, statement

from greenalgo import api
from greenalgo.findings import Severity
from greenalgo.validate.rules import FAMILIES

A100 = "NVIDIA A100-SXM4-80GB"
ABSENT = {"status": "not_assessed", "reason": "nobody looked"}
E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE


def gpu(**more: Any) -> list[dict[str, Any]]:
    return [{"kind": "gpu", "count": 8, "power_w": 300, "source": "log"} | more]


def reported(**figures: Any) -> dict[str, Any]:
    return statement(reported=figures)


def period(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
    # 24 kWh; 31 / 24 - 1 = 29 %
    (
        "GA201",
        reported(energy_it_kwh=31),
        E,
        "/reported/energy_it_kwh",
        "31 kWh, the declared inputs give 24 kWh (+29 %)",
    ),
    (
        "GA201",
        reported(device_hours=90),
        E,
        "/reported/device_hours",
        "device-hours are 90 h, the declared inputs give 80 h (+12 %)",
    ),
    (
        "GA201",
        reported(pue=1.5),
        E,
        "/reported/pue",
        "PUE is 1.5, the declared inputs give 1.2 (+25 %)",
    ),
    (
        "GA201",
        reported(device_count=64),
        E,
        "/reported/device_count",
        "64 devices, the hardware of run 'a' has 8 (8 times too high)",
    ),
    # the whole is judged where the only run prints the figure too
    (
        "GA201",
        reported(energy_it_kwh=31, runs={"a": {"energy_it_kwh": 24}}),
        E,
        "/reported/energy_it_kwh",
        "+29 %",
    ),
    (
        "GA201",
        statement({}, {}, reported={"pue": 1.5, "runs": {"a": {"pue": 1.2}, "b": {"pue": 1.2}}}),
        E,
        "/reported/pue",
        "+25 %",
    ),
    (
        "GA201",
        statement(
            {"carbon_intensity_market_g_per_kwh": 10}, reported={"co2e_operational_kg": 0.288}
        ),
        E,
        "/reported/co2e_operational_kg",
        "it is the market-based CO2e figure",
    ),
    (
        "GA202",
        reported(energy_it_kwh=24000),
        E,
        "/reported/energy_it_kwh",
        "1,000 times too high): a factor of 1000",
    ),
    (
        "GA202",
        reported(energy_it_kwh=0.024),
        E,
        "/reported/energy_it_kwh",
        "1,000 times too low): a factor of 1/1000",
    ),
    # 1.44 kg are 3.1747 lb
    (
        "GA202",
        reported(co2e_operational_kg=3.1747),
        E,
        "/reported/co2e_operational_kg",
        "pounds stand in a field of kg",
    ),
    (
        "GA202",
        reported(energy_facility_kwh=103.68),
        E,
        "/reported/energy_facility_kwh",
        "megajoules",
    ),
    ("GA202", reported(hours=240), E, "/reported/hours", "days and hours are mixed"),
    (
        "GA203",
        reported(boundary="facility", co2e_operational_kg=1.2),
        E,
        "/reported/co2e_operational_kg",
        "the PUE (1.2) is left out",
    ),
    (
        "GA203",
        reported(boundary="it", co2e_operational_kg=1.44),
        E,
        "/reported/co2e_operational_kg",
        "the PUE (1.2) is counted where",
    ),
    # 1.44 x 1.2 = 1.728: once too often
    (
        "GA203",
        reported(boundary="facility", co2e_operational_kg=1.728),
        E,
        "/reported/co2e_operational_kg",
        "+20 %",
    ),
    (
        "GA203",
        reported(co2e_operational_kg=1.728),
        E,
        "/reported/co2e_operational_kg",
        "the PUE (1.2)",
    ),
    (
        "GA204",
        statement(
            {},
            {},
            reported={
                "energy_it_kwh": 60,
                "runs": {"a": {"energy_it_kwh": 24}, "b": {"energy_it_kwh": 24}},
            },
        ),
        E,
        "/reported/energy_it_kwh",
        "12 kWh are missing (20 % of the total)",
    ),
    (
        "GA205",
        statement(
            {"hours": 1000},
            {"hours": 1000},
            reported={
                "energy_it_kwh": 4803,
                "runs": {"a": {"energy_it_kwh": 2401}, "b": {"energy_it_kwh": 2398}},
            },
        ),
        W,
        "/reported/energy_it_kwh",
        "4 kWh are missing (0.083 % of the total)",
    ),
    # 24 x 8 = 192: the devices once too often
    (
        "GA206",
        reported(energy_it_kwh=192),
        E,
        "/reported/energy_it_kwh",
        "the number of devices (8) is counted twice",
    ),
    (
        "GA206",
        reported(energy_it_kwh=3.0),
        E,
        "/reported/energy_it_kwh",
        "the number of devices (8) is left out",
    ),
    (
        "GA207",
        statement({"pue": {"value": 1.2, "lower": 1.3, "upper": 1.4, "source": "x"}}),
        E,
        "/runs/0/pue",
        "1.3 to 1.4 does not contain the value 1.2",
    ),
    (
        "GA208",
        reported(co2e_operational_kg=1.44, as_printed={"co2e_operational_kg": "1.44 t"}),
        E,
        "/reported/co2e_operational_kg",
        "'1.44 t' is 1,440 kg, the field says 1.44 (1,000 times too low)",
    ),
    (
        "GA209",
        reported(co2e_operational_kg=1.44, as_printed={"co2e_operational_kg": "1.44 CO2eq"}),
        W,
        "/reported/as_printed/co2e_operational_kg",
        "'1.44 CO2eq' has no unit of operational CO2e",
    ),
    (
        "GA210",
        reported(energy_it_kwh=24, as_printed={"energy_it_kwh": ["24 kWh", "26 kWh"]}),
        W,
        "/reported/as_printed/energy_it_kwh",
        "8.3 % apart",
    ),
    # 8 x 1000.01 h x 300.01 W / 1000 = 2400.104; 2410 / 2400.104 - 1 = 0.4 %
    (
        "GA213",
        statement(
            {"hours": 1000.01, "hardware": gpu(power_w=300.01)}, reported={"energy_it_kwh": 2410}
        ),
        N,
        "/reported/energy_it_kwh",
        "2,410 kWh, the inputs give 2,400 kWh (+0.4 %): less than 1 %",
    ),
    # 14.46 g / 0.104 kWh = 139 g/kWh where 297.6 is stated
    (
        "GA214",
        statement(
            bare(carbon_intensity_g_per_kwh=297.6),
            reported={"energy_it_kwh": 0.104, "co2e_operational_kg": 0.01446},
        ),
        E,
        "/reported/co2e_operational_kg",
        "139 g/kWh, the stated carbon intensity is 297.6 g/kWh (2.14 times too low)",
    ),
    (
        "GA215",
        statement(
            {},
            {"hours": 20},
            reported={
                "claims": [{"metric": "energy", "run": "a", "against_run": "b", "ratio": 0.6}]
            },
        ),
        E,
        "/reported/claims/0/ratio",
        "0.6 times the energy of run 'b', the inputs give 0.5 (+20 %)",
    ),
    (
        "GA215",
        statement(
            {"hours": 6},
            {},
            reported={"claims": [{"metric": "co2e", "run": "a", "against_run": "b", "ratio": 0.4}]},
        ),
        E,
        "/reported/claims/0/ratio",
        "the saving stands where the ratio should",
    ),
    # 28.8 kWh / 1000 = 28.8 Wh
    (
        "GA216",
        statement(
            functional_units=[{"unit": "prompt", "quantity": 1000}],
            reported={"per_functional_unit": [{"unit": "prompt", "energy_wh": 40}]},
        ),
        E,
        "/reported/per_functional_unit/0/energy_wh",
        "40, the inputs give 28.8 (+39 %)",
    ),
    (
        "GA217",
        reported(energy_it_kwh=24, as_printed={"energy_kw": "24 kWh"}),
        E,
        "/reported/as_printed/energy_kw",
        "belongs to no figure",
    ),
    ("GA219", statement({}, {"id": "a"}), E, "/runs/1/id", "'a' is used twice"),
    (
        "GA220",
        reported(runs={"z": {"energy_it_kwh": 24}}),
        E,
        "/reported/runs/z",
        "no run 'z'; the runs are a",
    ),
    ("GA220", statement({"part_of": "a"}), E, "/runs/0/part_of", "part of itself"),
    (
        "GA221",
        statement({"device_hours": 10}),
        E,
        "/runs/0/device_hours",
        "8 devices x 10 h are 80 device-hours, declared are 10 (8 times too low): the wall clock stands in",
    ),
    (
        "GA221",
        statement({"hardware": gpu(device_hours=10)}),
        E,
        "/runs/0/hardware/0/device_hours",
        "8 times too low",
    ),
    # days in the field of hours: 80 / 24
    (
        "GA221",
        statement({"device_hours": 80 / 24}),
        E,
        "/runs/0/device_hours",
        "days stand in a field of hours",
    ),
    (
        "GA222",
        statement({"energy_it_kwh": 100, "energy_facility_kwh": 100}),
        E,
        "/runs/0/energy_facility_kwh",
        "100 kWh x PUE 1.2 are 120 kWh, declared are 100 (-17 %)",
    ),
    (
        "GA223",
        statement({"hours": None, "device_hours": 80, "hardware": gpu(power_scope="node")}),
        W,
        "/runs/0/hardware/0/power_scope",
        "80 device-hours are declared without devices_per_node",
    ),
    (
        "GA224",
        statement(
            {
                "energy_it_kwh": 100,
                "hardware": [
                    {"kind": "gpu", "energy_it_kwh": 60},
                    {"kind": "cpu", "energy_it_kwh": 20},
                ],
            }
        ),
        E,
        "/runs/0/energy_it_kwh",
        "2 components add up to 80 kWh, run 'a' declares 100 kWh (+25 %)",
    ),
    ("GA301", statement({"pue": None}), W, "/runs/0/pue", "no pue is declared"),
    ("GA302", statement({"pue": 1.2}), N, "/runs/0/pue", "pue without source or status"),
    ("GA303", statement({"hours": None}), W, "/runs/0/hardware/0", "has no hours"),
    (
        "GA305",
        statement({"carbon_intensity_g_per_kwh": {"value": 50, "basis": "market", "source": "x"}}),
        E,
        "/runs/0/carbon_intensity_g_per_kwh",
        "basis of carbon_intensity_g_per_kwh is market",
    ),
    ("GA401", statement({"pue": 0.9}), E, "/runs/0/pue", "0.9"),
    ("GA402", statement({"pue": 12}), W, "/runs/0/pue", "12"),
    (
        "GA403",
        statement({"carbon_intensity_g_per_kwh": 57000}),
        E,
        "/runs/0/carbon_intensity_g_per_kwh",
        "57,000 g/kWh (grams and kilograms mixed",
    ),
    (
        "GA404",
        statement({"carbon_intensity_g_per_kwh": 0.057}),
        W,
        "/runs/0/carbon_intensity_g_per_kwh",
        "0.057 g/kWh: 57 if it is in kg/kWh",
    ),
    (
        "GA405",
        statement({"hardware": gpu(model=A100, power_w=3200)}),
        E,
        "/runs/0/hardware/0/power_w",
        "(7.843 times too high): it looks like the power of all 8",
    ),
    (
        "GA406",
        statement({"hardware": gpu(model=A100, power_w=600)}),
        W,
        "/runs/0/hardware/0/power_w",
        "(+47 %)",
    ),
    # 433,196,000 kWh / 1,082,990 h = 400,000 W
    (
        "GA407",
        statement(
            {
                "energy_it_kwh": 433196000,
                "hours": None,
                "device_hours": 1082990,
                "hardware": [{"kind": "gpu", "model": A100}],
            }
        ),
        E,
        "/runs/0/energy_it_kwh",
        "are 400,000 W a device",
    ),
    (
        "GA408",
        statement({"carbon_intensity_g_per_kwh": 900}),
        W,
        "/runs/0/carbon_intensity_g_per_kwh",
        "times too high)",
    ),
    (
        "GA409",
        statement({"period": period("2024-01-01", "2024-01-01"), "hours": 100}),
        E,
        "/runs/0/hours",
        "took 100 h, its period has 24 h",
    ),
    (
        "GA409",
        statement(
            {"period": period("2024-01-01", "2024-01-02"), "hours": None, "device_hours": 8000}
        ),
        E,
        "/runs/0/device_hours",
        "take 1,000 h, the period has 48 h",
    ),
    (
        "GA410",
        statement({"location": {"country": "FRE"}}),
        E,
        "/runs/0/location/country",
        "no country has the code FRE",
    ),
    (
        "GA411",
        statement(
            {"location": {"country": "FRA", "provider": "aws", "provider_region": "us-east-1"}}
        ),
        E,
        "/runs/0/location/provider_region",
        "lies in USA",
    ),
    (
        "GA412",
        statement({"location": {"country": "NOR"}, "carbon_intensity_g_per_kwh": 475}),
        W,
        "/runs/0/carbon_intensity_g_per_kwh",
        "world average",
    ),
    (
        "GA413",
        statement(
            {
                "period": period("2024-01-01", "2024-02-01"),
                "carbon_intensity_g_per_kwh": {"value": 50, "year": 2018},
            }
        ),
        W,
        "/runs/0/carbon_intensity_g_per_kwh",
        "of 2018, the run of 2024",
    ),
    (
        "GA414",
        statement({"carbon_intensity_g_per_kwh": 0}),
        E,
        "/runs/0/carbon_intensity_g_per_kwh",
        "is 0",
    ),
    # 433 kWh / 1,082,990 h = 0.4 W
    (
        "GA415",
        statement(
            {
                "energy_it_kwh": 433,
                "hours": None,
                "device_hours": 1082990,
                "hardware": [{"kind": "gpu", "model": A100}],
            }
        ),
        W,
        "/runs/0/energy_it_kwh",
        "are 0.3998 W a device",
    ),
    (
        "GA420",
        statement(
            {},
            {},
            {},
            reported={
                "runs": {
                    "a": {"energy_it_kwh": 24, "co2e_operational_kg": 1.2},
                    "b": {"energy_it_kwh": 24, "co2e_operational_kg": 1.2},
                    "c": {"energy_it_kwh": 24, "co2e_operational_kg": 240},
                }
            },
        ),
        W,
        "/reported/runs/c/co2e_operational_kg",
        "200 times more",
    ),
    ("GA420", statement({}, {}, {"hours": 0.001, "energy_it_kwh": 24}), W, "/runs/2", "times more"),
    (
        "GA421",
        statement(
            {"host": "n1", "period": period("2024-01-01", "2024-01-03")},
            {"host": "n1", "period": period("2024-01-02", "2024-01-04")},
        ),
        W,
        "/runs/1/period",
        "'a' and 'b' overlap on host n1",
    ),
    (
        "GA422",
        statement({}, {"part_of": "a", "hours": 20}),
        E,
        "/runs/0",
        "is 48 kWh, its own is 24",
    ),
    (
        "GA423",
        statement({"part_of": "b"}, {"part_of": "a"}),
        E,
        "/runs/0/part_of",
        "part of 'b', which is part of it",
    ),
    (
        "GA501",
        statement(offsets=[{"co2e_kg": 1}], reported={"co2e_operational_kg": 0.44}),
        E,
        "/reported/co2e_operational_kg",
        "3.273 times too low): the declared offsets were subtracted",
    ),
    (
        "GA501",
        statement(offsets=[{"co2e_kg": 5}], reported={"co2e_operational_kg": 0}),
        E,
        "/reported/co2e_operational_kg",
        "offsets were subtracted",
    ),
    (
        "GA502",
        statement(bare(), reported={"co2e_market_kg": 0}),
        W,
        "/reported/co2e_market_kg",
        "without a location-based figure",
    ),
    (
        "GA510",
        statement({"outcome": "failed"}, boundary={"failed_runs": "none"}),
        E,
        "/boundary/failed_runs",
        "run 'a' is failed",
    ),
    (
        "GA510",
        statement(boundary={"exploratory_runs": "included"}),
        W,
        "/boundary/exploratory_runs",
        "no run has the outcome exploratory",
    ),
    (
        "GA511",
        reported(claims=[{"metric": "energy", "ratio": 0.59, "against": "dense"}]),
        W,
        "/reported/claims/0",
        "no functional unit",
    ),
    (
        "GA512",
        statement({"embodied": [{"item": "server", "co2e_kg": 100, "time_share": 1}]}),
        W,
        "/runs/0/embodied/0",
        "98.58 % of the CO2e of run 'a' is embodied",
    ),
    (
        "GA513",
        statement(
            {"hours": {"value": 10, "lower": 7, "upper": 13}},
            reported={"energy_it_kwh": 24.01, "as_printed": {"energy_it_kwh": "24.01 kWh"}},
        ),
        N,
        "/reported/energy_it_kwh",
        "16.8 to 31.2",
    ),
    (
        "GA514",
        statement({"hardware": [*gpu(), {"kind": "storage", "power_w": ABSENT}]}),
        N,
        "/runs/0/hardware/1",
        "leaves out storage",
    ),
    ("GA520", statement(title="Cafe\u0301"), W, "/title", "not in NFC"),
    ("GA521", statement(title="BLOO\u041c"), W, "/title", "Cyrillic and Latin"),
    ("GA522", statement(title="Trai\u200bning"), W, "/title", "U+200B"),
]


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
        ),
        statement({}, {"part_of": "a", "hours": 5}, reported={"energy_it_kwh": 24}),
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
        statement({"outcome": "failed"}, boundary={"failed_runs": "included"}),
        statement(
            {"embodied": [{"item": "server", "co2e_kg": 100, "time_share": 1, "source": "maker"}]}
        ),
        statement(title="β-VAE on Café"),
    ],
)
def test_it_is_silent(data: dict[str, Any]) -> None:
    assert codes(data) == []
