"""An edit of one key changes that key only."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import assume, example, given
from hypothesis import strategies as st

from greenalgo.sources import Document, parse
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.splice import replace_top_level

KEYS = st.sampled_from(["title", "runs", "results", "x y", "é"])
TEXT = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=12)
TEXT |= st.sampled_from(["a\n\nb\n", "a\n", "\n", "x\n\n\n", " lead", "# no comment", "- x", ""])
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)
GAPS = st.sampled_from(["", "\n", "# a comment\n", "\n# a comment\n\n", "    # indented\n"])


def data_of(raw: bytes) -> dict[str, Any]:
    document = parse(raw, "")
    assert isinstance(document, Document), document
    return dict(document.data)


def check(raw: bytes, value: Any, *, remove: bool) -> bytes:
    before = data_of(raw)
    after = replace_top_level(raw, "results", None if remove else to_yaml({"results": value}))
    data = data_of(after)
    if remove:
        assert "results" not in data
    else:
        assert repr(data.pop("results")) == repr(value)
    before.pop("results", None)
    assert repr(data) == repr(before)
    return after


@given(
    DOCUMENTS,
    st.lists(GAPS, min_size=5, max_size=5),
    st.sampled_from([None, "|", '"', "'"]),
    VALUES,
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.booleans(),
)
def test_block_style(
    data: dict[str, Any],
    gaps: list[str],
    style: str | None,
    value: Any,
    newline: str,
    remove: bool,
    final: bool,
) -> None:
    parts = [
        yaml.safe_dump(
            {key: item}, default_style=style, allow_unicode=True, default_flow_style=False
        )
        for key, item in data.items()
    ]
    text = "".join(gap + part for gap, part in zip(gaps, parts, strict=False)) + gaps[-1]
    if not final:
        text = text.rstrip("\n")
    raw = text.replace("\n", newline).encode()
    document = parse(raw, "")
    assume(isinstance(document, Document) and len(document.data) == len(data))
    assume(not (remove and list(data) == ["results"]))
    after = check(raw, value, remove=remove)
    # What was there stays there, in its order: the old text without the entry is a part of the new.
    if "results" not in data:
        again = check(after, None, remove=True)
        assert again.rstrip() == raw.rstrip()


@given(DOCUMENTS, st.sampled_from([None, 2, 4, "\t"]), VALUES, st.booleans())
def test_json(data: dict[str, Any], indent: int | str | None, value: Any, remove: bool) -> None:
    raw = json.dumps(data, indent=indent, ensure_ascii=False).encode()
    after = check(raw, value, remove=remove)
    if not remove:
        expected = {**data, "results": value}
        assert after.decode() == json.dumps(expected, indent=indent, ensure_ascii=False)


@given(DOCUMENTS, VALUES, st.booleans())
@example({"results": 1}, None, True)
def test_flow_style_yaml(data: dict[str, Any], value: Any, remove: bool) -> None:
    raw = (
        b"# a comment\n"
        + yaml.safe_dump(data, default_flow_style=True, allow_unicode=True).encode()
    )
    assume(isinstance(parse(raw, ""), Document))  # PyYAML leaves 08 bare, which is a number here
    assert check(raw, value, remove=remove).startswith(b"# a comment\n")
