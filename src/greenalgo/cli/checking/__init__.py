"""Find what is to be checked, check it, in several processes where it is much, and say how far it came.

Here is the common case, ``greenalgo validate PATH...`` without click: what CI and editors run all day. It prints
exactly what the whole command prints, through the same modules. What it leaves to the whole command: standard input,
every option but ``--jobs N``, and every surprise that a few files meet.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenalgo.cli.report.records import Checked

#: From so many files or lines on, a second process saves more than it costs. Starting two takes as
#: long as checking 100 to 150 files (benchmarks/bulk_validation.py).
MANY = 200


def accept(arguments: list[str]) -> int | None:
    """Validate files and print the report.

    Args:
        arguments: Those after ``validate``.

    Returns:
        The exit code; None, with nothing printed, where the whole command line must answer.

    Raises:
        SystemExit: Whoever read the output has gone, or it cannot be written.
    """
    paths, jobs = _without_jobs(arguments)
    if not paths or any(path.startswith("-") for path in paths):
        return None
    # Importing makes no garbage to speak of, and looking for it costs a tenth of the run.
    gc.disable()
    try:
        if jobs or len(paths) >= MANY or any(_special(path) for path in paths):
            return _many(paths, jobs)
        return _few(list(dict.fromkeys(paths)))
    finally:
        gc.enable()


def _without_jobs(arguments: list[str]) -> tuple[list[str], int | None]:
    """Take ``--jobs N`` out of the arguments, where it is there once and a number follows."""
    if arguments.count("--jobs") == 1:
        at = arguments.index("--jobs")
        number = "".join(arguments[at + 1 : at + 2])
        # Python makes no number of thousands of digits; what else there is, click knows to say.
        if number.isascii() and number.isdigit() and len(number) < 10 and int(number):
            return arguments[:at] + arguments[at + 2 :], int(number)
    return arguments, None


def _many(paths: list[str], jobs: int | None) -> int:
    from greenalgo.cli.checking.targets import sources
    from greenalgo.cli.checking.validation import check_all

    try:
        gc.enable()
        return check_all(sources(paths), jobs=jobs)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - as the whole command does
        from greenalgo.cli.failures import fail

        return fail(error)


def _few(names: list[str]) -> int | None:
    checked: list[Checked] = []
    try:
        from greenalgo.cli.checking.file import check_file
        from greenalgo.cli.output import emit
        from greenalgo.cli.report.records import Session
        from greenalgo.cli.report.style import wants_colour
        from greenalgo.cli.report.text import render

        for path in names:
            checked.append(check_file(path))  # noqa: PERF401 - an interruption asks how many
        session = Session(tuple(checked))
        text = render(session, colour=wants_colour(sys.stdout))
    except Exception:  # noqa: BLE001 - the whole command meets it again, and says it in words
        return None
    except KeyboardInterrupt:
        return _say_how_far(checked, len(names))
    emit(text)
    return session.exit_code


def _special(path: str) -> bool:
    """Say whether an argument stands for something else than one statement."""
    if path.lower().endswith(".ndjson") or os.path.isdir(path):
        return True
    return any(sign in path for sign in "*?[") and not os.path.lexists(path)


def _say_how_far(checked: list[Checked], total: int) -> int:
    """Return the exit code after Ctrl-C; what only that needs is imported here."""
    from greenalgo.cli.checking.progress import Progress
    from greenalgo.cli.codes import INTERRUPTED

    progress = Progress(total, sys.stderr)
    for item in checked:
        progress.count(item)
    progress.clear()
    sys.stderr.write(f"\n{progress.farewell()}")
    return INTERRUPTED
