"""The real server: it says where it listens, ends cleanly, and keeps what it answered when killed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx2
import pytest
from registry_cases import statement
from service_cases import start_service

from greenalgo.registry import audit
from greenalgo.registry.service.serve import listen
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

#: More than it can take before the signal reaches it.
COUNT, CLIENTS = 400, 4


@pytest.mark.parametrize("after", [5, 60])
def test_nothing_that_was_answered_is_lost(tmp_path: Path, after: int) -> None:
    with start_service(tmp_path) as (process, url):
        answered: list[str] = []
        enough = threading.Event()

        def submit(first: int) -> None:
            with httpx2.Client(base_url=url, timeout=10) as client:
                for hours in range(first, COUNT * CLIENTS, CLIENTS):
                    try:
                        answer = client.post(
                            "/api/v1/statements",
                            content=statement(hours=hours),
                            headers={"Content-Type": "application/yaml"},
                        )
                    except httpx2.TransportError:
                        return
                    assert answer.status_code == 201
                    answered.append(answer.json()["digest"])
                    if len(answered) >= after:
                        enough.set()

        clients = [threading.Thread(target=submit, args=(one,)) for one in range(1, CLIENTS + 1)]
        for client in clients:
            client.start()
        assert enough.wait(60)
        process.send_signal(signal.SIGKILL)
        assert process.wait(30) == -signal.SIGKILL
        for client in clients:
            client.join(30)
    assert after <= len(answered) < COUNT * CLIENTS
    store = open_store(f"sqlite:///{tmp_path}/registry.db")
    assert audit.verify(store).problems == ()
    published = {event.digest for event in store.log().events}
    assert set(answered) <= published
    assert len(published) <= len(answered) + CLIENTS  # those that were under way
    assert all(store.body(digest) for digest in published)
    store.close()


@pytest.mark.parametrize(("sign", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_cleanly(tmp_path: Path, sign: signal.Signals, code: int) -> None:
    with start_service(tmp_path) as (process, url):
        assert httpx2.get(f"{url}/ready").json()["status"] == "ok"
        process.send_signal(sign)
        assert process.wait(30) == code


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
