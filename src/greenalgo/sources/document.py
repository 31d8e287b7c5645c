"""A document, the limits of what is read, and why a text is no document."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from greenalgo.errors import GreenalgoError
from greenalgo.findings import Finding, Severity

#: The largest text that is read, in bytes. Forty statements of the usual size fit into it.
LIMIT: Final = 256 * 1024

#: The deepest nesting of mappings and lists; the document itself is level 1.
MAX_DEPTH: Final = 32

#: The largest magnitude of an integer: doubles begin to skip integers above it, and with them many
#: JSON readers (RFC 8259, section 6).
MAX_INTEGER: Final = 2**53


class Document(NamedTuple):
    """A text that was read.

    Attributes:
        name: The file's name as the caller gave it (``-`` for standard input).
        data: What it says, as plain JSON values.
        raw: The bytes it was read from; positions are found in them when a finding needs one.
    """

    name: str
    data: Any
    raw: bytes


class ReadError(GreenalgoError):
    """Why a text cannot be read; travels only inside this room.

    Args:
        code: One of :mod:`greenalgo.sources.codes`.
        message: One sentence: what is wrong.
        line: Line, from 1; 0 where nothing could be read.
        column: Column in characters, from 1.
        pointer: JSON pointer to the place, where it is known.
        at_key: The finding is about the key.
        expected: What was expected there.
        found: What was found there.
        hint: What to do.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        line: int = 1,
        column: int = 1,
        pointer: str = "",
        at_key: bool = False,
        expected: str = "",
        found: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.finding = Finding(
            code=code,
            severity=Severity.ERROR,
            message=message,
            pointer=pointer,
            at_key=at_key,
            expected=expected,
            found=found,
            hint=hint,
            line=line,
            column=column,
        )
