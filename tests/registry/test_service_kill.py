"""The real server: it says where it listens, ends cleanly, and keeps what it answered when killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2
import pytest
from registry_cases import url_of
from service_cases import DATABASES_ONE_EVERY_DAY, Clients, serving

from everyday import first
from greenalgo.registry import audit
from greenalgo.registry.service.serve import listen
from greenalgo.registry.service.wire.connection import MOST_OF_CLIENT
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

#: More than it can take before the signal reaches it.
COUNT, CLIENTS = 400, 4
SHARES = [range(first, COUNT * CLIENTS, CLIENTS) for first in range(1, CLIENTS + 1)]


def check(url: str, answered: list[tuple[str, int]], most_more: int) -> None:
    """Hold a store against what was answered: all of it is there, whole, and little more."""
    assert {status for _, status in answered} == {201}
    store = open_store(url)
    assert audit.verify(store).problems == ()
    published = {event.digest for event in store.log().events}
    assert {digest for digest, _ in answered} <= published
    assert len(published) <= len(answered) + most_more
    assert all(store.body(digest) for digest in published)
    store.close()


@pytest.mark.parametrize("database", DATABASES_ONE_EVERY_DAY)
@pytest.mark.parametrize("after", first((60, 5)))
def test_nothing_that_was_answered_is_lost(tmp_path: Path, after: int, database: str) -> None:
    url = url_of(database, tmp_path)
    with serving(tmp_path, "--store", url) as (process, address):
        clients = Clients(address, SHARES, after)
        assert clients.enough.wait(60)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        clients.join()
    assert after <= len(clients.answered) < COUNT * CLIENTS
    check(url, clients.answered, CLIENTS)  # those that were under way


@pytest.mark.parametrize("database", DATABASES_ONE_EVERY_DAY)
def test_what_is_under_way_is_answered_before_it_stops(tmp_path: Path, database: str) -> None:
    url = url_of(database, tmp_path)
    with serving(tmp_path, "--store", url) as (process, address):
        clients = Clients(address, SHARES, 30)
        assert clients.enough.wait(60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        clients.join()
    assert len(clients.answered) < COUNT * CLIENTS
    check(url, clients.answered, 0)


def test_it_starts_again_with_all_that_was_there(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, address):
        clients = Clients(address, [range(1, 6)])
        clients.join()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with serving(tmp_path) as (_, address):
        found = httpx2.get(f"{address}/api/v1/statements").json()["statements"]
        assert {one["digest"] for one in found} == {digest for digest, _ in clients.answered}


def test_an_interruption_ends_it_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, url):
        assert httpx2.get(f"{url}/ready").json()["status"] == "ok"
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="this system has no SIGHUP")
@pytest.mark.parametrize(("before", "ends"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)])
def test_a_terminal_that_closes_ends_it_cleanly_unless_it_was_told_to_go_on(
    tmp_path: Path, before: signal.Handlers, *, ends: bool
) -> None:
    own = signal.signal(signal.SIGHUP, before)  # as the process that is started finds it
    try:
        with serving(tmp_path) as (process, url):
            process.send_signal(signal.SIGHUP)
            if ends:
                assert process.wait(30) == 0
            else:
                assert httpx2.get(f"{url}/ready").status_code == 200
    finally:
        signal.signal(signal.SIGHUP, own)


def test_a_word_to_stop_while_it_starts_ends_it_as_later(tmp_path: Path) -> None:
    stopped = (
        "import signal, sys\n"
        "from greenalgo.registry.service import serve\n"
        "serve.listen = lambda *_: signal.raise_signal(signal.SIGTERM)\n"
        "from greenalgo.cli.main import cli\n"
        "cli(['registry', 'serve', '--port', '0'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", stopped], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_second_interruption_ends_it_without_a_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "greenalgo", "registry", "serve", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "serving at" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        # At once, the two would be one; uvicorn takes a tenth of a second at least to end.
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = process.stderr.read()
        assert process.wait(30) == 130
    assert "Traceback" not in told
    assert told.endswith("stopped; what was answered is in it\n")


def test_one_client_does_not_hold_all_connections(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    outside = ("--host=0.0.0.0", f"--port={port}", f"--base-url=http://127.0.0.1:{port}")
    for options, most in ((outside, MOST_OF_CLIENT), ((), MOST_OF_CLIENT + 10)):
        with serving(tmp_path, *options) as (_, url), ExitStack() as held:
            at = (urlsplit(url).hostname, urlsplit(url).port)
            for number in range(MOST_OF_CLIENT + 10):
                client = held.enter_context(socket.create_connection(at, timeout=30))
                client.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                try:
                    answered = client.recv(4096).startswith(b"HTTP/1.1 200")
                except ConnectionResetError:
                    answered = False
                assert answered == (number < most), number


def test_no_answer_waits_for_its_head_to_be_acknowledged() -> None:
    with (
        listen("127.0.0.1", 0) as sock,
        socket.create_connection(sock.getsockname()),
        sock.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_in_use_and_a_store_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("no database\n" * 100)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for options in (["--port", port], ["--port", "0", "--store", "sqlite:///text.db"]):
            command = [sys.executable, "-m", "greenalgo", "registry", "serve", *options]
            done = subprocess.run(
                command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
            )
            assert done.returncode == 4
            assert "Traceback" not in done.stderr
            assert done.stderr.startswith("Error: ")
