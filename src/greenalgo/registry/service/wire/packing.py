"""Compression of answers: of those that anybody gets, and of no others.

Where an answer holds a secret beside something that the client sent, its compressed size tells the secret letter by
letter (BREACH). So nothing is compressed that a cookie or a token has a part in: no page, no form, no list of tokens.
Assets and what the API tells everybody have no secrets.
"""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

#: The least size in bytes: what fits into two packets gains nothing.
LEAST = 4096
#: Between speed and size: half a millisecond for 80 KB of JSON, which become 12 KB.
_LEVEL = 4
#: What comes back depends on it.
HEADER = "Accept-Encoding"


def is_worth(content: bytes, media_type: str) -> bool:
    """Say whether content is large enough, and not compressed by itself."""
    return len(content) >= LEAST and not media_type.endswith("parquet")


def takes_gzip(request: Request) -> bool:
    """Say whether a client takes gzip (RFC 9110, section 12.5.3)."""
    found: dict[str, bool] = {}
    for part in request.headers.get("accept-encoding", "").split(","):
        name, _, quality = part.partition(";")
        zero = quality.replace(" ", "").rstrip("0") in ("q=", "q=0.")
        found[name.strip().lower()] = not zero
    return found.get("gzip", found.get("*", False))


def pack(content: bytes) -> bytes:
    """Compress; the same content gives the same bytes."""
    return gzip.compress(content, _LEVEL, mtime=0)
