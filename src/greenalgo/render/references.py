"""A BibTeX entry as one line of text, for a terminal and a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenalgo import resources
from greenalgo.errors import FactorError

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet

_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?\s*$", re.MULTILINE)
_URL = re.compile(r"\\url\{([^}]*)\}")
_COMMAND = re.compile(r"\\[\"'`^~=.]|[{}]|\\(?=[&%_#$])|``|''")


def reference(key: str, factors: FactorSet) -> str:
    """Return author, title, year and address of a source.

    Args:
        key: A BibTeX key of the methods or of the factor set.
        factors: The factor set whose bibliography is asked after the methods'.
    """
    entry = _entry(key, factors)
    if not entry:
        return "not in the bibliographies of this installation"
    fields = {name.lower(): value for name, value in _FIELD.findall(entry)}
    authors = fields.get("author", "").split(" and ")
    who = _plain(authors[0]) + (" et al." if len(authors) > 1 else "")
    address = _address(fields)
    parts = [who, _plain(fields.get("title", "")), fields.get("year", ""), address]
    return ". ".join(part.removesuffix(".") for part in parts if part)


def _entry(key: str, factors: FactorSet) -> str:
    methods = resources.read_text("templates", "bib", "methods.bib")
    start = methods.find("{" + key + ",")
    if start >= 0:
        return methods[start : methods.find("\n}", start)]
    try:
        return factors.bibtex([key])
    except FactorError:
        return ""


def _address(fields: dict[str, str]) -> str:
    if "doi" in fields:
        return f"doi:{fields['doi']}"
    if "eprint" in fields:
        return f"arXiv:{fields['eprint']}"
    where = fields.get("url", fields.get("howpublished", ""))
    found = _URL.search(where)
    return found[1] if found else _plain(where)


def _plain(text: str) -> str:
    return " ".join(_COMMAND.sub("", text).split())
