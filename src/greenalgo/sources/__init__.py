"""From text to a document with positions.

A file is read in two ways that never disagree. :func:`parse_fast` accepts what is surely good, and
says nothing about the rest; :func:`parse` reads strictly and gives either the document or one
finding with line and column. :func:`locate` finds the places of findings that later rooms make.
``splice`` edits an author's file and ``dump`` writes a new one; both are imported by name.
"""

from __future__ import annotations

from greenalgo.sources.codes import UNREADABLE_CODES
from greenalgo.sources.document import LIMIT, MAX_DEPTH, Document
from greenalgo.sources.fast import parse_fast
from greenalgo.sources.files import read_bytes
from greenalgo.sources.positions import find, locate
from greenalgo.sources.strict import parse

__all__ = [
    "LIMIT",
    "MAX_DEPTH",
    "UNREADABLE_CODES",
    "Document",
    "find",
    "locate",
    "parse",
    "parse_fast",
    "read_bytes",
]
