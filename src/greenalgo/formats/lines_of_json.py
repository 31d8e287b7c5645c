"""Records of a file that is JSON, JSON lines, or a list that was not closed because the tool was stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.source import peek_json, refusal

if TYPE_CHECKING:
    from greenalgo.formats.records import Source


def records(source: Source) -> list[tuple[int, Any]]:
    """Return the records of a file, each with the line on which it begins.

    Raises:
        FormatError: A record is no JSON; the last one alone may be cut.
    """
    whole = peek_json(source.text)
    if isinstance(whole, list):
        return [(0, item) for item in whole]
    if whole is not None:
        return [(1, whole)]
    text = source.text
    decoder, at, line, counted = json.JSONDecoder(), 0, 1, 0
    found: list[tuple[int, Any]] = []
    while True:
        # Between records stand blanks, commas, and the brackets of a list.
        while at < len(text) and text[at] in " \t\r\n,[]":
            at += 1
        if at >= len(text):
            return found
        line += text.count("\n", counted, at)
        counted = at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if found and "\n" not in text[at:].strip():
                return found  # the tool was stopped while it wrote the last record
            raise refusal(
                codes.ROW, "the record is no JSON", source.name, (line, 1), expected="a JSON value",
                found=text[at : at + 40].split("\n")[0], hint="delete what the tool did not finish",
            ) from error  # fmt: skip
        found.append((line, value))


def peek_record(source: Source) -> Any:
    """Return the first record of a file, for the marks of a format; None where there is none."""
    text = source.text.lstrip(" \t\r\n[")
    if not text.startswith("{"):
        return None
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
