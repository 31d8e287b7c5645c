"""From what ``--to`` says to a store."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from greenalgo.errors import CannotCheckError
from greenalgo.registry.store.directory import DirectoryStore

if TYPE_CHECKING:
    from greenalgo.registry.store.base import Store

#: Schemes of addresses that name a database.
DATABASES = frozenset({"sqlite", "postgresql", "postgres", "postgresql+psycopg"})
#: How an SQLite file begins.
_MAGIC = b"SQLite format 3\x00"


def scheme_of(url: str) -> str:
    """Return the scheme of an address, ``sqlite`` for one; empty for the path of a directory."""
    scheme, mark, _ = url.partition("://")
    return scheme.lower() if mark else ""


def open_store(url: str, *, create: bool = False) -> Store:
    """Open a store.

    Args:
        url: A directory, ``sqlite:///FILE`` (``sqlite:////FILE`` for an absolute path), or
            ``postgresql://USER@HOST/DATABASE``.
        create: Make it where it does not exist; a PostgreSQL database must be there, and gets its tables.

    Raises:
        CannotCheckError: There is no such store, or it cannot be opened.
    """
    scheme = scheme_of(url)
    if scheme in DATABASES:
        from greenalgo.registry.store.sql import SqlStore  # imports SQLAlchemy

        return SqlStore(url, create=create)
    if scheme:
        raise CannotCheckError(
            f"'{scheme}://…': a store is a directory, sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        )
    if os.path.isfile(url):
        with open(url, "rb") as file:
            kind = "an SQLite file" if file.read(len(_MAGIC)) == _MAGIC else "a file"
        hint = f"; write sqlite:///{url}" if kind.startswith("an") else ""
        raise CannotCheckError(f"'{url}' is {kind}, not a directory{hint}")
    return DirectoryStore(url, create=create)


def store_exists(url: str) -> bool:
    """Say whether there is a store, without making one.

    Args:
        url: As for :func:`open_store`.

    Raises:
        CannotCheckError: The address is none, or a database cannot be reached.
    """
    if scheme_of(url) not in DATABASES:
        return os.path.exists(url)
    from greenalgo.registry.store.sql.schema import store_exists as is_there

    return is_there(url)


def shown(url: str) -> str:
    """Return the address of a store as it may be printed: without a password."""
    if scheme_of(url) in DATABASES - {"sqlite"}:
        from greenalgo.registry.store.sql.engine import address, open_engine

        return address(open_engine(url))
    return url
