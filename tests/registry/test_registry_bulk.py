"""A snapshot is ranked in bulk as it is row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from comparison_cases import corpus, document, run

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.bulk import rank_table
from greenalgo.registry.comparison.parquet import to_parquet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "table.parquet"
    path.write_bytes(to_parquet(corpus().frame))
    return str(path)


@pytest.mark.parametrize(
    "where", [{}, {"phase": "TRAINING"}, {"country": "USA", "hardware": "a100"}]
)
def test_ranks_are_those_of_the_comparison(file: str, where: dict[str, str]) -> None:
    found = rank_table(file, where)
    frame = pd.read_parquet(file)
    fits = frame["value"].notna()
    for name, text in where.items():
        fits &= frame[name].str.lower().str.contains(text.lower())
    assert sorted(found.row) == list(frame.index[fits])
    chosen = frame.loc[found.row].reset_index(drop=True)
    keys = [str(name) for name in frame if str(name).startswith("key_")]
    expected = chosen.groupby(keys)["value"].rank(method="min")
    assert list(found.rank) == list(expected.astype(int))
    for at, name in zip(found.key, chosen.index, strict=True):
        assert list(found.keys.loc[at, keys]) == list(chosen.loc[name, keys])
    grouped = chosen.groupby(list(found.key))["value"]
    assert list(found.keys["median"]) == list(grouped.median())
    assert list(found.keys["smallest"]) == list(grouped.min())
    assert list(found.keys["largest"]) == list(grouped.max())
    assert list(found.keys["rows"]) == sorted(grouped.size(), reverse=True)


def test_equal_values_share_a_rank_and_years_bound(tmp_path: Path) -> None:
    hours = (3, 1, 1, 2)
    comparison = run(*(document(f"D{at}", hours=h, note=str(at)) for at, h in enumerate(hours)))
    path = tmp_path / "table.parquet"
    path.write_bytes(to_parquet(comparison.frame.assign(work_year=[2020, 2021, 2022, 2023])))
    assert list(rank_table(str(path)).rank) == [1, 1, 3, 4]
    assert sorted(rank_table(str(path), years=(2021, 2022)).row) == [1, 2]


def test_nothing_and_what_is_not_there(file: str) -> None:
    nothing = rank_table(file, {"phase": "no such phase"})
    assert (len(nothing.keys), len(nothing.row)) == (0, 0)
    with pytest.raises(RegistryError, match="no column colour"):
        rank_table(file, {"colour": "red"})
