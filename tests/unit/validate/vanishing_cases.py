"""Statements whose numbers make the work, the time or the hardware all but vanish, or more than it can be.

The cases have the form of those in ``arithmetic_cases``.
"""

from __future__ import annotations

from typing import Any

from rule_cases import A100, ABSENT, bare, gpu, period, statement

from greenalgo.findings import Severity

E, W = Severity.ERROR, Severity.WARNING

CASES: list[tuple[str, dict[str, Any], Severity, str, str]] = [
    (
        "GA402",
        statement({"energy_it_kwh": 100, "energy_facility_kwh": 1150, "pue": None}),
        W,
        "/runs/0/energy_facility_kwh",
        "1,150 kWh over 100 kWh of IT energy are a PUE of 11.5",
    ),
    (
        "GA434",
        statement({"hardware": gpu(share=1e-9)}),
        W,
        "/runs/0/hardware/0/share",
        "the share is 1.000e-09",
    ),
    (
        "GA434",
        statement(
            {"embodied": [{"item": "server", "co2e_kg": 1, "time_share": 0.1, "resource_share": 1e-9}]}
        ),
        W,
        "/runs/0/embodied/0/resource_share",
        "1.000e-09",
    ),
    (
        "GA424",
        statement(
            {"embodied": [{"item": "server", "co2e_kg": 1, "lifetime_hours": 8.766e6, "hours": 10}]}
        ),
        W,
        "/runs/0/embodied/0/lifetime_hours",
        "'server' lasts 8,766,000 h, 1,000 years",
    ),
    (
        "GA418",
        statement({"hardware": gpu(utilisation=0.004)}),
        W,
        "/runs/0/hardware/0/utilisation",
        "a utilisation of 0.004 takes the power below what idle hardware draws",
    ),
    # 4.8 W for eight GPUs of 400 W
    (
        "GA418",
        statement({"hardware": gpu(model=A100, power_scope="job", power_w=4.8)}),
        W,
        "/runs/0/hardware/0/power_w",
        "4.8 W for a job with 8 x NVIDIA A100-SXM4-80GB: they seldom draw less than 65.28 W",
    ),
    # at most 8 x (4 x 408 + 3000) W
    (
        "GA406",
        statement(
            {"hardware": gpu(model=A100, power_scope="node", devices_per_node=8, power_w=4.8e6)}
        ),
        W,
        "/runs/0/hardware/0/power_w",
        "draw at most 3,264 W, and with all around them seldom 37,056 W",
    ),
    (
        "GA435",
        statement({"period": period("2024-02-01", "2024-01-02")}),
        E,
        "/runs/0/period/end",
        "starts on 2024-02-01 and ends on 2024-01-02",
    ),
    (
        "GA435",
        statement({}, period=period("2024-02", "2023")),
        E,
        "/period/end",
        "starts on 2024-02 and ends on 2023",
    ),
    (
        "GA436",
        statement({"period": period("2023-02-01", "2023-02-29")}),
        E,
        "/runs/0/period/end",
        "there is no 2023-02-29",
    ),
    (
        "GA230",
        statement(
            {},
            functional_units=[{"unit": "token", "quantity": 1000}],
            reported={"per_functional_unit": [{"unit": "Tokens", "energy_wh": 999}]},
        ),
        W,
        "/reported/per_functional_unit/0/unit",
        "the rate is for one 'Tokens', the functional unit is 'token'",
    ),
    (
        "GA201",
        statement({}, {"hours": 100}, reported={"energy_it_kwh": 24}),
        E,
        "/reported/energy_it_kwh",
        "24 kWh, the declared inputs give 264 kWh (11 times too low): it is that of run 'a' alone",
    ),
    (
        "GA201",
        statement({}, {"hours": 100}, {"hours": 7}, reported={"energy_it_kwh": 40.8}),
        E,
        "/reported/energy_it_kwh",
        "run 'b' is left out",
    ),
    # 1.44 kg of CO2e hold 0.393 kg of carbon
    (
        "GA202",
        statement({}, reported={"boundary": "facility", "co2e_operational_kg": 0.393}),
        E,
        "/reported/co2e_operational_kg",
        "the mass of carbon stands in a field of CO2e",
    ),
    (
        "GA202",
        statement({}, reported={"device_hours": 288_000}),
        E,
        "/reported/device_hours",
        "a factor of 3600: seconds and hours",
    ),
    # 24 kWh in the inputs: 100 kg are 4167 g/kWh at IT, within the room for the PUE; 200 kg are not
    (
        "GA416",
        statement({"carbon_intensity_g_per_kwh": ABSENT}, reported={"co2e_operational_kg": 200}),
        E,
        "/reported/co2e_operational_kg",
        "reported CO2e over the IT energy of the inputs is 8,333 g/kWh",
    ),
    (
        "GA416",
        statement({"carbon_intensity_g_per_kwh": ABSENT}, reported={"co2e_operational_kg": 0.01}),
        W,
        "/reported/co2e_operational_kg",
        "is 0.4167 g/kWh (grams and kilograms mixed?)",
    ),
    # an intensity that was not assessed hides no impossible one
    (
        "GA416",
        statement(
            bare(carbon_intensity_g_per_kwh=ABSENT),
            reported={"energy_kwh": 100, "co2e_operational_kg": 1700},
        ),
        E,
        "/reported/co2e_operational_kg",
        "reported CO2e over reported energy is 17,000 g/kWh",
    ),
    # the interval that is printed does not hold the field's number
    (
        "GA208",
        statement(
            bare(),
            reported={"co2e_operational_kg": 2.311, "as_printed": {"co2e_operational_kg": "3.0-4.0 t"}},
        ),
        E,
        "/reported/co2e_operational_kg",
        "'3.0-4.0 t' is 2,950 to 4,050 kg, the field says 2.311",
    ),
    # the field's number is in the printed interval, and what follows (1.44 kg) is not
    (
        "GA201",
        statement(
            {},
            reported={"co2e_operational_kg": 3.5, "as_printed": {"co2e_operational_kg": "3-4 kg"}},
        ),
        E,
        "/reported/co2e_operational_kg",
        "3.5 kg, the declared inputs give 1.44 kg",
    ),
]  # fmt: skip
#: The nearest that is right.
FINE: list[dict[str, Any]] = [
    statement({"hardware": gpu(share=1e-4)}),
    statement({"hardware": gpu(model=A100, power_scope="job", power_w=3300)}),
    statement({"hardware": gpu(model=A100, power_scope="node", devices_per_node=8, power_w=9000)}),
    # a small accelerator in a large server
    statement({"hardware": gpu(model="NVIDIA T4", count=1, power_scope="job", power_w=700)}),
    statement({"period": period("2024-02-01", "2024-02-01")}),
    statement({"period": period("2024", "2024-02-29")}),
    statement({"period": period("2000-02-29", "2000-03-31T23:59:59Z")}),
    statement(
        {},
        functional_units=[{"unit": "token", "quantity": 1000}],
        reported={"per_functional_unit": [{"unit": "prompt", "energy_wh": 999}]},
    ),
    statement({"carbon_intensity_g_per_kwh": ABSENT}, reported={"co2e_operational_kg": 10}),
    statement(
        {}, reported={"co2e_operational_kg": 1.5, "as_printed": {"co2e_operational_kg": "1.4-1.6 kg"}}
    ),
    statement(
        {}, reported={"co2e_operational_kg": 1.8, "as_printed": {"co2e_operational_kg": "1.3 to 2.3 kg"}}
    ),
]  # fmt: skip
