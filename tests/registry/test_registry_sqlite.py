"""SQLite: nothing is changed or deleted, and what was changed by force is found."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from registry_cases import draft, make_store

from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.record import Draft, Log, draw_up
from greenalgo.registry.store import Holding, open_store
from greenalgo.registry.store.sql import SqlStore
from greenalgo.registry.store.sql.engine import reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORBIDDEN = (
    "UPDATE statement SET body = x'00'",
    "DELETE FROM statement",
    "UPDATE event SET record = '{}'",
    "DELETE FROM event WHERE position = 2",
    "INSERT OR REPLACE INTO statement SELECT digest, x'00' FROM statement",
    "REPLACE INTO event SELECT position, after, digest, supersedes, '{}', edge FROM event",
    "REPLACE INTO event SELECT 9, after, digest, supersedes, record, edge FROM event WHERE position = 1",
    "INSERT INTO event SELECT 5, after, digest, supersedes, record, edge FROM event WHERE position = 3",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    store = make_store("sqlite", tmp_path)
    store.commit([draft(1), draft(2), draft(3)])
    store.close()
    return tmp_path / "registry.db"


@pytest.fixture
def shell(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file)
    yield connection
    connection.close()


@pytest.mark.parametrize("command", FORBIDDEN)
def test_rows_are_append_only_for_everybody(shell: sqlite3.Connection, command: str) -> None:
    before = list(shell.iterdump())
    with pytest.raises(sqlite3.Error):
        shell.execute(command)
    shell.rollback()
    assert list(shell.iterdump()) == before


def test_the_file_is_durable_by_its_settings(file: Path) -> None:
    store = SqlStore(f"sqlite:///{file}")
    with reading(store.engine) as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "page_size", "foreign_keys")
        }
    store.close()
    assert settings == {
        "journal_mode": "wal", "synchronous": 2, "page_size": 4096, "foreign_keys": 1
    }  # fmt: skip


def drop_triggers(shell: sqlite3.Connection) -> None:
    for (name,) in shell.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        shell.execute(f"DROP TRIGGER {name}")


TAMPERED = {
    "UPDATE statement SET body = replace(body, '57', '56') WHERE rowid = 1": "digest differs",
    "DELETE FROM statement WHERE rowid = 2": "body is missing",
    "UPDATE event SET record = json_set(record, '$.actor', 'mallory') WHERE position = 2": "was changed",
    "UPDATE event SET record = json_set(record, '$.kind', 'burn') WHERE position = 2": "form of one",
    "DELETE FROM event WHERE position = 2": "missing or out of order",
    "UPDATE event SET after = replace(after, substr(after, 1, 1), 'z') WHERE position = 3": "out of order",
    "UPDATE event SET edge = zeroblob(32) WHERE position = 3": "checkpoint does not fit",
}


@pytest.mark.parametrize(("command", "words"), TAMPERED.items())
def test_what_is_changed_by_force_is_found(
    file: Path, shell: sqlite3.Connection, command: str, words: str
) -> None:
    drop_triggers(shell)
    shell.execute(command)
    shell.commit()
    store = open_store(f"sqlite:///{file}")
    problems = audit.verify(store).problems
    store.close()
    assert any(words in problem.message for problem in problems), problems


def test_a_log_that_lost_its_end_does_not_hold_its_checkpoint(
    file: Path, shell: sqlite3.Connection
) -> None:
    store = open_store(f"sqlite:///{file}")
    checkpoint = store.log().checkpoint
    drop_triggers(shell)
    shell.execute("DELETE FROM event WHERE position = 3")
    shell.commit()
    assert audit.verify(store).problems == ()
    assert "does not contain the checkpoint" in audit.verify(store, checkpoint).problems[0].message
    store.close()


@pytest.mark.parametrize("table", ["statement", "event"])
def test_pages_that_a_disk_damaged_are_found(
    file: Path, shell: sqlite3.Connection, table: str
) -> None:
    query = "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?"
    (page,) = shell.execute(query, (table,)).fetchone()
    raw = bytearray(file.read_bytes())
    for at in range(4096 * (page - 1), 4096 * page):
        raw[at] ^= 0x5A
    file.write_bytes(bytes(raw))
    store = open_store(f"sqlite:///{file}")
    assert store.damage() != []
    assert audit.verify(store).problems != ()
    with pytest.raises(CannotCheckError):
        store.log() if table == "event" else list(store.holdings())
    store.close()


def test_a_file_that_is_damaged_all_over_cannot_be_opened(file: Path) -> None:
    raw = file.read_bytes()
    file.write_bytes(raw[:4096] + bytes(byte ^ 0x5A for byte in raw[4096:]))
    with pytest.raises(CannotCheckError, match="malformed"):
        open_store(f"sqlite:///{file}")


def test_another_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE t (x)")
    other.commit()
    other.close()
    with pytest.raises(CannotCheckError, match="no registry"):
        open_store(f"sqlite:///{path}", create=True)
    with pytest.raises(CannotCheckError, match="sqlite:///"):
        open_store(str(path))
    (tmp_path / "text.db").write_text("hello, this is no database at all\n" * 9)
    with pytest.raises(CannotCheckError):
        open_store(f"sqlite:///{tmp_path}/text.db", create=True)


def test_a_reader_that_would_have_to_wait_finds_nothing_at_hand(file: Path) -> None:
    store = SqlStore(f"sqlite:///{file}")
    digest = store.find("")[0]
    store.engine.dispose()
    with closing(sqlite3.connect(file)) as shell:
        shell.execute("PRAGMA locking_mode = EXCLUSIVE")
        shell.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        assert store.at_hand(digest) is None
        assert time.monotonic() - started < 1
    assert store.at_hand(digest) == store.kept(digest)
    store.close()


def test_a_writer_that_waits_too_long_is_told(
    file: Path, shell: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenalgo.registry.store.sql.engine.PATIENCE", 0.05)
    store = SqlStore(f"sqlite:///{file}")
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotCheckError, match="locked"):
        store.commit([draft(9)])
    shell.rollback()
    assert len(store.commit([draft(9)])) == 1
    store.close()


def test_a_log_with_open_branches_can_be_restored_and_goes_on(tmp_path: Path) -> None:
    drafts = [draft(hours) for hours in (1, 2, 3)]
    moments = [f"2026-01-01T00:00:0{second}.000000Z" for second in range(3)]
    first = draw_up(drafts[0], 1, (), moments[0])
    left = draw_up(drafts[1], 2, (first.hash,), moments[1])
    right = draw_up(drafts[2], 2, (first.hash,), moments[2])
    log = Log((first, left, right))
    store = SqlStore(f"sqlite:///{tmp_path}/r.db", create=True)
    store.restore([Holding(one.digest, one.body) for one in drafts], log.events)
    assert store.log().heads == log.heads
    assert store.checkpoint() == log.checkpoint
    event = store.commit([Draft("withdraw", drafts[0].digest, "", "wrong")])[0]
    assert sorted(event.parents) == sorted((left.hash, right.hash))
    assert audit.verify(store, Log((first, left)).checkpoint).problems == ()
    store.commit([draft(4)])
    assert store.checkpoint() == store.log().checkpoint
    assert audit.verify(store).problems == ()
    store.close()


def test_errors_of_the_triggers_are_said_in_words(file: Path) -> None:
    store = SqlStore(f"sqlite:///{file}")
    with pytest.raises(RegistryError, match="append-only"), writing(store.engine) as connection:
        connection.exec_driver_sql("DELETE FROM event")
    store.close()


def test_a_file_from_before_the_first_release_is_refused(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript("CREATE TABLE event (x); PRAGMA application_id = 0x67726E41")
    old.close()
    with pytest.raises(CannotCheckError, match="before the first release"):
        open_store(f"sqlite:///{tmp_path}/old.db")


def test_a_store_is_the_same_file_after_the_program_went_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = open_store("sqlite:///r.db", create=True)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store.commit([draft(1)])
    assert store.url == "sqlite:///r.db"
    store.close()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_on_a_medium_that_is_read_only(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(file.parent.iterdir())
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and access(path, mode))
    with closing(open_store(f"sqlite:///{file}")) as store:
        assert len(store.log().events) == 3
        assert store.damage() == []
        assert sorted(file.parent.iterdir()) == before, "SQLite wrote beside it"
        with pytest.raises(CannotCheckError, match="readonly database") as raised:
            store.commit([draft(4)])
    assert "who may read and write the file" in raised.value.hint


def test_a_file_that_somebody_has_open_is_read_with_what_they_wrote(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(open_store(f"sqlite:///{file}")) as writer:
        writer.commit([draft(4)])
        monkeypatch.setattr(os, "access", lambda _path, _mode: False)
        with closing(open_store(f"sqlite:///{file}")) as store:
            assert len(store.log().events) == 4
