"""Small changes of values leave comments, order and layout alone."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from greenalgo.errors import InvalidStatementError
from greenalgo.sources import Document, parse
from greenalgo.sources.amend import amend

TEXT = b"""\
# head
spec_version: "1.0"  # the version
title: >-
  several
  lines
provenance:
  # inside
  citation: x2022  # cited
  migrations:
    # the log
    - first  # one
runs:
  - {id: a, phase: training}  # flow

# tail
"""


def data_of(raw: bytes, name: str = "a.yaml") -> Any:
    document = parse(raw, name)
    assert isinstance(document, Document), document
    return document.data


def changed(raw: bytes = TEXT, name: str = "a.yaml", **values: Any) -> tuple[bytes, dict[str, Any]]:
    wanted = {**copy.deepcopy(data_of(raw, name)), **values}
    after = amend(raw, name, wanted)
    assert data_of(after, name) == wanted
    return after, wanted


def test_nothing_to_do() -> None:
    assert changed()[0] is TEXT


def test_a_scalar_in_its_line() -> None:
    assert changed(spec_version="1.1")[0] == TEXT.replace(b'"1.0"', b'"1.1"')


def test_a_new_key_and_a_new_item_inside() -> None:
    after, _ = changed(
        provenance={"citation": "x2022", "migrations": ["first", "a: b"], "note": "new"}
    )
    inside = b'    - first  # one\n    - "a: b"\n  note: new\n'
    assert after == TEXT.replace(b"    - first  # one\n", inside)


def test_a_flow_mapping() -> None:
    after, _ = changed(runs=[{"id": "b", "phase": "training", "host": 'x"y'}])
    assert b'  - {id: "b", phase: training, "host": "x\\"y"}  # flow\n' in after
    assert after.startswith(TEXT[:100])


def test_what_is_larger_is_written_anew() -> None:
    after, _ = changed(title="short", provenance={"citation": "x"}, runs=[])
    for kept in (b"# head", b"# the version", b"# tail"):
        assert kept in after
    assert b"# inside" not in after


def test_a_key_that_goes_and_one_that_comes() -> None:
    wanted = {key: value for key, value in data_of(TEXT).items() if key != "provenance"}
    wanted["note"] = "new"
    after = amend(TEXT, "a.yaml", wanted)
    assert data_of(after) == wanted
    assert after.endswith(b"# tail\nnote: new\n")


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_line_ends(end: bytes) -> None:
    newline = end or b"\n"
    raw = b'spec_version: "1.0"' + newline + b"p:" + newline + b"  a:" + newline + b"  - x" + end
    after, _ = changed(raw, p={"a": ["x", "z"], "b": 1})
    assert after == raw.removesuffix(end) + newline + b"  - z" + newline + b"  b: 1" + end


def test_a_byte_order_mark_stays() -> None:
    after, _ = changed(b"\xef\xbb\xbfa: 1\n", a=2)
    assert after == b"\xef\xbb\xbfa: 2\n"


def test_a_literal_text_at_the_end() -> None:
    raw = b"p:\n  a: |\n    text\n\nb: 1\n"
    after, _ = changed(raw, p={"a": "text\n", "c": 2})
    assert b"    text\n" in after
    assert after.endswith(b"b: 1\n")


def test_json() -> None:
    raw = b'{\n  "spec_version": "1.0",\n  "p": {"a": [1]}\n}\n'
    after, _ = changed(raw, "a.json", spec_version="1.1", p={"a": [1, 2], "b": {"c": 1}})
    assert after == b'{\n  "spec_version": "1.1",\n  "p": {"a": [1, 2], "b": {"c": 1}}\n}\n'


def test_true_is_not_one() -> None:
    assert amend(b"a: 1\n", "a.yaml", {"a": True}) == b"a: true\n"
    assert amend(b"a: 1\n", "a.yaml", {"a": 1.0}) == b"a: 1.0\n"


def test_a_file_that_cannot_be_read() -> None:
    with pytest.raises(InvalidStatementError):
        amend(b"a: [", "a.yaml", {"a": 1})
