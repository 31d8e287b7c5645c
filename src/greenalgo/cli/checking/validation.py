"""Check everything that was found, and print the report: what ``greenalgo validate`` does, without click.

Click costs as much as checking 150 files; :mod:`greenalgo.cli.checking` does without it where it can.
"""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from greenalgo.cli.checking.bulk import check_sources, processes, progress_of
from greenalgo.cli.codes import COULD_NOT_CHECK, INTERRUPTED, TERMINATED
from greenalgo.cli.interrupt import Terminated, terminable
from greenalgo.cli.output import emit, emit_bytes, reason_of, utf8
from greenalgo.cli.report import FORMATS
from greenalgo.cli.report.records import Demands, Session, Tally
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.errors import CannotCheckError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.cli.checking.progress import Progress
    from greenalgo.cli.checking.targets import Source
    from greenalgo.cli.report.records import Checked

#: Formats that are written file by file; the others are one document and wait for the last file.
_STREAMS = ("text", "jsonl")
#: GitHub shows nothing of a longer summary (bytes); what ends one that was cut.
_SUMMARY, _CUT = 1 << 20, b"\n*The rest is in the log of this step.*\n"
#: What is gathered before it is written, in characters.
_BUFFER = 32_768


def check_all(
    found: list[Source],
    demands: Demands = Demands(),  # noqa: B008 - a value
    *,
    format_name: str = "text",
    jobs: int | None = None,
    profile: str = "",
) -> int:
    """Check everything that was found, and print the report.

    Args:
        found: What there is to check.
        demands: What the caller asks for beyond validity.
        format_name: One of :data:`greenalgo.cli.report.FORMATS`; empty to print nothing.
        jobs: Processes; as many as pay where it is None.
        profile: A profile to hold statements against; empty for none.

    Returns:
        The exit code.

    Raises:
        CannotCheckError: A worker process has gone; what was found until then is printed.
    """
    skipped: list[str] = []
    totals = Tally(demands, skipped)
    progress = progress_of(found)
    items = check_sources(
        found,
        skipped,
        progress,
        jobs=processes(jobs, progress.total),
        profile=profile,
    )
    checked: list[Checked] = []
    broken: CannotCheckError | None = None
    try:
        with terminable(), closing(items):
            if format_name in _STREAMS:
                _stream(format_name, items, totals, progress)
            else:
                for item in items:
                    totals.add(item.report)
                    checked += (item,) if format_name else ()
    except KeyboardInterrupt as error:
        totals.ended = TERMINATED if isinstance(error, Terminated) else INTERRUPTED
    except CannotCheckError as error:  # a worker has gone
        totals.ended, broken = COULD_NOT_CHECK, error
    progress.clear()
    if format_name and format_name not in _STREAMS:
        # What was found before an interruption is printed as well, in a whole document that says so.
        session = Session(tuple(checked), totals.demands, tuple(skipped), totals.ended)
        _render(format_name, session)
    if broken:
        raise broken
    if totals.ended:
        emit(f"\n{progress.farewell()}", sys.stderr)
    return totals.exit_code


def _stream(format_name: str, items: Iterable[Checked], totals: Tally, progress: Progress) -> None:
    """Write the report while the files are checked."""
    module = importlib.import_module(FORMATS[format_name])
    colour = format_name == "text" and wants_colour(sys.stdout)
    pieces: Iterator[str] = module.stream(items, totals, colour=colour)
    waiting: list[str] = []
    size = 0

    def write() -> None:
        nonlocal size
        progress.clear()
        text = "".join(waiting)
        waiting.clear()
        size = 0
        if format_name == "text":
            emit(text)
        else:
            emit_bytes(utf8(text))

    try:
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= _BUFFER:
                write()
    finally:
        # What was found before an interruption is printed as well.
        write()


def _render(format_name: str, session: Session) -> None:
    emit_bytes(utf8(importlib.import_module(FORMATS[format_name]).render(session)))
    if format_name == "github":
        _write_step_summary(session)


def _write_step_summary(session: Session) -> None:
    """Append the whole report to the summary of a GitHub step: annotations are cut off at ten.

    Where it cannot be written (its path means nothing inside a container) the verdict stands all the same.
    """
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from greenalgo.cli.report import markdown  # only inside GitHub Actions

    text = utf8(markdown.render(session))
    try:
        with open(path, "ab") as summary:
            room = _SUMMARY - summary.tell() - len(_CUT)
            if len(text) > room + len(_CUT):
                text = text[: text.rfind(b"\n", 0, room) + 1] + _CUT if room >= 0 else b""
            summary.write(text)
    except OSError as error:
        words = f"The step summary '{safe(path)}' cannot be written: {reason_of(error)}\n"
        emit(words, sys.stderr)
