"""The exceptions of greenalgo: one root, drawn here.

Errors in a document are not exceptions: they are :class:`greenalgo.findings.Finding` values. What is
raised is what stops a caller::

    GreenalgoError
    ├── ResourceError         a data tree of the installation is missing or damaged
    ├── CannotCheckError      a file cannot be read, so nothing can be said about it     (exit 4)
    │   └── UnreachableError     a registry behind a URL cannot be reached, or not now
    ├── UnsupportedVersionError  the statement needs a newer greenalgo                   (exit 3)
    ├── InvalidStatementError    carries the findings that make it invalid               (exit 1)
    ├── ClusterFileError      a file that describes a cluster is not what it should be
    ├── FormatError           a file of another tool cannot be read or written; carries findings (exit 1)
    ├── CalculationError      the inputs do not lead to a number
    ├── RenderError           a statement cannot be set as asked: a character, a template, TeX itself
    ├── EvidenceError         what is to speak for a statement does not: an attestation, a signature  (exit 1)
    ├── RegistryError         a registry refuses what was asked for
    │   ├── DamagedError         what a registry holds is not what was put into it
    │   └── DeniedError          who asks may not do it (401 where unknown, 403 where known)
    ├── BusyError             a service has no room for it now; later it may
    └── FactorError           a factor cannot be looked up
        ├── UnknownNameError     no such name; carries suggestions
        ├── AmbiguousNameError   more than one candidate
        ├── MissingFactorError   the name is known, the value is not
        └── FactorFileError      a user's own factor file is not what it should be
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class GreenalgoError(Exception):
    """The root of every exception that greenalgo raises on purpose."""


class ResourceError(GreenalgoError):
    """A data tree of the installation (schema, templates, factors) is missing or damaged."""


class CannotCheckError(GreenalgoError):
    """A file cannot be read, so nothing can be said about it.

    Args:
        message: Which file and why, in a sentence.
        hint: What to do.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class UnreachableError(CannotCheckError):
    """A registry behind a URL cannot be reached: that says nothing about what it holds."""


class UnsupportedVersionError(GreenalgoError):
    """The statement is written for a schema that this greenalgo does not know."""


class InvalidStatementError(GreenalgoError):
    """A statement is invalid; :attr:`findings` say why.

    Args:
        findings: What is wrong, as :class:`greenalgo.findings.Finding` records.
    """

    def __init__(self, findings: Sequence[object]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "; ".join(str(finding) for finding in self.findings) or "invalid statement"
        )


class FormatError(GreenalgoError):
    """A file of another tool cannot be read, or a statement not be written as one.

    Args:
        findings: Why, as :class:`greenalgo.findings.Finding` records.
    """

    def __init__(self, findings: Sequence[object]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(str(finding) for finding in self.findings))


class ClusterFileError(GreenalgoError):
    """A file that describes a cluster does not have the format, or names what is not known.

    Args:
        problems: JSON pointer and sentence of everything that is wrong.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{at or '/'}: {words}" for at, words in self.problems))


class CalculationError(GreenalgoError):
    """The declared inputs do not lead to a number.

    Args:
        message: What is missing, in a sentence.
        pointer: JSON pointer to where it is missing.
        hint: What to declare.
    """

    def __init__(self, message: str, *, pointer: str = "", hint: str = "") -> None:
        self.pointer = pointer
        self.hint = hint
        super().__init__(message)


class RenderError(GreenalgoError):
    """A statement cannot be set as it was asked: a character, a width, a template, TeX itself.

    Args:
        message: What is wrong, in a sentence.
        pointer: JSON pointer into the statement, where one value is to blame.
        hint: What to do.
    """

    def __init__(self, message: str, *, pointer: str = "", hint: str = "") -> None:
        self.pointer = pointer
        self.hint = hint
        super().__init__(message)


class EvidenceError(GreenalgoError):
    """What is to speak for a statement does not: an attestation that cannot be given, a signature that does not fit.

    Args:
        message: What and why, in a sentence.
        hint: What to do.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class RegistryError(GreenalgoError):
    """A registry refuses what was asked for.

    Args:
        message: What was asked for and why it is refused, in a sentence.
        hint: What to do.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


class ErasedError(RegistryError):
    """The body of a statement was taken out of a registry, for the law or for privacy.

    Args:
        message: Since when and why, in a sentence.
        digest: The statement.
        hint: What there still is.
    """

    def __init__(self, message: str, digest: str, *, hint: str = "") -> None:
        self.digest = digest
        super().__init__(message, hint=hint)


class DamagedError(RegistryError):
    """What a registry holds is not what was put into it."""


class DeniedError(RegistryError):
    """Who asks may not do what they ask for.

    Args:
        message: What is missing, in a sentence; never a secret.
        hint: What to do.
        known: The registry knows who asks: they lack a right, and not a name.
    """

    def __init__(self, message: str, *, hint: str = "", known: bool = False) -> None:
        self.known = known
        super().__init__(message, hint=hint)


class BusyError(GreenalgoError):
    """A service has no room for a request now; the same request may pass later."""


class FactorError(GreenalgoError):
    """A factor cannot be looked up.

    Args:
        message: What was asked for, in a sentence.
        name: The name as it was given.
        candidates: Names that would have been found, nearest first; or what finds them, which takes milliseconds and
            is called by whoever shows them.
    """

    def __init__(
        self,
        message: str,
        *,
        name: str = "",
        candidates: Sequence[str] | Callable[[], Sequence[str]] = (),
    ) -> None:
        self.name = name
        self._candidates = candidates
        super().__init__(message)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names that would have been found, nearest first."""
        if callable(self._candidates):
            self._candidates = self._candidates()
        return tuple(self._candidates)


class UnknownNameError(FactorError):
    """No factor has this name; :attr:`candidates` are suggestions, never used unasked."""


class AmbiguousNameError(FactorError):
    """More than one factor answers to this name; :attr:`candidates` lists them."""


class MissingFactorError(FactorError):
    """The name is known, but the set has no value for what was asked."""


class FactorFileError(FactorError):
    """A user's own factor file does not have the format, or a row in it cannot be.

    Args:
        problems: JSON pointer and sentence of everything that is wrong.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{at or '/'}: {words}" for at, words in self.problems))
