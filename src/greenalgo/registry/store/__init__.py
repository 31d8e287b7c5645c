"""Where a registry keeps what it has: a directory in git, SQLite or PostgreSQL, behind one interface."""

from __future__ import annotations

from greenalgo.registry.store.base import Holding, Store
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.registry.store.which import open_store, scheme_of

__all__ = ["DirectoryStore", "Holding", "Store", "open_store", "scheme_of"]
