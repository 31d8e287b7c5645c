"""The tables of a catalogue. Nothing in them is a source of truth: all of it follows from the store.

Text that is filtered or sorted is kept in lower case beside the record that is shown: databases do not
agree on the small letters of other alphabets. On PostgreSQL it has the collation ``C``, so that both
engines sort alike.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, String, Table

#: Raised whenever a column, or what is written into one, changes: the catalogue is built anew.
LAYOUT = 4
#: Where a state lasts to this day.
OPEN = 2**62
#: Fields of rows by which they can be chosen; text that has to be contained.
TEXTS = (
    "phase", "subject", "kind", "field", "task", "hardware", "country", "provider", "level", "outcome",
    "arxiv", "doi", "citation",
)  # fmt: skip

_TEXT = String().with_variant(String(collation="C"), "postgresql")

metadata = MetaData()

#: One row: what the catalogue was built with, and how far it has come.
stamp = Table(
    "catalogue_stamp",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("built_with", _TEXT, nullable=False),
    Column("generation", _TEXT, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("head", _TEXT, nullable=False),
)

#: A statement had this status from event ``since`` until before event ``until``.
state = Table(
    "catalogue_state",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("since", BigInteger, primary_key=True, autoincrement=False),
    Column("until", BigInteger, nullable=False),
    *(
        Column(name, _TEXT, nullable=False)
        for name in ("status", "at", "reason", "actor", "supersedes", "superseded_by")
    ),
)

Index("catalogue_by_actor", state.c.actor, state.c.since)

#: A statement by what it is listed, found and sorted by; the values are those of its totals.
statement = Table(
    "catalogue_statement",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("position", BigInteger, nullable=False),
    Column("status", _TEXT, nullable=False),
    Column("year", Integer, nullable=False),
    *(Column(name, _TEXT, nullable=False) for name in TEXTS),
    Column("title", _TEXT, nullable=False),
    Column("co2e", Float),
    Column("energy", Float),
    Column("base", _TEXT, nullable=False),
    Column("search", _TEXT, nullable=False),
)
for _name in ("position", "title", "co2e", "energy", "year"):
    Index(f"catalogue_by_{_name}", statement.c[_name], statement.c.digest)
Index("catalogue_by_base", statement.c.base)

#: A run or a rate of a statement, by what it can be chosen by.
part = Table(
    "catalogue_part",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("form", _TEXT, nullable=False),
    Column("year", Integer, nullable=False),
    *(Column(name, _TEXT, nullable=False) for name in (*TEXTS, "unit", "run")),
)

#: The row of a comparison, whole, as JSON; ordinal 0 is the statement's totals.
record = Table(
    "catalogue_record",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("form", _TEXT, nullable=False),
    Column("row", _TEXT, nullable=False),
)

#: What is shown of a statement beside its rows; ``problem`` says why a document has none.
detail = Table(
    "catalogue_detail",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("name", _TEXT, nullable=False),
    Column("title", _TEXT, nullable=False),
    Column("authors", _TEXT, nullable=False),
    Column("published", _TEXT, nullable=False),
    Column("omissions", _TEXT, nullable=False),
    Column("problem", _TEXT, nullable=False),
)

#: A relation of a statement, as it names the other.
relation = Table(
    "catalogue_relation",
    metadata,
    Column("digest", _TEXT, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("kind", _TEXT, nullable=False),
    Column("names", _TEXT, nullable=False),
)
#: A file of a directory as it was read last, and the statement in it (empty: it holds none).
file = Table(
    "catalogue_file",
    metadata,
    Column("path", _TEXT, primary_key=True),
    Column("mark", _TEXT, nullable=False),
    Column("digest", _TEXT, nullable=False),
)
#: Tables that are filled from statements alone, whatever the log says.
FACTS = (statement, part, record, detail, relation)
