"""Where the catalogue of a store is kept."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from greenalgo.registry.catalogue import tables as t
from greenalgo.registry.catalogue.catalogue import Catalogue
from greenalgo.registry.catalogue.sync import drop_facts
from greenalgo.registry.store.directory import HIDDEN
from greenalgo.registry.store.sql.engine import open_engine, overwrite, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from greenalgo.registry.store import Store

_FILE = "catalogue.sqlite"


@contextmanager
def open_catalogue(store: Store) -> Iterator[Catalogue]:
    """Open the catalogue of a store, made where there is none; it is not synced yet.

    A database holds its own. That of a directory is a file in ``.greenalgo-registry/cache``, which git
    ignores; where nothing can be written there, a temporary one.
    """
    engine: Engine | None = getattr(store, "engine", None)
    if engine is not None:
        yield Catalogue(engine)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = _cache(store.url) or temporary
        engine = open_engine("sqlite:///" + os.path.join(folder, _FILE))
        try:
            yield Catalogue(engine)
        finally:
            engine.dispose()


def forget(store: Store, digest: str) -> None:
    """Delete what a catalogue knows of a statement that was erased, where there is a catalogue."""
    engine: Engine | None = getattr(store, "engine", None)
    if engine is not None:
        _forget(engine, digest)
        return
    path = os.path.join(store.url, HIDDEN, "cache", _FILE)
    if os.path.exists(path):
        engine = open_engine("sqlite:///" + path)
        try:
            _forget(engine, digest)
        finally:
            engine.dispose()


def _forget(engine: Engine, digest: str) -> None:
    with writing(engine) as connection:
        if connection.dialect.has_table(connection, t.stamp.name):
            drop_facts(connection, [digest])
    overwrite(engine)


def _cache(directory: str) -> str:
    """Make the folder for the file, with a note to git; nothing where it cannot be made."""
    if not os.path.isdir(directory):
        return ""
    folder = os.path.join(directory, HIDDEN, "cache")
    note = os.path.join(folder, ".gitignore")
    try:
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(note):
            with open(note, "w", encoding="utf-8") as file:
                file.write("*\n")
    except OSError:
        return ""
    return folder
