"""What the validator says: a finding, and the report of a file.

A finding is a value. It names a JSON pointer; line and column are added at the edge
(:func:`greenalgo.sources.locate`), because only a file with findings pays for positions.
"""

# No `from __future__ import annotations` here: NamedTuple compiles every annotation that is a string, which
# costs `greenalgo validate` 3 ms.

from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Where the page of a rule lives; the code is appended.
DOCS = "https://w3id.org/greenalgo/rules/"


class Severity(IntEnum):
    """How bad a finding is; ordered, so that ``max`` works."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        """The word that messages use: ``note``, ``warning`` or ``error``."""
        return self.name.lower()


class Finding(NamedTuple):
    """One thing that the validator has to say about a document.

    Attributes:
        code: Stable code, ``GA`` and three digits: GA0 parse, GA1 structure, GA2 arithmetic, GA3
            provenance and defaults, GA4 plausibility, GA5 disclosure, GA6 files of other tools, GA9 deprecation.
        severity: Error, warning or note.
        message: One sentence: what is wrong, with its size.
        pointer: JSON pointer (RFC 6901) into the document; empty for the whole of it.
        at_key: The finding is about the key at :attr:`pointer`, not about its value.
        expected: What was expected there, in words or digits.
        found: What was found there.
        hint: What to do.
        file: The file's name as the caller gave it (``-`` for standard input).
        line: Line, from 1; 0 while unknown.
        column: Column in characters, from 1; 0 while unknown.
    """

    code: str
    severity: Severity
    message: str
    pointer: str = ""
    at_key: bool = False
    expected: str = ""
    found: str = ""
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0

    @property
    def docs(self) -> str:
        """The address of the rule's page."""
        return DOCS + self.code

    @property
    def is_structural(self) -> bool:
        """An error of text or structure (GA0, GA1): there is no statement to compute anything from."""
        return self.severity == Severity.ERROR and self.code.startswith(("GA0", "GA1"))

    @property
    def is_of_print(self) -> bool:
        """An error in a printed figure of the right form: it is recorded as it is printed, and does not follow."""
        return (
            self.severity == Severity.ERROR
            and self.pointer.startswith("/reported")
            and not self.is_structural
        )

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        return f"{place + ': ' if place else ''}{self.severity.label} {self.code}: {self.message}"


class Report(NamedTuple):
    """The verdict on one file.

    Attributes:
        file: The file's name as the caller gave it.
        findings: Most severe first, then by position.
        level: ``L0`` to ``L3``, computed; empty when the document is invalid.
        missing: What the next level still needs, a sentence each.
        unsupported: The document needs a newer greenalgo (exit code 3).
        unreadable: The file could not be read, so nothing was checked (exit code 4).
    """

    file: str
    findings: tuple[Finding, ...] = ()
    level: str = ""
    missing: tuple[str, ...] = ()
    unsupported: bool = False
    unreadable: bool = False

    @property
    def errors(self) -> list[Finding]:
        """The findings that are errors."""
        return [found for found in self.findings if found.severity == Severity.ERROR]

    @property
    def valid(self) -> bool:
        """No finding is an error, and the file could be checked."""
        return not (self.unsupported or self.unreadable or self.errors)


def escape(part: str | int) -> str:
    """Return a key or an index as a part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def to_pointer(path: "Iterable[str | int]") -> str:
    """Return keys and indices, outermost first, as a JSON pointer."""
    return "".join("/" + escape(part) for part in path)


def pointer_parts(pointer: str) -> list[str]:
    """Return the keys and indices of a JSON pointer, outermost first."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def by_severity(findings: list[Finding] | tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return the findings most severe first, then by line, column and code."""
    return tuple(sorted(findings, key=lambda f: (-f.severity, f.line, f.column, f.code, f.pointer)))


def finding_record(finding: Finding) -> dict[str, Any]:
    """Return a finding as plain JSON values; line and column are null where there is no place."""
    return {
        "code": finding.code,
        "severity": finding.severity.label,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line or None,
        "column": finding.column or None,
        "pointer": finding.pointer,
        "expected": finding.expected,
        "found": finding.found,
        "hint": finding.hint,
        "docs": finding.docs,
    }
