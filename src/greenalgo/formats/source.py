"""From a path to the text of a foreign file: size, encoding, and errors in this room's words."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from greenalgo.errors import CannotCheckError, FormatError
from greenalgo.findings import Finding, Severity
from greenalgo.formats import codes
from greenalgo.formats.records import Source
from greenalgo.sources import UNREADABLE_CODES, read_bytes
from greenalgo.sources.codes import BINARY, CHARACTER, NOT_UTF8, TOO_LARGE
from greenalgo.sources.document import ReadError
from greenalgo.sources.text import character, position, to_text

#: The largest file that is read, in bytes: a million rows of a tracker.
LARGEST = 512 * 1024 * 1024
#: What was found is shown up to so many characters.
_SHOWN = 120
_HINTS = {
    BINARY: "give the file as the tool wrote it, unpacked",
    NOT_UTF8: "save the file as UTF-8 text, or export it again from the tool",
    TOO_LARGE: "divide the file, and import the parts",
}


def open_source(path: str) -> Source:
    """Read a file.

    Args:
        path: Its path; ``-`` is standard input.

    Raises:
        CannotCheckError: It cannot be read at all.
        FormatError: It is no text in UTF-8.
    """
    raw = read_bytes(path, LARGEST)
    if isinstance(raw, Finding):
        if raw.code in UNREADABLE_CODES:
            raise CannotCheckError(str(raw), hint=raw.hint)
        message = raw.message.replace(", not a statement", "")
        if raw.code == TOO_LARGE:
            message = f"the file is larger than {LARGEST // 2**20} MiB"
            raw = raw._replace(expected=f"at most {LARGEST} bytes")
        if raw.code == BINARY:
            raw = raw._replace(expected="a text file")
        hint = _HINTS.get(raw.code, raw.hint)
        raise FormatError([raw._replace(file=path, message=message, hint=hint)])
    return of_bytes(raw, path)


def of_bytes(raw: bytes, name: str) -> Source:
    """Return a file that was read; see :func:`open_source`."""
    try:
        text = to_text(raw)
    except ReadError as error:
        raise FormatError([error.finding._replace(file=name, hint=_HINTS[NOT_UTF8])]) from error
    at = text.find("\0")
    if at >= 0:
        raise refusal(
            CHARACTER, f"{character(text[at])} cannot stand in a text file", name, position(text, at),
            expected="text", found="a NUL", hint="the file is damaged: export it again from the tool",
        )  # fmt: skip
    if not text.strip():
        raise refusal(
            codes.NOTHING, "the file is empty", name, expected="what a tool has recorded", found="nothing",
            hint="import a file in which the tool has recorded a run",
        )  # fmt: skip
    return Source(name, raw, text)


def refusal(
    code: str, message: str, file: str, at: tuple[int, int] = (0, 0), *,
    expected: str = "", found: str = "", hint: str = "",
) -> FormatError:  # fmt: skip
    """Return what refuses a file: an exception with one error."""
    return FormatError([error(code, message, file, at, expected=expected, found=_shown(found), hint=hint)])  # fmt: skip


def error(
    code: str, message: str, file: str, at: tuple[int, int], *, expected: str, found: str, hint: str
) -> Finding:
    """Return an error at a place in a file."""
    return Finding(
        code, Severity.ERROR, message, expected=expected, found=found, hint=hint, file=file,
        line=at[0], column=at[1],
    )  # fmt: skip


def warn(
    code: str, message: str, file: str, at: tuple[int, int] = (0, 0), *,
    expected: str = "", found: str = "", hint: str = "",
) -> Finding:  # fmt: skip
    """Return a warning about a place in a file."""
    return Finding(
        code, Severity.WARNING, message, expected=expected, found=_shown(found), hint=hint, file=file,
        line=at[0], column=at[1],
    )  # fmt: skip


def _shown(found: str) -> str:
    return found if len(found) <= _SHOWN else f"{found[:_SHOWN]}..."


def looks_like_json(source: Source) -> bool:
    """Say whether a text begins as JSON does."""
    return source.text.lstrip()[:1] in ("{", "[")


@lru_cache(maxsize=8)
def peek_json(text: str) -> Any:
    """Return the value of a JSON text, for the marks of a format; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def read_json(source: Source) -> Any:
    """Return the value of a JSON file.

    Raises:
        FormatError: It is no JSON, with line and column; or a name stands twice in one mapping.
    """
    text = source.text
    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        raise refusal(
            codes.HEADER, f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}", source.name,
            (error.lineno, error.colno), expected="JSON",
            found="the end of the file" if cut else repr(text[error.pos : error.pos + 20]),
            hint="the tool was stopped while it wrote the file: export it again" if cut
            else "import the file as the tool wrote it",
        ) from error  # fmt: skip
    except RecursionError as error:
        raise refusal(
            codes.HEADER, "the JSON is nested too deeply", source.name, (1, 1), expected="JSON of a tool",
            hint="import the file as the tool wrote it",
        ) from error  # fmt: skip
    except TwiceError as error:
        again = [
            found.start() for found in re.finditer(f"{re.escape(json.dumps(error.key))}\\s*:", text)
        ]
        raise twice(
            error.key, source, position(text, again[1]) if len(again) == 2 else (0, 0)
        ) from error
    except ValueError as error:  # Python reads no whole number of thousands of digits
        found = re.search(r"\d{4000,}", text)
        raise refusal(
            codes.VALUE, "a number is larger than anything that can be measured", source.name,
            position(text, found.start()) if found else (1, 1), expected="a number that can be",
            found=found[0] if found else "", hint="correct it from the tool's log",
        ) from error  # fmt: skip


def twice(name: str, source: Source, at: tuple[int, int]) -> FormatError:
    """Return what refuses a file in which a name stands twice in one mapping."""
    return refusal(
        codes.HEADER, f"the name {name!a} stands twice in one mapping", source.name, at,
        expected="every name once", found=name,
        hint="keep the value that the tool wrote: which of the two counts cannot be told",
    )  # fmt: skip


class TwiceError(Exception):
    """A name that stands twice in one mapping."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping of a JSON decoder.

    Raises:
        TwiceError: A name stands in it twice.
    """
    whole = dict(pairs)
    if len(whole) < len(pairs):
        names = [key for key, _ in pairs]
        raise TwiceError(next(key for at, key in enumerate(names) if key in names[:at]))
    return whole
