"""Statements that raise a rule on declared inputs among themselves: hours, device-hours and energies.

The cases have the form of those in ``arithmetic_cases``.
"""

from __future__ import annotations

from typing import Any

from rule_cases import gpu, statement

from greenalgo.findings import Severity

E, W = Severity.ERROR, Severity.WARNING


def metered(gpu_kwh: float, cpu_kwh: float) -> list[dict[str, Any]]:
    """Return two components with the IT energy of each."""
    return [
        {"kind": "gpu", "energy_it_kwh": gpu_kwh},
        {"kind": "cpu", "energy_it_kwh": cpu_kwh},
    ]


CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
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
    # hours of the devices' own: 8 x 5 + 4 x 10
    (
        "GA221",
        statement(
            {
                "device_hours": 120,
                "hardware": [*gpu(hours=5), *gpu(count=4, kind="accelerator")],
            }
        ),
        E,
        "/runs/0/device_hours",
        "the hours of the devices of run 'a' add up to 80 device-hours, declared are 120 (+50 %)",
    ),
    # GPU-hours of 8 servers, whose own hours a run without GPUs gives
    (
        "GA221",
        statement({"device_hours": 640, "hardware": gpu(kind="node", power_scope="node")}),
        E,
        "/runs/0/device_hours",
        "8 devices x 10 h are 80 device-hours, declared are 640",
    ),
    (
        "GA221",
        statement(
            {
                "device_hours": 80,
                "hardware": gpu(power_scope="node", devices_per_node=4, power_w=1600),
            }
        ),
        E,
        "/runs/0/device_hours",
        "32 devices x 10 h are 320 device-hours, declared are 80",
    ),
    (
        "GA222",
        statement({"energy_it_kwh": 100, "energy_facility_kwh": 100}),
        E,
        "/runs/0/energy_facility_kwh",
        "100 kWh x PUE 1.2 are 120 kWh, declared are 100 (-17 %)",
    ),
    (
        "GA222",
        statement({"energy_it_kwh": 100, "energy_facility_kwh": 60, "pue": None}),
        E,
        "/runs/0/energy_facility_kwh",
        "100 kWh x PUE 1, the least that there is, are 100 kWh, declared are 60 (-40 %)",
    ),
    (
        "GA222",
        statement({"energy_facility_kwh": 100, "hardware": metered(60, 40)}),
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
        statement({"energy_it_kwh": 100, "hardware": metered(60, 20)}),
        E,
        "/runs/0/energy_it_kwh",
        "2 components of run 'a' add up to 80 kWh, declared are 100 (+25 %)",
    ),
]
