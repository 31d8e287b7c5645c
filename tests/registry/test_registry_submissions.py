"""Many statements at once: each judged as one alone is, written together, and none lost by an interruption."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from registry_cases import DATABASES, statement, url_of
from sqlalchemy import event

from greenalgo.api import loads
from greenalgo.cli.main import cli
from greenalgo.errors import CannotCheckError
from greenalgo.registry import audit
from greenalgo.registry.door import look, receipt_for, submit, submit_each
from greenalgo.registry.record import Draft
from greenalgo.registry.record.receipt import check_receipt
from greenalgo.registry.store import open_store
from greenalgo.registry.store.sql import SqlStore
from greenalgo.registry.store.sql.engine import reading, worded
from greenalgo.registry.store.sql.store import _MANY

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words), catch_exceptions=False)


def digest_of(raw: bytes) -> str:
    return look(raw, "f.yaml").digest


def version_of(former: bytes, hours: int) -> bytes:
    relation = f"relations:\n  - {{kind: supersedes, statement: {digest_of(former)}}}\n"
    return statement(hours=hours, extra=relation)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a directory with something of everything, where versions come before what they supersede."""
    made = tmp_path / "many"
    (made / "deep").mkdir(parents=True)
    first = statement(hours=1)
    second = version_of(first, 2)
    (made / "a.yaml").write_bytes(version_of(second, 3))
    (made / "b.yaml").write_bytes(second)
    (made / "deep" / "c.yaml").write_bytes(first)
    (made / "deep" / "again.yml").write_bytes(b"# the same\n" + first)
    (made / "bare.yaml").write_bytes(statement().replace(b"    pue: 1.2\n", b""))
    (made / "wrong.yaml").write_bytes(statement() + b"nonsense: 1\n")
    (made / "other.yaml").write_bytes(b"name: of another program\n")
    (made / "picture.json").write_bytes(b"\x89PNG\r\n")
    lines = [json.dumps(loads(statement(hours=hours)).data) for hours in (10, 11)]
    (made / "lines.ndjson").write_text(f"{lines[0]}\n\n{lines[1]}\n{{}}\n")
    return made


def test_what_is_fit_comes_in_and_the_rest_is_named(
    kind: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = url_of(kind, tmp_path)
    done = run("submit", "many", "--to", url, "--actor", "the group")
    assert done.exit_code == 1
    lines = [line.split("  ") for line in done.stdout.splitlines()]
    printed = {name: digest for digest, name in lines}
    assert set(printed) == {
        f"many{os.sep}{name}" for name in ("a.yaml", "b.yaml", "lines.ndjson:1", "lines.ndjson:3")
    } | {os.path.join("many", "deep", name) for name in ("again.yml", "c.yaml")}
    assert "many/bare.yaml has level L0; a registry takes L1" in done.stderr
    assert "many/wrong.yaml is invalid: nothing was submitted" in done.stderr
    assert "many/lines.ndjson:4 is invalid" in done.stderr
    assert "other.yaml" not in done.stderr
    assert "picture" not in done.stderr
    end = (
        "many: 5 statements accepted, 1 in the registry already, 3 refused; "
        "2 other files skipped (no spec_version)\n"
    )
    assert done.stderr.endswith(end), done.stderr
    with closing(open_store(url)) as store:
        assert audit.verify(store).problems == ()
        states = store.states()
        assert set(states) == set(printed.values())
        assert {state.actor for state in states.values()} == {"the group"}
        latest = printed[f"many{os.sep}a.yaml"]
        assert [one.status for one in states.values()].count("superseded") == 2
        assert states[latest].status == "published"
    again = run("submit", "many", "--to", url)
    assert sorted(again.stdout.splitlines()) == sorted(done.stdout.splitlines())
    assert "many: 0 statements accepted, 6 in the registry already, 3 refused" in again.stderr


def test_several_processes_do_what_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "many"
    folder.mkdir()
    for hours in range(1, 101):
        (folder / f"{hours:03}.yaml").write_bytes(statement(hours=hours))
    (folder / "050.yaml").write_bytes(b"spec_version: 1\n")
    one = run("submit", "many", "--to", "sqlite:///one.db")
    several = run("submit", "many", "--to", "sqlite:///several.db", "--jobs", "2")
    assert (one.exit_code, one.stdout.count("\n")) == (1, 99)
    assert (several.exit_code, several.stdout, several.stderr) == (1, one.stdout, one.stderr)
    for name in ("one", "several"):
        with closing(open_store(f"sqlite:///{name}.db")) as store:
            assert audit.verify(store).problems == ()
            assert len(store.log().events) == 99


def test_a_directory_is_registered_where_it_lies(folder: Path) -> None:
    before = {path.name for path in folder.rglob("*.yaml")}
    assert run("submit", str(folder), "--to", str(folder)).exit_code == 1
    visible = [path for path in folder.rglob("*.yaml") if ".greenalgo" not in str(path)]
    assert {path.name for path in visible} == before
    with closing(open_store(str(folder))) as store:
        assert len(store.states()) == 5
        assert store.damage() == []


@pytest.mark.parametrize(
    "words", [["--dry-run"], ["--supersedes", "1" * 64], ["--receipt", "r.json"]]
)
def test_what_is_for_one_statement_is_refused(folder: Path, words: list[str]) -> None:
    done = run("submit", str(folder), "--to", f"sqlite:///{folder}/r.db", *words)
    assert done.exit_code == 2
    assert "may hold many statements" in done.stderr
    assert not (folder / "r.db").exists()


def test_a_registry_behind_a_url_takes_one_at_a_time(folder: Path) -> None:
    done = run("submit", str(folder), "--to", "https://registry.example.org")
    assert (done.exit_code, "a registry behind a URL" in done.stderr) == (2, True)


def test_nothing_to_submit_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["submit", str(tmp_path), "--to", f"sqlite:///{tmp_path}/r.db"])
    assert done.exit_code == 4
    assert "holds no statement" in done.stderr
    assert not (tmp_path / "r.db").exists()


def test_interrupted_it_says_how_far_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for hours in range(1, 21):
        (folder / f"{hours:04}.yaml").write_bytes(statement(hours=hours))
    url, calls = f"sqlite:///{tmp_path}/r.db", []

    def interrupt(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return submit_each(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("greenalgo.cli.submissions.submit_each", interrupt)
    monkeypatch.setattr("greenalgo.cli.submissions.GROUP", 5)
    done = run("submit", str(folder), "--to", url)
    assert (done.exit_code, done.stdout.count("\n")) == (130, 10)
    assert re.search(
        r"\nInterrupted: 15 of 20 files were checked\. Give the command again", done.stderr
    )
    assert "10 statements accepted" in done.stderr
    with closing(open_store(url)) as store:
        assert len(store.log().events) == 10


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_it_has_what_it_printed_and_goes_on_where_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for hours in range(1, 1501):
        (folder / f"{hours:04}.yaml").write_bytes(statement(hours=hours))
    url = f"sqlite:///{tmp_path}/r.db"
    words = [sys.executable, "-m", "greenalgo", "submit", str(folder), "--to", url]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as job:
        assert job.stdout is not None
        printed = [job.stdout.readline().split()[0]]
        job.send_signal(signal.SIGKILL)
        printed += [line.split()[0] for line in job.stdout.read().splitlines() if len(line) > 64]
    with closing(open_store(url)) as store:
        assert audit.verify(store).problems == ()
        assert set(printed) <= set(store.states())
    again = run("submit", str(folder), "--to", url)
    assert (again.exit_code, again.stdout.count("\n")) == (0, 1500)
    with closing(open_store(url)) as store:
        assert len(store.log().events) == 1500
        assert audit.verify(store).problems == ()


# A database that cannot be written


def read_only(engine: Engine) -> None:
    """Make a database one that refuses to be written, from the next connection on."""
    sqlite = engine.dialect.name == "sqlite"

    def settle(connection: object, _record: object) -> None:
        sql = "PRAGMA query_only = ON" if sqlite else "SET default_transaction_read_only = on"
        connection.execute(sql)  # type: ignore[attr-defined]
        connection.commit()  # type: ignore[attr-defined]

    event.listen(engine, "connect", settle)
    engine.dispose()


@pytest.mark.parametrize("engine", DATABASES)
def test_what_a_copy_for_reading_has_is_known_with_its_receipt(engine: str, tmp_path: Path) -> None:
    url = url_of(engine, tmp_path)
    raw, other = statement(), statement(hours=2)
    with closing(SqlStore(url, create=True)) as store:
        submit(store, look(raw, "f.yaml"), raw, "f.yaml")
    with closing(SqlStore(url)) as store:  # which has kept no connection to write with
        read_only(store.engine)
        outcome = submit(store, look(raw, "f.yaml"), raw, "f.yaml")
        assert (outcome.known, outcome.state.status) == (True, "published")
        assert check_receipt(receipt_for(store, outcome.digest), outcome.digest) == []
        with pytest.raises(CannotCheckError, match=r"read-?only"):
            submit(store, look(other, "f.yaml"), other, "f.yaml")
        assert len(store.log().events) == 1


def test_postgresql_looks_many_up_by_an_index_before_it_has_statistics(tmp_path: Path) -> None:
    names = [f"{number:064x}" for number in range(4000)]
    with closing(SqlStore(url_of("postgresql", tmp_path), create=True)) as store:
        store.commit_each([Draft("publish", name, body=b"{}") for name in names])
        assert set(store.states(names[:300])) == set(names[:300])
        asked = "EXPLAIN " + worded(store.engine, _MANY["postgresql"])
        with reading(store.engine) as connection:
            found = connection.exec_driver_sql(asked, (names[:100], names[:100]))
            plan = "\n".join(found.scalars())
    assert "ix_event_digest" in plan
    assert "Seq Scan on event" not in plan
