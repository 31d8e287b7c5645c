"""The canonical form is the library's own, byte for byte, whichever way it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.api import load
from greenalgo.errors import GreenalgoError
from greenalgo.statement.digest import canonical

CORPUS = sorted((Path(__file__).parents[2] / "registry" / "statements").glob("*.yaml"))
numbers = st.one_of(
    st.integers(),
    st.integers(-(2**54), 2**54),
    st.floats(),
    st.floats(1e-8, 1e-3),
    st.floats(1e14, 1e23),
    st.integers(-100, 2**54).map(float),
    st.decimals(0, 100000, places=2).map(float),
)
#: Escapes, and characters whose order differs between code points and the UTF-16 that RFC 8785 sorts by.
KEYS = st.text('aB_"\\\n\x7fé\ue000\uffff\U00010000\U0001f333', max_size=3)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.text(), st.characters().map(str)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=3), inner, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=12,
)


def both(document: dict[str, Any]) -> tuple[bytes | None, bytes | None]:
    """Return our canonical form and the library's, None for a refusal."""
    try:
        ours: bytes | None = canonical(document)
    except GreenalgoError:
        ours = None
    try:
        return ours, rfc8785.dumps(document)
    except rfc8785.CanonicalizationError:
        return ours, None


@settings(max_examples=often(300))
@given(st.dictionaries(KEYS, values, max_size=5))
def test_any_document(document: dict[str, Any]) -> None:
    ours, theirs = both(document)
    assert ours == theirs


@settings(max_examples=often(300))
@given(st.lists(numbers, max_size=30))
def test_any_number(found: list[float]) -> None:
    for value in found:
        ours, theirs = both({"a": value})
        assert ours == theirs


@pytest.mark.parametrize(
    "value",
    [
        2**53 - 1,
        2**53,
        -(2**53),
        2.0**53,
        1e15,
        1e16,
        1e21,
        0.0001,
        0.00009,
        1e-7,
        -0.0,
        5e-324,
        0.1,
    ],
)
def test_numbers_at_the_edges(value: float) -> None:
    ours, theirs = both({"a": value, "b": [value]})
    assert ours == theirs


def test_the_corpus() -> None:
    assert len(CORPUS) > 200
    for path in CORPUS:
        ours, theirs = both(load(str(path)).data)
        assert ours == theirs is not None
