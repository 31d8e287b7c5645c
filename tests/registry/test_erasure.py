"""Erasure: the body goes, the log stays and verifies, and everything says erased; on every store and over HTTP."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from registry_cases import (
    DATABASES,
    WHY,
    draft,
    make_store,
    statement,
    unlock,
    url_of,
)
from service_cases import API, BASE, YAML, Service, bearer, service
from sqlalchemy import text

from greenalgo.cli.main import cli
from greenalgo.errors import ErasedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.catalogue import Query, open_catalogue
from greenalgo.registry.catalogue.places import forget
from greenalgo.registry.client import RemoteStore
from greenalgo.registry.door import look, receipt_for, submit
from greenalgo.registry.identity.book import erase_deposits, open_book
from greenalgo.registry.identity.deposits import deposit, reveal, review
from greenalgo.registry.record import Draft
from greenalgo.registry.record.receipt import check_receipt
from greenalgo.registry.record.state import NEXT
from greenalgo.registry.snapshot import files_of, read_snapshot
from greenalgo.registry.store import open_store
from greenalgo.registry.store.base import LEFT
from greenalgo.registry.store.sql import SqlStore
from greenalgo.registry.store.sql.engine import worded, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.registry.store import Store

#: A name that stands in title, subject and name of the file, and is what has to go.
NAME = "Jane-Doe-7B"
RAW = statement(NAME)
DIGEST = look(RAW, "f.yaml").digest
ERASE = Draft("erase", DIGEST, "the board", "personal-data: of a third person")


def fill(store: Store) -> Store:
    """Put in what is to be erased, between two others."""
    store.commit([draft(1), draft(name=NAME), draft(3)])
    return store


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


def test_the_body_goes_and_the_log_stays(store: Store) -> None:
    fill(store)
    before = store.checkpoint()
    [event] = store.commit([ERASE])
    assert (event.kind, event.digest, event.seq) == ("erase", DIGEST, 4)
    assert store.body(DIGEST) is None
    assert store.kept(DIGEST) is None
    assert store.find(DIGEST[:8]) == ()
    assert DIGEST not in {held.digest for held in store.holdings()}
    state = store.states()[DIGEST]
    assert (state.status, state.reason, state.actor) == ("erased", ERASE.reason, "the board")
    verified = audit.verify(store, before)
    assert (verified.problems, verified.statements) == ((), 2)
    assert verified.checkpoint.size == 4


def test_its_publication_can_still_be_proved(store: Store) -> None:
    kept = receipt_for(fill(store), DIGEST)
    store.commit([ERASE])
    receipt = receipt_for(store, DIGEST)
    assert receipt.event == kept.event
    for one in (receipt, kept):
        assert check_receipt(one, DIGEST) == []


def test_it_does_not_come_back(store: Store) -> None:
    fill(store).commit([ERASE])
    with pytest.raises(RegistryError, match=r"was erased on .* personal-data: of a third person"):
        submit(store, look(RAW, "f.yaml"), RAW, "f.yaml")
    assert store.body(DIGEST) is None


@pytest.mark.parametrize("before", ["", "withdraw", "dispute", "retract", "quarantine"])
def test_whatever_became_of_it(store: Store, before: str) -> None:
    fill(store)
    if before:
        store.commit([Draft(before, DIGEST, "", WHY[before])])
    store.commit([ERASE])
    assert store.states()[DIGEST].status == "erased"
    assert audit.verify(store).problems == ()


def test_also_where_it_is_one_of_several_versions(store: Store) -> None:
    fill(store).commit([draft(200, supersedes=DIGEST, name="J")])
    store.commit([ERASE])
    states = store.states()
    later = states[DIGEST].superseded_by
    assert states[later].supersedes == DIGEST
    assert states[later].status == "published"
    assert audit.verify(store).problems == ()


@pytest.mark.parametrize("kind_of_event", sorted(set(WHY) - {"erase", "publish"}))
def test_nothing_follows(store: Store, kind_of_event: str) -> None:
    fill(store).commit([ERASE])
    with pytest.raises(RegistryError, match="is erased: there is nothing to"):
        store.commit([Draft(kind_of_event, DIGEST, "", WHY[kind_of_event])])


def test_every_status_of_a_statement_can_be_followed_by_it() -> None:
    without = {status for status, kinds in NEXT.items() if "erase" not in kinds}
    assert without == {"", "deposited", "revealed"}


@pytest.mark.parametrize("reason", ["", "because", "spam", "author-request", "personal-data:"])
def test_only_the_law_and_privacy_are_reasons(store: Store, reason: str) -> None:
    fill(store)
    with pytest.raises(RegistryError):
        store.commit([Draft("erase", DIGEST, "", reason)])
    assert store.body(DIGEST) is not None


def test_check_says_erased_and_not_missing(store: Store) -> None:
    fill(store).commit([ERASE])
    inspection = audit.inspect(store)
    assert inspection.sound
    assert [state.digest for state in inspection.erased] == [DIGEST]
    checked = run("registry", "check", _address(store))
    assert checked.exit_code == 0, checked.output
    assert f"{DIGEST}: erased on " in checked.stdout
    assert "It holds personal data: of a third person" in checked.stdout
    assert "1 erased" in checked.stdout
    assert "missing" not in checked.stdout


def test_a_registry_of_erased_statements_alone_is_sound(store: Store) -> None:
    store.commit([draft(name=NAME)])
    store.commit([ERASE])
    assert run("registry", "check", _address(store)).exit_code == 0
    assert run("registry", "verify", _address(store)).exit_code == 0


def test_a_snapshot_goes_without_it_and_is_restored(
    kind: str, store: Store, tmp_path: Path
) -> None:
    fill(store).commit([ERASE])
    folder = tmp_path / "snapshot"
    folder.mkdir()
    for name, content in files_of(store, ("csv",)).items():
        assert NAME.encode() not in content
        (folder / name).write_bytes(content)
    (tmp_path / "again").mkdir()
    again = open_store(url_of(kind, tmp_path / "again"), create=True)
    again.restore(*read_snapshot(str(folder)))
    assert again.checkpoint() == store.checkpoint()
    assert again.states()[DIGEST].status == "erased"
    assert audit.verify(again).problems == ()
    again.close()


def test_the_catalogue_forgets_it(store: Store) -> None:
    fill(store)
    with open_catalogue(store) as catalogue:
        catalogue.sync(store)
        assert catalogue.count(Query(q="jane")) == 1
        store.commit([ERASE])
        catalogue.sync(store)
        assert catalogue.count(Query(q="jane")) == 0
        assert catalogue.count() == 2
        assert catalogue.get(DIGEST) is None
        assert [state.status for state in catalogue.series(DIGEST)] == ["erased"]
        assert catalogue.rebuild(store).changed == {}


def test_the_command_makes_the_catalogue_forget_at_once(store: Store) -> None:
    fill(store)
    with open_catalogue(store) as catalogue:
        catalogue.sync(store)
        forget(store, DIGEST)
        assert catalogue.get(DIGEST) is None


@pytest.mark.parametrize("place", ["directory", "sqlite"])
def test_no_byte_of_it_is_left(place: str, tmp_path: Path) -> None:
    store = fill(make_store(place, tmp_path))
    with open_catalogue(store) as catalogue:
        catalogue.sync(store)
    assert _files_with(tmp_path, NAME)
    url = _address(store)
    store.close()
    words = ("--reason", "personal-data", "--yes")
    assert run("registry", "erase", DIGEST[:10], "--in", url, *words).exit_code == 0
    assert _files_with(tmp_path, NAME) == []
    assert _files_with(tmp_path, NAME.lower()) == []


def test_no_byte_of_it_is_left_while_others_have_the_file_open(tmp_path: Path) -> None:
    store = fill(make_store("sqlite", tmp_path))
    other = open_store(store.url)
    assert other.body(DIGEST)
    store.commit([ERASE])
    assert _files_with(tmp_path, NAME) == []
    assert other.body(DIGEST) is None
    other.close()
    store.close()


def _files_with(folder: Path, word: str) -> list[Path]:
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and (word.encode() in path.read_bytes() or word in path.name)
    ]


@pytest.mark.parametrize("engine", DATABASES)
def test_triggers_let_nothing_go_that_the_log_does_not_name(engine: str, tmp_path: Path) -> None:
    store = fill(make_store(engine, tmp_path))
    assert isinstance(store, SqlStore)
    store.commit([ERASE])
    for digest in (draft(1).digest, draft(3).digest):
        with (
            pytest.raises(RegistryError, match="append-only"),
            writing(store.engine) as connection,
        ):
            connection.execute(text("DELETE FROM statement WHERE digest = :d"), {"d": digest})
    # a reason that quotes the form of an event is no event
    quoting = 'personal-data: "kind":"erase"'
    store.commit([Draft("quarantine", draft(1).digest, "", quoting)])
    with pytest.raises(RegistryError, match="append-only"), writing(store.engine) as connection:
        connection.execute(text("DELETE FROM statement WHERE digest = :d"), {"d": draft(1).digest})
    assert sum(1 for _ in store.holdings()) == 2
    store.close()


@pytest.mark.parametrize("engine", DATABASES)
def test_a_body_that_came_back_is_found_and_goes_again(engine: str, tmp_path: Path) -> None:
    store = fill(make_store(engine, tmp_path))
    assert isinstance(store, SqlStore)
    store.commit([ERASE])
    unlock(store.engine)
    with writing(store.engine) as connection:
        sql = worded(store.engine, "INSERT INTO statement VALUES (?, ?)")
        connection.exec_driver_sql(sql, (DIGEST, draft(name=NAME).body))
    assert [one.message for one in audit.verify(store).problems] == [LEFT]
    store.commit([ERASE])
    assert audit.verify(store).problems == ()
    assert store.states()[DIGEST].at == store.log().events[3].at
    store.close()


def test_a_file_that_came_back_by_a_merge_is_found(tmp_path: Path) -> None:
    store = fill(make_store("directory", tmp_path))
    file = next(Path(store.url).glob("jane-doe*"))
    store.commit([ERASE])
    assert not file.exists()
    file.write_bytes(RAW)
    checked = run("registry", "check", store.url)
    assert checked.exit_code == 1
    assert "it was erased on" in checked.stdout
    assert "also from the history of git" in checked.stdout
    assert DIGEST not in {held.digest for held in store.holdings()}
    done = run("registry", "erase", DIGEST, "--in", store.url, "--reason", "legal", "--yes")
    assert done.exit_code == 0, done.output
    assert not file.exists()
    assert run("registry", "check", store.url).exit_code == 0
    assert store.states()[DIGEST].reason == ERASE.reason  # the first one counts


def test_killed_between_event_and_removal_it_is_found_and_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fill(make_store("directory", tmp_path))
    real = os.unlink

    def fail(path: Any, **more: Any) -> None:
        if DIGEST in str(path) or "jane" in str(path):
            raise KeyboardInterrupt
        real(path, **more)

    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(KeyboardInterrupt):
        store.commit([ERASE])
    monkeypatch.undo()
    again = open_store(store.url)
    assert again.states()[DIGEST].status == "erased"
    assert [one.message for one in audit.verify(again).problems] == [LEFT]
    again.commit([ERASE])
    assert audit.verify(again).problems == ()
    assert _files_with(tmp_path, NAME) == []


def test_the_command_says_what_it_will_do_and_what_is_left_to_do(store: Store) -> None:
    url = _address(fill(store))
    words = ("registry", "erase", DIGEST[:10], "--in", url, "--reason")
    asked = run(*words, "personal-data")
    assert asked.exit_code == 2
    assert f"this takes the body of {DIGEST} out for good: say so with --yes" in asked.stderr
    wrong = run(*words, "personal_data", "--yes")
    assert (wrong.exit_code, "did you mean personal-data?" in wrong.stderr) == (1, True)
    claimed = run(*words, "legal", "--yes", "--actor", "ci:github:1")
    assert claimed.exit_code == 2
    assert store.body(DIGEST) is not None
    done = run(*words, "legal", "--note", "order 7 of 2026", "--yes")
    assert (done.exit_code, done.stdout) == (0, f"{DIGEST}: erased, event 4\n"), done.output
    assert "Still to do: " in done.stderr
    nothing = run("registry", "moderate", DIGEST, "restore", "--in", url, "--reason", "mistake")
    assert "is erased: there is nothing to restore" in nothing.stderr


def _address(store: Store) -> str:
    """Return the address of a store, with what tests need to reach it."""
    if isinstance(store, SqlStore):
        url = store.engine.url
        if store.engine.dialect.name == "postgresql":
            return url.set(drivername="postgresql").render_as_string(hide_password=False)
    return store.url


@pytest.fixture
def served(kind: str, tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path, kind) as found:
        fill(found.desk.store)
        yield found


PAGE = {"Accept": "text/html"}


def erase(served: Service, word: str = "eraser", reason: str = "personal-data") -> Any:
    body = {"kind": "erase", "reason": reason}
    return served.client.post(f"{API}/statements/{DIGEST}/events", json=body, headers=bearer(word))


def test_over_http_it_is_gone_with_the_reason(served: Service) -> None:
    assert served.client.get(f"{API}/statements?q=jane").json()["statements"]
    assert erase(served).status_code == 201
    for path in (
        f"{API}/statements/{DIGEST}",
        f"/statements/{DIGEST}",
        f"/statements/{DIGEST}.json",
        f"/statements/{DIGEST}/footprint.yaml",
    ):
        answer = served.client.get(path, headers={"Accept": "application/json"})
        assert answer.status_code == 410, path
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["type"].endswith("/gone")
        assert "was erased on" in problem["detail"]
        assert "It holds personal data." in problem["detail"]
        assert problem["status_of_statement"] == "erased"
        assert answer.headers["cache-control"] == "no-store"
    badge = served.client.get(f"/statements/{DIGEST}/badge.svg")
    assert (badge.status_code, "erased" in badge.text) == (200, True)
    state = served.client.get(f"{API}/statements/{DIGEST}/state").json()
    assert (state["status"], state["reason"]) == ("erased", "personal-data")
    assert [event["kind"] for event in state["events"]] == ["publish", "erase"]
    assert served.client.get(f"{API}/statements/{DIGEST}/receipt").status_code == 200
    assert served.client.get(f"{API}/statements?q=jane&status=all").json()["statements"] == []
    assert served.client.get(f"/compare/comparison.bib?d={DIGEST}").status_code == 200


def test_its_page_is_a_tombstone(served: Service) -> None:
    served.client.get("/")
    erase(served)
    answer = served.client.get(f"/statements/{DIGEST}", headers=PAGE)
    assert answer.status_code == 410
    assert "This statement was erased" in answer.text
    assert "It holds personal data." in answer.text
    assert DIGEST in answer.text
    assert "Jane" not in answer.text
    assert NAME not in served.client.get("/statements", headers=PAGE).text


@pytest.mark.parametrize("place", ["directory", "sqlite"])
def test_over_http_no_byte_of_it_is_left(place: str, tmp_path: Path) -> None:
    with service(tmp_path, place) as found:
        fill(found.desk.store)
        assert found.client.get(f"{API}/statements?q=jane").json()["statements"]
        assert erase(found).status_code == 201
        assert _files_with(tmp_path, NAME) == []
        assert _files_with(tmp_path, NAME.lower()) == []


def test_a_blind_deposit_of_it_goes_as_well(kind: str, tmp_path: Path) -> None:
    store = make_store(kind, tmp_path)
    with open_book(store) as book:
        mine = deposit(store, book, RAW, "f.yaml")
        other = deposit(store, book, statement(hours=7), "g.yaml")
    fill(store)
    words = ("--reason", "personal-data", "--yes")
    assert run("registry", "erase", DIGEST, "--in", _address(store), *words).exit_code == 0
    with open_book(store) as book:
        assert book.deposit(commitment=mine.commitment) is None
        assert review(store, book, mine.review) is None
        assert book.deposit(commitment=other.commitment) is not None
        with pytest.raises(RegistryError):
            reveal(store, book, mine.salt, DIGEST)
    assert store.states([mine.commitment])[mine.commitment].status == "deposited"
    assert audit.verify(store).problems == ()
    if kind != "postgresql":
        assert _files_with(tmp_path, NAME) == []
    store.close()


def test_over_http_a_blind_deposit_of_it_goes_as_well(served: Service) -> None:
    with open_book(served.desk.store) as book:
        body = look(RAW, "f.yaml").body
        book.add_deposit("1" * 64, "2" * 64, body)
    assert erase(served).status_code == 201
    with open_book(served.desk.store) as book:
        assert book.deposit(commitment="1" * 64) is None


def test_an_erasure_makes_no_book_where_there_is_none(tmp_path: Path) -> None:
    store = fill(make_store("directory", tmp_path))
    assert erase_deposits(store, DIGEST) == 0
    assert not (tmp_path / "registry" / ".greenalgo-registry" / "private").exists()


@pytest.mark.parametrize("word", ["alice", "judge"])
def test_over_http_it_takes_the_scope(served: Service, word: str) -> None:
    answer = erase(served, word)
    assert answer.status_code == 403
    assert "the scope 'erase'" in answer.json()["detail"]
    assert served.desk.find(DIGEST) is not None


def test_over_http_other_reasons_are_refused(served: Service) -> None:
    answer = erase(served, reason="spam")
    assert answer.status_code == 400
    assert "there are personal-data, legal" in answer.json()["hint"]


def test_over_http_it_does_not_come_back(served: Service) -> None:
    erase(served)
    headers = {**YAML, **bearer("alice")}
    answer = served.client.post(f"{API}/statements", content=RAW, headers=headers)
    assert (answer.status_code, "was erased" in answer.json()["detail"]) == (409, True)
    with pytest.raises(ErasedError):
        served.desk.find(DIGEST)


def test_a_client_reads_verifies_and_exports_what_is_left(served: Service, tmp_path: Path) -> None:
    remote = RemoteStore(BASE, "eraser", transport=served.client._transport)
    before = remote.checkpoint()
    assert remote.commit([ERASE._replace(actor="")])[0].kind == "erase"
    assert remote.body(DIGEST) is None
    assert remote.kept(DIGEST) is None
    assert {held.digest for held in remote.holdings()} == {draft(1).digest, draft(3).digest}
    assert audit.verify(remote, before).problems == ()
    inspection = audit.inspect(remote)
    assert (inspection.sound, len(inspection.erased)) == (True, 1)
    folder = tmp_path / "snapshot"
    folder.mkdir()
    for name, content in files_of(remote).items():
        (folder / name).write_bytes(content)
    assert len(read_snapshot(str(folder))[0]) == 2
