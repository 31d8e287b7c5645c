"""A word or a number in the place of another one: nothing else moves, or nothing is done."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.sources import LIMIT
from greenalgo.sources.respell import Change, changed, respell

TEXT = b"""\
# head
runs:
  - {id: a, phse: 'it''s', "hours": "10"}  # one
note: |
  text
"""


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ([Change(("runs", 0, "id"), "b")], b"id: a", b"id: b"),
        ([Change(("runs", 0, "id"), "x y")], b"id: a", b'id: "x y"'),
        ([Change(("runs", 0, "phse"), "phase", key=True)], b"phse", b"phase"),
        ([Change(("runs", 0, "phse"), "that's")], b"'it''s'", b"'that''s'"),
        ([Change(("runs", 0, "hours"), 10)], b'"10"', b"10"),
        ([Change(("runs", 0, "hours"), "device_hours", key=True)], b'"hours"', b'"device_hours"'),
    ],
)
def test_one_word(changes: list[Change], old: bytes, new: bytes) -> None:
    assert respell(TEXT, "a.yaml", changes) == TEXT.replace(old, new)


def test_a_key_and_what_is_inside_it() -> None:
    changes = [Change(("runs",), "steps", key=True), Change(("runs", 0, "id"), "b")]
    for order in (changes, changes[::-1]):
        assert respell(TEXT, "a.yaml", order) == TEXT.replace(b"runs", b"steps").replace(
            b"id: a", b"id: b"
        )


@pytest.mark.parametrize(
    "change",
    [
        Change(("runs", 0, "phse"), "id", key=True),  # there is one already
        Change(("runs", 0, "none"), "b"),
        Change(("runs", 1, "id"), "b"),
        Change(("note",), "b"),  # a literal text
        Change(("runs", 0, "id"), "x" * LIMIT),
        Change(("runs", 0, "id"), "null"),  # reads as no text
    ],
)
def test_what_cannot_be_done_is_left(change: Change) -> None:
    assert respell(TEXT, "a.yaml", [change]) is None


def test_json_stays_json() -> None:
    raw = b'{"a": {"b": "x"}}'
    assert respell(raw, "a.json", [Change(("a", "b"), "y")]) == b'{"a": {"b": "y"}}'
    assert respell(raw, "a.json", [Change(("a", "b"), "c", key=True)]) == b'{"a": {"c": "x"}}'


def test_the_document_follows_and_is_not_changed_itself() -> None:
    data: dict[str, Any] = {"a": 1, "b": {"c": [1, 2]}}
    made = changed(data, [Change(("b",), "x", key=True), Change(("b", "c", 1), 3)])
    assert list(made.items()) == [("a", 1), ("x", {"c": [1, 3]})]
    assert data == {"a": 1, "b": {"c": [1, 2]}}
    with pytest.raises(KeyError):
        changed(data, [Change(("a",), "b", key=True)])
