"""What goes wrong in a database: nothing that was acknowledged is lost, and nothing half-written is served.

A process that is killed is in test_registry_kill.py, a step of an upgrade that fails in
test_registry_schema.py.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
import psycopg
import pytest
from registry_cases import DATABASES, draft, statement, unlock, url_of
from registry_postgres import Server, database_url
from service_cases import API, YAML, serving
from sqlalchemy import event

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.door import look, submit
from greenalgo.registry.record import Draft
from greenalgo.registry.store import open_store
from greenalgo.registry.store.sql import SqlStore
from greenalgo.registry.store.sql.engine import open_engine, reading, writing
from greenalgo.registry.store.sql.turn import MANY, BundledTurn

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(HERE)}


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(database_url(str(tmp_path)), create=True)
    yield store
    store.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server to kill, with the settings that PostgreSQL comes with."""
    made = Server()
    yield made
    made.remove()


def submitting(url: str, count: int, first: int = 1) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "submit_many.py"), url, str(count), str(first)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    )


def sound(url: str, answered: list[str]) -> int:
    """Check that a registry holds what was acknowledged; return how many statements it has."""
    with closing(open_store(url)) as store:
        inspection = audit.inspect(store)
        assert inspection.sound
        events = store.log().events
        published = [event.digest for event in events]
        assert len(set(published)) == len(published) == inspection.verified.statements
        assert set(answered) <= set(published)
        for digest in answered:
            assert hashlib.sha256(store.body(digest) or b"").hexdigest() == digest
    return len(published)


# Two writers


@pytest.mark.slow
def test_two_processes_on_one_store_lose_nothing(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    processes = [submitting(url, 60, first) for first in (1, 1001, 1031)]  # two of them overlap
    answered = []
    for process in processes:
        out, errors = process.communicate(timeout=120)
        assert (process.returncode, errors) == (0, "")
        answered += out.splitlines()[1:]
    assert len(answered) == 180
    assert sound(url, answered) == len(set(answered)) == 150


def test_a_statement_that_somebody_else_just_published_is_known(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    raw = statement()
    with closing(open_store(url, create=True)) as store, closing(open_store(url)) as other:
        judged = look(raw, "f.yaml")
        other.commit([draft()])
        outcome = submit(store, judged, raw, "f.yaml")
        assert (outcome.known, outcome.state.status) == (True, "published")
        assert len(store.log().events) == 1


# A full disk


def test_a_full_database_file_leaves_nothing_half_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    with closing(SqlStore(url, create=True)) as store:
        store.commit([draft(hours) for hours in (1, 2, 3)])
        with reading(store.engine) as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def limit(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with closing(SqlStore(url)) as store:
        event.listen(store.engine, "connect", limit)
        store.engine.dispose()
        for commit in (store.commit, store.commit_each):
            with pytest.raises(CannotCheckError, match="full"):
                commit([draft(hours) for hours in range(100, 160)])
        assert len(store.log().events) == 3
        assert audit.verify(store).problems == ()
    with closing(SqlStore(url)) as store:
        store.commit([draft(100)])
        assert audit.verify(store).checkpoint.size == 4


def test_a_file_system_that_takes_no_more_is_said_and_loses_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    open_store(url, create=True).close()
    command = (
        "import resource, runpy, signal, sys; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000)); "
        "sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    ran = subprocess.run(
        [sys.executable, "-c", command, str(HERE / "submit_many.py"), url, "1000"],
        capture_output=True, text=True, env=ENVIRONMENT, check=False, timeout=120,
    )  # fmt: skip
    answered = ran.stdout.splitlines()[1:]
    assert ran.returncode == 4, ran.stderr
    assert "cannot be used" in ran.stderr
    assert 5 < len(answered) < 1000
    assert sound(url, answered) == len(answered)


@pytest.mark.slow
def test_a_server_whose_disk_is_full_loses_nothing(server: Server) -> None:
    """A server may write files of 20 MB at most; its log of changes has files of 16."""
    url = server.database("full")
    open_store(url, create=True).close()
    server.kill()
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000_000, former[1]))
    try:
        server.start()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)
    acknowledged = 0
    with closing(open_store(url)) as store:
        with pytest.raises(CannotCheckError, match="cannot be used"):  # noqa: PT012 - which one, is open
            for _ in range(200):
                bodies = [os.urandom(200_000) for _ in range(5)]
                drafts = [
                    Draft("publish", hashlib.sha256(body).hexdigest(), body=body) for body in bodies
                ]
                acknowledged += len(store.commit(drafts))
        assert 20 < acknowledged < 200
        verified = audit.verify(store)
        assert (verified.statements, verified.checkpoint.size) == (acknowledged, acknowledged)
        assert verified.problems == ()
    server.kill()
    server.start()
    with closing(open_store(url)) as store:
        store.commit([draft(1)])
        assert audit.verify(store).checkpoint.size == acknowledged + 1


# A server that is killed


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["server", "backend"])
@pytest.mark.parametrize("after", [5, 90])
def test_a_server_that_is_killed_loses_nothing_that_was_answered(
    server: Server, victim: str, after: int
) -> None:
    url = server.database(f"{victim}{after}")
    with submitting(url, 3000) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "ready\n"
        answered = [process.stdout.readline().strip() for _ in range(after)]
        if victim == "server":
            server.kill()
        else:  # the server ends the other connections as well, and recovers by itself
            os.kill(server.backend_of(url), signal.SIGKILL)
        answered += process.stdout.read().split()
        errors = process.stderr.read()
    assert process.returncode == 4
    assert "cannot be used" in errors
    assert "Traceback" not in errors
    assert after <= len(answered) < 3000
    if victim == "server":
        server.start()
    server.wait()
    found = sound(url, answered)
    assert len(answered) <= found <= len(answered) + 1
    # Whoever was not answered submits again: what was written is known, what was not is written.
    hours = len(answered) + 1
    raw = statement(hours=hours)
    with closing(open_store(url)) as store:
        again = submit(store, look(raw, "f.yaml"), raw, "f.yaml")
    assert again.known is (found == hours)
    assert sound(url, [*answered, again.digest]) == hours


# A connection that breaks


def terminate(store: SqlStore) -> int:
    """End every connection that a store has, from outside; return how many."""
    with psycopg.connect(store.engine.url.set(drivername="postgresql").render_as_string(
        hide_password=False
    ), autocommit=True) as connection:  # fmt: skip
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return len(rows)


def test_connections_that_were_ended_meanwhile_are_made_again(postgres: SqlStore) -> None:
    first = draft(1)
    postgres.commit([first])
    assert terminate(postgres) == 1
    assert postgres.body(first.digest) == first.body
    assert terminate(postgres) == 1
    postgres.commit([draft(2)])
    assert [one.seq for one in postgres.log().events] == [1, 2]


def ended(monkeypatch: pytest.MonkeyPatch, store: SqlStore, name: str, most: int) -> list[int]:
    """See to it that connections end before a step of a turn; return how many, each time."""
    counts: list[int] = []
    step = getattr(BundledTurn, name)

    def end(self: BundledTurn, *what: Any) -> Any:
        if len(counts) < most:
            counts.append(terminate(store))
        return step(self, *what)

    monkeypatch.setattr(BundledTurn, name, end)
    return counts


@pytest.mark.parametrize("size", [2, MANY])
@pytest.mark.parametrize("step", ["read", "commit"])
@pytest.mark.parametrize("most", [1, 2])
def test_a_connection_that_is_ended_inside_a_commit(
    postgres: SqlStore, monkeypatch: pytest.MonkeyPatch, step: str, most: int, size: int
) -> None:
    counts = ended(monkeypatch, postgres, step, most)
    events = postgres.commit([draft(hours) for hours in range(1, size + 1)])
    assert counts == [1] * most
    assert postgres.log().events == events
    assert audit.verify(postgres).problems == ()


@pytest.mark.parametrize("step", ["read", "commit"])
def test_a_connection_that_is_ended_every_time_is_said(
    postgres: SqlStore, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    with monkeypatch.context() as patch:
        ended(patch, postgres, step, 100)
        with pytest.raises(CannotCheckError, match="cannot be used"):
            postgres.commit([draft(1)])
    assert postgres.log().events == ()
    assert list(postgres.holdings()) == []
    postgres.commit([draft(1)])


@pytest.mark.parametrize("came_through", [True, False])
def test_an_answer_to_commit_that_never_came(
    postgres: SqlStore, monkeypatch: pytest.MonkeyPatch, came_through: bool
) -> None:
    lost: list[Any] = []
    commit = BundledTurn.commit

    def lose(turn: BundledTurn, *asked: Any) -> None:
        if lost:
            commit(turn, *asked)
            return
        if came_through:
            commit(turn, *asked)
        lost.append(turn)
        turn.connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BundledTurn, "commit", lose)
    drafts = [draft(1), draft(1), draft(2)]
    first, twice, second = postgres.commit_each(drafts)
    assert isinstance(twice, RegistryError)
    assert postgres.log().events == (first, second)
    assert audit.verify(postgres).problems == ()


def test_a_turn_that_is_waited_for_in_vain_is_said(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenalgo.registry.store.sql.engine.PATIENCE", 0.2)
    monkeypatch.setattr("greenalgo.registry.store.sql.turn.WAIT", "200ms")
    url = url_of(kind, tmp_path)
    with closing(SqlStore(url, create=True)) as store, closing(SqlStore(url)) as other:
        with writing(other.engine), pytest.raises(CannotCheckError, match="lock"):
            store.commit([draft(1)])
        assert store.log().events == ()
        store.commit([draft(1)])


def test_a_server_that_is_not_there_is_said_without_the_password() -> None:
    with pytest.raises(CannotCheckError) as caught:
        open_store("postgresql://somebody:s3cret@127.0.0.1:9/nowhere")
    text = str(caught.value)
    assert "postgresql://somebody@127.0.0.1:9/nowhere" in text
    assert "s3cret" not in text
    assert caught.value.__cause__ is None


# Rows that were changed beneath; a body is in test_registry_stores.py


ROWS = {
    "UPDATE event SET record = replace(record, '\"actor\":\"\"', '\"actor\":\"eve\"') WHERE position = 2":
        "was changed",
    "UPDATE event SET record = replace(record, 'publish', 'burn') WHERE position = 2": "form of one",
    "UPDATE event SET record = replace(record, 'publish', 'dispute') WHERE position = 2": "was changed",
    "UPDATE event SET record = 'no JSON' WHERE position = 2": "no JSON",
    "UPDATE event SET digest = (SELECT digest FROM event WHERE position = 1) WHERE position = 2":
        "names another statement",
    "UPDATE event SET after = replace(after, substr(after, 1, 1), 'z') WHERE position = 3":
        "out of order",
    "DELETE FROM event WHERE position = 2": "missing or out of order",
}  # fmt: skip


@pytest.mark.parametrize(("command", "words"), ROWS.items())
def test_an_event_that_was_changed_is_found(
    kind: str, tmp_path: Path, command: str, words: str
) -> None:
    with closing(SqlStore(url_of(kind, tmp_path), create=True)) as store:
        store.commit([draft(1), draft(2), draft(3)])
        unlock(store.engine)
        with writing(store.engine) as connection:
            assert connection.exec_driver_sql(command).rowcount == 1
        found = audit.verify(store).problems
        assert any(words in problem.message for problem in found), found


def test_an_event_that_was_changed_is_not_served(kind: str, tmp_path: Path) -> None:
    with closing(SqlStore(url_of(kind, tmp_path), create=True)) as store:
        one = draft(1)
        store.commit([one])
        unlock(store.engine)
        change = "UPDATE event SET record = replace(record, 'publish', 'dispute')"
        with writing(store.engine) as connection:
            connection.exec_driver_sql(change)
        for read in (
            lambda: store.states([one.digest]),
            store.states,
            lambda: store.prove(one.digest),
        ):
            with pytest.raises(DamagedError, match="was changed"):
                read()
        with pytest.raises(DamagedError, match="was changed"):  # nothing is added to it either
            store.commit([draft(2)])


# A kill in the middle of an upgrade


UPGRADE = """
import sys
from greenalgo.registry.store.sql.upgrade import upgrade
upgrade(sys.argv[1], head="9001", scripts=sys.argv[2])
print("done", flush=True)
"""
PAUSE = 'print("inside", flush=True); __import__("time").sleep(60)'


@pytest.mark.parametrize("victim", ["program", pytest.param("server", marks=pytest.mark.slow)])
def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_registry(
    kind: str, tmp_path: Path, victim: str, request: pytest.FixtureRequest
) -> None:
    from test_registry_schema import FIRST, first, rows, scripts

    if kind == "sqlite" and victim == "server":
        victim = "program"  # there is no server: the same program again, at another moment
    server: Server | None = None
    url = url_of(kind, tmp_path)
    if victim == "server":
        server = request.getfixturevalue("server")
        assert server is not None
        url = server.database("upgrade")
    first(url)
    (tmp_path / "slow").mkdir()
    command = [sys.executable, "-c", UPGRADE, url, scripts(tmp_path / "slow", PAUSE)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        if server is not None:
            server.kill()
        process.kill()
        assert process.stdout.read() == ""
    if server is not None:
        server.start()
    assert rows(url) == FIRST
    from greenalgo.registry.store.sql.upgrade import upgrade

    upgrade(url)
    with closing(open_store(url)) as store:  # the old one, whole and in use
        assert audit.verify(store).checkpoint.root == FIRST["root"]
    done = upgrade(url, head="9001", scripts=scripts(tmp_path))
    assert done.after == "9001"
    assert rows(url) == FIRST
    engine = open_engine(url)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM beside").scalar() == 0
    engine.dispose()


def test_a_service_needs_no_restart_when_its_database_comes_back(
    tmp_path: Path, server: Server
) -> None:
    path = f"{API}/statements"
    with (
        serving(tmp_path, "--store", server.database("gone")) as (_, url),
        httpx2.Client(base_url=url, timeout=40) as client,
    ):
        first = client.post(path, content=statement(hours=1), headers=YAML)
        assert first.status_code == 201
        assert client.get("/ready").status_code == 200
        server.kill()
        for gone in (client.post(path, content=statement(hours=2), headers=YAML), client.get(path)):
            assert gone.status_code == 503
            assert gone.headers["retry-after"]
            assert "postgres" not in gone.text
        assert client.get("/ready").status_code == 503
        assert client.get("/health").status_code == 200
        server.start()
        server.wait()
        again = client.post(path, content=statement(hours=2), headers=YAML)
        assert again.status_code == 201
        found = client.get(path).json()["statements"]
        both = [again.json()["digest"], first.json()["digest"]]
        assert [one["digest"] for one in found] == both
