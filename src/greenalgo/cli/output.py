"""The one way out: text to a stream that may be a closed pipe, or may not know every character."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from greenalgo.cli.codes import CLOSED_PIPE, COULD_NOT_CHECK

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import NoReturn, TextIO


def emit(text: str, stream: TextIO | None = None) -> None:
    """Write text and flush it.

    Args:
        text: What to write, with its line ends.
        stream: Where to; standard output by default.

    Raises:
        SystemExit: The reader has gone (``greenalgo ... | head``): nobody is left to tell; or it cannot be
            written, which standard error says.
    """
    stream = sys.stdout if stream is None else stream
    encoding = getattr(stream, "encoding", None) or "utf-8"
    # A character that the terminal's encoding lacks is shown as an escape, it does not end the run.
    text = text.encode(encoding, "backslashreplace").decode(encoding)
    _write(stream, lambda: stream.write(text))


def reason_of(error: OSError) -> str:
    """Return why the system, or a library in its name, could not do something."""
    return error.strerror.lower() if error.strerror else str(error) or type(error).__name__


def emit_bytes(content: bytes) -> None:
    """Write bytes to standard output: files and machine-readable reports are UTF-8 everywhere.

    Args:
        content: What to write, byte for byte.

    Raises:
        SystemExit: The reader has gone, or it cannot be written.
    """
    _write(sys.stdout, lambda: sys.stdout.buffer.write(content))


def emit_json(value: object) -> None:
    """Write a value to standard output as JSON, in UTF-8 whatever the terminal's encoding is."""
    import json  # the common case prints none

    emit_bytes(utf8(json.dumps(value, indent=2, ensure_ascii=False) + "\n"))


def hush_matplotlib() -> None:
    """Keep what matplotlib says of its caches from standard error: call before it is imported.

    It says that it builds one, and that a home directory cannot be written, as in containers and batch jobs.
    """
    import logging  # only a figure needs it

    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def utf8(text: str) -> bytes:
    """Return a report as UTF-8; what a file's name has that is no UTF-8 is shown as an escape."""
    return text.encode("utf-8", "backslashreplace")


def _write(stream: TextIO, step: Callable[[], object]) -> None:
    try:
        step()
        stream.flush()
    except OSError as error:
        lost(stream, error)


def lost(stream: TextIO, error: OSError) -> NoReturn:
    """End the run after a stream could not be written.

    Args:
        stream: The stream.
        error: Why.

    Raises:
        SystemExit: Always.
    """
    # Python flushes its streams once more at exit; it must not meet the pipe or the full disk again.
    with suppress(OSError, ValueError):  # a stream without a descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if isinstance(error, BrokenPipeError):
        raise SystemExit(CLOSED_PIPE) from None
    if stream is not sys.stderr:
        with suppress(OSError):
            sys.stderr.write(f"Error: standard output cannot be written: {reason_of(error)}\n")
    raise SystemExit(COULD_NOT_CHECK) from None
