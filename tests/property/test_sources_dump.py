"""What is written is read back the same, by our reader and by readers of YAML 1.1."""

from __future__ import annotations

import re
from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from greenalgo.sources import Document, parse, parse_fast
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.text import NO_VALUE

TEXT = st.text(max_size=20).filter(lambda text: not re.search(NO_VALUE, text)) | st.sampled_from(
    [
        "",
        " ",
        "NO",
        "y",
        "~",
        "null",
        "1e3",
        "1:30",
        "2022-11-03",
        "a: b",
        "a #b",
        "a:",
        "- a",
        "https://x.org/a",
        "x\ny\n",
        "a ",
        "--- a",
        "...",
        "é",
        "A & B",
        "=",
        "<<",
        "0x1F",
        "k" * 1200,
        "A.5",
        "a,b",
        "\u2028",
        "\ufeff",
    ]
)
SCALARS: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT
SCALARS = SCALARS | st.floats(allow_nan=False, allow_infinity=False)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


def exact(value: Any) -> str:
    return repr(value)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
@example({"a": [[1, [2]], [], [{}], {"b": []}]})
@example({"a": 1e20, "b": 1e-5, "c": -0.0, "d": 5e-324})
@example({"k" * 2000: {"k" * 2000: [1]}})
def test_round_trip(data: dict[str, Any]) -> None:
    text = to_yaml(data)
    document = parse(text.encode(), "a.yaml" if data else "a.json")
    assert isinstance(document, Document), document
    assert exact(document.data) == exact(data)
    assert parse_fast(text.encode()) in (None, data)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_yaml_1_1_reads_the_same(data: dict[str, Any]) -> None:
    loaded = yaml.load(to_yaml(data), Loader=yaml.CSafeLoader)
    assert exact(loaded) == exact(data)


@given(SCALARS)
def test_a_value_alone(value: Any) -> None:
    document = parse(b"a: " + to_yaml(value).encode(), "a.yaml")
    assert isinstance(document, Document), document
    assert exact(document.data) == exact({"a": value})
