"""From what ``--to`` says to a store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from greenalgo.errors import CannotCheckError
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.registry.store.sqlite import MAGIC, SqliteStore

if TYPE_CHECKING:
    from greenalgo.registry.store.base import Store

SQLITE = "sqlite:///"


def scheme_of(url: str) -> str:
    """Return the scheme of an address, ``sqlite`` for one; empty for the path of a directory."""
    scheme, mark, _ = url.partition("://")
    return scheme.lower() if mark else ""


def open_store(url: str, *, create: bool = False) -> Store:
    """Open a store.

    Args:
        url: A directory, or ``sqlite:///FILE`` (``sqlite:////FILE`` for an absolute path).
        create: Make it where it does not exist.

    Raises:
        CannotCheckError: There is no such store, or it cannot be opened.
    """
    scheme = scheme_of(url)
    if scheme == "sqlite":
        path = url[len(SQLITE) :]
        if not url.lower().startswith(SQLITE) or not path:
            raise CannotCheckError(f"'{url}' names no file: write sqlite:///FILE")
        return SqliteStore(path, create=create)
    if scheme:
        raise CannotCheckError(f"'{url}': a store is a directory or sqlite:///FILE")
    if os.path.isfile(url):
        with open(url, "rb") as file:
            kind = "an SQLite file" if file.read(len(MAGIC)) == MAGIC else "a file"
        hint = f"; write sqlite:///{url}" if kind.startswith("an") else ""
        raise CannotCheckError(f"'{url}' is {kind}, not a directory{hint}")
    return DirectoryStore(url, create=create)
