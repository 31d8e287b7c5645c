"""The bibliography of a comparison: each statement by its digest, and each document that it describes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenalgo.render import escape
from greenalgo.render.bibliography import compose, digest_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenalgo.registry.comparison.compare import Comparison

#: What can be a key of BibTeX anywhere, and stand in a comment.
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.+/-]*")
_DOI = re.compile(r"10\.\d{4,9}/[^\s{}\\%\"]+")
_ARXIV = re.compile(r"[A-Za-z0-9./-]+")
_LINK = re.compile(r"https?://[^\s{}\\%\"]+")


def to_bibtex(
    found: Comparison, library: Mapping[str, str], links: Mapping[str, str] | None = None
) -> str:
    """Return a BibTeX file.

    Args:
        found: The comparison.
        library: Key -> entry, as text, for documents that somebody has described already
            (:func:`greenalgo.render.bibliography.entries`).
        links: Digest -> address of a statement; only http and https are printed.

    Returns:
        ``@misc`` for each statement, with digest, title, address and level; and for each document the
        entry of ``library`` or, where it has none, ``@misc`` with arXiv identifier or DOI.
        What LaTeX cannot print in every engine is written as code points.
    """
    statements: dict[str, str] = {}
    documents: dict[str, str] = {}
    columns = ["digest", "title", "level", "arxiv", "doi", "citation"]
    for digest, title, level, arxiv, doi, citation in found.frame[columns].itertuples(index=False):
        key = f"footprint-{digest[:12]}"
        link = (links or {}).get(digest, "")
        fields = {
            "key": "footprint",
            "title": f"{{Footprint statement: {escape.bibtex(escape.printable(title))}}}",
            "howpublished": rf"\url{{{link}}}" if _LINK.fullmatch(link) else "",
            "note": digest_text(digest) + ("" if level == "none" else f", level {level}"),
        }
        statements.setdefault(key, compose(key, fields))
        documents |= _document(arxiv, doi, citation, library)
    return "\n".join([*statements.values(), *documents.values()])


def _document(arxiv: str, doi: str, citation: str, library: Mapping[str, str]) -> dict[str, str]:
    if citation in library:
        return {citation: library[citation]}
    arxiv = arxiv if _ARXIV.fullmatch(arxiv) else ""
    doi = doi if _DOI.fullmatch(doi) else ""
    if not arxiv and not doi:
        return {}
    plain = f"arxiv-{arxiv}" if arxiv else "doi-" + re.sub(r"[^A-Za-z0-9.]+", "-", doi)
    key = citation if _KEY.fullmatch(citation) else plain
    fields = {
        "key": key,
        "title": f"{{arXiv:{arxiv}}}" if arxiv else f"{{doi:{escape.bibtex(doi)}}}",
    }
    if arxiv:
        fields |= {"eprint": arxiv, "archiveprefix": "arXiv"}
    address = f"https://doi.org/{doi}" if doi else f"https://arxiv.org/abs/{arxiv}"
    return {key: compose(key, {**fields, "howpublished": rf"\url{{{address}}}"})}
