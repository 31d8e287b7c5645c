"""What the rules say of a document."""

# No `from __future__ import annotations` here: NamedTuple compiles every annotation that is a string, which
# costs `greenalgo validate` 3 ms.

from typing import NamedTuple

from greenalgo.findings import Finding, Severity


class Verdict(NamedTuple):
    """What the rules say of a document, without positions.

    Attributes:
        findings: In the order in which the rules found them.
        level: ``L0`` to ``L3``; empty where the document is invalid.
        missing: What the next level still needs.
        unsupported: The document needs a newer greenalgo.
    """

    findings: tuple[Finding, ...]
    level: str = ""
    missing: tuple[str, ...] = ()
    unsupported: bool = False

    @property
    def errors(self) -> list[Finding]:
        """The findings that are errors."""
        return [found for found in self.findings if found.severity == Severity.ERROR]

    @property
    def fatal(self) -> list[Finding]:
        """Errors after which nothing can be computed: all but those of print."""
        return [found for found in self.errors if not found.is_of_print]
