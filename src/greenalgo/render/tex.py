"""Compile a preview: TeX in a folder of its own, with no way out of it, and a time limit.

``openin_any`` and ``openout_any`` on *paranoid* keep TeX from reading and writing outside, and
``-no-shell-escape`` from running programs; each was seen to stop an attack that works without it. This is
the only module of the room that starts programs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from greenalgo.errors import RenderError

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What to install, by system.
INSTALL = (
    "install TeX Live: on Debian and Ubuntu `apt install texlive-latex-extra texlive-publishers "
    "texlive-fonts-recommended texlive-bibtex-extra`, on macOS `brew install --cask mactex`"
)
#: Seconds that one pass may take.
TIME_LIMIT = 60.0
_PASSES = 4
_RERUN = re.compile(r"Rerun to get|Rerun LaTeX|There were undefined references|\(re\)run")
_ERROR = re.compile(r"^(?:! .*|.*?:\d+: .*)$", re.MULTILINE)
#: What a log says about a page that is not clean.
UNCLEAN = re.compile(
    r"^(?:Overfull \\[hv]box.*|LaTeX Warning: Float too large.*|LaTeX Warning: (?:Reference|Citation) .* undefined.*"
    r"|Package natbib Warning: Citation .* undefined.*|Missing character:.*)$",
    re.MULTILINE,
)


class Compiled:
    """What TeX made.

    Attributes:
        pdf: The document.
        log: TeX's log.
        unclean: Overfull boxes, floats longer than a page, undefined references and missing characters that the
            log names.
    """

    __slots__ = ("log", "pdf", "unclean")

    def __init__(self, pdf: bytes, log: str) -> None:
        self.pdf = pdf
        self.log = log
        self.unclean = tuple(UNCLEAN.findall(log))


def available(engine: str = "pdflatex") -> bool:
    """Say whether a TeX engine is installed."""
    return shutil.which(engine) is not None


def compile_tex(
    files: Mapping[str, bytes], main: str, *, engine: str = "pdflatex", limit: float = TIME_LIMIT
) -> Compiled:
    """Compile a document with its bibliography.

    Args:
        files: Every file of the document: name (without folders) to bytes.
        main: The name of the file to compile.
        engine: ``pdflatex``, ``lualatex`` or ``xelatex``.
        limit: Seconds for each pass.

    Returns:
        The PDF and what the log says.

    Raises:
        RenderError: TeX is not installed, reports an error, or takes longer than the limit.
    """
    if not available(engine):
        raise RenderError(f"{engine} is not installed, so no PDF can be made", hint=INSTALL)
    stem = main.removesuffix(".tex")
    with tempfile.TemporaryDirectory(prefix="greenalgo-") as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / Path(file).name).write_bytes(content)
        _pass(engine, main, folder, limit)
        if _bibliography(stem, folder, limit):
            _pass(engine, main, folder, limit)
        for _ in range(_PASSES):
            log = _pass(engine, main, folder, limit)
            if not _RERUN.search(log):
                break
        pdf = folder / f"{stem}.pdf"
        if not pdf.exists():
            raise RenderError(f"{engine} made no PDF: the document has no pages")
        return Compiled(pdf.read_bytes(), log)


def _pass(engine: str, main: str, folder: Path, limit: float) -> str:
    command = [
        engine,
        "-no-shell-escape",
        "-interaction=nonstopmode",
        "-halt-on-error",
        "-file-line-error",
        main,
    ]
    outcome = _run(command, folder, limit)
    log_file = folder / f"{main.removesuffix('.tex')}.log"
    log = log_file.read_text("latin-1") if log_file.exists() else outcome.stdout
    if outcome.returncode:
        first = _ERROR.search(log)
        raise RenderError(
            f"{engine} stopped: {first[0].strip() if first else log[-300:].strip()}",
            hint="a missing .sty or .cls file is part of a TeX Live collection: " + INSTALL,
        )
    return log


def _bibliography(stem: str, folder: Path, limit: float) -> bool:
    if (folder / f"{stem}.bcf").exists():
        command = ["biber", stem]
    elif "\\bibdata" in (folder / f"{stem}.aux").read_text("latin-1"):
        command = ["bibtex", stem]
    else:
        return False
    if not available(command[0]):
        raise RenderError(
            f"{command[0]} is not installed, so the references cannot be made", hint=INSTALL
        )
    outcome = _run(command, folder, limit)
    if outcome.returncode:
        told = [
            line for line in outcome.stdout.splitlines() if "rror" in line or line.startswith("I ")
        ]
        raise RenderError(f"{command[0]} stopped: {told[0] if told else outcome.stdout[-300:]}")
    return True


def _run(command: list[str], folder: Path, limit: float) -> subprocess.CompletedProcess[str]:
    kept = {
        key: os.environ[key]
        for key in ("PATH", "HOME", "TEXMFHOME", "TEXMFVAR", "SYSTEMROOT")
        if key in os.environ
    }
    paranoid = {
        **kept, "openin_any": "p", "openout_any": "p", "shell_escape": "f", "TEXMFOUTPUT": str(folder),
        "SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "max_print_line": "1000", "LC_ALL": "C",
    }  # fmt: skip
    try:
        return subprocess.run(  # noqa: S603 (a fixed program, no shell, arguments are ours)
            command, cwd=folder, env=paranoid, capture_output=True, text=True, encoding="latin-1",
            stdin=subprocess.DEVNULL, timeout=limit, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RenderError(
            f"{command[0]} was stopped after {limit:.0f} s: the document does not end"
        ) from error
