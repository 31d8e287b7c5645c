"""The first start on a large registry: what needs no list is answered meanwhile, everything else says how far it is."""

from __future__ import annotations

import re
import threading
import time
from typing import TYPE_CHECKING

import pytest
from registry_cases import draft, make_store
from service_cases import BASE
from sqlalchemy import event
from starlette.testclient import TestClient

from greenalgo.registry.catalogue import Catalogue, Query, sync
from greenalgo.registry.catalogue.rows import Judge
from greenalgo.registry.service import library as libraries
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.library import Library
from greenalgo.registry.service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from greenalgo.registry.catalogue.facts import Facts
    from greenalgo.registry.statistics import Statistics
    from greenalgo.registry.store import Store
    from greenalgo.registry.store.base import Holding

PAGE = {"Accept": "text/html"}


def test_what_needs_no_list_is_served_while_the_lists_are_built(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = store.commit([draft(hours) for hours in (1, 2, 3)])[0].digest
    built = threading.Event()
    judge = Judge.facts

    def facts(self: Judge, held: Holding) -> Facts:
        assert built.wait(60)
        return judge(self, held)

    monkeypatch.setattr(Judge, "facts", facts)
    monkeypatch.setattr(libraries, "_SOON", 1)
    monkeypatch.setattr(libraries, "_PATIENCE", 0.05)
    app = make_app(Desk(store, Settings(BASE)))
    with TestClient(app, BASE) as client:
        try:
            for address in ("/", "/statements", "/statistics", f"/compare?d={digest}"):
                answer = client.get(address, headers=PAGE)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "2"), address
                assert re.search(
                    "lists are being built: 0 of [39] entries are in them", answer.text
                )
            assert client.get("/ready").json()["type"].endswith("/busy")
            assert client.get("/about", headers=PAGE).status_code == 200
            page = client.get(f"/statements/{digest}", headers=PAGE)
            assert page.status_code == 200
            assert "the lists are being built" in page.text
        finally:
            built.set()
        for _ in range(600):
            if client.get("/ready").status_code == 200:
                break
            time.sleep(0.1)
        assert client.get("/statements", headers=PAGE).status_code == 200
        assert "lists are being built" not in client.get(f"/statements/{digest}", headers=PAGE).text


def test_a_service_that_is_stopped_does_not_build_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store("sqlite", tmp_path)
    store.commit([draft(hours) for hours in range(1, 11)])
    library, begun, judged = Library(store), threading.Event(), []
    judge = Judge.facts

    def facts(self: Judge, held: Holding) -> Facts:
        judged.append(held.digest)
        begun.set()
        time.sleep(0.05)
        return judge(self, held)

    monkeypatch.setattr(Judge, "facts", facts)
    monkeypatch.setattr(sync, "CHUNK", 1)
    library.begin()
    assert begun.wait(60)
    library.close()
    assert 0 < len(judged) < 10
    monkeypatch.undo()
    again = Library(store)  # goes on where the first was stopped
    assert again.events() == 10
    again.close()
    store.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_events_take_no_more_queries_than_few(kind: str, tmp_path: Path) -> None:
    store = make_store(kind, tmp_path)
    engine = store.engine  # type: ignore[attr-defined]
    catalogue = Catalogue(engine)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def written(first: int, last: int) -> int:
        store.commit([draft(hours) for hours in range(first, last)])
        asked.clear()
        catalogue.sync(store)
        return sum(not one.lstrip().startswith("SELECT") for one in asked)

    assert written(1, 3) == written(3, 40)
    store.close()


def test_who_asks_first_for_statistics_does_not_wait_for_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit([draft(hours) for hours in (1, 2, 3)])
    counted = threading.Event()
    count = Catalogue.statistics

    def counting(self: Catalogue, as_of: int | None = None) -> Statistics:
        found = count(self, as_of)
        counted.set()
        return found

    monkeypatch.setattr(Catalogue, "statistics", counting)
    monkeypatch.setattr(libraries, "_MANY", 2)
    library = Library(store)
    library.begin()
    assert counted.wait(60)
    monkeypatch.setattr(Catalogue, "statistics", lambda *_: 1 / 0)
    assert library.statistics().statements == 3
    library.close()


def test_what_comes_right_after_the_lists_are_built_is_in_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit([draft(1)])
    library, count = Library(store), Catalogue.count
    shown: list[int] = []
    asked = threading.Event()

    def counting(self: Catalogue) -> int:  # in the thread that built them, which is not done yet
        store.commit([draft(2)])
        shown.append(len(library.page(Query()).entries))
        asked.set()
        return count(self)

    monkeypatch.setattr(Catalogue, "count", counting)
    library.begin()
    assert asked.wait(60)
    library.close()
    assert shown == [2]
