"""How often and how much: token buckets, and the size of bodies."""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry.service.wire.problems import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import Headers
    from starlette.types import Message, Receive, Scope

    from greenalgo.registry.identity import Identity

#: Methods that change nothing.
READS = frozenset({"GET", "HEAD"})
#: Buckets that are remembered; the one that was used longest ago is forgotten first.
MOST_BUCKETS = 20_000
#: Seconds in which a body has to arrive.
BODY_SECONDS = 30.0


class _Bucket(NamedTuple):
    tokens: float
    at: float


class Rate:
    """A token bucket for each key: so many a minute, and as many at once.

    Args:
        per_minute: How many; 0 for no limit.
        clock: Seconds that only grow.
        most: How many keys are remembered.
    """

    def __init__(
        self,
        per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        most: int = MOST_BUCKETS,
    ) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    @property
    def is_limited(self) -> bool:
        """There is a limit at all."""
        return bool(self._per_minute)

    def take(self, key: str) -> None:
        """Take a token.

        Raises:
            RefusedError: There is none left (429, with ``Retry-After``).
        """
        if not self._per_minute or not key:
            return
        now = self._clock()
        old = self._buckets.pop(key, _Bucket(float(self._per_minute), now))
        each = 60 / self._per_minute
        tokens = min(float(self._per_minute), old.tokens + (now - old.at) / each)
        enough = tokens >= 1
        self._buckets[key] = _Bucket(tokens - 1 if enough else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        if not enough:
            seconds = math.ceil((1 - tokens) * each)
            raise RefusedError(
                "too-many-requests",
                f"more than {self._per_minute} such requests a minute",
                hint=f"try again in {seconds} s",
                headers={"Retry-After": str(seconds)},
            )

    def take_for(self, identity: Identity) -> None:
        """Take a token of somebody, wherever they are; of nobody in particular none.

        Raises:
            RefusedError: As :meth:`take`.
        """
        self.take(f"actor {identity.actor}" if identity.actor else "")


@lru_cache(MOST_BUCKETS)
def network_of(address: str) -> str:
    """Return what is counted as one client: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def refuse_head(scope: Scope, most: int) -> None:
    """Refuse a head that came at once, and so was read whole; the server reads no more of a longer one.

    Raises:
        RefusedError: It is too large (431), or says twice where the body ends (400): a proxy may have believed the
            other (RFC 9112, section 6.1).
    """
    size = len(scope["raw_path"]) + len(scope["query_string"])
    if size + sum(len(name) + len(value) for name, value in scope["headers"]) > most:
        raise RefusedError(
            "head-too-large", f"the address and the headers have at most {most // 1024} KiB"
        )
    if {name for name, _ in scope["headers"]} >= {b"content-length", b"transfer-encoding"}:
        raise RefusedError(
            "malformed",
            "the request has both Content-Length and Transfer-Encoding",
            hint="send one of them",
            headers={"Connection": "close"},
        )


def refuse_body(headers: Headers, most: int) -> None:
    """Refuse a body by what its headers say of it, before a byte is read.

    Raises:
        RefusedError: It is compressed (415) or too large (413).
    """
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise RefusedError(
            "unsupported-media-type",
            f"the body has Content-Encoding '{headers['content-encoding'][:40]}'",
            hint="send it as it is: a statement is small",
            headers={"Accept-Encoding": "identity"},
        )
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()):
        raise RefusedError("malformed", "Content-Length is no number")
    if int(length) > most:
        raise too_large(most)


def limited(receive: Receive, most: int) -> Receive:
    """Return a ``receive`` that counts: a body in chunks says nothing of its length beforehand.

    A client that trickles one holds no connection for ever.

    Args:
        receive: The server's.
        most: Bytes of a body.
    """
    seen = 0
    until = time.monotonic() + BODY_SECONDS

    async def counted() -> Message:
        nonlocal seen
        try:
            async with asyncio.timeout(until - time.monotonic()):
                message = await receive()
        except TimeoutError:
            raise RefusedError(
                "timeout", f"the body took over {BODY_SECONDS:g} s", headers={"Connection": "close"}
            ) from None
        seen += len(message.get("body", b""))
        if seen > most:
            raise too_large(most)
        return message

    return counted


def too_large(most: int) -> RefusedError:
    """Return the refusal of a body that is too large."""
    return RefusedError("too-large", f"a body has at most {most // 1024} KiB")
