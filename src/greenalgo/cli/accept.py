"""``greenalgo validate FILE...`` without click: what CI and editors run all day.

It prints exactly what the whole command prints, through the same :mod:`greenalgo.cli.report.text`.
What it leaves to the whole command: options, directories, standard input, and every surprise.
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


def accept(paths: list[str]) -> int | None:
    """Validate files and print the report.

    Args:
        paths: The arguments after ``validate``; none begins with ``-``.

    Returns:
        The exit code; None, with nothing printed, where the whole command line must answer.
    """
    if not 0 < len(paths) < MANY or any(_special(path) for path in paths):
        return None
    # Importing makes no garbage to speak of, and looking for it costs a tenth of the run.
    gc.disable()
    checked: list[Checked] = []
    names = list(dict.fromkeys(paths))
    try:
        from greenalgo.cli.check import check_file
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
    finally:
        gc.enable()
    emit(text)
    return session.exit_code


def _special(path: str) -> bool:
    """Say whether an argument stands for something else than one statement."""
    if path.lower().endswith(".ndjson") or os.path.isdir(path):
        return True
    return any(sign in path for sign in "*?[") and not os.path.lexists(path)


def _say_how_far(checked: list[Checked], total: int) -> int:
    """Return the exit code after Ctrl-C; what only that needs is imported here."""
    from greenalgo.cli.codes import INTERRUPTED
    from greenalgo.cli.progress import Progress

    progress = Progress(total, sys.stderr)
    for item in checked:
        progress.count(item)
    progress.clear()
    sys.stderr.write(f"\n{progress.farewell()}")
    return INTERRUPTED
