"""What the writers of this room share: the file's own line end and byte order mark, JSON inside YAML."""

from __future__ import annotations

import json
import re
from typing import Any

from greenalgo.sources.text import BOM, FORBIDDEN

#: A line end, of any kind.
LINE_END = re.compile("\r\n|\r|\n")


def newline_of(text: str) -> str:
    """Return the line end of a text's first line; LF where it has only one line."""
    found = LINE_END.search(text)
    return found[0] if found else "\n"


def encoded(text: str, before: bytes) -> bytes:
    """Return a new text as the bytes of the file that it comes from: with its byte order mark.

    Args:
        text: The new text.
        before: The file as it was.
    """
    return (BOM if before.startswith(BOM) else b"") + text.encode("utf-8")


def as_json(value: Any, indent: str | None = None) -> str:
    """Return a value as JSON that reads the same in YAML, in a block and in braces.

    Args:
        value: Plain JSON values.
        indent: What each level is indented by; None writes one line.

    Raises:
        ValueError: A number is not finite.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    # What the strict reader wants as an escape; none of these is above U+FFFF.
    return re.sub(FORBIDDEN, lambda match: f"\\u{ord(match[0]):04x}", text)
