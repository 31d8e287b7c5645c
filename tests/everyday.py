"""How much a long test tries: all of it, or a part where tests marked ``slow`` are left out (`make test-fast`).

What is a case of its own is marked ``slow``; what only repeats a case with other values asks here how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

#: The share of repetitions in percent; hypothesis takes its usual number, 100, for as many.
EVERYDAY = 20


def often(times: int) -> int:
    """Return how many of so many repetitions are tried in this run."""
    return times * settings().max_examples // 100


def first(many: Iterable[Any]) -> list[Any]:
    """Return parameters of which only the first is tried every day; the others are slow."""
    every_day, *others = many
    return [every_day, *(pytest.param(other, marks=pytest.mark.slow) for other in others)]
