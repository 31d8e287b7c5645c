"""Connections: nobody holds one without a request, and what is not HTTP is refused once."""

from __future__ import annotations

import inspect
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from greenalgo.errors import CannotCheckError
from greenalgo.registry.service import serve
from greenalgo.registry.service.settings import MOST_HEAD
from greenalgo.registry.service.wire.connection import Connection
from greenalgo.registry.service.wire.journal import Journal, Overheard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

PATIENCE = 1
HEAD = b"GET /at-once HTTP/1.1\r\nHost: a\r\n"
CHUNKED = b"POST /%s HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
#: More than a connection takes that nobody reads.
LARGE = 64 * 1024 * 1024


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    async def at_once(_: Request) -> PlainTextResponse:
        return PlainTextResponse("here")

    async def whole(request: Request) -> PlainTextResponse:
        try:
            return PlainTextResponse(str(len(await request.body())))
        except ClientDisconnect:
            return PlainTextResponse("nobody reads this")

    async def large(_: Request) -> PlainTextResponse:
        return PlainTextResponse(bytes(LARGE))

    routes = [
        Route(f"/{one.__name__.replace('_', '-')}", one, methods=["GET", "POST"])
        for one in (at_once, whole, large)
    ]
    with mock.patch.object(serve, "UNREAD", PATIENCE):
        sock = serve.listen("127.0.0.1", 0)
    config: dict[str, Any] = {
        "log_config": None, "timeout_keep_alive": PATIENCE, "h11_max_incomplete_event_size": MOST_HEAD,
    }  # fmt: skip
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), http=Connection, **config))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    yield sock.getsockname()
    server.should_exit = True
    thread.join(20)
    sock.close()


def talk(address: tuple[str, int], *parts: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """Send parts until the other side closes; returns what came, and after how many seconds it closed."""
    started, came = time.monotonic(), b""
    with socket.create_connection(address, timeout=10 * PATIENCE) as client:
        for part in parts:
            try:
                client.sendall(part)
            except OSError:
                break
            time.sleep(pause)
        try:
            while some := client.recv(65536):
                came += some
        except ConnectionResetError:
            pass
    return came, time.monotonic() - started


@pytest.mark.parametrize(
    ("parts", "answers"),
    [
        ((), 0),
        ((HEAD,), 0),
        (tuple(HEAD[at : at + 1] for at in range(len(HEAD))), 0),
        ((HEAD + b"\r\n", *(b"X",) * 40), 1),
        ((HEAD + b"Content-Length: 999\r\n\r\n", *(b"x",) * 40), 1),
    ],
    ids=["nothing", "half a head", "dripping", "dripping after an answer", "a body that nobody reads"],
)  # fmt: skip
def test_a_connection_without_a_whole_request_is_closed(
    address: tuple[str, int], parts: tuple[bytes, ...], answers: int
) -> None:
    came, seconds = talk(address, *parts, pause=0.15)
    assert came.count(b"HTTP/1.1 200") == answers
    assert PATIENCE * 0.9 < seconds < 8 * PATIENCE


def test_a_request_that_takes_its_time_with_the_body_is_answered(address: tuple[str, int]) -> None:
    body = (b"1\r\nx\r\n",) * 8
    came, seconds = talk(address, CHUNKED % b"whole", *body, b"0\r\n\r\n", pause=0.25)
    assert came.endswith(b"\r\n\r\n8")
    assert seconds > 2 * PATIENCE


def test_requests_one_after_the_other_keep_the_connection(address: tuple[str, int]) -> None:
    came, _ = talk(address, *(HEAD + b"\r\n",) * 8, pause=0.25)
    assert came.count(b"HTTP/1.1 200") == 8


@pytest.mark.parametrize("path", [b"whole", b"at-once"])
def test_a_body_that_is_no_body_is_refused_once(
    address: tuple[str, int], path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = CHUNKED.replace(b"Host", b"Expect: 100-continue\r\nHost") % path
    for parts in (
        (CHUNKED % path + b"zz\r\n",), (CHUNKED % path, b"zz\r\n"), (waiting + b"zz\r\n",),
    ):  # fmt: skip
        came, _ = talk(address, *parts, pause=0.2)
        assert came.count(b"HTTP/1.1 ") == 1
    assert [one for one in caplog.records if one.exc_info] == []
    assert "without completing" not in caplog.text


def test_a_head_request_with_a_body_that_is_none_is_refused_without_one(
    address: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    came, _ = talk(address, CHUNKED.replace(b"POST", b"HEAD") % b"whole" + b"zz\r\n")
    assert came.startswith(b"HTTP/1.1 400 ")
    assert came.endswith(b"\r\n\r\n")
    assert [one for one in caplog.records if one.exc_info] == []


@pytest.mark.parametrize("size", [20_000, 200_000, 20_000_000])
def test_a_head_without_an_end_is_told_so_and_read_while_it_comes(
    address: tuple[str, int], size: int
) -> None:
    with socket.create_connection(address, timeout=10 * PATIENCE) as client:
        client.sendall(HEAD + b"X: " + b"x" * size)
        came = b"".join(iter(lambda: client.recv(65536), b""))
        assert came.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")
        assert came.endswith(b"\r\n\r\nThis is too long for a head of a request.")
        client.sendall(b"x" * 1000)  # it is still taken
        time.sleep(0.1)
        client.sendall(b"x" * 1000)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux can do this")
def test_nobody_holds_a_connection_by_not_reading(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=20 * PATIENCE) as client:
        client.sendall(HEAD.replace(b"at-once", b"large") + b"\r\n")
        time.sleep(6 * PATIENCE)
        with pytest.raises(ConnectionResetError):
            b"".join(iter(lambda: client.recv(1_000_000), b""))


def test_uvicorn_has_what_is_used_of_its_inside() -> None:
    config = uvicorn.Config(Starlette(), log_config=None)
    protocol = vars(H11Protocol(config, uvicorn.server.ServerState(), {}, mock.Mock()))
    assert protocol.keys() >= {"conn", "cycle", "loop", "timeout_keep_alive", "transport"}
    assert callable(H11Protocol.send_400_response)
    source = inspect.getsource(RequestResponseCycle)
    for name in ("disconnected", "message_event", "response_complete", "waiting_for_100_continue"):
        assert f"self.{name} = " in source


def test_what_libraries_say_is_a_line_of_the_log() -> None:
    lines: list[str] = []
    logger = logging.getLogger("tests.overheard")
    logger.addHandler(handler := Overheard(Journal(lines.append)))
    logger.propagate = False
    try:
        logger.info("nothing to tell")
        logger.warning("Expected boundary\ncharacter %d", 45)
        try:
            int("inside")
        except ValueError:
            logger.exception("came out")
    finally:
        logger.removeHandler(handler)
    assert len(lines) == 2
    assert '"message": "Expected boundary\\ncharacter 45"' in lines[0]
    assert "ValueError: invalid literal" in lines[1]


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_an_address_in_use_is_said_in_plain_words(host: str, said: str) -> None:
    with serve.listen(host, 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotCheckError) as error:
            serve.listen(host, port)
    assert str(error.value) == f"cannot listen on {said}:{port}: address already in use"
