"""Many statements for a registry: judged in several processes, written by this one in large transactions."""

from __future__ import annotations

import os
import sys
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.cli.checking.bulk import processes, progress_of, results_of
from greenalgo.cli.checking.targets import NDJSON, sources
from greenalgo.cli.checking.work import lines_of, may_be_statement
from greenalgo.cli.codes import COULD_NOT_CHECK, INTERRUPTED, TERMINATED, UNSUPPORTED
from greenalgo.cli.interrupt import Terminated, terminable
from greenalgo.cli.output import emit
from greenalgo.cli.report.records import PRECEDENCE, plural
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.stores import open_registry
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.findings import Finding
from greenalgo.registry.door import LEAST, draft_of, in_store, look, submit_each
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.sources import UNREADABLE_CODES, read_bytes
from greenalgo.sources.discover import is_statement_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.cli.checking.progress import Progress
    from greenalgo.cli.checking.targets import Chunk
    from greenalgo.registry.door import Judged
    from greenalgo.registry.record import Draft
    from greenalgo.registry.store import Store

#: Statements that are written with one transaction.
GROUP = 256


class Looked(NamedTuple):
    """A statement that was looked at.

    Attributes:
        name: Its file, with the line where the file holds many.
        draft: Its publication; None where it is not fit.
        refusal: Why it is not fit, in lines for people; empty where it is.
        code: The exit code that it alone would give.
    """

    name: str
    draft: Draft | None = None
    refusal: str = ""
    code: int = 0


def holds_many(path: str) -> bool:
    """Say whether what a command line names may hold many statements: a directory, or NDJSON."""
    return os.path.isdir(path) or path.lower().endswith(NDJSON)


def submit_all(path: str, store_url: str, *, actor: str = "", jobs: int | None = None) -> int:
    """Submit every statement of a directory or of an NDJSON file.

    Those that are fit are written, whatever is wrong with others; each is printed once it is durable. Whoever starts
    again after an interruption finds them known.

    Args:
        path: The directory or file.
        store_url: The registry.
        actor: Who submits.
        jobs: Processes that judge; as many as there are processors for many statements if not given.

    Returns:
        The exit code: 143 or 130 where it was interrupted; else, as of one statement, 1, 3 or 4 where one was
        refused.

    Raises:
        CannotCheckError: There is nothing to submit, or the registry cannot be written.
    """
    found = sources([path])
    chunks = [chunk for source in found for chunk in source.chunks]
    progress = progress_of(found)
    closed = [error for source in found for error in source.closed]
    if closed:
        raise CannotCheckError(f"'{closed[0].filename}' cannot be listed: {closed[0].strerror}")
    desk = _Desk(progress, sum(len(source.skipped) for source in found))
    try:
        with (
            terminable(),
            results_of(
                chunks,
                partial(look_at, actor=actor),
                progress,
                jobs=processes(jobs, progress.total),
            ) as results,
        ):
            looked = desk.counted(chunks, results)
            # The workers begin before the registry is opened, and have none of its files.
            first = next(looked, None)
            if first is None:
                raise CannotCheckError(f"'{path}' holds no statement")
            with open_registry(store_url, create=True) as store:
                for one in chain([first], looked):
                    desk.take(store, one)
                desk.finish(store)
    except KeyboardInterrupt as error:
        desk.codes.add(TERMINATED if isinstance(error, Terminated) else INTERRUPTED)
    finally:
        progress.clear()
    if desk.ended:
        emit(f"\nInterrupted: {progress.words()}. Give the command again to go on.\n", sys.stderr)
    emit(desk.summary(path), sys.stderr)
    return next((code for code in (TERMINATED, INTERRUPTED, *PRECEDENCE) if code in desk.codes), 0)


def look_at(chunk: Chunk, *, actor: str = "") -> list[Looked | None]:
    """Look at a piece of work; None for what is no statement and need not be one."""
    if chunk.line:
        return [
            _look(raw, f"{chunk.paths[0]}:{number}", "line.json", actor)
            for number, raw in lines_of(chunk)
        ]
    return [_candidate(path, actor) for path in chunk.paths]


def refusal_of(judged: Judged, raw: bytes, name: str) -> tuple[str, int]:
    """Say what a statement lacks, in lines for people, and with which exit code.

    Args:
        judged: What :func:`greenalgo.registry.door.look` said of it; it is not fit.
        raw: The file.
        name: Its name.
    """
    report = judged.report
    placed = [one._replace(file=name) for one in report.findings]
    text = findings_text(placed, raw, colour=wants_colour(sys.stderr))
    if report.unsupported:
        return text, UNSUPPORTED
    if not report.valid:
        return f"{text}Error: {name} is invalid: nothing was submitted\n", 1
    lines = [f"Error: {name} has level {report.level}; a registry takes {LEAST}, which needs"]
    lines += [f"  {missing}" for missing in report.missing]
    if any("greenalgo fill" in missing for missing in report.missing):
        lines.append(f"  hint:     greenalgo fill {name} --in-place")
    return text + "\n".join(lines) + "\n", 1


def unread(raw: Finding, name: str) -> tuple[str, int]:
    """Say why a file cannot be read, in lines for people, and with which exit code."""
    code = COULD_NOT_CHECK if raw.code in UNREADABLE_CODES else 1
    return findings_text([raw._replace(file=name)], b""), code


def _candidate(path: str, actor: str) -> Looked | None:
    raw = read_bytes(path)
    looked = _look(raw, path, path, actor)
    if isinstance(raw, Finding):
        return looked if may_be_statement(raw, path) else None
    if looked is not None and looked.draft is None and not is_statement_text(raw, path):
        return None
    return looked


def _look(raw: bytes | Finding, name: str, read_as: str, actor: str) -> Looked | None:
    if isinstance(raw, Finding):
        return Looked(name, None, *unread(raw, name))
    if not raw.strip():
        return None
    try:
        judged = look(raw, read_as)
        if judged.fit:
            return Looked(name, draft_of(judged, raw, name, actor=actor))
    except RegistryError as error:
        return Looked(name, None, _words(error, name), 1)
    return Looked(name, None, *refusal_of(judged, raw, name))


def _words(error: RegistryError, name: str) -> str:
    hint = f"  hint:     {error.hint}\n" if error.hint else ""
    return f"Error: {name}: {error}\n{hint}"


class _Desk:
    """Gathers statements, hands them in, and says what became of them.

    Args:
        progress: Is cleared before anything is printed.
        skipped: How many files are certainly no statements.

    Attributes:
        codes: The exit codes that what happened would give.
    """

    def __init__(self, progress: Progress, skipped: int) -> None:
        self.codes: set[int] = set()
        self._progress = progress
        self._skipped = skipped
        self._waiting: list[Looked] = []
        self._counts = {"accepted": 0, "known": 0, "refused": 0}
        #: Those that the registry refused, and may take once what they supersede is in it.
        self._late: list[tuple[Looked, RegistryError]] = []

    @property
    def ended(self) -> bool:
        """It was interrupted."""
        return not self.codes.isdisjoint((TERMINATED, INTERRUPTED))

    def counted(
        self, chunks: Iterable[Chunk], results: Iterable[list[Looked | None]]
    ) -> Iterator[Looked]:
        """Yield the statements among what was looked at; files that are none are counted."""
        for chunk, result in zip(chunks, results, strict=True):
            for one in result:
                self._progress.count(None)
                if one is not None:
                    yield one
                elif not chunk.line:
                    self._skipped += 1

    def take(self, store: Store, looked: Looked) -> None:
        """Take a statement in, at once or with others."""
        if looked.draft is None:
            self._refuse(looked.refusal, looked.code)
            return
        draft = looked.draft
        if isinstance(store, DirectoryStore):
            draft = in_store(store, draft, looked.name)
        self._waiting.append(looked._replace(draft=draft))
        if len(self._waiting) >= GROUP:
            self._hand_in(store)

    def finish(self, store: Store) -> None:
        """Hand in what is left; what supersedes another may come before it in a directory."""
        self._hand_in(store)
        while self._late:
            late, self._late = self._late, []
            self._waiting = [looked for looked, _ in late]
            self._hand_in(store)
            if len(self._late) == len(late):
                break
        for looked, error in self._late:
            self._refuse(_words(error, looked.name), 1)

    def summary(self, path: str) -> str:
        """Return what became of all, in a line."""
        accepted, known, refused = self._counts.values()
        parts = [f"{plural(accepted, 'statement')} accepted"]
        parts += [f"{known:,} in the registry already"] * bool(known)
        parts += [f"{refused:,} refused"] * bool(refused)
        text = f"{safe(path)}: {', '.join(parts)}"
        if self._skipped:
            text += f"; {plural(self._skipped, 'other file')} skipped (no spec_version)"
        return text + "\n"

    def _hand_in(self, store: Store) -> None:
        group, self._waiting = self._waiting, []
        drafts = [looked.draft for looked in group if looked.draft]
        lines = []
        for looked, outcome in zip(group, submit_each(store, drafts), strict=True):
            if isinstance(outcome, RegistryError):
                self._late.append((looked, outcome))
            else:
                self._counts["known" if outcome.known else "accepted"] += 1
                lines.append(f"{outcome.digest}  {safe(looked.name)}\n")
        if lines:
            self._progress.clear()
            emit("".join(lines))

    def _refuse(self, text: str, code: int) -> None:
        self._counts["refused"] += 1
        self.codes.add(code)
        self._progress.clear()
        emit(text, sys.stderr)
