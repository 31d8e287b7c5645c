"""A registry behind a URL: ``talk`` speaks HTTP with it, ``remote`` makes a store of it.

Nothing that a registry answers is believed before it is checked.
"""

from __future__ import annotations

from greenalgo.registry.client.answers import JudgedOtherwiseError
from greenalgo.registry.client.ci import is_wanted
from greenalgo.registry.client.remote import RemoteStore

__all__ = ["JudgedOtherwiseError", "RemoteStore", "is_wanted"]
