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
from greenalgo.findings import by_severity

if TYPE_CHECKING:
    from typing import TextIO

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


def hold(document: Document, imported: formats.Imported, stream: TextIO) -> Held:
    """Hold a statement against files, and say what came of it.

    Args:
        document: The statement.
        imported: What the files give.
        stream: Where the last line goes, whether the statement follows; the others go to standard error.
    """
    held = api.hold_against(document, imported)
    tell(imported.findings)
    told = by_severity(held.findings)
    emit(findings_text(told, document.raw, colour=wants_colour(sys.stderr)), sys.stderr)
    name = safe(document.name)
    for run_id in held.others:
        emit(f"{name}: not held against the files: run {safe(run_id)}\n", sys.stderr)
    runs = f"{len(held.runs)} run{'s' if len(held.runs) != 1 else ''}"
    words = "follows" if held.follows else "does not follow"
    emit(f"{name}: {words} from the files ({runs})\n", stream)
    return held


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
