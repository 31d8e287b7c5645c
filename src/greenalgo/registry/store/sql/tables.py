"""The tables of a registry, for both engines, and the triggers that make them append-only.

``position`` counts without gaps: two writers cannot both add to the same end of the log. ``after`` is the hash of
the row before; the event's ``prev``, but for logs restored from a directory whose branches were merged. ``digest`` and
``supersedes`` are copies of what ``record`` says, for look-ups. ``edge`` is the right edge of the Merkle
tree with the event as its last leaf, from which checkpoint and proof follow without reading the log.

A change here needs a migration beside it (docs/development/add-a-migration.md): a test compares the two.
Checks belong into ``Table(...)``: Alembic passes over one that is written at a column.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    event,
)

#: The newest schema: the revision of the last migration.
HEAD = "0008"

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
#: 64 hexadecimal digits, in the order of bytes, whatever language a server is set up for.
DIGEST = String(64).with_variant(String(64, collation="C"), "postgresql")
POSITION = BigInteger().with_variant(Integer(), "sqlite")  # SQLite: the rowid itself

statements = Table(
    "statement",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint("length(digest) = 64", name="digest"),
)
events = Table(
    "event",
    metadata,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("after", DIGEST, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("supersedes", DIGEST),
    Column("record", Text, nullable=False),
    Column("edge", LargeBinary, nullable=False),
    CheckConstraint("position > 0", name="position"),
    CheckConstraint("length(after) = 64", name="after"),
    CheckConstraint("length(edge) > 0 AND length(edge) % 32 = 0", name="edge"),
)
Index("ix_event_digest", events.c.digest)
# Few events have one, and each entry of an index is a page more to write: hashes lie all over it.
_HAS_FORMER = events.c.supersedes.is_not(None)
Index(
    "ix_event_supersedes",
    events.c.supersedes,
    sqlite_where=_HAS_FORMER,
    postgresql_where=_HAS_FORMER,
)
#: What the registry knows of people and machines. Unlike the log, rows here change and go: times are seconds
#: since 1970, UTC; ids and hashes are hexadecimal.
tokens = Table(
    "token",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("name", String(100), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("scopes", String(100), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_on", BigInteger),
    Column("revoked_at", BigInteger),
    CheckConstraint("length(hash) = 64", name="hash"),
    CheckConstraint("expires_at > made_at", name="expires_at"),
)
publishers = Table(
    "publisher",
    metadata,
    Column("id", String(10), primary_key=True),
    Column("issuer", String(200), nullable=False),
    Column("repository_id", String(20), nullable=False),
    Column("owner_id", String(20), nullable=False),
    Column("workflow", String(200), nullable=False),
    Column("ref", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
issuers = Table(
    "issuer",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("keys", Text, nullable=False),
    Column("fetched_at", BigInteger, nullable=False),
    CheckConstraint("kind IN ('github', 'gitlab')", name="kind"),
)
#: Ids of CI tokens that were used, until they expire; one row is one use, whoever was faster.
used_ids = Table(
    "used_id",
    metadata,
    Column("issuer", String(200), primary_key=True),
    Column("jti", String(200), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
)
#: Blind deposits; the body is empty after a reveal or a withdrawal. Neither salt, nor digest, nor who brought it.
deposits = Table(
    "deposit",
    metadata,
    Column("commitment", DIGEST, primary_key=True),
    Column("review_hash", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False),
    CheckConstraint("length(commitment) = 64", name="commitment"),
    CheckConstraint("length(review_hash) = 64", name="review_hash"),
)
Index("uq_deposit_review_hash", deposits.c.review_hash, unique=True)
#: What the sessions of browsers are signed with.
session_keys = Table(
    "session_key",
    metadata,
    Column("secret", String(64), primary_key=True),
    Column("made_at", BigInteger, nullable=False),
)
#: People who signed in: the log has the id alone, and a row that is deleted is a person forgotten.
accounts = Table(
    "account",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("issuer", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("made_at", BigInteger, nullable=False),
)
#: Who is signed in where: a row that is deleted is a session that ended. The browser alone has the secret.
sessions = Table(
    "session",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account", String(16), nullable=False),
    Column("since", BigInteger, nullable=False),
    CheckConstraint("length(hash) = 64", name="hash"),
)
Index("uq_account_person", accounts.c.issuer, accounts.c.subject, unique=True)
#: Which schema a database has; Alembic's own table under a name that is nobody else's.
versions = Table(
    "greenalgo_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="greenalgo_version_pkc"),
)

_REFUSAL = "a registry is append-only: nothing in it is changed or deleted"
#: A body goes where the log says that it was erased. Canonical JSON has no other place for this text.
_ERASED = """EXISTS (SELECT 1 FROM event WHERE digest = OLD.digest AND {find}(record, '"kind":"erase"') > 0)"""
_POSTGRESQL = f"""
CREATE OR REPLACE FUNCTION greenalgo_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$;
CREATE TRIGGER {{table}}_append_only BEFORE {{changes}} ON {{table}}
FOR EACH STATEMENT EXECUTE FUNCTION greenalgo_append_only()
"""
_POSTGRESQL_ERASURE = f"""
CREATE OR REPLACE FUNCTION greenalgo_erased_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {_ERASED.format(find="strpos")} THEN RETURN OLD; END IF;
RAISE EXCEPTION '{_REFUSAL}'; END $$;
CREATE TRIGGER statement_erasure BEFORE DELETE ON statement
FOR EACH ROW EXECUTE FUNCTION greenalgo_erased_only()
"""
# SQLite's REPLACE deletes without asking the triggers for DELETE: it is refused before it writes.
_SQLITE = {
    "update": "UPDATE ON {table}",
    "delete": "DELETE ON {table}{unless}",
    "replace": "INSERT ON {table} WHEN {no}",
}
#: Table -> which new rows are refused.
_NO = {
    statements: "EXISTS (SELECT 1 FROM statement WHERE digest = NEW.digest)",
    events: "NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM event)",
}
for _table, _no in _NO.items():
    _erasable = _table is statements
    _sql = _POSTGRESQL.format(
        table=_table.name,
        changes="UPDATE OR TRUNCATE" if _erasable else "UPDATE OR DELETE OR TRUNCATE",
    )
    if _erasable:
        _sql += f";{_POSTGRESQL_ERASURE}"
    event.listen(_table, "after_create", DDL(_sql).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]
    _unless = f" WHEN NOT {_ERASED.format(find='instr')}" if _erasable else ""
    for _name, _when in _SQLITE.items():
        _sql = (
            f"CREATE TRIGGER {_table.name}_{_name} BEFORE {_when}\n"
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        ).format(table=_table.name, no=_no, unless=_unless)
        event.listen(_table, "after_create", DDL(_sql).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]
