"""Reads of a statement: without a change of threads unless the disk is slow, and never of yesterday."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from registry_cases import change_body, draft, make_store
from service_cases import API, service

from greenalgo.registry.record import Draft
from greenalgo.registry.service import desk as desks
from greenalgo.registry.service.waits import Waits
from greenalgo.registry.service.wire.work import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from service_cases import Service

    from greenalgo.registry.store import Store

ONE, OTHER = draft(1), draft(2)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, "sqlite") as made:
        made.desk.store.commit([ONE, OTHER])
        yield made


@pytest.fixture
def another(served: Service, tmp_path: Path) -> Iterator[Store]:
    """What another process has of the same registry."""
    store = make_store("sqlite", tmp_path)
    yield store
    store.close()


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what was run in threads, from now on."""
    found: list[object] = []

    def noting(run: Any) -> Any:
        def noted(self: Workshop, function: Any, *args: Any, **kwargs: Any) -> Any:
            found.append(function)
            return run(self, function, *args, **kwargs)

        return noted

    for name in ("run", "run_short"):
        monkeypatch.setattr(Workshop, name, noting(getattr(Workshop, name)))
    return found


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be as after a read that had to wait for the disk."""
    monkeypatch.setattr(Waits, "are_rare", lambda _: False)


def address(digest: str) -> str:
    return f"{API}/statements/{digest}"


def test_a_statement_that_is_in_memory_takes_no_thread(served: Service, hops: list[object]) -> None:
    served.desk._waits = Waits(lambda: 0)
    for _ in range(2):
        found = served.client.get(address(ONE.digest))
        linked = served.client.get(f"/statements/{ONE.digest}.json")
        assert found.content == linked.content == ONE.body
    known = {"If-None-Match": f'"{ONE.digest}"'}
    assert served.client.get(address(ONE.digest), headers=known).status_code == 304
    assert not hops
    assert served.client.get(address("0" * 64)).status_code == 404
    assert len(hops) == 1


@pytest.mark.usefixtures("slow")
def test_where_the_disk_is_slow_what_was_read_lately_takes_no_thread(
    served: Service, hops: list[object]
) -> None:
    first = served.client.get(address(ONE.digest))
    assert len(hops) == 1
    again = served.client.get(address(ONE.digest))
    linked = served.client.get(f"/statements/{ONE.digest}.json")
    assert len(hops) == 1
    assert first.content == again.content == linked.content == ONE.body
    assert served.client.get(address(OTHER.digest)).content == OTHER.body
    assert len(hops) == 2
    known = {"If-None-Match": f'"{ONE.digest}"'}
    assert served.client.get(address(ONE.digest), headers=known).status_code == 304
    assert len(hops) == 2


@pytest.mark.usefixtures("slow")
def test_only_so_many_are_remembered_and_those_that_are_asked_for_most_lately(
    served: Service, hops: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    third = draft(3)
    served.desk.store.commit([third])
    monkeypatch.setattr(desks, "MOST_LATELY", 2)
    for one in (ONE, OTHER, ONE, third, ONE):
        served.client.get(address(one.digest))
    assert len(hops) == 3
    served.client.get(address(OTHER.digest))
    assert len(hops) == 4


@pytest.mark.parametrize(("reads", "seconds"), [((7, 9), 0.01), ((7, 7), 0.03)])
def test_after_a_read_that_waited_others_wait_elsewhere(
    reads: tuple[int, int], seconds: float
) -> None:
    blocks, times = iter(reads), iter((100.0, 100.0, 100.0 + seconds, 100.5, 104.0))
    waits = Waits(lambda: next(blocks), lambda: next(times))
    assert waits.are_rare()
    with waits.watched():
        pass
    assert not waits.are_rare()
    assert waits.are_rare()


def test_a_read_that_was_quick_changes_nothing() -> None:
    waits = Waits(lambda: 7)
    with waits.watched():
        time.sleep(0.001)
    assert waits.are_rare()


def test_where_the_system_does_not_say_whether_a_read_waited_threads_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("greenalgo.registry.service.waits._THREAD", None)
    waits = Waits()
    with waits.watched():
        pass
    assert not waits.are_rare()


@pytest.mark.parametrize(
    ("kind", "reason", "status"), [("quarantine", "spam", 403), ("erase", "personal-data", 410)]
)
def test_what_another_process_did_counts_at_once(
    served: Service, another: Store, kind: str, reason: str, status: int
) -> None:
    assert served.client.get(address(ONE.digest)).status_code == 200
    assert served.client.get(address(ONE.digest)).status_code == 200
    another.commit([Draft(kind, ONE.digest, "me", reason)])
    refused = served.client.get(address(ONE.digest))
    assert refused.status_code == status
    assert b"Chess-7B" not in refused.content
    assert served.client.get(address(OTHER.digest)).status_code == 200


def test_a_body_that_was_changed_is_not_served_though_it_was_read_before(
    served: Service, another: Store
) -> None:
    for _ in range(2):
        assert served.client.get(address(ONE.digest)).status_code == 200
    change_body(another, ONE.digest, OTHER.body)
    damaged = served.client.get(address(ONE.digest))
    assert damaged.status_code == 500
    assert damaged.json()["type"].endswith("/damaged")
