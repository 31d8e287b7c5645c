"""Run the application with uvicorn."""

from __future__ import annotations

import logging
import signal
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn

from greenalgo.errors import CannotCheckError
from greenalgo.registry.service.settings import MOST_HEAD
from greenalgo.registry.service.wire.connection import Connection, OneOfFew
from greenalgo.registry.service.wire.journal import Journal, Overheard

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

    from starlette.applications import Starlette

#: Connections at once, seconds that one without a request is kept, and seconds that open requests get at the end.
MOST_CONNECTIONS, KEEP_ALIVE, LAST_WORDS = 1000, 15, 30
#: Seconds without progress after which an answer that nobody reads, or acknowledges, is given up.
UNREAD = 60


def listen(host: str, port: int) -> socket.socket:
    """Open the socket, so that an address in use is said before anything else happens.

    Args:
        host: An address or a name.
        port: 0 for a free one.

    Raises:
        CannotCheckError: The address cannot be used.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM)[
            0
        ]
        sock = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        # create_server adds the address in Python's notation.
        why = (error.strerror or str(error)).partition(" (while")[0].lower()
        name = f"[{host}]" if ":" in host else host
        raise CannotCheckError(f"cannot listen on {name}:{port}: {why}") from error
    # Connections inherit both. asyncio would set the first itself, but for sockets made like this one; without it the
    # body of an answer waits 40 ms for the client to acknowledge the head.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD)
    return sock


def serve(
    app: Starlette,
    sock: socket.socket,
    *,
    ready: Callable[[], None],
    trusted_proxies: Sequence[str] = (),
) -> int:
    """Answer requests until the process is told to stop; what was begun is finished first.

    Args:
        app: The application.
        sock: From :func:`listen`.
        ready: Is called once requests are accepted.
        trusted_proxies: Addresses and networks whose ``X-Forwarded-For`` is believed; ``*`` for all.

    Returns:
        The signal that ended it; 0 for none.
    """
    apart = not (trusted_proxies or ip_address(sock.getsockname()[0]).is_loopback)
    config = uvicorn.Config(
        app,
        http=OneOfFew if apart else Connection,
        ws="none",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        h11_max_incomplete_event_size=MOST_HEAD,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=LAST_WORDS,
    )
    logging.getLogger().addHandler(Overheard(Journal()))
    server = _Server(config, ready)
    # Windows has none, and nohup has it ignored.
    hangup = getattr(signal, "SIGHUP", None)
    if hangup and signal.getsignal(hangup) == signal.SIG_DFL:
        signal.signal(hangup, server.handle_exit)
    server.run(sockets=[sock])
    return server.stopped_by


class _Server(uvicorn.Server):
    """A server that says when it is ready, and gives the signal back instead of dying of it."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.stopped_by = 0
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self.force_exit:
            # A second Ctrl-C: requests are not waited for, but the store is closed in good order all the same.
            await self.lifespan.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's own
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True
        self.stopped_by = self.stopped_by or sig
