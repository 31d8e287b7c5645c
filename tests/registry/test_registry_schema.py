"""Schemas: made at once or step by step they are the same; an upgrade loses nothing, also when killed."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from registry_cases import DATABASES, draft, url_of
from sqlalchemy import inspect

from greenalgo.cli.main import cli
from greenalgo.errors import CannotCheckError
from greenalgo.registry import audit
from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.store import open_store
from greenalgo.registry.store.sql import SqlStore, schema, tables
from greenalgo.registry.store.sql.engine import open_engine, reading, worded, writing
from greenalgo.registry.store.sql.upgrade import SCRIPTS, migrate, upgrade

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: A registry as the first release wrote it: rows of both tables, and the root of its log.
FIRST = json.loads((Path(__file__).parent / "data" / "schema-0001.json").read_bytes())
#: A step that no release has, to go to from any.
STEP = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9001", "{head}"
def upgrade():
    op.add_column("statement", sa.Column("note", sa.Text))
    op.create_table("beside", sa.Column("id", sa.Integer, primary_key=True))
    {more}
"""


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def scripts(folder: Path, more: str = "") -> str:
    """Return a folder of steps that has one more than the package."""
    target = folder / "steps"
    shutil.copytree(SCRIPTS, target, ignore=shutil.ignore_patterns("__pycache__"))
    (target / "versions" / "r9001.py").write_text(STEP.format(head=tables.HEAD, more=more))
    return str(target)


def first(url: str) -> None:
    """Write the registry of the first release, with its schema."""
    engine = open_engine(url)
    with writing(engine) as connection:
        migrate(connection, "0001")
        for digest, body in FIRST["statement"]:
            sql = worded(engine, "INSERT INTO statement VALUES (?, ?)")
            connection.exec_driver_sql(sql, (digest, body.encode()))
        for *row, edge in FIRST["event"]:
            sql = worded(engine, "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)")
            connection.exec_driver_sql(sql, (*row, bytes.fromhex(edge)))
    engine.dispose()


def rows(url: str) -> dict[str, Any]:
    engine = open_engine(url)
    with reading(engine) as connection:
        body = connection.exec_driver_sql("SELECT digest, body FROM statement ORDER BY 1").all()
        event = connection.exec_driver_sql("SELECT * FROM event ORDER BY 1").all()
    engine.dispose()
    return {
        "statement": [[digest, bytes(raw).decode()] for digest, raw in body],
        "event": [[*row[:5], bytes(row[5]).hex()] for row in event],
        "root": FIRST["root"],
    }


def reflected(connection: Connection) -> dict[str, Any]:
    """Return all that a database says of its schema."""
    found = inspect(connection)
    schema: dict[str, Any] = {}
    for table in sorted(found.get_table_names()):
        schema[table] = {
            "columns": [
                {**column, "type": repr(column["type"])} for column in found.get_columns(table)
            ],
            "primary": found.get_pk_constraint(table),
            "foreign": sorted(map(str, found.get_foreign_keys(table))),
            "unique": sorted(map(str, found.get_unique_constraints(table))),
            "checks": sorted(map(str, found.get_check_constraints(table))),
            "indexes": sorted(map(_index, found.get_indexes(table))),
        }
    triggers = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
    if connection.dialect.name == "postgresql":
        triggers = (
            "SELECT pg_get_triggerdef(t.oid), pg_get_functiondef(t.tgfoid) FROM pg_trigger t "
            "WHERE NOT tgisinternal ORDER BY 1"
        )
    schema["triggers"] = [
        [" ".join(text.split()) for text in row] for row in connection.exec_driver_sql(triggers)
    ]
    return schema


def _index(found: Any) -> str:
    """Return what a database says of an index; its condition is an object without text of its own."""
    options = {name: str(value) for name, value in found.get("dialect_options", {}).items()}
    return str({**found, "dialect_options": options})


def test_a_schema_made_at_once_is_the_one_that_the_steps_lead_to(kind: str, tmp_path: Path) -> None:
    schemas = []
    for name in ("at-once", "steps"):
        (tmp_path / name).mkdir()
        url = url_of(kind, tmp_path / name)
        if name == "at-once":
            open_store(url, create=True).close()
        engine = open_engine(url)
        if name == "steps":
            with writing(engine) as connection:
                migrate(connection, "head")
        with reading(engine) as connection:
            schemas.append(reflected(connection))
        engine.dispose()
    assert schemas[0] == schemas[1]
    named = {name for table in ("statement", "event") for name in schemas[0][table]["checks"]}
    assert len(named) == 4
    assert len(schemas[0]["triggers"]) == {"sqlite": 6, "postgresql": 3}[kind]


def test_the_book_of_a_directory_is_upgraded_where_it_is_opened(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "registry"), create=True)
    folder = tmp_path / "registry" / ".greenalgo-registry" / "private"
    folder.mkdir(parents=True)
    engine = open_engine(f"sqlite:///{folder}/book.db")
    with writing(engine) as connection:
        migrate(connection, "0005")
    Book(engine).add_deposit("1" * 64, "2" * 64, b"a body")
    engine.dispose()
    for _ in range(2):
        with open_book(store) as book:
            assert book.deposit(commitment="1" * 64) == ("1" * 64, b"a body")
    assert schema.find(engine) == tables.HEAD
    engine.dispose()
    assert {path.name.partition("-")[0] for path in folder.iterdir()} == {"book.db", ".gitignore"}


def test_the_steps_are_numbered_and_the_last_is_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert steps[0] == tables.HEAD
    assert steps == [f"{number:04}" for number in range(len(steps), 0, -1)]


def test_a_registry_of_the_first_release_is_upgraded_as_it_is(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    first(url)
    upgrade(url)
    done = upgrade(url, head="9001", scripts=scripts(tmp_path))
    assert (done.before, done.after) == (tables.HEAD, "9001")
    engine = open_engine(url)
    with reading(engine) as connection:
        assert (
            connection.exec_driver_sql("SELECT note FROM statement").scalars().all() == [None] * 3
        )
    with pytest.raises(Exception, match="append-only"), writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM event")
    engine.dispose()
    assert rows(url) == FIRST
    if kind == "sqlite":
        assert rows(f"sqlite:///{done.backup}") == FIRST


def test_an_upgraded_registry_takes_the_next_position_alone(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    first(url)
    upgrade(url)
    engine = open_engine(url)
    count = len(FIRST["event"])
    copied = "SELECT {}, after, digest, supersedes, record, edge FROM event WHERE position = 1"
    # PostgreSQL refuses what is there by its key; nobody adds a row there without the lock of a turn.
    refused = {"sqlite": (1, count, count + 2), "postgresql": (1, count)}[kind]
    for position in refused:
        with pytest.raises(Exception, match=r"append-only|pk_event"), writing(engine) as connection:
            connection.exec_driver_sql(f"INSERT INTO event {copied.format(position)}")
    with writing(engine) as connection:
        connection.exec_driver_sql(f"INSERT INTO event {copied.format(count + 1)}")
    with reading(engine) as connection:
        indexes = {one["name"] for one in inspect(connection).get_indexes("event")}
    engine.dispose()
    assert indexes == {"ix_event_digest", "ix_event_supersedes"}
    with closing(open_store(url)) as store:  # what a stranger added is found
        assert audit.verify(store).problems != ()


def test_an_upgraded_registry_is_a_registry(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    first(url)
    upgrade(url)
    store = open_store(url)
    verified = audit.verify(store)
    assert (verified.problems, verified.checkpoint.root) == ((), FIRST["root"])
    assert [state.status for state in store.states().values()] == [
        "superseded", "withdrawn", "published"
    ]  # fmt: skip
    store.commit([draft(9)])
    assert audit.verify(store).problems == ()
    store.close()


def test_a_step_that_fails_leaves_everything_as_it_was(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    first(url)
    upgrade(url)
    with pytest.raises(CannotCheckError, match="nonsense"):
        upgrade(url, head="9001", scripts=scripts(tmp_path, 'op.execute("nonsense")'))
    assert rows(url) == FIRST
    store = open_store(url)
    assert isinstance(store, SqlStore)
    with reading(store.engine) as connection:
        assert "beside" not in inspect(connection).get_table_names()
    assert audit.verify(store).checkpoint.root == FIRST["root"]
    store.close()


def test_an_older_and_a_newer_schema_are_refused_with_what_to_do(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of(kind, tmp_path)
    first(url)
    upgrade(url)
    steps = scripts(tmp_path)
    monkeypatch.setattr("greenalgo.registry.store.sql.schema.HEAD", "9001")
    with pytest.raises(CannotCheckError, match=r"older greenalgo.* greenalgo registry upgrade"):
        open_store(url, create=True)
    monkeypatch.undo()
    upgrade(url, head="9001", scripts=steps)
    with pytest.raises(CannotCheckError, match="newer greenalgo"):
        open_store(url, create=True)
    with pytest.raises(CannotCheckError, match="newer greenalgo"):
        upgrade(url)


def test_the_command_upgrades_and_says_what_it_did(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_of(kind, tmp_path)
    open_store(url, create=True).close()
    again = CliRunner().invoke(cli, ["registry", "upgrade", url])
    assert (again.exit_code, "nothing to do" in again.stdout) == (0, True)
    steps = scripts(tmp_path)
    monkeypatch.setattr("greenalgo.registry.store.sql.upgrade.upgrade.__kwdefaults__", {
        "head": "9001", "scripts": steps, "copied": True
    })  # fmt: skip
    done = CliRunner().invoke(cli, ["registry", "upgrade", url])
    assert done.exit_code == 0, done.stderr
    assert f"from schema {tables.HEAD} to 9001" in done.stdout
    refused = CliRunner().invoke(cli, ["registry", "verify", url])
    assert (refused.exit_code, "newer greenalgo" in refused.stderr) == (4, True)


def test_upgrade_is_for_databases_that_are_there(kind: str, tmp_path: Path) -> None:
    absent = CliRunner().invoke(cli, ["registry", "upgrade", url_of(kind, tmp_path)])
    assert (absent.exit_code, "there is no registry" in absent.stderr) == (4, True)
    folder = CliRunner().invoke(cli, ["registry", "upgrade", str(tmp_path)])
    assert (folder.exit_code, "only a database" in folder.stderr) == (2, True)


def test_a_backup_holds_what_is_in_the_write_ahead_log(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/r.db"
    store = open_store(url, create=True)  # stays open: nothing is written back to the file
    store.commit([draft(hours) for hours in range(1, 20)])
    done = upgrade(url, head="9001", scripts=scripts(tmp_path))
    store.close()
    copy = sqlite3.connect(done.backup)
    assert copy.execute("SELECT count(*) FROM event").fetchone() == (19,)
    copy.close()
