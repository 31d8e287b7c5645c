"""The body of a statement may go where the log says that it was erased."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"

_REFUSAL = "a registry is append-only: nothing in it is changed or deleted"
_ERASED = """EXISTS (SELECT 1 FROM event WHERE digest = OLD.digest AND {find}(record, '"kind":"erase"') > 0)"""
_ON_POSTGRESQL = f"""
DROP TRIGGER statement_append_only ON statement;
CREATE TRIGGER statement_append_only BEFORE UPDATE OR TRUNCATE ON statement
FOR EACH STATEMENT EXECUTE FUNCTION greenalgo_append_only();
CREATE OR REPLACE FUNCTION greenalgo_erased_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF {_ERASED.format(find="strpos")} THEN RETURN OLD; END IF;
RAISE EXCEPTION '{_REFUSAL}'; END $$;
CREATE TRIGGER statement_erasure BEFORE DELETE ON statement
FOR EACH ROW EXECUTE FUNCTION greenalgo_erased_only()
"""
_ON_SQLITE = f"""
CREATE TRIGGER statement_delete BEFORE DELETE ON statement WHEN NOT {_ERASED.format(find="instr")}
BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END
"""


def upgrade() -> None:
    """Let the trigger that refuses a deletion look into the log."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_ON_POSTGRESQL)
        return
    op.execute("DROP TRIGGER statement_delete")
    op.execute(_ON_SQLITE.strip())
