"""From a statement to the values of its rows in the catalogue, and from those back to a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.catalogue.tables import TEXTS
from greenalgo.registry.comparison.family import base_of
from greenalgo.registry.comparison.gather import relations_of
from greenalgo.registry.comparison.omissions import facts_of
from greenalgo.registry.comparison.parts import parts_of
from greenalgo.registry.comparison.reported import Printed
from greenalgo.registry.comparison.rows import Row, Span, Unusable

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet, Policy
    from greenalgo.registry.comparison.rows import Source

#: Forms of a row, as ``catalogue_record.form`` has them.
WHOLE, RUN, RATE = "whole", "run", "rate"
#: The longest text that an index takes (PostgreSQL: a third of a page).
MOST_INDEXED = 200
_SPANS = frozenset(Row._fields[Row._fields.index("energy") : Row._fields.index("factor_set")])


class Facts(NamedTuple):
    """What the tables take in of one statement, a list of values by column for each."""

    digest: str
    statement: list[dict[str, Any]]
    part: list[dict[str, Any]]
    record: list[dict[str, Any]]
    detail: list[dict[str, Any]]
    relation: list[dict[str, Any]]


def facts_from(source: Source, factors: FactorSet, policy: Policy) -> Facts:
    """Judge and recompute a statement, once.

    Position and status are those of a statement that no log speaks of; the log sets them.
    """
    found = parts_of(source, factors, policy)
    data, digest = source.data, source.digest
    detail = {
        "digest": digest,
        "name": plain(source.name),
        "title": plain(str(data.get("title", ""))),
        "authors": "",
        "published": "",
        "omissions": "",
        "problem": "",
    }
    if isinstance(found, Unusable):
        first = next(iter(found.verdict.findings), None)
        detail["problem"] = plain(first.message if first else "it is no valid statement")
        return Facts(digest, [], [], [], [detail], [])
    authors = ", ".join(author.get("name", "") for author in data.get("authors", ()))
    detail["authors"] = plain(authors)
    detail["omissions"] = json.dumps({**facts_of(source), "name": ""})
    rows = [(WHOLE, found.whole), *((RUN, row) for row in found.runs)]
    rows += [(RATE, row) for row in found.rates]
    return Facts(
        digest,
        [_statement(found.whole, authors)],
        [
            {"digest": digest, "ordinal": at, "form": form, **_chosen_by(row, "unit", "run")}
            for at, (form, row) in enumerate(rows)
            if at
        ],
        [
            {"digest": digest, "ordinal": at, "form": form, "row": encode(row)}
            for at, (form, row) in enumerate(rows)
        ],
        [detail],
        [
            {"digest": digest, "ordinal": at, "kind": kind, "names": plain(names)}
            for at, (kind, names) in enumerate(relations_of([source])[digest])
        ],
    )


def _statement(row: Row, authors: str) -> dict[str, Any]:
    words = (row.title, row.subject, row.hardware, authors, row.citation, row.arxiv, row.doi)
    return {
        "digest": row.digest,
        "position": 0,
        "status": "",
        **_chosen_by(row),
        "title": small(row.title)[:MOST_INDEXED],
        "co2e": _best(row.co2e, row.printed.co2e_kg),
        "energy": _best(row.energy, row.printed.energy_kwh),
        "base": plain(base_of(row.subject)[0])[:MOST_INDEXED],
        "search": small(" ".join(words)),
    }


def _chosen_by(row: Row, *more: str) -> dict[str, Any]:
    texts = {name: small(getattr(row, name)) for name in (*TEXTS, *more)}
    return {"year": row.work_year, **texts}


def _best(span: Span, said: float | None) -> float | None:
    return said if span.value is None else span.value


def plain(text: str) -> str:
    """Return text that every database takes: PostgreSQL has no character NUL, UTF-8 no halves of pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def small(text: str) -> str:
    """Return text as it is compared: in small letters."""
    return plain(text).lower()


def encode(row: Row) -> str:
    """Write a row as JSON; name and status are the registry's to say, not the statement's."""
    return json.dumps(row._replace(name="", status=""))


def decode(text: str, name: str, status: str) -> Row:
    """Read a row, and give it its name and status."""
    values = dict(zip(Row._fields, json.loads(text), strict=True))
    for field in _SPANS:
        values[field] = Span(*values[field])
    values |= {"printed": Printed(*values["printed"]), "name": name, "status": status}
    return Row(**values)
