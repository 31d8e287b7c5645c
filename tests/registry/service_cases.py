"""A service in process, for tests."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx2
from registry_cases import DATABASES, make_store, statement
from starlette.testclient import TestClient

from everyday import first
from greenalgo.registry.identity import ANONYMOUS, Identity
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.service.wire.journal import Journal
from greenalgo.registry.service.wire.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from starlette.requests import Request


#: Stores, and those that are databases: where a test takes long, the first stands for all every day.
ONE_EVERY_DAY = first(("sqlite", "directory", "postgresql"))
DATABASES_ONE_EVERY_DAY = first(DATABASES)
BASE = "https://registry.example.org"
API = "/api/v1"
YAML = {"Content-Type": "application/yaml"}
ALICE = Identity("token", "token:aaaaaaaaaa", "Alice", frozenset({"submit", "withdraw"}))
BOB = Identity("token", "token:bbbbbbbbbb", "Bob", frozenset({"submit", "withdraw"}))
JUDGE = Identity("token", "token:cccccccccc", "Judge", frozenset({"moderate"}))
CHAIR = Identity("token", "token:dddddddddd", "Chair", frozenset({"submit", "moderate"}))
ERASER = Identity("token", "token:eeeeeeeeee", "Eraser", frozenset({"erase"}))
TOKENS = {"alice": ALICE, "bob": BOB, "judge": JUDGE, "chair": CHAIR, "eraser": ERASER}


def by_token(request: Request) -> Identity | None:
    """Identify by one of the words in :data:`TOKENS`; a cookie alone says nothing."""
    if "authorization" not in request.headers:
        return None
    word = request.headers["authorization"].removeprefix("Bearer ")
    return TOKENS.get(word, ANONYMOUS)


def bearer(word: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {word}"}


class Service:
    """A client of a service in process, and the lines that it logged."""

    def __init__(self, client: TestClient, desk: Desk, lines: list[str]) -> None:
        self.client = client
        self.desk = desk
        self.lines = lines

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@contextmanager
def service(
    folder: Path, kind: str = "directory", settings: Settings | None = None
) -> Iterator[Service]:
    store = make_store(kind, folder)
    lines: list[str] = []
    metrics = Metrics()
    desk = Desk(store, settings or Settings(BASE), metrics.group)
    app = make_app(desk, identify=by_token, journal=Journal(lines.append), metrics=metrics)
    with TestClient(app, BASE, raise_server_exceptions=True, follow_redirects=False) as client:
        yield Service(client, desk, lines)
    store.close()


@contextmanager
def serving(
    folder: Path, *options: str, log: list[str] | None = None, before: Sequence[str] = ()
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the real server in a folder; gives the process and the address, and takes down its log."""
    command = [
        *before,
        sys.executable,
        "-m",
        "greenalgo",
        "registry",
        "serve",
        "--port",
        "0",
        *options,
    ]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        found = re.search(r"serving at (http://[0-9.:]+)", first)
        process.stderr.readline()  # of the door
        # Somebody has to read the log, or the pipe fills.
        lines = [] if log is None else log
        reader = threading.Thread(target=lines.extend, args=(process.stderr,))
        reader.start()
        try:
            assert found, first
            yield process, found[1]
        finally:
            process.kill()
            reader.join(30)


class Clients:
    """Clients that submit, each one statement after the other, until the server is gone.

    Attributes:
        answered: Digest and status of each answer.
        enough: Is set once there are so many.
    """

    def __init__(self, url: str, hours: Iterable[Iterable[int]], enough: int = 1) -> None:
        self.answered: list[tuple[str, int]] = []
        self.enough = threading.Event()
        self._url = url
        self._least = enough
        self._threads = [threading.Thread(target=self._submit, args=(share,)) for share in hours]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _submit(self, hours: Iterable[int]) -> None:
        with httpx2.Client(base_url=self._url, timeout=30) as client:
            for number in hours:
                try:
                    answer = client.post(
                        f"{API}/statements", content=statement(hours=number), headers=YAML
                    )
                except httpx2.TransportError:
                    return
                self.answered.append((answer.json().get("digest", answer.text), answer.status_code))
                if len(self.answered) >= self._least:
                    self.enough.set()
