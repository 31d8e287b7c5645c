"""Laws of the arithmetic: scale, order, intervals, sums, fixed points."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo import api, units
from greenalgo.factors import open_set
from greenalgo.footprint import Footprint, Result, compute
from greenalgo.schemas.versions import accept
from greenalgo.statement import from_document

SIZES = st.floats(1e-6, 1e9)
FRACTIONS = st.floats(0.01, 1)
PUES = st.floats(1, 3)
INTENSITIES = st.floats(1, 1500)


@st.composite
def quantities(draw: st.DrawFn, values: st.SearchStrategy[float] = SIZES) -> Any:
    """A number, or a value with an interval around it, within the strategy's own range."""
    ends = sorted(draw(values) for _ in range(3))
    if draw(st.booleans()):
        return ends[1]
    return {"lower": ends[0], "value": ends[1], "upper": ends[2], "status": "metered"}


@st.composite
def components(draw: st.DrawFn) -> dict[str, Any]:
    """A line of hardware with everything that its energy needs."""
    if draw(st.integers(0, 3)) == 0:
        return {"kind": "memory", "memory_gb": draw(quantities())}
    line: dict[str, Any] = {
        "kind": draw(st.sampled_from(["gpu", "cpu", "node", "accelerator"])),
        "count": draw(st.integers(1, 10000)),
        "power_w": draw(quantities()),
    }
    if draw(st.booleans()):
        line["utilisation"] = draw(quantities(FRACTIONS))
    if draw(st.booleans()):
        line["share"] = draw(quantities(FRACTIONS))
    return line


@st.composite
def runs(draw: st.DrawFn, name: str = "a") -> dict[str, Any]:
    """A run whose footprint follows in one of the first three ways."""
    run: dict[str, Any] = {
        "id": name,
        "phase": "training",
        "location": {"country": "FRA"},
        "pue": draw(quantities(PUES)),
        "carbon_intensity_g_per_kwh": draw(quantities(INTENSITIES)),
    }
    way = draw(st.sampled_from(["energy_it_kwh", "energy_facility_kwh", "hardware"]))
    if way == "hardware":
        run["hardware"] = draw(st.lists(components(), min_size=1, max_size=3))
        run["hours"] = draw(quantities())
    else:
        run[way] = draw(quantities())
    if draw(st.booleans()):
        run["water"] = {"wue_l_per_kwh": draw(quantities()), "ewif_l_per_kwh": draw(quantities())}
    if draw(st.booleans()):
        run["embodied"] = [
            {"item": "x", "co2e_kg": draw(quantities()), "time_share": draw(quantities(FRACTIONS))}
        ]
    return run


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """A statement of one to three runs."""
    names = "abc"[: draw(st.integers(1, 3))]
    return {
        "spec_version": "1.0",
        "title": "T",
        "subject": {"name": "N"},
        "runs": [draw(runs(name)) for name in names],
        "functional_units": [{"unit": "image", "quantity": draw(SIZES)}],
    }


def footprint(data: dict[str, Any]) -> Footprint:
    factors = open_set()
    return compute(from_document(data), factors, factors.policy())


def results(found: Footprint) -> list[Result]:
    outcomes = [*found.totals.values()]
    for run in found.runs:
        outcomes += [*run.outcomes.values(), *run.components]
    for unit in found.per_unit:
        outcomes += unit.outcomes.values()
    return [one for one in outcomes if isinstance(one, Result)]


def totals(data: dict[str, Any]) -> dict[str, float]:
    found = footprint(data).totals
    return {name: one.value for name, one in found.items() if isinstance(one, Result)}


def scaled(quantity: Any, by: float) -> Any:
    if not isinstance(quantity, dict):
        return quantity * by
    return quantity | {end: quantity[end] * by for end in ("lower", "value", "upper")}


@given(statements())
def test_every_interval_contains_its_value(data: dict[str, Any]) -> None:
    for one in results(footprint(data)):
        slack = 1e-12 * one.upper
        assert one.lower - slack <= one.value <= one.upper + slack


@given(statements())
def test_totals_are_sums_of_runs(data: dict[str, Any]) -> None:
    found = footprint(data)
    for name, total in found.totals.items():
        parts = [run.outcomes.get(name) for run in found.runs]
        known = [part for part in parts if isinstance(part, Result)]
        assert isinstance(total, Result) == bool(known)
        if isinstance(total, Result):
            assert total.value == pytest.approx(sum(part.value for part in known), rel=1e-12)


@given(runs(), st.integers(2, 1000), st.floats(0.1, 100))
def test_repetitions_and_multiplier_scale_everything(
    run: dict[str, Any], times: int, by: float
) -> None:
    once = {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [run]}
    often = once | {"runs": [run | {"repetitions": times, "multiplier": by}]}
    expected = {name: value * times * by for name, value in totals(once).items()}
    assert totals(often) == pytest.approx(expected, rel=1e-9)


@given(runs(), st.floats(1e-3, 1e3))
def test_energy_is_proportional_to_hours_and_co2e_to_intensity(
    run: dict[str, Any], by: float
) -> None:
    data = {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [run]}
    before = totals(data)
    clean = data | {
        "runs": [
            run | {"carbon_intensity_g_per_kwh": scaled(run["carbon_intensity_g_per_kwh"], by)}
        ]
    }
    assert totals(clean)["co2e_operational_kg"] == pytest.approx(
        by * before["co2e_operational_kg"], rel=1e-9
    )
    if "hours" in run:
        longer = data | {"runs": [run | {"hours": scaled(run["hours"], by)}]}
        assert totals(longer)["energy_it_kwh"] == pytest.approx(
            by * before["energy_it_kwh"], rel=1e-9
        )


@given(runs(), st.data())
def test_no_result_falls_when_an_input_rises(run: dict[str, Any], pick: st.DataObject) -> None:
    """Facility energy and CO2e; IT energy behind a facility meter falls with the PUE, as it must."""
    fields = [
        name
        for name in (
            "hours",
            "pue",
            "carbon_intensity_g_per_kwh",
            "energy_it_kwh",
            "energy_facility_kwh",
        )
        if name in run
    ]
    field = pick.draw(st.sampled_from(fields))
    data = {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [run]}
    before = totals(data)
    after = totals(data | {"runs": [run | {field: scaled(run[field], 1.5)}]})
    for name in ("energy_facility_kwh", "co2e_operational_kg"):
        assert after[name] >= before[name] * (1 - 1e-12)


@settings(max_examples=often(40))
@given(statements())
def test_a_filled_statement_is_a_valid_fixed_point(data: dict[str, Any]) -> None:
    filled = api.fill(data)
    assert accept(filled)
    assert json.loads(json.dumps(filled, allow_nan=False)) == filled
    assert api.fill(filled) == filled
    assert "GA211" not in [found.code for found in api.judge(filled).findings]


@settings(max_examples=often(40))
@given(statements(), st.data(), st.sampled_from([10.0, 1000.0, 0.1, 1.1]))
def test_a_changed_result_is_found(
    data: dict[str, Any], pick: st.DataObject, factor: float
) -> None:
    filled = copy.deepcopy(api.fill(data))
    block = pick.draw(
        st.sampled_from([filled["results"]["totals"], *filled["results"]["runs"].values()])
    )
    known = [q for name, q in block.items() if name != "components" and q.get("value")]
    node, end = (
        pick.draw(st.sampled_from(known)),
        pick.draw(st.sampled_from(["value", "lower", "upper"])),
    )
    node[end] *= factor
    assert "GA211" in [found.code for found in api.judge(filled).findings]


@given(
    st.sampled_from([units.ENERGY_KWH, units.MASS_KG, units.VOLUME_L, units.TIME_H]),
    st.data(),
    st.floats(1e-9, 1e9),
)
def test_conversions_invert(table: dict[str, float], pick: st.DataObject, value: float) -> None:
    one, other = (pick.draw(st.sampled_from(sorted(table))) for _ in range(2))
    there = value * table[one] / table[other]
    assert there * table[other] / table[one] == pytest.approx(value, rel=1e-12)
