"""The command's entry: the common case at once, everything else through click.

``greenalgo validate PATH...`` is what CI and editors run all day. Where every argument is a file or a directory,
the answer is printed without importing click (28 ms); in every other case nothing has been printed yet and the
whole command line answers.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        _run()
    except KeyboardInterrupt:  # before there is a command that could say so
        from greenalgo.cli.codes import INTERRUPTED

        sys.stderr.write("\nInterrupted.\n")
        sys.exit(INTERRUPTED)


def _run() -> None:
    if sys.stdout is None or sys.stderr is None:  # closed by the caller: `greenalgo ... >&-`
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    arguments = sys.argv[1:]
    if arguments[:1] == ["validate"]:
        from greenalgo.cli.checking import accept

        code = accept(arguments[1:])
        if code is not None:
            if "multiprocessing" in sys.modules:
                sys.exit(code)  # which takes leave of its processes
            # Everything is written and flushed; taking the interpreter down would cost 4 ms more.
            os._exit(code)
    from greenalgo.cli.main import cli

    cli(prog_name="greenalgo")


if __name__ == "__main__":
    main()
