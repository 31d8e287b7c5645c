"""Statements and stores for the tests of the registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from registry_postgres import database_url

from greenalgo.registry.door import draft_of, look
from greenalgo.registry.store import open_store
from greenalgo.registry.store.sql import SqlStore
from greenalgo.registry.store.sql.engine import worded, writing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from greenalgo.registry.record import Draft
    from greenalgo.registry.store import Store

KINDS = ("directory", "sqlite", "postgresql")
DATABASES = KINDS[1:]
#: A reason for an event of each kind, as the log takes it.
WHY = {
    "publish": "", "withdraw": "because", "dispute": "wrong-figures", "retract": "fabricated",
    "quarantine": "spam", "restore": "settled", "erase": "personal-data",
}  # fmt: skip


def statement(name: str = "Chess-7B", hours: int = 100, extra: str = "") -> bytes:
    """Return a statement of level L1."""
    return f"""\
# A comment that leaves no trace in the digest.
spec_version: "1.0"
title: Training of {name}
subject: {{name: "{name}", kind: model}}
runs:
  - id: training
    phase: training
    hardware:
      - {{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 400}}
    hours: {hours}
    location: {{country: FRA}}
    pue: 1.2
    carbon_intensity_g_per_kwh: 57
{extra}""".encode()


def url_of(kind: str, folder: Path) -> str:
    if kind == "directory":
        return str(folder / "registry")
    return f"sqlite:///{folder}/registry.db" if kind == "sqlite" else database_url(str(folder))


def make_store(kind: str, folder: Path) -> Store:
    return open_store(url_of(kind, folder), create=True)


def draft(hours: int = 100, *, supersedes: str = "", name: str = "Chess-7B") -> Draft:
    raw = statement(name, hours)
    return draft_of(look(raw, "footprint.yaml"), raw, "footprint.yaml", supersedes=supersedes)


def unlock(engine: Engine) -> None:
    """Take away what keeps rows from being changed, as somebody with all rights may."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            for table in ("statement", "event"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            return
        names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for name in connection.exec_driver_sql(names).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def change_body(store: Store, digest: str, body: bytes) -> None:
    """Change what a store holds beneath it: the file of a directory, the row of a database."""
    if not isinstance(store, SqlStore):
        Path(store.permalink(digest)).write_bytes(body)
        return
    unlock(store.engine)
    with writing(store.engine) as connection:
        sql = worded(store.engine, "UPDATE statement SET body = ? WHERE digest = ?")
        connection.exec_driver_sql(sql, (body, digest))
