"""How values are written."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.sources.dump import to_yaml


def test_layout() -> None:
    data = {
        "title": "A100-SXM4-80GB",
        "runs": [
            {"id": "a", "hours": 1.5, "tags": ["x", [1]], "none": None},
            {"id": "b", "e": [], "m": {}},
        ],
        "NO": "NO",
        "big": 1e20,
        "small": 1e-05,
        "date": "2022-11-03",
        "url": "https://example.org/x",
        "text": "two\nlines",
    }
    assert to_yaml(data) == (
        "title: A100-SXM4-80GB\n"
        "runs:\n"
        "  - id: a\n"
        "    hours: 1.5\n"
        "    tags:\n"
        "      - x\n"
        "      - [1]\n"
        "    none: null\n"
        "  - id: b\n"
        "    e: []\n"
        "    m: {}\n"
        '"NO": "NO"\n'
        "big: 1.0e+20\n"
        "small: 1.0e-05\n"
        'date: "2022-11-03"\n'
        "url: https://example.org/x\n"
        'text: "two\\nlines"\n'
    )


def test_an_entry_that_fits_stands_on_one_line() -> None:
    short = {"name": "pue", "value": 1.2, "at": "/runs/0/pue", "note": "a, b"}
    line = '- {name: pue, value: 1.2, at: "/runs/0/pue", note: "a, b"}'
    assert to_yaml({"inputs": [short], "cite": ["a", "b"]}) == f"inputs:\n  {line}\ncite: [a, b]\n"
    assert to_yaml([{"note": "x" * 200, "m": 1}]) == f"- note: {'x' * 200}\n  m: 1\n"


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), "a\0b", "\ud800", "\x1b[31m", 2**53 + 1]
)
def test_refuses_values(value: Any) -> None:
    with pytest.raises(ValueError, match=r"cannot stand|2\^53"):
        to_yaml({"a": value})


@pytest.mark.parametrize("value", [{1: "x"}, {"a": {1, 2}}, {"a": b"x"}])
def test_refuses_types(value: Any) -> None:
    with pytest.raises(TypeError, match=r"not text|cannot stand"):
        to_yaml(value)
