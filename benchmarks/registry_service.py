"""What the registry's service costs beside its disk, its store and its framework, in one run.

    python benchmarks/registry_service.py [FOLDER] [--count 400]

`greenalgo registry serve` runs as a process of its own on SQLite, as does the smallest application of the same
framework (Starlette on uvicorn, with the same settings); a client in this process speaks HTTP/1.1 over kept
connections. Measured in turn, several rounds, the median of each: the disk's fdatasync; submissions to the store
without HTTP; durable submissions over HTTP by 1, 8 and 32 clients, each a new statement; reads of many of them in turn,
for the first time, again, and with their tag (304), beside "hello"; the first page of a list; reads while two clients
write; the start until the first 200. The service checks each body that it reads against its digest.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry import door
from registry_store import fdatasync, grouped, one_by_one, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: How often everything is measured, and how many turns reads and "hello" take in each round.
ROUNDS, TURNS = 5, 10
#: Least rate of reads over those of "hello", and the longest start in seconds.
LEAST_OF_HELLO, LONGEST_START = 0.3, 1.0
HELLO = """
import sys
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route
from greenalgo.registry.service.serve import listen, serve

async def hello(request):
    return JSONResponse({"status": "ok"})

sock = listen("127.0.0.1", 0)
port = sock.getsockname()[1]
say = lambda: print(f"http://127.0.0.1:{port}", file=sys.stderr, flush=True)
serve(Starlette(routes=[Route("/hello", hello)]), sock, ready=say)
"""
CLIENTS = (1, 8, 32)
SERVE = ("-m", "greenalgo", "registry", "serve", "--port", "0", "--rate", "0")


class Load(NamedTuple):
    """What some clients saw: answers a second, and how long each took, in seconds."""

    rate: float
    durations: list[float]

    def quantile(self, share: float) -> float:
        return sorted(self.durations)[
            min(int(share * len(self.durations)), len(self.durations) - 1)
        ]


class Connection:
    """A kept connection that sends ready-made requests."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes, expected: int) -> bytes:
        """Send a request and return the body of the answer, whose status has to be the expected one."""
        self._socket.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._more()
        head, _, body = answer.partition(b"\r\n\r\n")
        status = int(head[9:12])
        if status != expected:
            raise SystemExit(f"the service answered {status}: {body[:500].decode()}")
        found = re.search(rb"(?i)content-length: (\d+)", head)
        length = int(found[1]) if found else 0
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise SystemExit("the service closed a connection")
        return received

    def close(self) -> None:
        self._socket.close()


def get(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{more}\r\n".encode()


def post(raw: bytes) -> bytes:
    head = (
        "POST /api/v1/statements HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\n"
        f"Content-Length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw


def load(port: int, shares: Sequence[Sequence[bytes]], expected: int) -> Load:
    """Send requests, each share from a client of its own that waits for each answer."""
    durations: list[float] = []

    def work(connection: Connection, requests: Sequence[bytes]) -> None:
        own = []
        for request in requests:
            started = time.perf_counter()
            connection.ask(request, expected)
            own.append(time.perf_counter() - started)
        durations.extend(own)

    connections = [Connection(port) for _ in shares]
    clients = [
        threading.Thread(target=work, args=pair) for pair in zip(connections, shares, strict=True)
    ]
    started = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    taken = time.perf_counter() - started
    for connection in connections:
        connection.close()
    if len(durations) != sum(map(len, shares)):
        raise SystemExit("a client got no answer")
    return Load(len(durations) / taken, durations)


def dealt(requests: Sequence[bytes], clients: int) -> list[Sequence[bytes]]:
    return [requests[first::clients] for first in range(clients)]


def in_turns(*kinds: tuple[int, Sequence[bytes], int]) -> list[list[Load]]:
    """Send several kinds of requests by turns, so that what slows the machine slows all alike.

    Args:
        kinds: Port, requests and expected status of each.

    Returns:
        For each kind, what the clients saw in each of its turns.
    """
    found: list[list[Load]] = [[] for _ in kinds]
    for turn in range(TURNS):
        for own, (port, requests, expected) in zip(found, kinds, strict=True):
            own.append(load(port, dealt(requests[turn::TURNS], 8), expected))
    return found


@contextmanager
def running(arguments: Sequence[str], folder: str) -> Iterator[int]:
    """Run a server in a folder until the caller is done; gives its port."""
    log = os.path.join(folder, "log")
    with open(log, "wb") as file:
        process = subprocess.Popen([sys.executable, *arguments], cwd=folder, stderr=file)
    try:
        yield _port(log, process)
    finally:
        process.terminate()
        process.wait(60)


def _port(log: str, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        with open(log, encoding="utf-8") as file:
            found = re.search(r"http://127\.0\.0\.1:(\d+)", file.read())
        if found:
            return int(found[1])
        time.sleep(0.002)
    raise SystemExit(f"the server ended with {process.returncode}")


def start_up(folder: str) -> float:
    """Return the seconds from the start of `serve` to its first 200 of /ready."""
    started = time.perf_counter()
    with running(SERVE, folder) as port:
        connection = Connection(port)
        connection.ask(get("/ready"), 200)
        taken = time.perf_counter() - started
        connection.close()
    return taken


def bare_start() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - started


#: What is read by turns: "hello", and the service's own; the target is one of them.
AGAIN = "GET of statements again"
READS = (
    "GET of hello, clients: 8",
    "GET of statements, the first time",
    AGAIN,
    "GET with the tag (304)",
    "GET of a list of 20",
)


class Round(NamedTuple):
    """What one round measured; ``reads`` has the turns of each of :data:`READS`."""

    disk: float
    store: float
    grouped: float
    posts: dict[int, Load]
    reads: list[list[Load]]
    reads_beside: Load
    posts_beside: Load
    start: float
    bare: float


def measure(base: str, hello_port: int, count: int) -> Round:
    """Measure everything once, on a registry of its own."""
    folders = [tempfile.mkdtemp(dir=base) for _ in range(5)]
    raws = texts(1, count)
    disk = fdatasync(folders[0], count)
    store = one_by_one(f"sqlite:///{folders[1]}/registry.db", raws)
    in_groups = grouped(f"sqlite:///{folders[2]}/registry.db", raws)
    start, bare = start_up(folders[3]), bare_start()
    with running(SERVE, folders[4]) as port:
        posts, first = {}, 1
        for clients in CLIENTS:
            requests = [post(raw) for raw in texts(first, count)]
            posts[clients] = load(port, dealt(requests, clients), 201)
            first += count
        digests = [door.look(raw, "footprint.yaml").digest for raw in raws]
        reads = [get(f"/api/v1/statements/{digest}") for digest in digests]
        tagged = [
            get(f"/api/v1/statements/{digest}", f'If-None-Match: "{digest}"\r\n')
            for digest in digests
        ]
        hello = [get("/hello")] * count * 5
        page = get("/api/v1/statements?limit=20")
        load(port, [[page]], 200)  # takes in what was submitted
        # A turn has the same statements of each kind: what it reads first it reads again.
        by_turns = in_turns(
            (hello_port, hello, 200), (port, reads, 200), (port, reads * 5, 200), (port, tagged * 5, 304),
            (port, [page] * (count // 4), 200),
        )  # fmt: skip
        requests = [post(raw) for raw in texts(first, count)]
        beside: list[Load] = []
        writers = threading.Thread(
            target=lambda: beside.append(load(port, dealt(requests, 2), 201))
        )
        writers.start()
        reads_beside = load(port, dealt(reads, 2), 200)
        writers.join()
    for folder in folders:
        shutil.rmtree(folder)
    return Round(disk, store, in_groups, posts, by_turns, reads_beside, beside[0], start, bare)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=None)
    parser.add_argument("--count", type=int, default=400)
    options = parser.parse_args()
    base = tempfile.mkdtemp(dir=options.folder)
    try:
        folder = tempfile.mkdtemp(dir=base)
        with running(("-c", HELLO), folder) as hello_port:
            rounds = [measure(base, hello_port, options.count) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(base, ignore_errors=True)
    sys.exit(1 if report(rounds, options.count) else 0)


def report(rounds: Sequence[Round], count: int) -> bool:
    """Print the medians; say whether a target was missed."""
    print(f"{count} statements a measure, {len(rounds)} rounds, Python {sys.version.split()[0]}")
    disk = [one.disk for one in rounds]
    alone = [one.store for one in rounds]
    print(f"{'fdatasync of 4 KiB':40} {median(disk):7.0f} /s")
    print(f"{'store without HTTP, one by one':40} {median(alone):7.0f} /s")
    print(f"{'store, in groups of 100':40} {median(one.grouped for one in rounds):7.0f} /s")
    for clients in CLIENTS:
        found = [one.posts[clients] for one in rounds]
        rates = [one.rate for one in found]
        words = f"{_ratio(rates, disk):.2f} of fdatasync, {_ratio(rates, alone):.2f} of the store"
        _say(f"POST, clients: {clients}", found, words)
    turns = {
        name: [turn for one in rounds for turn in one.reads[at]] for at, name in enumerate(READS)
    }
    hello = [turn.rate for turn in turns[READS[0]]]
    shares = {name: _ratio([turn.rate for turn in found], hello) for name, found in turns.items()}
    for name, found in turns.items():
        target = f", at least {LEAST_OF_HELLO}" if name == AGAIN else ""
        _say(name, found, f"{shares[name]:.2f} of hello{target}")
    _say("GET of a statement, beside two writers", [one.reads_beside for one in rounds])
    _say("POST of the two writers", [one.posts_beside for one in rounds])
    start, bare = median(one.start for one in rounds), median(one.bare for one in rounds)
    words = f"at most {LONGEST_START:g} s; python -c pass: {bare:.2f} s"
    print(f"{'start until the first 200':40} {start:7.2f} s    {words}")
    return shares[AGAIN] < LEAST_OF_HELLO or start > LONGEST_START


def _ratio(rates: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios inside each round or turn: what slows the machine slows both."""
    return median(one / other for one, other in zip(rates, others, strict=True))


def _say(name: str, loads: Sequence[Load], words: str = "") -> None:
    half, most = (1000 * median(one.quantile(share) for one in loads) for share in (0.5, 0.99))
    rate = median(one.rate for one in loads)
    print(f"{name:40} {rate:7.0f} /s   p50 {half:6.1f} ms   p99 {most:6.1f} ms   {words}".rstrip())


if __name__ == "__main__":
    main()
