"""What ``import`` and ``attest`` share: reading files of other tools, and holding a statement against them."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from greenalgo import api, formats
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.errors import UnknownNameError
from greenalgo.findings import Severity, by_severity

if TYPE_CHECKING:
    from greenalgo.evidence import Held
    from greenalgo.findings import Finding
    from greenalgo.sources import Document

from_option = click.option(
    "--from",
    "form",
    metavar="FORMAT",
    help="The format of FILE (see greenalgo formats); told by its content if not given.",
)
sum_option = click.option(
    "--sum",
    "added_up",
    is_flag=True,
    help="Add up the rows of one name, hardware, place and tool to one run.",
)


def read(files: tuple[str, ...], form: str | None, wanted: formats.Wanted) -> formats.Imported:
    """Make a statement of files.

    Raises:
        BadParameter: There is no such format.
    """
    try:
        return api.import_files(files, form=form, wanted=wanted)
    except UnknownNameError as error:
        raise click.BadParameter(str(error), param_hint="--from") from error


def hold(document: Document, imported: formats.Imported, stream: int = 1) -> tuple[Held, bool]:
    """Hold a statement against files, and say what came of it.

    Args:
        document: The statement.
        imported: What the files give.
        stream: 1 or 2: where the last line goes, standard output or standard error.

    Returns:
        What came of it, and whether the statement follows from the files.
    """
    held = api.hold_against(document, imported)
    tell(imported.findings)
    told = by_severity(held.findings)
    emit(findings_text(told, document.raw, colour=wants_colour(sys.stderr)), sys.stderr)
    name = safe(document.name)
    for run_id in held.others:
        emit(f"{name}: not held against the files: run {safe(run_id)}\n", sys.stderr)
    follows = all(finding.severity != Severity.ERROR for finding in held.findings)
    runs = f"{len(held.runs)} run{'s' if len(held.runs) != 1 else ''}"
    words = "follows" if follows else "does not follow"
    emit(f"{name}: {words} from the files ({runs})\n", sys.stdout if stream == 1 else sys.stderr)
    return held, follows


def tell(findings: list[Finding], raw: bytes = b"", where: str = "") -> None:
    """Print the first of findings that differ in names and numbers only, and how many more there are."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in by_severity(findings):
        words = re.sub(r"'[^']*'|[\d.,]+", "", finding.message)
        alike.setdefault((finding.code, words), []).append(finding)
    for (code, _), those in alike.items():
        emit(findings_text(those[:1], raw, colour=wants_colour(sys.stderr)), sys.stderr)
        if len(those) > 1:
            emit(f"  and {len(those) - 1} more {code}{where}\n", sys.stderr)
