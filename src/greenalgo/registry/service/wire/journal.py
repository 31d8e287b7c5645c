"""The log of requests: a line of JSON each. JSON escapes what could end a line or colour a terminal."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

#: The longest text of a client that is written, in characters.
MOST_TEXT = 300


class Journal:
    """Writes lines. Holds no bodies, no tokens and no queries: a query may name a secret.

    Args:
        write: Takes a line; standard error if not given.
    """

    def __init__(self, write: Callable[[str], object] | None = None) -> None:
        self._write = write or _to_stderr

    def line(self, **values: Any) -> None:
        """Write a line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        short = {
            name: value[:MOST_TEXT] if isinstance(value, str) and name != "trace" else value
            for name, value in values.items()
        }
        # ASCII only: control and format characters of any script are escaped.
        text = json.dumps({"at": at, **short}, ensure_ascii=True)
        self._write(text.replace("\x7f", "\\u007f") + "\n")

    def failure(self, reference: str, error: BaseException) -> None:
        """Write an error that nobody expected, with where it happened."""
        trace = "".join(traceback.format_exception(error))
        self.line(event="error", id=reference, error=type(error).__name__, trace=trace)


class Overheard(logging.Handler):
    """Writes what libraries say, as lines of the log.

    Args:
        journal: The log.
    """

    def __init__(self, journal: Journal) -> None:
        super().__init__(logging.WARNING)
        self._journal = journal

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; with where it happened, if something was raised."""
        said = {
            "level": record.levelname.lower(),
            "by": record.name,
            "message": record.getMessage(),
        }
        raised = record.exc_info and record.exc_info[1]
        if raised:
            said["trace"] = "".join(traceback.format_exception(raised))
        self._journal.line(event="library", **said)


def _to_stderr(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()
