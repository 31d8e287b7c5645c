"""Statements that raise a rule of provenance, plausibility or disclosure (GA3xx to GA5xx).

Each case: the code, a statement, the severity, the place, and words of the message with its size.
"""

from __future__ import annotations

from typing import Any

from rule_cases import A100, ABSENT, bare, gpu, period, reported, statement

from greenalgo.findings import Severity

E, W, N = Severity.ERROR, Severity.WARNING, Severity.NOTE

CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
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
        "GA407",
        statement(
            {
                "hardware": [
                    {"kind": "gpu", "model": A100, "count": 8, "energy_it_kwh": 400},
                    {"kind": "memory", "memory_gb": 512, "energy_it_kwh": 2},
                ]
            }
        ),
        E,
        "/runs/0/hardware/0/energy_it_kwh",
        "400 kWh in 80 device-hours are 5,000 W a device",
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
    ("GA401", statement(bare(), reported={"pue": 0.9}), E, "/reported/pue", "0.9"),
    ("GA402", statement({"pue": 120}), W, "/runs/0/pue", "120 (1.2 in per cent?)"),
    (
        "GA403",
        statement(bare(), reported={"carbon_intensity_g_per_kwh": 57000}),
        E,
        "/reported/carbon_intensity_g_per_kwh",
        "57,000 g/kWh",
    ),
    (
        "GA406",
        statement({"hardware": gpu(model="Of Tomorrow", power_w=3200)}),
        W,
        "/runs/0/hardware/0/power_w",
        "no GPU draws more than 2,000 W",
    ),
    (
        "GA407",
        statement(
            bare(hardware=[{"kind": "gpu", "model": A100, "count": 8}]),
            reported={"energy_kwh": 5000, "device_hours": 80},
        ),
        E,
        "/reported/energy_kwh",
        "are 62,500 W a device",
    ),
    (
        "GA408",
        statement(
            {
                "location": {"provider": "aws", "provider_region": "eu-north-1"},
                "carbon_intensity_g_per_kwh": {"value": 900, "source": "x"},
            }
        ),
        W,
        "/runs/0/carbon_intensity_g_per_kwh",
        "(South-central Sweden)",
    ),
    (
        "GA416",
        statement(bare(), reported={"energy_kwh": 100, "co2e_operational_kg": 1700}),
        E,
        "/reported/co2e_operational_kg",
        "17,000 g/kWh (grams and kilograms mixed?)",
    ),
    (
        "GA416",
        statement(bare(), reported={"energy_kwh": 100, "co2e_operational_kg": 0.005}),
        W,
        "/reported/co2e_operational_kg",
        "0.05 g/kWh",
    ),
    (  # what the card of Llama 3.3 prints of 4,900 MWh: another card has 158 times as much
        "GA416",
        statement(bare(), reported={"energy_kwh": 4.9e6, "co2e_operational_kg": 12900}),
        W,
        "/reported/co2e_operational_kg",
        "2.633 g/kWh: no grid is that clean over its life cycle",
    ),
    (
        "GA416",
        statement(bare(), reported={"energy_kwh": 100, "co2e_operational_kg": 0}),
        E,
        "/reported/co2e_operational_kg",
        "no grid emits nothing",
    ),
    # 3.14e23 / (80 h x 3600 s x 3.12e14 FLOP/s) = 3494
    (
        "GA417",
        statement({"hardware": gpu(model=A100, power_w=400), "work": {"flops": 3.14e23}}),
        E,
        "/runs/0/work/flops",
        "349,448 % of the peak rate",
    ),
    (
        "GA417",
        statement({"hardware": gpu(peak_flops_per_s=3e14), "work": {"flops": 1e16}}),
        W,
        "/runs/0/work/flops",
        "0.01157 % of the peak rate",
    ),
    (
        "GA418",
        statement({"hardware": gpu(model=A100, power_w=0.4)}),
        W,
        "/runs/0/hardware/0/power_w",
        "400 if it is in kW",
    ),
    (
        "GA419",
        statement({"water": {"wue_l_per_kwh": 1800}}),
        W,
        "/runs/0/water/wue_l_per_kwh",
        "1,800: 1.8 if it is in mL",
    ),
    (
        "GA421",
        statement(
            *(
                {
                    "host": "n1",
                    "period": period("2024-01-01", "2024-01-03"),
                    "hardware": gpu(share=share),
                }
                for share in (0.7, 0.8)
            )
        ),
        W,
        "/runs/1/period",
        "their shares are 1.5 together",
    ),
    (
        "GA421",
        statement(
            *({"host": "n1", "period": period("2024-01-01", "2024-01-01"), "hours": 13},) * 2
        ),
        W,
        "/runs/1/period",
        "overlap on host n1",
    ),
    (
        "GA424",
        statement(
            {"embodied": [{"item": "server", "co2e_kg": 9, "lifetime_hours": 4, "hours": 10}]}
        ),
        W,
        "/runs/0/embodied/0/lifetime_hours",
        "'server' lasts 4 h: 35,064 if it is in years",
    ),
    ("GA425", statement({"hours": 1e6}), W, "/runs/0/hours", "1,000,000 h, 114.1 years"),
    (
        "GA425",
        statement({"hardware": gpu(count=10_000_000)}),
        W,
        "/runs/0/hardware/0",
        "are 3 GW",
    ),
    (
        "GA426",
        statement({"hours": 10}, {"hours": 20}, {"hours": 30, "name": "Total"}),
        W,
        "/runs/2",
        "is that of the 2 other runs together",
    ),
    (
        "GA426",
        statement({"hours": 10.37}, {"hours": 20.11}, {"hours": 30.48}),
        W,
        "/runs/2",
        "everything is counted twice",
    ),
    (
        "GA427",
        statement(*({"energy_it_kwh": {"value": 24.19, "status": "metered"}},) * 2),
        W,
        "/runs/1/energy_it_kwh",
        "have the same energy_it_kwh, 24.19",
    ),
    (
        "GA513",
        statement(
            {"hours": {"value": 10, "lower": 7, "upper": 13}},
            reported={
                "runs": {
                    "a": {"energy_it_kwh": 24.01, "as_printed": {"energy_it_kwh": "24.01 kWh"}}
                }
            },
        ),
        N,
        "/reported/runs/a/energy_it_kwh",
        "16.8 to 31.2",
    ),
    (
        "GA515",
        statement({}, {}, reported={"energy_it_kwh": 48}),
        N,
        "/runs",
        "nothing about failed_runs and exploratory_runs",
    ),
    ("GA521", statement(subject={"name": "\u0392ERT"}), W, "/subject/name", "Greek and Latin"),
    (
        "GA521",
        statement(authors=[{"name": "\u0410nna"}]),
        W,
        "/authors/0/name",
        "Cyrillic and Latin",
    ),
    (
        "GA430",
        statement({"period": period("2024-01-01", "2024-02-01")}, issued="2024-01-31"),
        W,
        "/runs/0/period/end",
        "issued on 2024-01-31, the period ends on 2024-02-01",
    ),
    (
        "GA430",
        statement({"period": period("2024-01", "2024-12")}, issued="2023"),
        W,
        "/runs/0/period/end",
        "issued on 2023",
    ),
    (
        "GA431",
        statement({"hardware": gpu(power_w={"value": 300, "status": "metered"}, utilisation=0.5)}),
        W,
        "/runs/0/hardware/0/utilisation",
        "the power is metered, and is multiplied by a utilisation of 0.5",
    ),
    (
        "GA432",
        statement({"hardware": gpu(model="AMD EPYC 7742")}),
        W,
        "/runs/0/hardware/0/kind",
        "AMD EPYC 7742 is a CPU, the component says gpu",
    ),
    (
        "GA432",
        statement(
            {
                "hardware": [
                    {"kind": "cpu", "model": A100, "count": 8, "power_w": 300, "source": "x"}
                ]
            }
        ),
        W,
        "/runs/0/hardware/0/kind",
        "is a GPU or accelerator, the component says cpu",
    ),
    (
        "GA433",
        statement({"multiplier": 0.1}),
        W,
        "/runs/0/multiplier",
        "the multiplier is 0.1",
    ),
]
