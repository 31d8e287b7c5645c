"""One wrong input is one finding, at the input; what the figures themselves get wrong stays with them."""

from __future__ import annotations

from typing import Any

import pytest
from rule_cases import A100, ABSENT, findings, gpu, statement

from greenalgo import api
from greenalgo.findings import Finding, Severity

#: What follows from the base case: 24 kWh IT, 28.8 kWh, 1.44 kg.
PRINTED: dict[str, Any] = {
    "boundary": "facility",
    "device_hours": 80,
    "energy_facility_kwh": 28.8,
    "co2e_operational_kg": 1.44,
}


def printed(changes: dict[str, Any], **figures: Any) -> dict[str, Any]:
    return statement(changes, reported=PRINTED | figures)


def bad(data: dict[str, Any]) -> list[Finding]:
    return [found for found in findings(data) if found.severity > Severity.NOTE]


@pytest.mark.parametrize(
    ("changes", "code", "place", "words", "meant"),
    [
        ({"hours": 600}, "GA202", "hours", "minutes and hours are mixed", "10"),
        ({"hours": 80}, "GA201", "hours", "the 3 reported figures mean 10 (8 times too high), or count 1", "10"),
        ({"hours": 1e300}, "GA425", "hours", "the 3 reported figures mean 10", "10"),
        ({"pue": 120}, "GA402", "pue", "1.2 in per cent?); the 2 reported figures mean 1.2", "1.2"),
        ({"pue": 0.2}, "GA401", "pue", "the PUE is 0.2; the 2 reported figures mean 1.2", "1.2"),
        (
            {"carbon_intensity_g_per_kwh": {"value": 0.05, "source": "x"}},
            "GA404",
            "carbon_intensity_g_per_kwh",
            "50 if it is in kg/kWh; the reported operational CO2e means 50",
            "50",
        ),
        ({"carbon_intensity_g_per_kwh": 0}, "GA414", "carbon_intensity_g_per_kwh", "means 50", "50"),
        ({"multiplier": 0.001}, "GA433", "multiplier", "the 3 reported figures mean 1", "1"),
        ({"repetitions": 7}, "GA201", "repetitions", "repetitions is 7, the 3 reported figures mean 1", "1"),
        ({"device_hours": 8}, "GA221", "device_hours", "the 3 reported figures mean 80", "80"),
        ({"hardware": gpu(share=1e-9)}, "GA434", "hardware/0/share", "the 2 reported figures mean 1", "1"),
        ({"hardware": gpu(utilisation=0.4)}, "GA201", "hardware/0/utilisation", "(2.5 times too low)", "1"),
        (
            {"hardware": gpu(model=A100, power_w=2400)},
            "GA405",
            "hardware/0/power_w",
            "it looks like the power of all 8; the 2 reported figures mean 300",
            "300",
        ),
    ],
)  # fmt: skip
def test_a_wrong_input_is_one_error(
    changes: dict[str, Any], code: str, place: str, words: str, meant: str
) -> None:
    [found] = bad(printed(changes))
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert found.pointer == f"/runs/0/{place}"
    assert words in found.message
    assert found.expected == meant
    assert found.hint


def test_what_two_inputs_of_two_runs_break_is_two_errors() -> None:
    data = statement({"hours": 600}, {"pue": 0.2}, boundary={"failed_runs": "none"})
    data["reported"] = {"runs": {"a": PRINTED, "b": PRINTED}}
    assert sorted((one.code, one.pointer) for one in bad(data)) == [
        ("GA202", "/runs/0/hours"),
        ("GA401", "/runs/1/pue"),
    ]


def test_an_input_that_was_changed_after_fill() -> None:
    data = api.fill(printed({}))
    data["runs"][0]["hours"] = 13
    [found] = bad(data)
    assert found.pointer == "/runs/0/hours"
    assert "hours is 13, the results and the 3 reported figures mean 10 (+30 %)" in found.message


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        # the unit in which a paper prints: each figure has to be converted
        (printed({}, energy_facility_kwh=0.0288, co2e_operational_kg=0.00144), ["GA202", "GA202"]),
        # one figure, and nothing else is odd
        (printed({}, co2e_operational_kg=2.5), ["GA201"]),
        # two figures, each wrong in its own way
        (printed({}, energy_facility_kwh=40, co2e_operational_kg=0.5), ["GA201", "GA201"]),
        # a doubted intensity (three times that of the place), and a figure that is off by something else
        (
            printed({"carbon_intensity_g_per_kwh": {"value": 200, "source": "x"}}, co2e_operational_kg=0.17),
            ["GA408", "GA201"],
        ),
        # no such number of devices
        (printed({"hours": ABSENT, "device_hours": 80}, device_count=9), ["GA201"]),
    ],
)  # fmt: skip
def test_what_is_the_figures_own_stays_with_them(data: dict[str, Any], codes: list[str]) -> None:
    found = bad(data)
    assert [one.code for one in found] == codes
    assert all(one.pointer.startswith("/reported/") for one in found if one.code != "GA408")


def test_a_run_that_is_left_out_is_not_an_hour_of_nothing() -> None:
    said = {"failed_runs": "none", "exploratory_runs": "none"}
    data = statement({}, {"hours": 100}, reported=PRINTED, boundary=said)
    found = bad(data)
    assert all(one.pointer.startswith("/reported/") for one in found)


@pytest.mark.parametrize("size", [0, 5e-324, 1e-308, 1e-9, 1e300, 1e308, 1.7e308])
@pytest.mark.parametrize("field", ["hours", "pue", "multiplier", "device_hours", "energy_it_kwh"])
def test_numbers_at_the_end_of_all_numbers(field: str, size: float) -> None:
    for figure in (1.44, 5e-324, 1e308):
        figures = {key: figure for key in PRINTED if key != "boundary"}
        assert bad(printed({field: size}, **figures))
        assert bad(printed({"hardware": gpu(power_w=size, share=min(size, 1))}, **figures))
