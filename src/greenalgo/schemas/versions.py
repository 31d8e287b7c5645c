"""The versions of the statement's schema, and what to do with one that we do not know.

MAJOR.MINOR. A newer minor only adds: it is read with the newest schema that we know, with a
warning. A newer major may have changed the meaning of a field: it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.findings import Finding, Severity
from greenalgo.schemas import accept_1_0

if TYPE_CHECKING:
    from collections.abc import Callable

#: Schema version -> its compiled check, oldest first.
ACCEPT: dict[str, Callable[[Any], bool]] = {"1.0": accept_1_0.accept}
#: The schema that a statement of unknown version is held against.
NEWEST = next(reversed(ACCEPT))
#: A newer minor than :data:`NEWEST`.
NEWER_MINOR = "GA901"
#: A version that this greenalgo cannot read.
UNSUPPORTED = "GA902"
#: A finding with one of these codes ends the check: exit code 3.
UNSUPPORTED_CODES = frozenset({UNSUPPORTED})
#: Digits of a version's number that count, and characters of a version that are shown.
_DIGITS, _SHOWN = 9, 20


def _numbers(version: object) -> tuple[int, int] | None:
    """Return (major, minor) of a well-formed version, else None: the structure says why."""
    if not isinstance(version, str) or not version.isascii():
        return None
    major, _, minor = version.partition(".")
    if major.isdigit() and minor.isdigit():
        # Nobody counts further; int() of a text of megabytes would take its time.
        return int(major[:_DIGITS]), int(minor[:_DIGITS])
    return None


def _declared(data: object) -> str:
    """Return ``spec_version`` where it is a well-formed version, else an empty text."""
    version = data.get("spec_version") if isinstance(data, dict) else None
    return version if isinstance(version, str) and _numbers(version) else ""


def version_of(data: object) -> str:
    """Return the known schema version to read a document with.

    Args:
        data: A parsed document.

    Returns:
        Its own version where that is known, else :data:`NEWEST`.
    """
    declared = _declared(data)
    return declared if declared in ACCEPT else NEWEST


def accept(data: object, version: str = NEWEST) -> bool:
    """Say whether a document is valid against a known schema version (fast, without a reason)."""
    return ACCEPT[version](data)


def check_version(data: object) -> Finding | None:
    """Return a finding where the document's version is not known.

    An absent or malformed version is the structure's business.

    Args:
        data: A parsed document.

    Returns:
        None for a known version; a warning (:data:`NEWER_MINOR`) for a newer minor of a known
        major, with which the check goes on; an error in :data:`UNSUPPORTED_CODES`, with which it
        must end, for any other.
    """
    declared = _declared(data)
    if not declared or declared in ACCEPT:
        return None
    newest, asked = _numbers(NEWEST), _numbers(declared)
    declared = declared if len(declared) < _SHOWN else f"{declared[:_SHOWN]}..."
    if newest and asked and asked[0] == newest[0] and asked > newest:
        return Finding(
            NEWER_MINOR,
            Severity.WARNING,
            f"this statement is of schema {declared}; it is read with {NEWEST}, the newest that "
            "this greenalgo knows",
            pointer="/spec_version",
            expected=NEWEST,
            found=declared,
            hint="upgrade greenalgo, so that the new fields are checked as well",
        )
    newer = bool(newest and asked and asked > newest)
    return Finding(
        UNSUPPORTED,
        Severity.ERROR,
        f"schema {declared} is not supported: this greenalgo reads {', '.join(ACCEPT)}",
        pointer="/spec_version",
        expected=NEWEST,
        found=declared,
        hint="upgrade greenalgo" if newer else f'write spec_version: "{NEWEST}"',
    )


def is_newer_minor(data: object) -> bool:
    """Say whether a document may hold fields of a minor version that we do not know."""
    finding = check_version(data)
    return finding is not None and finding.code == NEWER_MINOR
