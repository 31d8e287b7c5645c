"""What the command line, the service and notebooks call: load, validate, fill, look behind a number.

Documents go in and come out as plain JSON values; numbers are in the unit that their field's name states
(kWh, kg of CO2e, L, h). The reference of the Python API shows every function at work.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from greenalgo.errors import (
    CannotCheckError,
    FormatError,
    InvalidStatementError,
    UnsupportedVersionError,
)
from greenalgo.factors import open_set
from greenalgo.findings import Finding, Report, Severity
from greenalgo.footprint import (
    Change,
    Footprint,
    Gap,
    Input,
    Missing,
    Result,
    RunFootprint,
    Trace,
    altered,
    compute,
    to_results,
)
from greenalgo.sources import UNREADABLE_CODES, Document, locate, parse, read_bytes
from greenalgo.statement import Statement, from_document
from greenalgo.validate.case import Case
from greenalgo.validate.engine import Verdict, check_bytes, check_path, judge
from greenalgo.validate.explain import make_case
from greenalgo.validate.levels import level_of
from greenalgo.validate.structure import known_part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from greenalgo.evidence import Attestation, Held, Verifier
    from greenalgo.factors import FactorSet
    from greenalgo.formats import Imported, Wanted, Written

__all__ = [
    "Case",
    "Change",
    "Document",
    "Finding",
    "Footprint",
    "Gap",
    "Input",
    "Missing",
    "Report",
    "Result",
    "RunFootprint",
    "Severity",
    "Statement",
    "Trace",
    "Verdict",
    "attest",
    "check_bytes",
    "check_path",
    "export",
    "fill",
    "fill_document",
    "hold_against",
    "import_files",
    "judge",
    "load",
    "loads",
    "make_case",
    "place",
    "verify",
    "what_if",
    "with_results",
    "without_results",
]


def load(path: str) -> Document:
    """Read a statement from a file.

    Args:
        path: Its path; ``-`` is standard input.

    Returns:
        The document; it is well-formed, but has not been validated.

    Raises:
        CannotCheckError: The file cannot be read.
        InvalidStatementError: It is not strict YAML 1.2 or JSON; carries the finding.
    """
    raw = read_bytes(path)
    if isinstance(raw, Finding):
        raise _refusal(raw, path)
    return loads(raw, path)


def loads(raw: bytes, name: str = "<string>") -> Document:
    """Read a statement from bytes.

    Args:
        raw: The text, UTF-8.
        name: A name for messages; one that ends in ``.json`` is read as JSON.

    Returns:
        The document; it is well-formed, but has not been validated.

    Raises:
        InvalidStatementError: It is not strict YAML 1.2 or JSON; carries the finding.
    """
    document = parse(raw, name)
    if isinstance(document, Finding):
        raise _refusal(document, name)
    return document


def fill(
    data: dict[str, Any], *, factors: FactorSet | None = None, policy: str | None = None
) -> dict[str, Any]:
    """Compute what follows from a statement's inputs.

    Args:
        data: The document as plain JSON values; ``results`` in it are ignored.
        factors: The factor set; the newest if None.
        policy: Name of the policy whose defaults apply; the set's own if None.

    Returns:
        A copy of the document with ``results``: energy in kWh, CO2e in kg, water in L, hours in h, each with
        its interval, its status and how it follows.

    Raises:
        InvalidStatementError: The statement is invalid, or an input is missing so that a figure
            cannot be computed; carries the findings.
        UnsupportedVersionError: The statement needs a newer greenalgo.
        FactorError: There is no such policy.
    """
    author, errors = _computable(data)
    factors = factors or open_set()
    rules = factors.policy(policy)
    statement = from_document(known_part(author))
    footprint = compute(statement, factors, rules)
    if footprint.gaps:
        raise InvalidStatementError(
            [
                Finding("GA303", Severity.ERROR, gap.message, gap.at, hint=gap.hint)
                for gap in footprint.gaps
            ]
        )
    filled = {**author, "results": to_results(footprint, factors, rules, "L0")}
    level = (
        ""
        if errors
        else level_of(Case(statement._replace(data=filled), footprint, factors, rules))[0]
    )
    filled["results"]["level"] = level or "L0"
    return filled


def what_if(
    data: dict[str, Any],
    changes: Iterable[Change],
    *,
    only: Collection[str] = (),
    factors: FactorSet | None = None,
    policy: str | None = None,
) -> list[Footprint]:
    """Compute what the footprint of the same work would be elsewhere.

    Args:
        data: The document as plain JSON values; ``results`` in it are ignored.
        changes: What to change, each by itself: place, PUE, carbon intensity (gCO2e/kWh). ``Change()`` changes
            nothing, and gives the footprint as declared.
        only: Ids of the runs to change; all if empty.
        factors: The factor set; the newest if None.
        policy: Name of the policy whose defaults apply; the set's own if None.

    Returns:
        A footprint for each change, in their order: energy in kWh, CO2e in kg. What cannot be computed is missing
        in it, with the reason.

    Raises:
        InvalidStatementError: The statement is invalid; carries the findings.
        UnsupportedVersionError: The statement needs a newer greenalgo.
        CalculationError: A change cannot be applied to a run.
        FactorError: There is no such policy, or no such run.
    """
    author, _ = _computable(data)
    factors = factors or open_set()
    rules = factors.policy(policy)
    statement = from_document(known_part(author))
    return [
        compute(altered(statement, change, factors, rules, only), factors, rules)
        for change in changes
    ]


def fill_document(
    document: Document, *, factors: FactorSet | None = None, policy: str | None = None
) -> dict[str, Any]:
    """Fill a document that was read from a file: as :func:`fill`, with findings placed in it.

    Args:
        document: What :func:`load` returns.
        factors: As for :func:`fill`.
        policy: As for :func:`fill`.

    Returns:
        As :func:`fill`.

    Raises:
        InvalidStatementError: As :func:`fill`; its findings carry file, line and column.
        UnsupportedVersionError: As :func:`fill`.
        FactorError: As :func:`fill`.
    """
    with _placed(document):
        return fill(document.data, factors=factors, policy=policy)


def with_results(document: Document, *, policy: str | None = None) -> dict[str, Any]:
    """Return a statement with the results that stand in its file, or filled where it has none.

    Args:
        document: What :func:`load` returns.
        policy: As for :func:`fill`; results that stand there keep their own.

    Returns:
        The document with ``results``, as :func:`fill` returns it.

    Raises:
        InvalidStatementError: As :func:`fill`, or the results do not follow from the inputs; its findings carry
            file, line and column.
        UnsupportedVersionError: As :func:`fill`.
        FactorError: As :func:`fill`.
    """
    if "results" not in document.data:
        return fill_document(document, policy=policy)
    with _placed(document):
        _sound(document.data)
    return known_part(document.data)


def import_files(
    paths: Iterable[str], *, form: str | None = None, wanted: Wanted | None = None
) -> Imported:
    """Make a statement of what trackers and other tools wrote.

    Args:
        paths: The files; ``-`` is standard input. Several make one statement.
        form: The name of their format, such as ``codecarbon``; told by the content if None.
        wanted: Title, phase, and what else is asked for; see :class:`greenalgo.formats.Wanted`.

    Returns:
        The statement as ``data`` and as YAML (``content``); ``entries`` say what became of each field of the
        files, ``findings`` what a person should look at. It is well-formed, but has not been judged.

    Raises:
        CannotCheckError: A file cannot be read.
        FormatError: A file is not what its format says; carries the findings.
        UnknownNameError: There is no such format.
    """
    # Imported here: who validates or fills has no use for a dozen readers.
    from greenalgo import formats

    return formats.import_sources([formats.open_source(path) for path in paths], form, wanted)


def hold_against(document: Document, imported: Imported) -> Held:
    """Hold a statement against the files that it was made from.

    Args:
        document: The statement, as :func:`load` returns it.
        imported: What the files give, as :func:`import_files` returns it.

    Returns:
        ``findings`` say where file, IT energy or hours differ, with their places in the statement.

    Raises:
        InvalidStatementError: The statement is invalid; its findings carry file, line and column.
        UnsupportedVersionError: It needs a newer greenalgo.
    """
    from greenalgo.evidence import hold

    with _placed(document):
        author, _ = _computable(document.data)
    held = hold(make_case(author), make_case(imported.data))
    return held._replace(findings=place(document, held.findings))


def attest(
    document: Document, held: Held, verifier: Verifier, when: datetime | None = None
) -> dict[str, Any]:
    """Write down that a statement follows from its files, for its level L4.

    Args:
        document: The statement, as :func:`load` returns it.
        held: What :func:`hold_against` gave.
        verifier: Who held it against the files; see :class:`greenalgo.evidence.Verifier`.
        when: When; now if None.

    Returns:
        An in-toto Statement about the statement's digest, to be signed as the bytes that it is written in.

    Raises:
        InvalidStatementError: The statement is invalid; its findings carry file, line and column.
        UnsupportedVersionError: It needs a newer greenalgo.
        EvidenceError: It does not follow from the files, or the verifier is one of its authors.
    """
    from datetime import UTC, datetime

    from greenalgo import __version__, evidence

    verdict = _valid(document)
    moment = (when or datetime.now(UTC)).astimezone(UTC)
    return evidence.draw_up(
        document, held, verdict.level, verifier, moment, f"greenalgo {__version__}"
    )


def verify(document: Document, attestation: Document) -> tuple[Attestation, tuple[str, ...]]:
    """Say what level L4 of a statement still needs, beside an attestation.

    Whose the attestation is, its signature says: :func:`greenalgo.evidence.signer_of`.

    Args:
        document: The statement, as :func:`load` returns it.
        attestation: The attestation, as :func:`load` returns it.

    Returns:
        The attestation, and a sentence for each thing that is missing: none where the statement is L4.

    Raises:
        InvalidStatementError: The statement is invalid; its findings carry file, line and column.
        FormatError: The attestation is none; its findings too.
        UnsupportedVersionError: The statement needs a newer greenalgo.
    """
    from greenalgo import evidence

    with _placed(attestation):
        told = evidence.read(attestation)
    verdict = _valid(document)
    runs = [one.run.id for one in make_case(document.data).footprint.counted]
    return told, tuple(evidence.still_needed(document, verdict.level, runs, told))


def export(filled: dict[str, Any], form: str, *, run: str | None = None) -> Written:
    """Write a statement in another format.

    Args:
        filled: The statement with results, as :func:`fill` returns it.
        form: The name of the format, such as ``boamps``.
        run: The id of the one run to write; all that are counted if None.

    Returns:
        ``content`` are the bytes; ``entries`` say what became of each field of the statement.

    Raises:
        FormatError: The statement lacks what the format requires; the findings have JSON pointers into it.
        UnknownNameError: There is no such format or run, or it is not written.
    """
    from greenalgo import formats

    return formats.export_statement(filled, form, run)


def place(document: Document, findings: Iterable[Finding]) -> list[Finding]:
    """Give findings the document's file name, and line and column of their pointers.

    Args:
        document: What the findings are about.
        findings: Findings with JSON pointers, as :func:`judge` returns them.

    Returns:
        The findings in the same order.
    """
    return [found._replace(file=document.name) for found in locate(document, list(findings))]


def without_results(data: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of a document without its ``results``.

    Args:
        data: The document as plain JSON values.

    Returns:
        What the author wrote; nested values are shared with ``data``.
    """
    return {key: value for key, value in data.items() if key != "results"}


def _computable(data: dict[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Return what the author wrote, and the errors in the figures that it prints.

    Raises:
        InvalidStatementError: Something else is wrong with it.
        UnsupportedVersionError: It needs a newer greenalgo.
    """
    author = without_results(data)
    return author, _sound(author).errors


def _sound(data: dict[str, Any]) -> Verdict:
    """Judge a document, and refuse one from which nothing can be computed.

    Raises:
        InvalidStatementError: Something is wrong with it, but for printed figures that do not follow: what does
            can be computed all the same.
        UnsupportedVersionError: It needs a newer greenalgo.
    """
    verdict = _supported(data)
    if verdict.fatal:
        raise InvalidStatementError(verdict.fatal)
    return verdict


def _valid(document: Document) -> Verdict:
    """Judge a document, and refuse one with errors; their findings carry file, line and column.

    Raises:
        InvalidStatementError: It has errors.
        UnsupportedVersionError: It needs a newer greenalgo.
    """
    verdict = _supported(document.data)
    if verdict.errors:
        raise InvalidStatementError(place(document, verdict.errors))
    return verdict


def _supported(data: dict[str, Any]) -> Verdict:
    """Judge a document, and refuse one that needs a newer greenalgo.

    Raises:
        UnsupportedVersionError: It does.
    """
    verdict = judge(data)
    if verdict.unsupported:
        raise UnsupportedVersionError(verdict.findings[0].message)
    return verdict


@contextmanager
def _placed(document: Document) -> Iterator[None]:
    """Give the findings of a refusal their places in a document."""
    try:
        yield
    except (FormatError, InvalidStatementError) as error:
        findings = [found for found in error.findings if isinstance(found, Finding)]
        raise type(error)(place(document, findings)) from error


def _refusal(finding: Finding, name: str) -> CannotCheckError | InvalidStatementError:
    finding = finding._replace(file=name)
    if finding.code in UNREADABLE_CODES:
        return CannotCheckError(str(finding), hint=finding.hint)
    return InvalidStatementError([finding])
