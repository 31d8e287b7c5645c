"""JSON Lines: a line a file, then a line with the summary; for streams and for grep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from greenalgo.cli.report.jsondoc import file_record, summary_record, versions

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Session


def render(session: Session) -> str:
    """Return a session as JSON Lines; ``kind`` says what a line is."""
    records = [{"kind": "file", **file_record(item, session)} for item in session.checked]
    records.append({"kind": "summary", **versions(), **summary_record(session)})
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
