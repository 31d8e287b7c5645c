"""From one version of the schema to the next: a chain of pure functions, each from one to its successor.

A minor version only adds, so that a step between minors has little to do; a major one may rename or
move. Whatever a step does, the document logs it in ``provenance.migrations``, with the digest of what
it was before. ``statement/next/`` is drafted, not released: nothing migrates to it unasked.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import GreenalgoError, UnsupportedVersionError
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.versions import ACCEPT, NEWEST, UNSUPPORTED_CODES, check_version
from greenalgo.schemas.walk import failures
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable

#: The folder of the draft, and what a caller names to reach it.
NEXT = "next"
#: The version that :data:`NEXT` drafts.
DRAFT = "1.1"
#: Addresses of the released schemas; a version or ``draft-07`` follows.
URI = "https://w3id.org/greenalgo/statement/"


class Step(NamedTuple):
    """One link of the chain.

    Attributes:
        source: The version that it reads.
        target: The version that it writes.
        change: A pure function from document to document; it need not touch ``spec_version``,
            ``$schema`` and the log, which every step changes alike.
    """

    source: str
    target: str
    change: Callable[[dict[str, Any]], dict[str, Any]]


class Migration(NamedTuple):
    """A document in another version.

    Attributes:
        data: The document; the very values that were given where nothing was to do.
        source: The version that it had.
        target: The version that it has.
        log: What was added to ``provenance.migrations``, oldest first.
    """

    data: dict[str, Any]
    source: str
    target: str
    log: tuple[str, ...]


def _only_adds(data: dict[str, Any]) -> dict[str, Any]:
    """Return the document as it is: what was valid stays valid, and means the same."""
    return data


#: Every step, oldest first. The last one leads to the draft.
STEPS = (Step("1.0", "1.1", _only_adds),)


def number_of(target: str) -> str:
    """Return the version that a target names: itself, or the draft's for ``next``."""
    return DRAFT if target == NEXT else target


def targets() -> tuple[str, ...]:
    """Return what a document can be migrated to: the released versions, and ``next``."""
    return (*ACCEPT, NEXT)


def migrate(
    data: dict[str, Any],
    target: str = NEWEST,
    *,
    tool: str,
    steps: tuple[Step, ...] = STEPS,
) -> Migration:
    """Bring a document to another version of the schema.

    Args:
        data: A document that is valid in its own version; it is not changed.
        target: One of :func:`targets`.
        tool: Name and version of the program, for the log.
        steps: The chain.

    Returns:
        The document in the target's version. Nothing is changed where it has that version already.

    Raises:
        UnsupportedVersionError: The document is of a version that this greenalgo does not know.
        GreenalgoError: It is newer than the target, or the result would not be valid.
    """
    version = check_version(data)
    if version is not None and version.code in UNSUPPORTED_CODES:
        raise UnsupportedVersionError(version.message)
    source = str(data["spec_version"])
    wanted = number_of(target)
    if source == wanted:
        return Migration(data, source, wanted, ())
    chain = _chain(source, wanted, steps)
    log: list[str] = []
    after = data
    for step in chain:
        entry = f"{step.source} -> {step.target} by {tool}; was sha256:{digest(after)}"
        log.append(entry)
        after = _logged(step.change(copy.deepcopy(after)), step, entry)
    wrong = failures(load_schema(target), after)
    if wrong:
        place = "/" + "/".join(map(str, wrong[0].path))
        raise GreenalgoError(
            f"the statement is not valid in schema {wanted} at {place} ({wrong[0].keyword}): "
            "it stays as it is"
        )
    return Migration(after, source, wanted, tuple(log))


def _chain(source: str, wanted: str, steps: tuple[Step, ...]) -> list[Step]:
    """Return the steps from one version to another; they form a line, not a net."""
    chain: list[Step] = []
    at = source
    while at != wanted:
        step = next((step for step in steps if step.source == at), None)
        if step is None:
            raise GreenalgoError(
                f"there is no way from schema {source} to {wanted}: "
                "statements are migrated to newer versions only"
            )
        chain.append(step)
        at = step.target
    return chain


def _logged(data: dict[str, Any], step: Step, entry: str) -> dict[str, Any]:
    """Return a document with its new version and a line in its log."""
    after = {**data, "spec_version": step.target}
    address = after.get("$schema")
    if isinstance(address, str):
        after["$schema"] = readdressed(address, step.source, step.target)
    provenance = after.get("provenance", {})
    log = [*provenance.get("migrations", ()), entry]
    after["provenance"] = {**provenance, "migrations": log}
    return after


def readdressed(text: str, source: str, target: str) -> str:
    """Return a text in which the schema's address names another version."""
    old = URI + source
    if text == old or text.startswith(old + "/"):
        return URI + target + text.removeprefix(old)
    return text
