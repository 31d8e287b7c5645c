"""What an exception tells people, and the exit code that it gives; no traceback reaches a user."""

from __future__ import annotations

import os
import sys

from greenalgo.cli.codes import COULD_NOT_CHECK, INTERNAL, INTERRUPTED, UNSUPPORTED, USAGE
from greenalgo.cli.output import emit, lost, reason_of
from greenalgo.errors import (
    CannotCheckError,
    FormatError,
    GreenalgoError,
    InvalidStatementError,
    ResourceError,
    UnsupportedVersionError,
)


def fail(error: Exception | KeyboardInterrupt) -> int:
    """Say on standard error why a command has failed.

    Args:
        error: What it raised, and no command took care of.

    Returns:
        The exit code.

    Raises:
        SystemExit: Whoever read the output has gone.
    """
    if isinstance(error, KeyboardInterrupt):
        emit("\nInterrupted.\n", sys.stderr)
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        lost(sys.stdout, error)  # click prints the help of a command
    if isinstance(error, GreenalgoError):
        message, code = _words(error), exit_code(error)
    elif isinstance(error, OSError):
        message, code = _os_words(error), COULD_NOT_CHECK
    elif isinstance(error, UnicodeEncodeError) and (byte := _no_text(error)):
        message = f"an argument or a name holds the byte 0x{byte:02X}: that is no text in UTF-8"
        code = USAGE
    else:  # the last resort: a line, never a traceback
        if os.environ.get("GREENALGO_DEBUG") == "1":
            import traceback

            traceback.print_exception(error)
        message = (
            f"internal error ({type(error).__name__}: {error}). This is a bug of greenalgo: "
            "please report it. GREENALGO_DEBUG=1 shows where it happened."
        )
        code = INTERNAL
    from greenalgo.cli.report.style import safe  # as late as everything that only a failure needs

    emit("\n".join(safe(line) for line in f"Error: {message}".split("\n")) + "\n", sys.stderr)
    return code


def exit_code(error: GreenalgoError) -> int:
    """Return the exit code of an exception that no command took care of."""
    if isinstance(error, UnsupportedVersionError):
        return UNSUPPORTED
    if isinstance(error, (CannotCheckError, ResourceError)):
        return COULD_NOT_CHECK
    return 1


def _words(error: GreenalgoError) -> str:
    if isinstance(error, (FormatError, InvalidStatementError)):
        # Imported here: only what is refused is printed finding by finding.
        from greenalgo.cli.report.text import findings_of

        what = (
            "statement is invalid"
            if isinstance(error, InvalidStatementError)
            else "file is refused"
        )
        return f"the {what}\n" + findings_of(error).rstrip("\n")
    hint = getattr(error, "hint", "")
    near = ", ".join(getattr(error, "candidates", ())[:5])
    return "\n".join(
        part
        for part in (
            str(error),
            f"  hint:     {hint}" if hint else "",
            f"  nearest:  {near}" if near and near not in str(error) else "",
        )
        if part
    )


def _no_text(error: UnicodeEncodeError) -> int:
    """Return the byte that Python keeps as half a surrogate in an argument or in a file's name; 0 for none."""
    byte = ord(error.object[error.start]) - 0xDC00
    return byte if 0x80 <= byte <= 0xFF else 0


def _os_words(error: OSError) -> str:
    reason = reason_of(error)
    return (
        f"cannot read or write '{error.filename}': {reason}"
        if error.filename is not None
        else reason
    )
