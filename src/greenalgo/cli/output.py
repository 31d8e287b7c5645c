"""The one way out: text to a stream that may be a closed pipe, or may not know every character."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

#: What a shell reports for a program that SIGPIPE ended.
CLOSED_PIPE = 141


def emit(text: str, stream: TextIO | None = None) -> None:
    """Write text and flush it.

    Args:
        text: What to write, with its line ends.
        stream: Where to; standard output by default.

    Raises:
        SystemExit: The reader has gone (``greenalgo ... | head``): nobody is left to tell.
    """
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    # A character that the terminal's encoding lacks is shown as an escape, it does not end the run.
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    _write(stream, lambda: stream.write(text))


def emit_bytes(content: bytes) -> None:
    """Write bytes to standard output: files and machine-readable reports are UTF-8 everywhere.

    Args:
        content: What to write, byte for byte.

    Raises:
        SystemExit: The reader has gone.
    """
    _write(sys.stdout, lambda: sys.stdout.buffer.write(content))


def _write(stream: TextIO, step: Callable[[], object]) -> None:
    try:
        step()
        stream.flush()
    except BrokenPipeError:
        # Python flushes standard output once more at exit; it must not meet the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(CLOSED_PIPE) from None
