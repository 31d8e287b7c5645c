"""The bibliography of a statement: every source that a number or a method of it rests on.

This is the only module that knows pybtex, whose error state is global: every call is wrapped, so that an
error becomes ours and the next caller starts clean.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pybtex.errors
from pybtex.database import BibliographyData, Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.plugin import find_plugin

from greenalgo import __version__, resources
from greenalgo.errors import RenderError
from greenalgo.render import escape
from greenalgo.render.prose import TOOL_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from greenalgo.render.context import View

#: Where greenalgo lives.
HOME = "https://w3id.org/greenalgo"
_GROUP = 8
# Author-year styles write the authors twice into a string that BibTeX cuts at 500 characters.
_LONGEST_AUTHORS = 220
# For papers that load no url package: an address that may break anywhere.
_PREAMBLE = r"""@preamble{"\ifx\url\undefined
\def\gaLetters#1{\ifx\relax#1\else#1\allowbreak\expandafter\gaLetters\fi}
\def\gaUrl#1{\texttt{\gaLetters#1\relax}\endgroup}
\def\url{\begingroup\catcode`\_=12 \catcode`\~=12 \catcode`\#=12 \catcode`\&=12 \gaUrl}
\fi"}
"""
_ARXIV = re.compile(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+(\.[A-Z]{2})?/\d{7}")


class Author(NamedTuple):
    """Somebody who stands on a statement."""

    name: str
    latex: str
    pointer: str
    person: bool = False


def bibliography(
    view: View,
    cited: Iterable[str],
    *,
    sources: str = "",
    authors: Sequence[Author] = (),
    biblatex: bool = False,
) -> str:
    """Write the ``.bib`` of a statement.

    Args:
        view: The statement.
        cited: Keys that the pieces cite.
        sources: BibTeX of the factor set's sources.
        authors: Who stands on the statement.
        biblatex: Use the types that only biblatex knows, ``@software`` and ``@dataset``.

    Returns:
        Entries in the order of their keys; greenalgo and the statement (unless it has no digest) are
        always among them.

    Raises:
        RenderError: A cited key has no entry, or ``sources`` is not BibTeX.
    """
    known = dict(
        read(resources.read_text("templates", "bib", "methods.bib"), "methods.bib").entries
    )
    known.update(read(sources, "the factor set's sources").entries)
    known[TOOL_KEY] = _tool(biblatex=biblatex)
    keys = set(cited) | {TOOL_KEY}
    if view.digest:
        known[statement_key(view)] = _statement(view, authors, biblatex=biblatex)
        keys.add(statement_key(view))
    missing = sorted(keys - known.keys())
    if missing:
        raise RenderError(
            f"no bibliography entry for {', '.join(missing)}",
            hint="the factor set that the statement pins does not describe this source",
        )
    entries = [_entry(key, known[key]) for key in sorted(keys)]
    return "\n".join(entries if biblatex else [_PREAMBLE, *entries])


def statement_key(view: View) -> str:
    """Return the BibTeX key of the statement: it changes with its content."""
    return f"footprint-{view.digest[:_GROUP]}" if view.digest else ""


def read(text: str, name: str) -> BibliographyData:
    """Parse BibTeX.

    Raises:
        RenderError: It is not BibTeX, or a key comes twice.
    """
    try:
        with pybtex.errors.capture() as problems:
            data = parse_string(text, "bibtex")
    except PybtexError as error:
        raise RenderError(f"{name} is not BibTeX: {error}") from error
    if problems:
        raise RenderError(f"{name} is not BibTeX: {problems[0]}")
    return data


def entries(text: str, name: str) -> dict[str, str]:
    """Return the entries of a BibTeX file by key, each as text.

    Raises:
        RenderError: It is not BibTeX.
    """
    return {key: _entry(key, entry) for key, entry in read(text, name).entries.items()}


def compose(key: str, fields: Mapping[str, str]) -> str:
    """Write an entry; fields without a value are left out.

    Args:
        key: Its key.
        fields: Values that are LaTeX already.
    """
    return _entry(key, Entry("misc", dict(fields)))


def digest_text(digest: str) -> str:
    """Return a digest as LaTeX that may break between groups; unbroken, it sticks out of any column.

    In braces, the name keeps its capitals: some styles begin a note with a small letter.
    """
    groups = (digest[at : at + _GROUP] for at in range(0, len(digest), _GROUP))
    return "{SHA-256} " + r"\allowbreak{}".join(groups)


def references(bib: str, keys: Sequence[str], backend: str, style: str = "unsrt") -> list[str]:
    """Format entries as text.

    Args:
        bib: What :func:`bibliography` wrote.
        keys: Which, in which order.
        backend: ``markdown``, ``html``, ``plaintext`` or ``latex``.
        style: ``plain``, ``unsrt`` or ``alpha``.

    Returns:
        A line for each key.
    """
    # \allowbreak says where TeX may break a digest; no other format needs it.
    data = read(bib.replace(r"\allowbreak{}", ""), "footprint.bib")
    try:
        with pybtex.errors.capture():
            formatting = find_plugin("pybtex.style.formatting", style)()
            writer = find_plugin("pybtex.backends", backend)()
            wanted = [_linked(data.entries[key]) for key in keys]
            formatted = {
                entry.key: entry.text.render(writer).replace("\n", " ")
                for entry in formatting.format_entries(wanted, bib_data=data)
            }
    except PybtexError as error:
        raise RenderError(f"the references cannot be formatted: {error}") from error
    return [formatted[key] for key in keys]


def _linked(entry: Entry) -> Entry:
    r"""Turn ``howpublished = \\url{…}`` into the ``url`` that styles outside LaTeX know."""
    fields = dict(entry.fields)
    how = fields.get("howpublished", "")
    address = re.fullmatch(r"\\url\{(.*)\}", how)
    if address:
        fields["url"] = address[1]
    if address or "eprint" in fields:
        fields.pop("howpublished", None)
    linked = Entry(entry.type, fields, persons=entry.persons)
    linked.key = entry.key
    return linked


def merge(own: str, ours: str, name: str) -> str:
    """Add our entries to an author's ``.bib`` without duplicates, leaving the author's text as it is.

    Args:
        own: The author's file.
        ours: What :func:`bibliography` wrote.
        name: The author's file's name, for errors.

    Returns:
        The author's text with those of our entries appended whose key it does not have.
    """
    have = {key.lower() for key in read(own, name).entries}
    fresh = [
        _entry(key, entry)
        for key, entry in read(ours, "footprint.bib").entries.items()
        if key.lower() not in have
    ]
    if not fresh:
        return own
    return "\n".join([own.rstrip("\n") + "\n", *fresh])


def _tool(*, biblatex: bool) -> Entry:
    fields = {
        "author": "{The greenalgo maintainers}",
        "title": "{greenalgo}: statements of the footprint of computations",
        "version": __version__,
        "year": "2026",
        "url": HOME,
    }
    if biblatex:
        return Entry("software", fields)
    return Entry("misc", {**fields, "howpublished": f"Software, version {__version__}"})


def _statement(view: View, authors: Sequence[Author], *, biblatex: bool) -> Entry:
    names = _authors(authors)
    fields = {
        **({"author": " and ".join(names)} if names else {"key": "footprint"}),
        "title": f"{{Footprint statement: {escape.bibtex(view.title, pointer=view.title.pointer)}}}",
        **({"year": view.issued[:4]} if re.match(r"\d{4}", view.issued) else {}),
        "note": digest_text(view.digest),
    }
    return Entry("dataset" if biblatex else "misc", fields)


def _authors(authors: Sequence[Author]) -> list[str]:
    """Write names for BibTeX; those that it would cut off become ``others``.

    A name with an ORCID is a person's, which BibTeX may take apart; another may be a group's.
    """
    names: list[str] = []
    for author in authors:
        latex = escape.label(author.latex, pointer=author.pointer) if author.latex else ""
        name = latex or escape.bibtex(author.name, pointer=author.pointer)
        names.append(name if author.person and not latex else f"{{{name}}}")
        if len(" and ".join(names)) > _LONGEST_AUTHORS:
            return [*(names[:-1] or names), "others"] if len(authors) > 1 else names
    return names


def _entry(key: str, entry: Entry) -> str:
    """Write one entry, fields in the order in which they came, people first."""
    people: Mapping[str, Sequence[object]] = entry.persons
    fields = {role: " and ".join(str(person) for person in names) for role, names in people.items()}
    fields.update({name: value for name, value in entry.fields.items() if value})
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{entry.type}{{{key},\n{lines}}}\n"
