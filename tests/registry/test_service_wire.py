"""The real server and what is hardly a request: it answers or hangs up, lives, and loses nothing that it answered.

``GREENALGO_FUZZ=N`` sends N spoilt conversations instead of few (docs/development/fuzz.md).
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import httpx2
import pytest
from registry_cases import statement, url_of
from service_cases import API, ONE_EVERY_DAY, serving

from greenalgo.registry.service.api.contract import contract

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = int(os.environ.get("GREENALGO_FUZZ", "120"))
CLIENTS = 4
#: Seconds of silence after which nothing more is expected.
SILENCE = 0.4
#: MiB by which the process may grow.
MOST_GROWTH = 150
TYPES = ("application/yaml", "application/json", "application/x-www-form-urlencoded")
#: Headers that a request may have as well.
MORE = (
    b"Expect: 100-continue", b"Connection: Upgrade\r\nUpgrade: websocket", b"Connection: close", b"Host: evil",
    b"Transfer-Encoding: gzip", b"Authorization: Bearer \xff", b"Cookie: session=\xe9;;=", b'If-None-Match: "\xff',
    b"X: " + b"x" * 20_000, b"X: " + b"x" * 400_000, b"\r\n".join([b"X: y"] * 3000), b" folded: x", b"X : y",
    b"Content-Length: 1", b"Transfer-Encoding: chunked",
)  # fmt: skip
#: What stands in a request, and what may stand there instead.
SLIPS = (
    *((b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n") for line in MORE),
    *((b"Length: ", b"Length: " + wrong) for wrong in (b"-", b"9", b"0x", b"9" * 5000)),
    *((b"chunked\r\n\r\n", b"chunked\r\n\r\n" + wrong) for wrong in (b"f" * 16 + b"\r\n", b"-", b"1;" + b"x" * 40_000)),
    *((b" /", b" " + wrong) for wrong in (b"http://localhost/", b"http://[::1", b"*", b"//")),
    *((b"HTTP/1.1", wrong) for wrong in (b"HTTP/1.0", b"HTTP/9.9", b"")),
    (b"0\r\n\r\n", b"0\r\nX: " + b"y" * 40_000 + b"\r\n\r\n"), (b"\r\n", b"\n"), (b"Host: localhost\r\n", b""),
    (b"?", b"?%00&q=%ed%a0%80&limit=" + b"9" * 400 + b"&"), (b"GET", b"CONNECT"), (b"GET", b"\x16\x03\x01"),
)  # fmt: skip
#: Bodies that no reader should have to meet.
BODIES = (
    b"", b"\0", b"\xff\xfe\x00", b"\xed\xa0\x80", b"[" * 100_000, b'{"a":' * 20_000, b"- " * 50_000, b"a: " * 5000,
    b"9" * 200_000, b"-1e999999999", b"NaN", b'{"runs": [NaN, Infinity]}', b'"\\ud800"', b'{"\\udfff": "\\ud800"}',
    b'{"spec_version": "1.0", "title": "\\ud83d", "runs": [{"hours": 1e400}]}', b'{"a": 1, "a": 2}', b"null", b"[]",
    b"{}", b"a: &a [*a]", b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", b"!!python/object/apply:os.system [id]",
    b"? [[[", b"%TAG ! x", b"hours: .inf\ntitle: \"\\ud800\"", b"x: 0x" + b"f" * 9000, b"1_0: 60:60:60",
    b"a=%ff&b=%00&text=%ed%a0%80", b"--x\r\nContent-Disposition: form-data; name=\"a\"", b"\r\n" * 50_000,
)  # fmt: skip


HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Server(NamedTuple):
    """A server that runs, the address of its store, and what it has answered and logged."""

    process: subprocess.Popen[str]
    url: str
    store: str
    log: list[str]
    acknowledged: set[str]

    def size(self) -> int:
        """Return the memory of the process in MiB; 0 where that cannot be asked."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = status.exists() and re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
        return int(found[1]) // 1024 if found else 0


@pytest.fixture(scope="module", params=ONE_EVERY_DAY)
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("wire")
    log: list[str] = []
    store = url_of(request.param, folder)
    with serving(folder, "--store", store, log=log) as (process, url):
        yield Server(process, url, store, log, set())


def asked(digest: str, number: int) -> list[bytes]:
    """Return requests that are as they should be."""
    body = statement(hours=number)
    heads = (
        f"GET {API}/statements?q=chess&limit=2", f"GET {API}/statements/{digest}", f"HEAD /statements/{digest}",
        f"GET {API}/compare?d={digest}", "GET /statements?q=chess", "GET /health",
    )  # fmt: skip
    post = f"POST {API}/statements HTTP/1.1\r\nHost: localhost\r\nContent-Type: {TYPES[0]}\r\n".encode()
    return [
        *(f"{head} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for head in heads),
        post + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        post + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
    ]


def conversation(digest: str, number: int) -> list[bytes]:
    """Return the pieces in which a conversation arrives that went wrong somewhere."""
    chance = random.Random(number)  # noqa: S311 - nothing is kept secret with it
    requests = chance.choices(asked(digest, number), k=chance.choice((1, 1, 2, 5)))
    at = chance.randrange(len(requests))
    spoilt = requests[at]
    for _ in range(chance.choice((0, 1, 1, 2))):
        spoilt = spoilt.replace(*chance.choice(SLIPS), 1)
    for _ in range(chance.choice((0, 0, 1, 5))):
        place = chance.randrange(len(spoilt))
        spoilt = spoilt[:place] + chance.randbytes(chance.randrange(3)) + spoilt[place + 1 :]
    if chance.random() < 0.2:
        spoilt = spoilt[: chance.randrange(1, len(spoilt))]
    requests[at] = spoilt
    whole = b"".join(requests)
    cuts = sorted(chance.choices(range(len(whole)), k=chance.choice((0, 0, 1, 30))))
    return [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]


def served_at(url: str) -> tuple[str, int]:
    address = urlsplit(url)
    return str(address.hostname), int(address.port or 0)


def talk(url: str, pieces: list[bytes], patience: float = SILENCE) -> bytes:
    """Send pieces and return what comes back."""
    came = b""
    with socket.create_connection(served_at(url), timeout=patience) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            for piece in pieces:
                client.sendall(piece)
            while some := client.recv(65536):
                came += some
        except OSError:
            pass
    return came


def submitted(url: str, hours: int) -> str:
    """Submit as clients do that wait for their answer, and come again when they are told to; return the digest."""
    body, kind = statement(hours=hours), {"Content-Type": TYPES[0]}
    address = f"{url}{API}/statements"
    answer = patiently(lambda: httpx2.post(address, content=body, headers=kind, timeout=60))
    return str(answer.json()["digest"])


def patiently(ask: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Ask again while the service is busy, for a minute at most."""
    end = time.monotonic() + 60
    while (answer := ask()).status_code == 503 and time.monotonic() < end:
        time.sleep(0.2)
    return answer


def check(server: Server) -> None:
    """Hold a server to it that it lives, complained of nothing and still has what it answered."""
    assert server.process.poll() is None
    assert [line for line in server.log if '"event": "request"' not in line] == []
    statuses = {json.loads(line)["status"] for line in server.log}
    assert {one for one in statuses if one >= 500} <= {503}  # it may be busy
    with httpx2.Client(base_url=server.url, timeout=30) as client:
        ready = patiently(lambda: client.get("/ready"))  # what nobody waited for is still taken in
        assert ready.status_code == 200, ready.text
        for digest in server.acknowledged:
            assert client.get(f"{API}/statements/{digest}").status_code == 200


def test_spoilt_conversations(server: Server) -> None:
    digest = submitted(server.url, 100)
    before = server.size()
    with ThreadPoolExecutor(CLIENTS) as clients:
        talks = [
            clients.submit(talk, server.url, conversation(digest, number))
            for number in range(1, ROUNDS + 1)
        ]
        # On a busy machine the others may all have hung up before they were answered.
        beside = [
            clients.submit(submitted, server.url, 10**6 + number) for number in range(ROUNDS // 20)
        ]
    for number, one in enumerate(talks, 1):
        answers = one.result().split(b"HTTP/1.1 ")[1:]
        for answer in answers:
            assert answer[:1] in b"1234" or b"\r\nretry-after: " in answer, (number, answer)
            if answer.startswith(b"201"):
                server.acknowledged.update(
                    re.findall(r'"digest":"([0-9a-f]{64})"', answer.decode())[:1]
                )
    server.acknowledged.update(one.result() for one in beside)
    assert len(server.acknowledged) > ROUNDS // 60
    check(server)
    assert server.size() < before + MOST_GROWTH


def test_bodies_from_hell(server: Server) -> None:
    paths = [path for path, item in contract()["paths"].items() if "post" in item]
    assert len(paths) > 5
    before = server.size()
    with httpx2.Client(base_url=server.url, timeout=30) as client:
        for path in ("/submit", "/calculator", *paths):
            for number, body in enumerate(BODIES):
                kind = (
                    {"Content-Type": TYPES[number % 3]}
                    if path != f"{API}/statements"
                    else {"Content-Type": TYPES[number % 2]}
                )
                answer = client.post(path.replace("{digest}", "0" * 64), content=body, headers=kind)
                assert 400 <= answer.status_code < 500 or path == f"{API}/validate", (
                    path,
                    body[:80],
                    answer.text,
                )
    check(server)
    assert server.size() < before + MOST_GROWTH


def test_what_is_too_large_is_told_so_and_not_cut_off(server: Server) -> None:
    get, host = f"GET {API}/statements HTTP/1.1\r\n".encode(), b"Host: localhost\r\n"
    post = f"POST {API}/statements HTTP/1.1\r\nContent-Type: {TYPES[0]}\r\n".encode() + host
    large = b"x" * 20_000_000
    for request, expected in (
        (get + host + b"X: " + b"x" * 100_000 + b"\r\n\r\n", b"HTTP/1.1 431 "),
        (get + host + b"X: " + large + b"\r\n\r\n", b"HTTP/1.1 431 "),
        (post + b"Content-Length: %d\r\n\r\n" % len(large) + large, b"HTTP/1.1 413 "),
        (post + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(large) + large, b"HTTP/1.1 413 "),
    ):
        with socket.create_connection(served_at(server.url), timeout=30) as client:
            client.sendall(request)
            assert client.recv(65536).startswith(expected)
    check(server)


def test_an_address_with_its_host_is_the_same_address(server: Server) -> None:
    end = b" HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n"
    for target, expected in (
        (b"http://localhost/health", b"HTTP/1.1 200 "),
        (b"HTTP://localhost:80" + API.encode() + b"/statements?limit=1", b"HTTP/1.1 200 "),
        (b"http://localhost", b"HTTP/1.1 200 "),
        (b"http://elsewhere.example" + API.encode() + b"/statements", b"HTTP/1.1 421 "),
    ):
        assert talk(server.url, [b"GET " + target + end], 30).startswith(expected), target


def test_a_body_that_ends_in_two_places_is_refused_and_the_connection_closed(
    server: Server,
) -> None:
    both = b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    for head in (b"POST /api/v1/validate", b"GET /health"):
        request = head + b" HTTP/1.1\r\nHost: localhost\r\n" + both
        said = talk(server.url, [request, HEALTH], 30)
        assert said.startswith(b"HTTP/1.1 400 "), said
        assert said.count(b"HTTP/1.1 ") == 1, said
    check(server)


def test_the_store_is_whole_afterwards(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(40) == 0
    done = subprocess.run(
        [sys.executable, "-m", "greenalgo", "registry", "verify", server.store],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
