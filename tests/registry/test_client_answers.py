"""What a registry answers is read without trust: no text, number or list of it is taken as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.errors import CannotCheckError
from greenalgo.registry.client.answers import (
    MOST_FINDINGS,
    MOST_WORDS,
    Answer,
    findings_of,
    read_json,
    seconds_to_wait,
    words,
)


def answer(content: bytes = b"", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(200, named, content, "https://registry.example")


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\xff", b'{"a": "\\ud800"}', b'{"\\udfff": 1}', b"[" * 100_000]
)
def test_what_is_no_json_or_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(CannotCheckError, match="that is no JSON"):
        read_json(answer(content))


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert read_json(answer(b'"\\ud83d\\ude00"')) == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7", 7), ("", 1), ("soon", 1), ("-3", 1), ("\u0663", 1), ("9" * 40, 999_999_999),
     ("Thu, 01 Jan 1970 00:01:40 GMT", 90), ("Thu, 01 Jan 1970 00:00:01 GMT", 0)],
)  # fmt: skip
def test_how_long_to_wait(text: str, seconds: float) -> None:
    assert seconds_to_wait(answer(retry_after=text), now=10) == seconds


@pytest.mark.parametrize(
    ("line", "read"), [(3, 3), (-1, 0), (2**31, 0), (True, 0), ("3", 0), (None, 0)]
)
def test_a_line_is_a_number_that_a_file_can_have(line: Any, read: int) -> None:
    [found] = findings_of([{"severity": "error", "code": "GA401", "line": line}])
    assert found.line == read


def test_findings_that_are_none_and_those_that_are_too_many() -> None:
    some: list[Any] = [None, "x", {}, {"severity": "fatal"}, {"severity": ["error"]}]
    assert findings_of(some) == ()
    many = [{"severity": "note", "code": "GA302"}] * (2 * MOST_FINDINGS)
    assert len(findings_of(many)) == MOST_FINDINGS


def test_words_steer_no_terminal_and_end() -> None:
    assert words("a\x1b[31m\u202eb") == "a\ufffd[31m\ufffdb"
    assert words("x" * 9999) == "x" * MOST_WORDS
    assert words(7) == words(None) == ""
