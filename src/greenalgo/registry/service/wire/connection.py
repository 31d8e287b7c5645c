"""Connections that last no longer than they are used: uvicorn waits for the head of a request for ever."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from greenalgo.registry.service.wire.limits import network_of

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle

#: Connections that one client may hold, where clients can be told apart.
MOST_OF_CLIENT = 100
#: What is said to a head, or a line of a body in chunks, that goes on and on.
TOO_LONG = "This is too long for a head of a request."


class Connection(H11Protocol):
    """A connection that is closed where the next request is not there in time, however it trickles in.

    The time is that of an idle connection, and begins with the connection, or with the first byte after an answer.
    """

    _deadline: asyncio.TimerHandle | None = None
    _refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request that is there is no longer waited for."""
        if not self._refused:
            super().data_received(data)
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._forget()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, or has no end. Where that shows behind its head, the request has no other answer.

        What still comes is read, and forgotten: a connection that is closed before takes the answer with it.
        """
        under_way = self._under_way()
        if under_way is not None:
            under_way.disconnected = True
            under_way.waiting_for_100_continue = False
            under_way.message_event.set()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            # uvicorn calls this where h11 raised, and does not say what.
            hint = getattr(sys.exception(), "error_status_hint", 400)
            status, said = (HTTPStatus(431), TOO_LONG) if hint == 431 else (HTTPStatus(400), msg)
            headers = [("Content-Type", "text/plain"), ("Connection", "close")]
            body = "" if under_way and under_way.scope["method"] == "HEAD" else said
            for event in (
                h11.Response(status_code=status, headers=headers, reason=status.phrase),
                h11.Data(data=body.encode()),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        self._refused = True
        self._forget()
        self._deadline = self.loop.call_later(self.timeout_keep_alive, self._end)
        self.transport.write_eof()

    def _under_way(self) -> RequestResponseCycle | None:
        """Return the request that is being answered."""
        last = cast("RequestResponseCycle | None", self.cycle)
        return None if last is None or last.response_complete else last

    def _watch(self) -> None:
        if self._under_way() is not None:
            self._forget()
        elif self._deadline is None and not self.transport.is_closing():
            self._deadline = self.loop.call_later(self.timeout_keep_alive, self._end)

    def _end(self) -> None:
        self._deadline = None
        self.transport.close()

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class OneOfFew(Connection):
    """A connection of a client who may hold so many, and no more: a further one is closed."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, or end it at once."""
        super().connection_made(transport)
        mine = _network(self)
        if sum(_network(one) == mine for one in self.connections) > MOST_OF_CLIENT:
            transport.close()


def _network(connection: Any) -> str:
    client: tuple[str, int] | None = connection.client
    return network_of(client[0]) if client else ""
