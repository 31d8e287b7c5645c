"""Two services on one database: both write, nothing is lost or there twice, and each sees all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from registry_cases import DATABASES, draft, statement, url_of
from service_cases import API, DATABASES_ONE_EVERY_DAY, YAML, Clients, service, serving

from greenalgo.errors import CannotCheckError
from greenalgo.registry import audit
from greenalgo.registry.service import library
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

COUNT, CLIENTS = 40, 3


@pytest.mark.parametrize("database", DATABASES_ONE_EVERY_DAY)
def test_two_processes_write_and_every_statement_is_there_once(
    tmp_path: Path, database: str
) -> None:
    url = url_of(database, tmp_path)
    open_store(url, create=True).close()
    everything = [range(1, COUNT + 1)] * CLIENTS
    with (
        serving(tmp_path, "--store", url) as (_, one),
        serving(tmp_path, "--store", url) as (_, other),
    ):
        both = [Clients(one, everything), Clients(other, everything)]
        for clients in both:
            clients.join()
    answers = [answer for clients in both for answer in clients.answered]
    assert len(answers) == 2 * CLIENTS * COUNT
    created = [digest for digest, status in answers if status == 201]
    known = [digest for digest, status in answers if status == 200]
    assert len(created) + len(known) == len(answers)
    # Each was created once, by whoever came first, and known to all others.
    assert len(created) == len(set(created)) == COUNT
    store = open_store(url)
    assert [event.seq for event in store.log().events] == list(range(1, COUNT + 1))
    assert {event.digest for event in store.log().events} == set(created)
    assert audit.verify(store).problems == ()
    store.close()


def test_a_directory_is_ready_right_after_a_submission(tmp_path: Path) -> None:
    with service(tmp_path, "directory") as served:
        for hours in range(1, 4):
            assert served.client.get("/ready").status_code == 200
            made = served.client.post(
                f"{API}/statements", content=statement(hours=hours), headers=YAML
            )
            assert made.status_code == 201


@pytest.mark.parametrize("database", DATABASES)
def test_what_one_has_answered_is_in_the_lists_of_the_other(tmp_path: Path, database: str) -> None:
    with service(tmp_path, database) as one, service(tmp_path, database) as other:
        for hours, (writes, reads) in enumerate([(one, other), (other, one)] * 3, 1):
            made = writes.client.post(
                f"{API}/statements", content=statement(hours=hours), headers=YAML
            )
            assert made.status_code == 201
            page = reads.client.get(f"{API}/statements?limit=1").json()
            assert page["statements"][0]["digest"] == made.json()["digest"]
            assert page["as_of"] == hours
            html = reads.client.get("/statements", headers={"Accept": "text/html"}).text
            assert made.json()["digest"] in html


def test_ready_says_that_the_lists_are_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_PATIENCE", 0.01)
    with service(tmp_path, "sqlite") as served:
        assert served.client.get("/ready").status_code == 200
        served.desk.store.commit([draft(1)])
        syncing = served.client.app.state.library._syncing  # type: ignore[attr-defined]
        with syncing:
            answer = served.client.get("/ready")
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert "lack 1 of" in answer.json()["detail"]
            assert served.client.get(f"{API}/statements").json()["as_of"] == 0
            assert served.client.get("/health").status_code == 200
        assert served.client.get("/ready").status_code == 200
        assert served.client.get(f"{API}/statements").json()["as_of"] == 1


def test_ready_says_that_the_store_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> NoReturn:
        raise CannotCheckError("the disk is gone")

    with service(tmp_path, "sqlite") as served:
        monkeypatch.setattr(served.desk.store, "checkpoint", refuse)
        answer = served.client.get("/ready")
        assert answer.status_code == 503
        assert answer.json()["type"].endswith("/unavailable")
        assert "disk" not in answer.text
        assert served.client.get("/health").status_code == 200
