"""Statements that raise a rule of arithmetic (GA2xx).

Each case: the code, a statement, the severity, the place, and words of the message with its size.
"""

from __future__ import annotations

from typing import Any

from rule_cases import ABSENT, bare, gpu, rate, reported, statement

from greenalgo.findings import Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

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
    # 8 x 0.1000012 h x 300.0001 W / 1000 = 0.24000296: four digits would print 0.24 twice
    (
        "GA213",
        statement(
            {"hours": 0.1000012, "hardware": gpu(power_w=300.0001)},
            reported={"energy_it_kwh": 0.240041},
        ),
        N,
        "/reported/energy_it_kwh",
        "0.24004 kWh, the inputs give 0.24 kWh (+0.02 %): less than 1 %",
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
    # without a PUE the rate is of IT energy: 24 kWh x 50 g / 1000 = 1.2 g
    (
        "GA216",
        statement(
            {"pue": ABSENT},
            functional_units=[{"unit": "prompt", "quantity": 1000, "run": "a"}],
            reported={
                "per_functional_unit": [
                    {"unit": "prompt", "run": "a", "boundary": "it", "co2e_g": 3.6}
                ]
            },
        ),
        E,
        "/reported/per_functional_unit/0/co2e_g",
        "3.6, the inputs give 1.2 (3 times too high)",
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
        "GA204",
        statement(
            bare(),
            bare(),
            bare(),
            reported={
                "energy_kwh": 60,
                "runs": {"a": {"energy_kwh": 24}, "b": {"energy_kwh": 48}},
            },
        ),
        E,
        "/reported/energy_kwh",
        "2 of the 3 runs add up to 72 kWh",
    ),
    (
        "GA225",
        statement(
            bare(),
            reported={
                "co2e_operational_kg": 24690,
                "co2e_embodied_kg": 11200,
                "co2e_total_kg": 30000,
            },
        ),
        E,
        "/reported/co2e_total_kg",
        "are 35,890 kg, reported total CO2e is 30,000 kg (-16 %)",
    ),
    (
        "GA225",
        statement(bare(), reported={"water_l": 700, "water_onsite_l": 100, "water_offsite_l": 300}),
        W,
        "/reported/water_l",
        "a part of it is not reported",
    ),
    (
        "GA225",
        statement(bare(), reported={"energy_it_kwh": 100, "energy_facility_kwh": 100, "pue": 1.2}),
        E,
        "/reported/energy_facility_kwh",
        "x PUE 1.2 is 120 kWh",
    ),
    (
        "GA225",
        statement(bare(), reported={"energy_it_kwh": 120, "energy_facility_kwh": 100}),
        E,
        "/reported/energy_facility_kwh",
        "a PUE of 0.8333",
    ),
    (
        "GA225",
        statement(bare(), reported={"device_hours": 100, "hours": 100, "device_count": 8}),
        E,
        "/reported/device_hours",
        "the wall clock stands in device_hours",
    ),
    (
        "GA225",
        statement(
            bare(), reported={"energy_kwh": 300000, "device_hours": 1000, "average_power_w": 300}
        ),
        E,
        "/reported/energy_kwh",
        "a factor of 1000",
    ),
    (
        "GA226",
        statement(
            {
                "energy_it_kwh": {"value": 24, "status": "metered"},
                "measurement": {"method": "provider_report", "pue_included": True},
            }
        ),
        E,
        "/runs/0/energy_it_kwh",
        "the PUE (1.2) is applied to it again",
    ),
    # a printed rate against a printed total: 24 kWh / 1000 = 24 Wh
    (
        "GA227",
        rate({"energy_wh": 0.24}, energy_kwh=24),
        E,
        "/reported/per_functional_unit/0/energy_wh",
        "is 0.24, the reported energy of 24 kWh gives 24 (100 times too low)",
    ),
    (
        "GA227",
        rate({"co2e_g": 12, "run": "a"}, runs={"a": {"co2e_operational_kg": 12000}}),
        E,
        "/reported/per_functional_unit/0/co2e_g",
        "gives 12,000 (1,000 times too low): a factor of 1/1000",
    ),
    (
        "GA227",
        rate({"energy_wh": 1, "energy_j": 30}),
        E,
        "/reported/per_functional_unit/0/energy_j",
        "is 30, energy_wh says 3,600 (120 times too low)",
    ),
    (
        "GA228",
        rate({"energy_wh": 0.24, "co2e_g": 0.03}, carbon_intensity_g_per_kwh=500),
        W,
        "/reported/per_functional_unit/0/co2e_g",
        "is 125 g/kWh: the stated carbon intensity is 500 g/kWh (4 times too low)",
    ),
    (
        "GA228",
        rate({"energy_wh": 1, "co2e_g": 30, "co2e_basis": "location"}),
        E,
        "/reported/per_functional_unit/0/co2e_g",
        "is 30,000 g/kWh: no grid has that",
    ),
    (
        "GA228",
        rate({"energy_wh": 1, "co2e_g": 0.0026, "co2e_basis": "location"}),
        W,
        "/reported/per_functional_unit/0/co2e_g",
        "is 2.6 g/kWh: no grid is that clean over its life cycle",
    ),
    (
        "GA217",
        reported(as_printed={"co2e_operational_kg": "900 t"}),
        W,
        "/reported/as_printed/co2e_operational_kg",
        "'900 t', and co2e_operational_kg is not given beside it",
    ),
    (
        "GA229",
        statement({"hours": {"value": 10, "lower": 9, "upper": 5000}}),
        W,
        "/runs/0/hours",
        "the interval 9 to 5,000 reaches from 10 up to 5,000",
    ),
    (
        "GA229",
        reported(energy_it_kwh={"value": 24, "lower": 0, "upper": 25}),
        W,
        "/reported/energy_it_kwh",
        "the interval 0 to 25 reaches from 24 down to 0",
    ),
]
