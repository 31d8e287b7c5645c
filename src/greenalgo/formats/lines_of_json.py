"""Records of a file that is JSON, JSON lines, or a list that was not closed because the tool was stopped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.formats import codes
from greenalgo.formats.source import (
    TwiceError,
    looks_like_json,
    once,
    peek_json,
    read_json,
    refusal,
    twice,
)
from greenalgo.formats.table import Row, Table, peek_header, read_table

if TYPE_CHECKING:
    from greenalgo.formats.records import Source


def records(source: Source) -> list[tuple[int, Any]]:
    """Return the records of a file, each with the line on which it begins.

    Raises:
        FormatError: A record is no JSON (the last one alone may be cut), or has a name twice.
    """
    whole = peek_json(source.text)
    if whole is not None and not isinstance(whole, list):
        return [(1, read_json(source))]
    text = source.text
    decoder, at, line, counted = json.JSONDecoder(object_pairs_hook=once), 0, 1, 0
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
        except TwiceError as error:
            raise twice(error.key, source, (line, 1)) from error
        except (ValueError, RecursionError) as error:
            if found and "\n" not in text[at:].strip():
                return found  # the tool was stopped while it wrote the last record
            raise refusal(
                codes.ROW, "the record is no JSON", source.name, (line, 1), expected="a JSON value",
                found=text[at : at + 40].split("\n")[0], hint="delete what the tool did not finish",
            ) from error  # fmt: skip
        found.append((line, value))


def open_table(source: Source, needed: tuple[str, ...] = ()) -> Table:
    """Return a table, or records of JSON as one.

    Args:
        source: The file.
        needed: Columns that it must have.

    Raises:
        FormatError: As :func:`records` and :func:`greenalgo.formats.table.read_table`.
    """
    if not looks_like_json(source):
        return read_table(source, needed)
    found = [(line, record) for line, record in records(source) if isinstance(record, dict)]
    header = tuple(dict.fromkeys(name for _, record in found for name in record))
    if missing := [name for name in needed if name not in header]:
        raise refusal(
            codes.HEADER, f"the name '{missing[0]}' is missing", source.name, (1, 1), expected=", ".join(needed),
            found=", ".join(header), hint="import the file as the tool wrote it",
        )  # fmt: skip
    rows = tuple(Row(line, [_cell(record.get(name)) for name in header]) for line, record in found)
    return Table(source, "", header, 1, {name: at for at, name in enumerate(header)}, rows)


def peek_columns(source: Source) -> tuple[str, ...]:
    """Return the names of the columns if the file were a table, or records of JSON."""
    if not looks_like_json(source):
        return peek_header(source)
    first = peek_record(source)
    return tuple(first) if isinstance(first, dict) else ()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def peek_record(source: Source) -> Any:
    """Return the first record of a file, for the marks of a format; None where there is none."""
    text = source.text.lstrip(" \t\r\n[")
    if not text.startswith("{"):
        return None
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None
