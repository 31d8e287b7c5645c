"""The log of requests: a line of JSON each. JSON escapes what could end a line or colour a terminal."""

from __future__ import annotations

import json
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


def _to_stderr(line: str) -> None:
    sys.stderr.write(line)
    sys.stderr.flush()
