"""Check a registry: its log and its bodies (verify), and the statements of a directory (check)."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import DamagedError, GreenalgoError, UnreachableError
from greenalgo.findings import Report
from greenalgo.registry.record import Log, Problem, readable
from greenalgo.registry.record.state import ERASED
from greenalgo.registry.store.directory import LINK, data_of
from greenalgo.registry.store.files import statement_files
from greenalgo.sources import read_bytes
from greenalgo.sources.discover import files_below
from greenalgo.statement.digest import canonical
from greenalgo.validate.engine import check_bytes, check_parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from greenalgo.registry.record import State
    from greenalgo.registry.record.log import Checkpoint
    from greenalgo.registry.store import Store


class Verified(NamedTuple):
    """What :func:`verify` found.

    Attributes:
        statements: How many bodies were read.
        checkpoint: The log's, computed.
        problems: What is not as it was put in; none in a sound registry.
    """

    statements: int
    checkpoint: Checkpoint
    problems: tuple[Problem, ...]


def verify(store: Store, checkpoint: Checkpoint | None = None) -> Verified:
    """Check bodies against digests, the chain of events, and a checkpoint that was given out.

    Args:
        store: The registry.
        checkpoint: From a receipt or a snapshot; the log must still contain what it stands for.
    """
    problems = store.damage()
    log = Log()
    statements = 0
    try:
        log = store.log()
        statements = sum(1 for _ in store.holdings())
    except UnreachableError:
        raise  # no verdict on what it holds
    except GreenalgoError as error:
        if not problems:
            problems.append(Problem(store.url, str(error)))
    problems += log.problems()
    if checkpoint is not None and not log.holds(checkpoint):
        text = (
            f"the log does not contain the checkpoint of {checkpoint.size} events "
            f"with the root {checkpoint.root[:12]}…"
        )
        hint = (
            "events were changed or taken out since it was given out, or it is of another registry"
        )
        problems.append(Problem(store.url, text, hint))
    return Verified(statements, log.checkpoint, tuple(dict.fromkeys(problems)))


class Checked(NamedTuple):
    """The verdict on a statement of a registry.

    Attributes:
        name: Its file, or its digest.
        digest: Its digest; empty where it cannot be read.
        report: The validator's verdict.
        raw: What was judged, where it fails.
        state: Its state in the log; None where the log does not know it.
        curated: Somebody else wrote it down from a publication whose own figures do not follow.
        problem: Why it fails; empty where it does not.
        note: What a maintainer may want to know.
    """

    name: str
    digest: str
    report: Report
    raw: bytes = b""
    state: State | None = None
    curated: bool = False
    problem: str = ""
    note: str = ""


class Inspection(NamedTuple):
    """What :func:`inspect` found.

    Attributes:
        checked: The statements.
        verified: The log and the bodies.
        missing: Statements of the log that no file has.
        others: YAML and JSON files of a directory that are no statements.
        erased: States of those whose bodies were taken out, with the reasons.
        refused: What a pull request may not do (:mod:`greenalgo.registry.proposal`).
    """

    checked: tuple[Checked, ...]
    verified: Verified
    missing: tuple[Problem, ...]
    others: tuple[str, ...] = ()
    erased: tuple[State, ...] = ()
    refused: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong beside the statements."""
        return (*self.missing, *self.verified.problems, *self.refused)

    @property
    def sound(self) -> bool:
        """Nothing fails."""
        return not (self.problems or any(item.problem for item in self.checked))


def inspect(store: Store) -> Inspection:
    """Judge every statement of a registry, look for duplicates, and verify the log.

    A statement of any level may lie in a directory: the level is shown. One with errors fails, but for
    a record of somebody else's publication (``provenance.compiled_by``) whose only errors are in the
    figures that the publication prints: such a record is right, the publication is not.
    """
    verified = verify(store)
    try:
        states = store.states()
    except DamagedError:
        states = {}
    checked: list[Checked] = []
    files: dict[str, str] = {}
    for name, raw in _texts(store):
        item = _judge(name, raw, states)
        if os.path.islink(name):
            item = item._replace(problem=LINK)
        if item.digest in files and item.digest:
            item = item._replace(problem=f"the same statement as {files[item.digest]}")
        if item.state and item.state.status == ERASED:
            item = item._replace(
                problem=f"it was erased on {item.state.at[:10]}, and this file still has it: remove it, also "
                "from the history of git"
            )
        files.setdefault(item.digest, name)
        checked.append(item)
    missing = tuple(
        Problem(
            digest,
            f"the log has the statement {digest[:12]}… ({state.status}), and no file has it: "
            "its file was changed or removed",
            "put it back as it was, and submit the correction as a new file with --supersedes",
        )
        for digest, state in states.items()
        if digest not in files and state.status in ("published", "disputed")
    )
    erased = tuple(state for state in states.values() if state.status == ERASED)
    others = tuple(_others(store, (item.name for item in checked)))
    return Inspection(tuple(checked), verified, missing, others, erased)


def _texts(store: Store) -> Iterator[tuple[str, bytes]]:
    if os.path.isdir(store.url):
        return statement_files(store.url)
    return ((f"{held.digest}.json", readable(held.body)) for held in store.holdings())


def _others(store: Store, statements: Iterable[str]) -> list[str]:
    if not os.path.isdir(store.url):
        return []
    known = set(statements)
    return [path for path in files_below(store.url) if path not in known]


def _judge(name: str, raw: bytes, states: Mapping[str, State]) -> Checked:
    data = data_of(raw, name)
    digest = hashlib.sha256(canonical(data)).hexdigest() if data else ""
    report = check_parsed(raw, name, data) if raw else _unreadable(name)
    item = Checked(name, digest, report, state=states.get(digest))
    if report.valid:
        return item
    if report.unsupported:
        return item._replace(raw=raw, problem="it needs a newer greenalgo")
    if report.unreadable:
        return item._replace(raw=raw, problem="it cannot be read")
    errors = report.errors
    if all(found.is_of_print for found in errors) and _is_compiled(data or {}):
        return item._replace(
            curated=True, note="figures of the publication do not follow from its inputs"
        )
    return item._replace(raw=raw, problem=f"invalid: {errors[0].message}")


def _is_compiled(data: Mapping[str, Any]) -> bool:
    """Say whether somebody else wrote the statement down, from a publication that it cites."""
    provenance = data.get("provenance", {})
    return "compiled_by" in provenance and "citation" in provenance


def _unreadable(name: str) -> Report:
    """Return the verdict on a file that gave no bytes."""
    found = read_bytes(name)
    if isinstance(found, bytes):
        return check_bytes(found, name)
    return Report(name, (found._replace(file=name),), unreadable=True)
