"""Digits: rounded once by the interval, never 0 unless they are."""

from __future__ import annotations

import locale
import math
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from greenalgo.render import numbers
from greenalgo.render.numbers import Unit


def spaced(text: str) -> str:
    return text.replace("\u2009", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((433196,), "433 196"),  # an integer is shown in full
        ((519835.2,), "519 800"),  # a point shows four significant digits
        ((29.6306064,), "29.63"),
        ((0.30000000000000004,), "0.3"),
        ((1.2,), "1.2"),
        ((9999.6,), "10 000"),
        ((0.99996,), "1"),
        ((2.5e13,), "2.5×10¹³"),
        ((6.67e-16,), "6.67×10⁻¹⁶"),
        ((-3.2,), "−3.2"),
        ((0,), "0"),
        ((12.3456, 10, 15), "12.3"),  # half width 2.5: two digits of it
        ((519835.2, 480123, 561000), "520 000"),
        ((99.96, 99.46, 100.46), "99.96"),
        ((0.0996, 0.0, 0.1992), "0.10"),  # half width 0.0996 is 0.10
        ((0.001, 0, 100), "0.001"),  # far below its interval, and still not 0
        ((123456.7, 123456.69, 123456.71), "123 460"),  # never more than five digits
        ((2.675, 2.665, 2.685), "2.675"),
        ((519835.2, 519835.2 * (1 - 1e-15), 519835.2 * (1 + 1e-15)), "519 800"),  # a point
    ],
)
def test_show(bounds: tuple[float, ...], expected: str) -> None:
    assert spaced(numbers.show(*bounds)) == expected


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((12.3456, 10, 15), "10.0–15.0"),
        ((5, 5, 5), ""),
        ((158.972, 158.9715, 158.9725), ""),  # narrower than five digits show
        ((0.001, 0, 100), "0–100"),
        ((0, -1, 1), "−1.0 to 1.0"),
        ((519835.2, 480123, 561000), "480 000–561 000"),
        ((5, 1e-9, 10), "1×10⁻⁹–10.0"),
    ],
)
def test_interval(bounds: tuple[float, float, float], expected: str) -> None:
    assert spaced(numbers.interval(*bounds)) == expected


@pytest.mark.parametrize(
    ("quantity", "values", "unit"),
    [
        ("energy", [433196], "MWh"),
        ("energy", [1.287e6], "GWh"),
        ("energy", [0.002, 433196], "kWh"),
        ("energy", [0.24e-3], "mWh"),
        ("energy", [6.6e-16], "nJ"),
        ("energy", [], "kWh"),
        ("energy", [0.0], "kWh"),
        ("co2e", [24690], "t"),
        ("co2e", [3e-5], "mg"),
        ("water", [5e5], "m³"),
        ("time", [1e9], "h"),
    ],
)
def test_scale(quantity: str, values: list[float], unit: str) -> None:
    assert numbers.scale(quantity, values).name == unit


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0, "0 %"),
        (0.001, "<1 %"),
        (0.005, "<1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.9949, "99 %"),
        (0.995, ">99 %"),
        (0.999, ">99 %"),
        (1, "100 %"),
    ],
)
def test_percent(share: float, expected: str) -> None:
    assert spaced(numbers.percent(share)) == expected


@given(
    st.floats(-1e15, 1e15).filter(lambda x: x == 0 or abs(x) > 1e-30),
    st.floats(0, 1e15),
    st.floats(0, 1e15),
)
def test_a_number_is_0_only_if_it_is(value: float, below: float, above: float) -> None:
    text = numbers.show(value, value - below, value + above)
    assert bool(re.search("[1-9]", text.split("×")[0])) == (value != 0)


@given(st.floats(1e-12, 1e12), st.floats(0.001, 0.5))
def test_rounding_stays_inside_a_twentieth_of_the_half_width(value: float, share: float) -> None:
    half = value * share
    assume(half > 1e-13)
    text = numbers.show(value, value - half, value + half)
    mantissa, _, power = text.replace("\u2009", "").partition("×10")
    shown = float(mantissa) * 10 ** int(
        power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0
    )
    assert abs(shown - value) <= half / 18


@given(st.lists(st.floats(1e-20, 1e20), max_size=5))
def test_scale_never_fails(values: list[float]) -> None:
    unit = numbers.scale("energy", values)
    assert isinstance(unit, Unit)
    assert math.isfinite(unit.size)


def test_a_locale_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locale, "localeconv", lambda: {"decimal_point": ",", "thousands_sep": "."})
    assert spaced(numbers.show(1234.5)) == "1 234"
    assert numbers.plain(1234.5) == "1234.5"


@pytest.mark.parametrize("value", [2.5, 0.3, 1e-9, 519835.2, 3.0])
def test_a_number_of_numpy_is_a_number(value: float) -> None:
    theirs = np.float64(value)  # such as a tick of an axis
    assert numbers.show(theirs) == numbers.show(value)
    assert numbers.with_interval(theirs, theirs / 2, theirs * 2) == numbers.with_interval(
        value, value / 2, value * 2
    )
    assert numbers.percent(theirs / 1e6) == numbers.percent(value / 1e6)
    assert numbers.plain(theirs) == numbers.plain(value)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1200, "1\u2009200 runs")]
)
def test_what_is_counted_is_one_or_many(count: int, text: str) -> None:
    assert "".join(numbers.counted(count, "run")) == text


def test_plain_is_for_machines() -> None:
    assert numbers.plain(433196.0) == "433196"
    assert float(numbers.plain(1 / 3)) == 1 / 3
