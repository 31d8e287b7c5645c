"""What a third party writes down who has held a statement against its files, and what level L4 still needs.

The document is an in-toto Statement (v1, https://in-toto.io/Statement/v1) about the canonical JSON of the footprint
statement; its predicate is that of ``attestation.schema.json``. It says what was found, when and by whom, and gives no
verdict: the reader's greenalgo draws that from it and from the statement.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import EvidenceError, FormatError
from greenalgo.factors.userfile import problems_of
from greenalgo.findings import Finding, Severity
from greenalgo.formats import codes
from greenalgo.glance.needs import MEASURED_SHARE
from greenalgo.statement.digest import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Final

    from greenalgo.evidence.held import Held
    from greenalgo.sources import Document

_SCHEMA: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "attestation.schema.json")
_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_PREDICATE: Final = "https://w3id.org/greenalgo/attestation/1"


class Verifier(NamedTuple):
    """Who held a statement against its files."""

    name: str
    orcid: str = ""


class Attestation(NamedTuple):
    """What somebody attests of a statement.

    Attributes:
        digest: SHA-256 of the statement's canonical JSON.
        verifier: Who.
        when: When, as ``2026-11-30T12:00:00Z``.
        level: The statement's level by itself, then.
        files: SHA-256 of the files at hand.
        energy: Ids of the runs whose IT energy follows from the files.
        left_out: Ids of runs of the files that the statement has not.
        measured_share: Share of the files' IT energy that an instrument has read.
    """

    digest: str
    verifier: Verifier
    when: str
    level: str
    files: frozenset[str]
    energy: frozenset[str]
    left_out: tuple[str, ...]
    measured_share: float


def draw_up(
    document: Document, held: Held, level: str, verifier: Verifier, when: datetime, tool: str
) -> dict[str, Any]:
    """Write an attestation.

    Args:
        document: The statement.
        held: What came of holding it against the files.
        level: Its level by itself.
        verifier: Who did it.
        when: When, in UTC.
        tool: With what, and its version.

    Raises:
        EvidenceError: The statement does not follow from the files, or the verifier is one of its authors, or nobody.
    """
    if not held.follows:
        raise EvidenceError(
            f"{document.name} does not follow from the files: there is nothing to attest"
        )
    if is_author(verifier, document.data):
        raise EvidenceError(
            f"{verifier.name} is one of the authors of {document.name}: a third party attests",
            hint="authors hold their own statements with greenalgo import FILES --check STATEMENT",
        )
    energy = set(held.energy)
    made = {
        "_type": _STATEMENT,
        "subject": [_artefact(os.path.basename(document.name), digest(document.data))],
        "predicateType": _PREDICATE,
        "predicate": {
            "verifier": {
                "name": verifier.name,
                **({"orcid": verifier.orcid} if verifier.orcid else {}),
            },
            "timeVerified": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tool": tool,
            "level": level,
            "measured_share": held.measured_share,
            "files": [_artefact(name, sha256) for name, sha256 in held.files],
            "runs": {
                "energy": held.energy,
                "hours": [run_id for run_id in held.runs if run_id not in energy],
                "none": held.others,
                "left_out": held.left_out,
            },
        },
    }
    for _, words in problems_of(made, _SCHEMA, "the attestation"):
        raise EvidenceError(words)
    return made


def read(document: Document) -> Attestation:
    """Read an attestation.

    Args:
        document: The JSON, as :func:`greenalgo.sources.parse` gives it.

    Raises:
        FormatError: It is none; carries findings with JSON pointers.
    """
    problems = problems_of(document.data, _SCHEMA, "the attestation")
    if problems:
        findings = [
            Finding(
                codes.NO_ATTESTATION, Severity.ERROR, words, at,
                hint="greenalgo attest writes one; a signature holds for its bytes, so do not edit it",
            )
            for at, words in problems
        ]  # fmt: skip
        raise FormatError(findings)
    told = document.data["predicate"]
    return Attestation(
        digest=document.data["subject"][0]["digest"]["sha256"],
        verifier=Verifier(**told["verifier"]),
        when=told["timeVerified"],
        level=told["level"],
        files=frozenset(file["digest"]["sha256"] for file in told["files"]),
        energy=frozenset(told["runs"]["energy"]),
        left_out=tuple(told["runs"]["left_out"]),
        measured_share=told["measured_share"],
    )


def still_needed(
    document: Document, level: str, runs: list[str], attestation: Attestation
) -> Iterator[str]:
    """Say what L4 still needs, a sentence each; nothing where the statement is verified.

    Args:
        document: The statement; it is valid.
        level: Its level by itself.
        runs: Ids of its runs that are counted.
        attestation: What is attested, by somebody whose signature is good.
    """
    if attestation.digest != (own := digest(document.data)):
        yield f"an attestation of this statement ({own}): this is one of another ({attestation.digest})"
        return
    if level != "L3":
        yield f"L3: the statement is {level} (what is missing: greenalgo validate --require L3)"
    authors = document.data.get("authors", ())
    if not authors:
        yield "authors: they are not declared, so that anybody may be one of them"
    if is_author(attestation.verifier, document.data):
        yield f"a third party: {attestation.verifier.name} is one of the authors"
    files = document.data.get("provenance", {}).get("files", ())
    if not files:
        yield "provenance.files: no file is named"
    for file in files:
        if "sha256" not in file:
            yield f"the SHA-256 of '{file['path']}' in provenance.files"
        elif file["sha256"] not in attestation.files:
            yield f"'{file['path']}' at hand: it was not when the statement was held against its files"
    if attestation.measured_share < MEASURED_SHARE:
        yield (
            f"{100 * attestation.measured_share:.3g} % of the IT energy in the files is metered or counted, "
            f"{100 * MEASURED_SHARE:g} % is asked for"
        )
    for run_id in runs:
        if run_id not in attestation.energy:
            yield f"run '{run_id}': its IT energy does not follow from the files"
    for run_id in attestation.left_out:
        yield f"run '{run_id}' of the files: the statement leaves it out"


def is_author(verifier: Verifier, data: dict[str, Any]) -> bool:
    """Return whether somebody is an author of a statement, or compiled it: by ORCID iD or by name."""
    compiled_by = data.get("provenance", {}).get("compiled_by")
    people = [*data.get("authors", ()), *([{"name": compiled_by}] if compiled_by else ())]
    return any(
        (verifier.orcid and verifier.orcid == one.get("orcid"))
        or _plain(verifier.name) == _plain(one["name"])
        for one in people
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _artefact(name: str, sha256: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": sha256}}
