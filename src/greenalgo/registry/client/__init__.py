"""A registry behind a URL: ``talk`` speaks HTTP with it, ``remote`` makes a store of it."""

from __future__ import annotations

from greenalgo.registry.client.remote import RemoteStore
from greenalgo.registry.client.talk import SCHEMES, JudgedOtherwiseError

__all__ = ["SCHEMES", "JudgedOtherwiseError", "RemoteStore"]
