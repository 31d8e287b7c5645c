"""JSON Lines: a line a file, then a line with the summary; for streams and for grep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.cli.report.jsondoc import file_record, summary_record, versions
from greenalgo.cli.report.records import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.cli.report.records import Checked, Session


def render(session: Session) -> str:
    """Return a session as JSON Lines; ``kind`` says what a line is."""
    return "".join(stream(session.checked, Tally(session.demands, list(session.skipped))))


def stream(items: Iterable[Checked], totals: Tally, *, colour: bool = False) -> Iterator[str]:  # noqa: ARG001
    """Yield the same lines as the files are checked; each is added to the counts."""
    for item in items:
        totals.add(item.report)
        yield _line({"kind": "file", **file_record(item, totals.demands)})
    yield _line({"kind": "summary", **versions(), **summary_record(totals)})


def _line(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"
