"""``greenalgo validate FILE...`` without click: what CI and editors run all day.

It prints exactly what the whole command prints, through the same :mod:`greenalgo.cli.report.text`.
What it leaves to the whole command: options, directories, standard input, and every surprise.
"""

from __future__ import annotations

import gc
import os
import sys

#: What a shell reports for a program that Ctrl-C ended.
INTERRUPTED = 130


def accept(paths: list[str]) -> int | None:
    """Validate files and print the report.

    Args:
        paths: The arguments after ``validate``; none begins with ``-``.

    Returns:
        The exit code; None, with nothing printed, where the whole command line must answer.
    """
    if not paths or any(os.path.isdir(path) for path in paths):
        return None
    # Importing makes no garbage to speak of, and looking for it costs a tenth of the run.
    gc.disable()
    try:
        from greenalgo.cli.check import check_files
        from greenalgo.cli.output import emit
        from greenalgo.cli.report.records import Session
        from greenalgo.cli.report.style import wants_colour
        from greenalgo.cli.report.text import render

        session = Session(check_files(paths))
        text = render(session, colour=wants_colour(sys.stdout))
    except Exception:  # noqa: BLE001 - the whole command meets it again, and says it in words
        return None
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted.\n")
        return INTERRUPTED
    finally:
        gc.enable()
    emit(text)
    return session.exit_code
