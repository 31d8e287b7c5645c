"""Whatever is changed: the file then says what was asked for, or the change is refused."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.errors import GreenalgoError
from greenalgo.sources import Document, parse
from greenalgo.sources.amend import amend

KEYS = st.sampled_from(["title", "runs", "x y", "é", "- a"])
TEXT = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "Zs")), max_size=8)
TEXT |= st.sampled_from(["a\n\nb\n", "a\n", "\n", " lead", "# no comment", "- x", "", "1.0", "NO"])
SCALARS = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | TEXT
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def read(raw: bytes) -> Any:
    document = parse(raw, "a.yaml")
    assert isinstance(document, Document), document
    return document.data


@given(
    DOCUMENTS,
    DOCUMENTS,
    st.sampled_from([None, "|", '"']),
    st.sampled_from([None, True, False]),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_the_file_says_what_was_asked_for(
    data: dict[str, Any],
    other: dict[str, Any],
    style: str | None,
    flow: bool | None,
    newline: str,
    choice: st.DataObject,
) -> None:
    text = yaml.safe_dump(
        data, default_style=style, default_flow_style=flow, allow_unicode=True, sort_keys=False
    )
    text = "# head\n" + text.replace("\n", "  # c\n", 1) if style is None else "# head\n" + text
    raw = text.replace("\n", newline).encode()
    document = parse(raw, "a.yaml")
    if not isinstance(document, Document):
        return
    wanted = copy.deepcopy(document.data)
    for key, value in other.items():
        inner = wanted.get(key)
        if isinstance(inner, list) and choice.draw(st.booleans()):
            inner.append(value)
        elif isinstance(inner, dict) and choice.draw(st.booleans()):
            inner["new"] = value
        else:
            wanted[key] = value
    try:
        after = amend(raw, "a.yaml", wanted)
    except GreenalgoError:
        return
    assert repr_of(read(after)) == repr_of(wanted)
    assert after.startswith(b"# head")


def repr_of(value: Any) -> str:
    """Return a value as text that tells 1, 1.0 and true apart, and the order of keys not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {repr_of(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(repr_of, value)) + "]"
    return repr(value)
