from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.errors import AmbiguousNameError, UnknownNameError
from greenalgo.factors import FactorSet, open_set
from greenalgo.factors.names import place_key, processor_key
from greenalgo.glance.years import pick_year, widen

FACTORS = open_set("2026.11")
DEVICES = [(row["id"], row["name"], row["kind"]) for row in FACTORS.rows("processors")]
COUNTRIES = [row for row in FACTORS.rows("locations") if row["level"] == "country"]


@given(st.text(max_size=60))
def test_keys_are_their_own_keys(text: str) -> None:
    assert place_key(place_key(text)) == place_key(text)
    assert processor_key(processor_key(processor_key(text))) == processor_key(processor_key(text))


@given(st.sampled_from(DEVICES), st.sampled_from(["", "8x ", "2 x "]), st.booleans(), st.booleans())
def test_a_device_is_found_however_it_is_spelled(
    device: tuple[str, str, str], count: str, upper: bool, spaced: bool
) -> None:
    row_id, name, kind = device
    spelled = name.upper() if upper else name.lower()
    spelled = f"  {spelled}  " if spaced and not count else spelled
    assert FACTORS.processor(count + spelled, kind).id == row_id


@given(st.text(max_size=40), st.sampled_from(["cpu", "gpu", None]))
def test_any_text_is_a_device_or_an_error(text: str, kind: str | None) -> None:
    try:
        found = FACTORS.processor(text, kind)
    except (UnknownNameError, AmbiguousNameError):
        return
    key = processor_key(text)
    row = next(row for row in FACTORS.rows("processors") if row["id"] == found.id)
    names = [row["name"], *row["aliases"].split("|")]
    assert text == found.id or key in {processor_key(name) for name in names}


@given(st.sampled_from(COUNTRIES), st.integers(1950, 2060))
def test_a_countrys_value_lies_in_its_interval(country: dict[str, str], year: int) -> None:
    by_code = FACTORS.carbon_intensity(country["id"], year=year)
    assert by_code == FACTORS.carbon_intensity(country["id"], year=year)
    assert 0 <= by_code.lower <= by_code.value <= by_code.upper <= 2500
    for name in (country["alpha2"], country["name"]):
        other = FACTORS.carbon_intensity(name, year=year)
        assert (other.id, other.value, other.lower) == (by_code.id, by_code.value, by_code.lower)


@given(
    st.floats(1e-3, 1e4),
    st.floats(0, 1),
    st.floats(0, 2),
    st.floats(0, 3),
    st.floats(0, 3),
)
def test_more_uncertainty_never_narrows(
    value: float, down: float, up: float, less: float, more: float
) -> None:
    lower, upper = value * (1 - down), value * (1 + up)
    first = widen(value, lower, upper, min(less, more))
    second = widen(value, lower, upper, max(less, more))
    slack = 1e-9 * value
    assert second[0] <= first[0] + slack <= lower + 2 * slack
    assert upper - slack <= first[1] + slack <= second[1] + 2 * slack


@given(st.sets(st.integers(1990, 2025), min_size=1), st.integers(1900, 2100))
def test_the_year_that_is_picked_is_the_nearest(years: set[int], wanted: int) -> None:
    rows = [{"year": str(year), "status": "final"} for year in years]
    row, how = pick_year(rows, wanted)
    assert abs(int(row["year"]) - wanted) == min(abs(year - wanted) for year in years)
    assert (how == "") == (wanted in years)


@pytest.mark.parametrize("reopened", [open_set("2026.11"), open_set()])
def test_a_lookup_does_not_depend_on_what_was_looked_up_before(reopened: FactorSet) -> None:
    FACTORS.processor("Tesla T4")
    assert reopened.processor("AMD EPYC 7763") == FACTORS.processor("AMD EPYC 7763")
