"""What stands around every request: its identity, limits, headers, a line in the log, the last resort."""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from greenalgo.errors import GreenalgoError
from greenalgo.registry.service.settings import MOST_BYTES, MOST_HEAD
from greenalgo.registry.service.wire import limits
from greenalgo.registry.service.wire.callers import unknown
from greenalgo.registry.service.wire.problems import RefusedError, answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from greenalgo.registry.service.settings import Settings
    from greenalgo.registry.service.wire.callers import Identify
    from greenalgo.registry.service.wire.journal import Journal
    from greenalgo.registry.service.wire.metrics import Metrics
    from greenalgo.registry.service.wire.work import Workshop

#: Headers as ASGI has them: bytes, names in small letters.
Headers: TypeAlias = tuple[tuple[bytes, bytes], ...]
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
#: Headers of every answer that does not set them itself.
SECURITY: Headers = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
#: The same for a service behind https.
TRANSPORT: Headers = ((b"strict-transport-security", b"max-age=31536000"),)
#: Any page may read, without credentials; nothing else is allowed across origins.
CORS: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"ETag, Link, Retry-After, X-Request-Id"),
)
#: An address with scheme and host, as a proxy is asked for it, and what it is asked with here.
_ABSOLUTE = re.compile(rb"https?://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)
#: Asked for by machines that know an address and no name, and worth no token.
_PROBES = frozenset({"/health", "/ready", "/metrics"})


class Tools(NamedTuple):
    """What the frame works with.

    Attributes:
        settings: What the service was told.
        identify: From a request with credentials to an identity.
        workshop: Where that is done.
        journal: The log.
        metrics: The counters.
        writes: The rate of requests that write.
        reads: The rate of others.
        refuse: From an error to an answer: a problem, or a page.
    """

    settings: Settings
    identify: Identify
    workshop: Workshop
    journal: Journal
    metrics: Metrics
    writes: limits.Rate
    reads: limits.Rate
    refuse: Callable[[Request, Exception], Awaitable[Response]]


class Frame:
    """The outermost middleware of ours.

    Args:
        app: What it stands around.
        tools: What it works with.
    """

    def __init__(self, app: ASGIApp, tools: Tools) -> None:
        self._app = app
        self._tools = tools
        always = SECURITY + (TRANSPORT if tools.settings.base_url.startswith("https:") else ())
        self._of_writes = (*always, (b"cache-control", b"no-store"))
        self._of_reads = (*always, (b"cache-control", b"no-cache"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        _shorten(scope)
        request = Request(scope)
        exchange = _Exchange(request, send, secrets.token_hex(8), self._headers(scope))
        started = time.perf_counter()
        try:
            try:
                await self._admit(request)
                await self._app(scope, limits.limited(receive, MOST_BYTES), exchange.send)
            except (GreenalgoError, HTTPException) as error:
                await exchange.answer(await self._tools.refuse(request, error))
            except ClientDisconnect:
                exchange.status = 499
            except Exception as error:  # noqa: BLE001 - the last resort: a reference, never a traceback
                self._tools.journal.failure(exchange.reference, error)
                bug = RefusedError("internal", "something went wrong that nobody expected")
                await exchange.answer(answer(bug, request.scope["path"], exchange.reference))
        finally:
            self._record(request, exchange, time.perf_counter() - started)

    def _headers(self, scope: Scope) -> Headers:
        """Return the headers that an answer has if it does not set them itself."""
        if scope["method"] not in limits.READS:
            return self._of_writes
        shared = scope["path"].startswith(("/api/", "/statements/"))
        return self._of_reads + CORS if shared else self._of_reads

    async def _admit(self, request: Request) -> None:
        """Find out who asks, and refuse what need not be looked at."""
        tools, settings = self._tools, self._tools.settings
        request.state.identity = unknown(open_door=settings.open_door)
        limits.refuse_head(request.scope, MOST_HEAD)
        path, method = request.scope["path"], request.method
        if path in _PROBES:
            return
        if settings.hosts and _host(request) not in settings.hosts:
            raise RefusedError(
                "other-host", "the request is for another host than this service is",
                hint=f"ask {settings.base_url}; a proxy between has to pass on the header Host as it came",
            )  # fmt: skip
        limits.refuse_body(request.headers, MOST_BYTES)
        rate = tools.reads if method in limits.READS else tools.writes
        if rate.is_limited and request.client:
            rate.take(limits.network_of(request.client.host))
        if "authorization" in request.headers:
            found = await tools.workshop.run(tools.identify, request)
            if found is not None:
                request.state.identity = found
                if method not in limits.READS:
                    rate.take_for(found)

    def _record(self, request: Request, exchange: _Exchange, seconds: float) -> None:
        self._tools.metrics.request(request.method, exchange.status, seconds)
        self._tools.journal.line(
            event="request",
            id=exchange.reference,
            method=request.method,
            path=_shown(request.scope["path"]),
            status=exchange.status,
            ms=round(seconds * 1000, 2),
            bytes=exchange.size,
            client=request.client.host if request.client else "",
            tier=request.state.identity.tier if hasattr(request.state, "identity") else "",
            agent=request.headers.get("user-agent", ""),
        )


class _Exchange:
    """The answer to one request, on its way out."""

    def __init__(self, request: Request, send: Send, reference: str, headers: Headers) -> None:
        self.reference = reference
        self.status = 0
        self.size = 0
        self._request = request
        self._send = send
        self._headers = headers

    async def send(self, message: Message) -> None:
        """Pass a message on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = message.get("headers", ())
            set_already = {name for name, _ in own}
            message["headers"] = [
                *own,
                (b"x-request-id", self.reference.encode()),
                *(pair for pair in self._headers if pair[0] not in set_already),
            ]
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)

    async def answer(self, response: Response) -> None:
        """Answer, unless that has begun."""
        if not self.status:
            await response(self._request.scope, self._request.receive, self.send)


def _shorten(scope: Scope) -> None:
    """Take scheme and host off an address that has them; that host counts (RFC 9112, section 3.2.2)."""
    found = _ABSOLUTE.fullmatch(scope["raw_path"])
    if found:
        scope["raw_path"] = found[2] or b"/"
        scope["path"] = unquote(scope["raw_path"].decode("ascii"))
        others = [pair for pair in scope["headers"] if pair[0] != b"host"]
        scope["headers"] = [(b"host", found[1]), *others]


def _shown(path: str) -> str:
    """Return a path for the log; the address of a blind deposit is a secret."""
    return "/review/…" if path.startswith("/review/") else path


def _host(request: Request) -> str:
    """Return the name that a request asks for, without the port."""
    host = request.headers.get("host", "").lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
