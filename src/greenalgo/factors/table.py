"""The rows of a table: their hash, their cells, and what must be said of them."""

from __future__ import annotations

import json

from greenalgo.factors.digest import sha256_of
from greenalgo.glance.table import Table, cells

__all__ = ["Table", "cells", "number", "row_hash", "said"]


def row_hash(row: dict[str, str]) -> str:
    """Return the SHA-256 of a row as canonical JSON: sorted keys, no spaces, UTF-8, values as written."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256_of(text)


def number(text: str) -> float:
    """Read a cell as a number; an empty cell is 0."""
    return float(text) if text else 0.0


def said(row: dict[str, str], how: str) -> str:
    """Return how a row was chosen, with what must never be silent about it: grade C, a user's own file."""
    words = [how]
    if row.get("grade") == "C":
        words.append("grade C: one collection or an estimate")
    if row["status"] == "user":
        words.append("from the user's own factors")
    return "; ".join(words)
