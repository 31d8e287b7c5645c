"""Bodies: canonical JSON, and the way back to a document."""

from __future__ import annotations

import json
from typing import Any

#: RFC 8785 writes 1.5e18 as 1500000000000000000. A statement has no such integer (they end at 2^53), so
#: that what looks like one is a float.
_LARGEST = 2**53


def read_body(body: bytes) -> dict[str, Any]:
    """Read a body, so that its canonical JSON is the body again.

    Args:
        body: Canonical JSON (RFC 8785) of a statement.
    """
    document: dict[str, Any] = json.loads(body, parse_int=_number)
    return document


def readable(body: bytes) -> bytes:
    """Return a body as JSON that people and the strict reader can read: same digest, other notation."""
    return (json.dumps(read_body(body), indent=2, ensure_ascii=False) + "\n").encode()


def _number(text: str) -> int | float:
    number = int(text)
    return number if -_LARGEST <= number <= _LARGEST else float(text)
