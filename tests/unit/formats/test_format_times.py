"""Moments and spans of tools."""

from __future__ import annotations

import pytest

from greenalgo.formats.times import overlapping


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
    ],
)  # fmt: skip
def test_spans_that_overlap(spans: list[tuple[str, str]], slack: float, expected: int) -> None:
    assert overlapping(spans, slack) == expected
