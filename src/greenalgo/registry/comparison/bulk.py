"""Rank a whole snapshot inside its comparison keys, straight from Parquet.

Only the columns that are needed are read, text as codes into its few distinct values: a filter looks at
each value once, and a key is a number. A million rows take a fifth of a second (``benchmarks/``).
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from greenalgo.errors import RegistryError
from greenalgo.registry.comparison.key import Key
from greenalgo.registry.comparison.rows import UNRANKED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

#: How many combinations of texts are numbered before those that do not occur are dropped.
_DENSE = 2**20
_KEYS = tuple(f"key_{name}" for name in Key._fields)


class Ranking(NamedTuple):
    """A table, ranked inside its keys.

    Attributes:
        keys: A row for each key, the largest first: the parts of the key, ``rows``, and ``smallest``,
            ``median`` and ``largest`` of ``value``, in its unit.
        row: Positions of rows in the table, by key and rank; ``table.take(ranking.row)`` gives them.
        key: For each of them its row in ``keys``.
        rank: For each of them its rank inside the key, from 1; equal values share one.
    """

    keys: pd.DataFrame
    row: NDArray[np.int64]
    key: NDArray[np.int32]
    rank: NDArray[np.int64]


class _Codes(NamedTuple):
    """A column of text: a code for each row, and the text of each code."""

    codes: NDArray[np.int32]
    texts: list[str]


def rank_table(
    path: str,
    where: Mapping[str, str] | None = None,
    years: tuple[int, int] | None = None,
    value: str = "value",
) -> Ranking:
    """Rank the rows of a ``table.parquet`` inside each comparison key, the smallest first.

    What was withdrawn, retracted, quarantined or superseded is left out.

    Args:
        path: The file: of a snapshot, or of ``greenalgo compare --format parquet``.
        where: Column of text -> text that it has to contain, in any case.
        years: First and last year of the work.
        value: The column to rank by.

    Raises:
        RegistryError: pyarrow is not installed, or the table has no such column.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise RegistryError("Parquet needs pyarrow: pip install 'greenalgo[parquet]'")
    from pyarrow import parquet

    texts = list(dict.fromkeys((*_KEYS, "status", *(where or {}))))
    wanted = [*texts, value, *(["work_year"] if years else [])]
    missing = sorted(set(wanted) - set(parquet.read_schema(path).names))
    if missing:
        raise RegistryError(f"'{path}' has no column {', '.join(missing)}")
    table = parquet.read_table(path, columns=wanted, read_dictionary=texts, memory_map=True)
    values: NDArray[np.float64] = table[value].to_numpy()
    keep = ~np.isnan(values)
    columns = {name: _codes(table[name]) for name in texts}
    keep &= np.array([one not in UNRANKED for one in columns["status"].texts])[
        columns["status"].codes
    ]
    for name, text in (where or {}).items():
        hits = [text.lower() in one.lower() for one in columns[name].texts]
        keep &= np.array(hits, bool)[columns[name].codes]
    if years:
        year = table["work_year"].to_numpy()
        keep &= (year >= years[0]) & (year <= years[1])
    chosen = np.flatnonzero(keep)
    ids, parts = _keys([columns[name] for name in _KEYS], chosen)
    return _ranked(chosen, ids, parts, values[chosen])


def _codes(column: Any) -> _Codes:
    unified = column.unify_dictionaries().combine_chunks()
    codes = unified.indices.fill_null(0).to_numpy(zero_copy_only=False)
    return _Codes(codes, [str(text) for text in unified.dictionary.to_pylist()] or [""])


def _keys(
    columns: list[_Codes], chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int32], list[list[str]]]:
    """Number the keys that occur; returns the number of each row and the parts of each key."""
    ids, size = np.zeros(len(chosen), np.int32), 1
    for column in columns:
        if len(column.texts) == 1:
            continue
        if size * len(column.texts) > _DENSE:
            ids, size = _renumbered(ids, size)
        ids *= len(column.texts)
        ids += column.codes[chosen]
        size *= len(column.texts)
    ids, size = _renumbered(ids, size)
    first = np.zeros(size, np.int64)
    first[ids] = np.arange(len(ids))
    return ids, [[column.texts[code] for code in column.codes[chosen[first]]] for column in columns]


def _renumbered(ids: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], int]:
    """Number only the combinations that occur."""
    found = np.flatnonzero(np.bincount(ids, minlength=size))
    renumber = np.zeros(size, np.int32)
    renumber[found] = np.arange(len(found), dtype=np.int32)
    return renumber[ids], len(found)


def _ranked(
    chosen: NDArray[np.int64],
    ids: NDArray[np.int32],
    parts: list[list[str]],
    values: NDArray[np.float64],
) -> Ranking:
    counts = np.bincount(ids, minlength=len(parts[0]))
    largest_first = np.argsort(-counts, kind="stable")
    number = np.empty(len(counts), np.int32)
    number[largest_first] = np.arange(len(counts), dtype=np.int32)
    counts = counts[largest_first]
    ids = number[ids]
    small = ids.astype(np.uint16) if len(counts) < 2**16 else ids  # sorted by radix
    by_value = np.argsort(values)
    order = by_value[np.argsort(small[by_value], kind="stable")]
    ids, ordered = ids[order], values[order]
    ends = np.cumsum(counts)
    starts = ends - counts
    place = np.arange(len(order))
    new = np.ones(len(order), bool)
    new[1:] = (ordered[1:] != ordered[:-1]) | (ids[1:] != ids[:-1])
    same_as = np.maximum.accumulate(np.where(new, place, 0))
    middle = (ordered[starts + (counts - 1) // 2] + ordered[starts + counts // 2]) / 2
    keys = pd.DataFrame(
        {
            name: np.array(texts, object)[largest_first]
            for name, texts in zip(_KEYS, parts, strict=True)
        }
    ).assign(rows=counts, smallest=ordered[starts], median=middle, largest=ordered[ends - 1])
    return Ranking(keys, chosen[order], ids, same_as - starts[ids] + 1)
