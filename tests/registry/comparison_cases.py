"""Statements in a few words to compare; and the corpus, recomputed once for all tests that compare it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from greenalgo.factors import open_set
from greenalgo.registry.comparison import gather
from greenalgo.registry.comparison.compare import Comparison, compare, compare_rows
from greenalgo.registry.comparison.parts import rows_of
from greenalgo.registry.comparison.rows import Row, Source
from greenalgo.registry.store import open_store
from greenalgo.statement.digest import digest

CORPUS = Path(__file__).resolve().parents[2] / "registry" / "statements"


def document(
    name: str, *, hours: float = 100, run: dict[str, Any] | None = None, **top: Any
) -> Source:
    data = {
        "spec_version": "1.0",
        "title": name,
        "subject": {"name": name},
        "runs": [
            {
                "id": "r",
                "phase": "training",
                "hardware": [{"kind": "gpu", "model": "NVIDIA V100", "count": 2, "power_w": 250}],
                "hours": hours,
                "location": {"country": "FRA"},
                "pue": 1.5,
                "carbon_intensity_g_per_kwh": 100,
                **(run or {}),
            }
        ],
        **top,
    }
    return Source(name, digest(data), data)


def run(*sources: Source, **options: Any) -> Comparison:
    factors = open_set()
    return compare(sources, factors, factors.policy(), **options)


@cache
def sources() -> tuple[Source, ...]:
    return tuple(gather.from_store(open_store(str(CORPUS))))


@cache
def rows(*, by_run: bool) -> tuple[Row, ...]:
    factors = open_set()
    found = rows_of(sources(), factors, factors.policy(), by_run=by_run)
    return tuple(row for row in found if isinstance(row, Row))


@cache
def corpus(metric: str = "co2e", per: str = "total", *, by_run: bool = False) -> Comparison:
    factors = open_set()
    return compare_rows(
        rows(by_run=by_run), gather.relations_of(sources()), metric=metric, per=per,
        factor_set=factors.name, policy=factors.policy().id,
    )  # fmt: skip


@cache
def chosen(*where: tuple[str, str]) -> Comparison:
    """Compare the statements of the corpus that filters choose."""
    factors = open_set()
    return compare(sources(), factors, factors.policy(), where=dict(where))
