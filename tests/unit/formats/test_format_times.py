"""Moments and spans of tools."""

from __future__ import annotations

import pytest

from greenalgo.formats.times import ended, overlapping, since_1970, started


def span(start: str, end: str) -> tuple[str, str]:
    return tuple(f"2024-01-01T{time}" if time else "" for time in (start, end))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("spans", "slack", "expected"),
    [
        ([], 0.0, 0),
        ([span("00:00:00", "01:00:00"), span("01:00:00", "02:00:00")], 0.0, 0),
        ([span("01:00:00", "02:00:00"), span("00:00:00", "01:00:02")], 0.0, 1),
        ([span("00:00:00", "01:00:02"), span("01:00:00", "02:00:00")], 2.0, 0),
        ([span("00:00:00", "03:00:00"), span("01:00:00", ""), span("02:00:00", "04:00:00")], 0.0, 2),
        ([span("00:00:00", "03:00:00"), ("2024-13-45T99:99:99", "")], 0.0, 0),
        ([span("00:00:00", "03:00:00"), ("2024-01-01T01:00:00Z", "2024-01-01T02:00:00+09:00")], 0.0, 0),
    ],
)  # fmt: skip
def test_spans_that_overlap(spans: list[tuple[str, str]], slack: float, expected: int) -> None:
    assert overlapping(spans, slack) == expected


def test_no_calendar_has_the_moment() -> None:
    assert ended("0001-01-01T00:00:05", 60) == ("", "0001-01-01T00:00:05")
    assert started("9999-12-31T23:59:59", 1e14) == ("9999-12-31T23:59:59", "")
    assert since_1970(0.5, 1e18) == ("1970-01-01T00:00:00Z", "")
    assert since_1970(1700000000.9, 1700000001.1) == (
        "2023-11-14T22:13:20Z",
        "2023-11-14T22:13:22Z",
    )


def test_a_period_contains_its_run() -> None:
    assert ended("2024-01-01T00:00:10.9", 5.5) == ("2024-01-01T00:00:05", "2024-01-01T00:00:11")
    assert started("2024-01-01T00:00:10.9", 5.5) == ("2024-01-01T00:00:10", "2024-01-01T00:00:17")
    assert ended("2024-01-01T00:00:10+09:00", None) == ("", "2024-01-01T00:00:10+09:00")
