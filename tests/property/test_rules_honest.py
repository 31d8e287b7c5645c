"""An honest statement, printed at any number of digits and any boundary, is never called wrong."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.findings import Severity
from greenalgo.glance.figure_text import parse
from greenalgo.units import ENERGY_KWH, MASS_KG
from greenalgo.validate.engine import judge


@st.composite
def cases(draw: st.DrawFn, least: int = 1) -> tuple[dict[str, Any], dict[str, float]]:
    """A document without figures, and the figures that are right, by boundary and field.

    With ``least`` at 64 every figure has two digits, and the digits of all inputs and of the figure
    together excuse less than 30 %.
    """
    count, hours = draw(st.integers(least, 4096)), draw(st.integers(least, 5000))
    watts, pue = draw(st.integers(40, 1000)), draw(st.integers(101, 200)) / 100
    grams = draw(st.integers(20 if least == 1 else 200, 900))
    it = count * hours * watts / 1000
    run = {
        "id": "a",
        "phase": "training",
        "hours": hours,
        "hardware": [{"kind": "gpu", "count": count, "power_w": watts}],
        "location": {"country": "USA", "region": "somewhere"},
        "pue": pue,
        "carbon_intensity_g_per_kwh": grams,
    }
    data = {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [run]}
    energy = {"it": it, "facility": it * pue}
    return data, energy | {"it_kg": it * grams / 1000, "facility_kg": it * pue * grams / 1000}


def errors(data: dict[str, Any]) -> list[str]:
    return [str(found) for found in judge(data).findings if found.severity == Severity.ERROR]


@settings(max_examples=often(200))
@given(cases(), st.integers(2, 6), st.sampled_from(["it", "facility", "unknown", None]))
def test_right_figures_are_never_errors(
    case: tuple[dict[str, Any], dict[str, float]], digits: int, boundary: str | None
) -> None:
    data, right = case
    inside = "it" if boundary == "it" else "facility"
    energy = float(f"{right[inside]:.{digits}g}")
    emitted = float(f"{right[inside + '_kg']:.{digits}g}")
    reported: dict[str, Any] = {"energy_kwh": energy, "co2e_operational_kg": emitted}
    if boundary:
        reported["boundary"] = boundary
    assert errors(data | {"reported": reported}) == []


@settings(max_examples=often(200))
@given(
    cases(64),
    st.sampled_from(["energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"]),
    st.sampled_from([10.0, 0.1, 1000.0, 0.001, 2.2046, 8.0, 1.4]),
)
def test_wrong_figures_are_always_errors(
    case: tuple[dict[str, Any], dict[str, float]], field: str, slip: float
) -> None:
    data, right = case
    figure = {
        "energy_it_kwh": right["it"],
        "energy_facility_kwh": right["facility"],
        "co2e_operational_kg": right["facility_kg"],
    }[field]
    as_said = float(f"{figure * slip:.4g}")
    assert errors(data | {"reported": {"boundary": "facility", field: as_said}})


@given(
    st.floats(1e-6, 1e6).map(lambda x: float(f"{x:.4g}")),
    st.sampled_from(sorted({"Wh", "kWh", "MWh", "GWh", "J", "MJ"})),
)
def test_a_printed_energy_is_read_back(value: float, unit: str) -> None:
    found = parse(f"{value:,f} {unit}" if value > 1e-3 else f"{value:e} {unit}", "energy_kwh")
    assert found is not None
    assert abs(found.value - value * ENERGY_KWH[unit]) <= found.half + 1e-9 * found.value


@given(
    st.integers(1, 10**9),
    st.sampled_from(["g", "kg", "t", "lb"]),
    st.sampled_from(["", "CO2e", "CO2eq", "CO2"]),
)
def test_a_printed_mass_is_read_back(value: int, unit: str, gas: str) -> None:
    for text in (f"{value:,} {unit}{gas}", f"{value} {unit} {gas}".strip(), f"~{value}{unit}"):
        found = parse(text, "co2e_operational_kg")
        assert found is not None, text
        assert abs(found.value - value * MASS_KG[unit]) <= 1e-9 * found.value, text


@settings(max_examples=often(200))
@given(
    st.floats(1e-3, 1e9),
    st.integers(1, 10**9),
    st.integers(2, 6),
    st.integers(2, 6),
    st.integers(1, 1400),
)
@example(345.0, 3, 2, 2, 1)  # 120,000 Wh for 3 of 340 kWh: as far apart as their digits allow
def test_right_rates_agree_with_their_totals(
    kwh: float, count: int, digits: int, others: int, grams: int
) -> None:
    each = 1000 * kwh / count
    rate = {"unit": "prompt", "energy_wh": float(f"{each:.{digits}g}")}
    rate["co2e_g"] = float(f"{each * grams / 1000:.{others}g}")
    data = {
        "spec_version": "1.0",
        "title": "T",
        "subject": {"name": "N"},
        "runs": [{"id": "a", "phase": "inference"}],
        "functional_units": [{"unit": "prompt", "quantity": count}],
        "reported": {
            "energy_kwh": float(f"{kwh:.{others}g}"),
            "carbon_intensity_g_per_kwh": grams,
            "per_functional_unit": [rate],
        },
    }
    assert not {"GA227", "GA228"} & {found.code for found in judge(data).findings}
