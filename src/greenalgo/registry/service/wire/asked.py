"""What a request asks for: its query, its body, the form it wants. What is not known is refused."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.record import is_digest
from greenalgo.registry.service.wire.limits import too_large
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.sources.document import LIMIT as STATEMENT_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.requests import Request

#: Media type of a body -> the name of the file that it is read as.
BODIES = {
    "application/json": "footprint.json",
    "application/yaml": "footprint.yaml",
    "application/x-yaml": "footprint.yaml",
    "text/yaml": "footprint.yaml",
    "text/x-yaml": "footprint.yaml",
    "text/vnd.yaml": "footprint.yaml",
}
#: The largest body that is no statement, in bytes.
OBJECT_BYTES = 16 * 1024
#: The longest value of a query, in characters.
MOST_TEXT = 500
_TRUE, _FALSE = ("true", "1", "yes", ""), ("false", "0", "no")


class Body(NamedTuple):
    """A statement as it was sent."""

    raw: bytes
    name: str


async def statement(request: Request) -> Body:
    """Read the body of a request that holds a statement.

    Raises:
        RefusedError: Its type is not taken (415), it is too large (413) or empty (400).
    """
    media = _media(request)
    if media not in BODIES:
        found = f"the body has the type '{media[:60]}'" if media else "the body has no type"
        raise RefusedError(
            "unsupported-media-type",
            found,
            hint="send Content-Type: application/yaml or application/json",
        )
    if int(request.headers.get("content-length", "0")) > STATEMENT_BYTES:
        raise too_large(STATEMENT_BYTES)
    raw = await request.body()
    if len(raw) > STATEMENT_BYTES:
        raise too_large(STATEMENT_BYTES)
    if not raw:
        raise RefusedError("malformed", "the body is empty", hint="send the statement as the body")
    return Body(raw, BODIES[media])


async def json_object(request: Request, known: Sequence[str]) -> dict[str, Any]:
    """Read the body of a request that is a small JSON object.

    Args:
        request: The request.
        known: The keys that it may have.

    Raises:
        RefusedError: Its type is not taken (415), it is too large (413), no object, or has other keys (400).
    """
    if _media(request) != "application/json":
        raise RefusedError(
            "unsupported-media-type",
            "the body is no JSON",
            hint="send Content-Type: application/json",
        )
    raw = await request.body()
    if len(raw) > OBJECT_BYTES:
        raise too_large(OBJECT_BYTES)
    try:
        data: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RefusedError("malformed", "the body is no JSON") from error
    if not isinstance(data, dict) or set(data) - set(known):
        raise RefusedError("malformed", f"the body is an object with {', '.join(known)}")
    return data


def _media(request: Request) -> str:
    """Return the type that a body is said to have."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


class Query:
    """The query of a request, checked against what an address takes.

    Args:
        request: The request.
        known: The names that the address takes.
        most: How many characters a value may have.

    Raises:
        RefusedError: A name is not known or given twice, or a value is too long or holds NUL (400).
    """

    def __init__(self, request: Request, known: Iterable[str] = (), most: int = MOST_TEXT) -> None:
        names = tuple(known)
        self._values: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if name not in names:
                near = difflib.get_close_matches(name[:60], names, 1)
                hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(names)}"
                hint = hint if names else "it takes no query"
                raise RefusedError("malformed", f"the query has no '{name[:60]}'", hint=hint)
            if name in self._values:
                raise RefusedError("malformed", f"'{name}' is given twice")
            if len(value) > most or "\x00" in value:
                raise RefusedError("malformed", f"the value of '{name}' is too long or holds NUL")
            self._values[name] = value

    def pairs(self) -> list[tuple[str, str]]:
        """Return what is given, by name."""
        return list(self._values.items())

    def text(self, name: str, default: str = "") -> str:
        """Return a value as it stands."""
        return self._values.get(name, default)

    def word(self, name: str, words: Sequence[str], default: str) -> str:
        """Return one of some words."""
        value = self._values.get(name, default)
        if value not in words:
            raise RefusedError(
                "malformed", f"'{name}' is '{value[:60]}'", hint=f"there are {', '.join(words)}"
            )
        return value

    def flag(self, name: str) -> bool:
        """Return whether something is asked for: ``?name``, ``?name=true`` or ``?name=1``."""
        value = self._values.get(name, "false").lower()
        if value not in (*_TRUE, *_FALSE):
            raise RefusedError(
                "malformed", f"'{name}' is '{value[:60]}'", hint="give true or false"
            )
        return value in _TRUE

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number between bounds, both included."""
        value = self._values.get(name, str(default))
        fit = value.isascii() and value.isdigit() and len(value) < 17
        if not fit or not least <= int(value) <= most:
            raise RefusedError(
                "malformed",
                f"'{name}' is '{value[:60]}'",
                hint=f"give a whole number from {least} to {most}",
            )
        return int(value)

    def digest(self, name: str) -> str:
        """Return a whole digest in small letters; empty where none is given."""
        value = self._values.get(name, "").strip().lower()
        if value and not is_digest(value):
            raise RefusedError(
                "malformed", f"'{name}' is '{value[:80]}'", hint="give its 64 hexadecimal digits"
            )
        return value

    def chosen(self, names: Iterable[str]) -> dict[str, str]:
        """Return those of some names that are given, with their values."""
        return {name: self._values[name] for name in names if name in self._values}


def wanted(request: Request, offered: Sequence[str]) -> str:
    """Return the media type that a client likes best of those offered (RFC 9110, section 12.5.1).

    Args:
        request: The request; without Accept it takes anything.
        offered: Media types, the server's favourite first.

    Raises:
        RefusedError: It takes none of them (406).
    """
    accept = request.headers.get("accept", "") or "*/*"
    best, best_quality = "", 0.0
    for media in offered:
        quality = _quality(accept, media)
        if quality > best_quality:
            best, best_quality = media, quality
    if not best:
        raise RefusedError(
            "not-acceptable",
            f"there is no form of it that fits '{accept[:80]}'",
            hint=f"there are {', '.join(offered)}",
        )
    return best


def _quality(accept: str, media: str) -> float:
    """Return how much a client likes a type: the most specific range that fits counts."""
    best, rank = 0.0, -1
    for part in accept.split(","):
        pieces = [piece.strip().lower() for piece in part.split(";")]
        fits = {"*/*": 0, f"{media.partition('/')[0]}/*": 1, media: 2}.get(pieces[0], -1)
        if fits > rank:
            quality = next((p[2:] for p in pieces[1:] if p.startswith("q=")), "1")
            best, rank = _number(quality), fits
    return best


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
