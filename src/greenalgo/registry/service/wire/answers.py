"""Answers: JSON, tags and conditions, links to the next page."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import Response

from greenalgo.registry.service.wire import packing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
#: What never changes may be kept for ever.
IMMUTABLE = "public, max-age=31536000, immutable"


def as_json(value: Any) -> bytes:
    """Return plain JSON values as text."""
    return _write(value).encode("utf-8", "replace")


def json_answer(
    request: Request,
    value: Any,
    status: int = 200,
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with JSON that may change: with a tag, and to be asked for again."""
    text = as_json(value)
    if request.method not in ("GET", "HEAD"):
        return Response(text, status, dict(headers or {}), "application/json")
    return tagged(request, text, tag_of(text), "application/json", headers=headers)


def tag_of(content: bytes) -> str:
    """Return a tag that other content does not have."""
    return hashlib.sha256(content).hexdigest()[:32]


def tagged(
    request: Request,
    content: bytes,
    tag: str,
    media_type: str,
    *,
    cache: str = "no-cache",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Answer with content under a strong tag, or say that the client has it (304).

    Large content that everybody may have is compressed for who takes that: other bytes, so another tag.
    """
    own = {"Cache-Control": cache, **(headers or {})}
    public = "no-store" not in own["Cache-Control"]
    packs = False
    if public and packing.is_worth(content, media_type):
        own["Vary"] = ", ".join(filter(None, (own.get("Vary", ""), packing.HEADER)))
        packs = packing.takes_gzip(request)
    tag = f"{tag}-gzip" if packs else tag
    own["ETag"] = f'"{tag}"'
    if is_known(request, own["ETag"]):
        return Response(None, 304, own)
    if packs:
        content = packing.pack(content)
        own["Content-Encoding"] = "gzip"
    return Response(content, 200, own, media_type)


def is_known(request: Request, etag: str) -> bool:
    """Say whether a client has what is under a tag: If-None-Match, weakly compared (RFC 9110, section 13.1.2)."""
    condition = request.headers.get("if-none-match", "")
    named = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return "*" in named or etag.removeprefix("W/") in named


def next_link(request: Request, **changed: str) -> str:
    """Return the address of the next page, relative to the service: the same query, changed."""
    query = request.query_params
    pairs = {
        **{name: query.getlist(name) for name in query},
        **{n: [v] for n, v in changed.items()},
    }
    return f"{request.scope['path']}?{urlencode(pairs, doseq=True)}"
