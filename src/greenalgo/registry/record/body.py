"""Bodies: canonical JSON, and the way back to a document."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from greenalgo.errors import DamagedError

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


def fitting(digest: str, body: bytes) -> bytes:
    """Return a body that fits its digest, as it is.

    Raises:
        DamagedError: It was changed where it is kept.
    """
    if hashlib.sha256(body).hexdigest() != digest:
        raise DamagedError(
            f"the statement {digest[:12]}… was changed: its digest differs",
            hint="greenalgo registry verify STORE names all that is damaged",
        )
    return body


def readable(body: bytes) -> bytes:
    """Return a body as JSON that people and the strict reader can read: same digest, other notation."""
    return (json.dumps(read_body(body), indent=2, ensure_ascii=False) + "\n").encode()


def _number(text: str) -> int | float:
    number = int(text)
    return number if -_LARGEST <= number <= _LARGEST else float(text)
