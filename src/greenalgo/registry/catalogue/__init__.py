"""A catalogue of a registry: facts for browsing, searching and comparing, without judging anything again.

All of it follows from the store, and is thrown away and built anew when the tool, the factor set, the
policy or the layout changes. ``tables`` (what is kept) < ``facts`` (from a statement), ``query`` (what is
asked), ``rows`` (what is written) < ``files``, ``sync`` (from the store), ``read``, ``kin`` (to the reader) <
``catalogue``, which callers use.
"""

from __future__ import annotations

from greenalgo.registry.catalogue.catalogue import Catalogue
from greenalgo.registry.catalogue.places import open_catalogue
from greenalgo.registry.catalogue.query import Query, read_query
from greenalgo.registry.catalogue.read import Entry, Page, Whole

__all__ = ["Catalogue", "Entry", "Page", "Query", "Whole", "open_catalogue", "read_query"]
