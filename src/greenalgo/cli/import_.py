"""``greenalgo import``: a statement of other tools' files."""

from __future__ import annotations

import re
import sys

import click

from greenalgo import api, formats
from greenalgo.cli.losses import report_json, report_text
from greenalgo.cli.output import emit, utf8
from greenalgo.cli.report.style import safe
from greenalgo.cli.tracker_files import from_option, hold, read, sum_option, tell
from greenalgo.cli.write import deliver_all, keep_apart, keep_what_is_there
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.versions import NEWEST


def _phases() -> list[str]:
    """Return the phases that a run may have, as the schema has them."""
    phases: list[str] = load_schema(NEWEST)["$defs"]["run"]["properties"]["phase"]["enum"]
    return phases


@click.command(name="import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@from_option
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.option("--force", is_flag=True, help="Overwrite OUT and REPORT.")
@click.option("--title", default="", help="Title of the statement.")
@click.option(
    "--phase", metavar="PHASE", type=click.Choice(_phases()), default="other", show_default=True,
    help=f"What runs were for whose tool does not say: {', '.join(_phases())}.",
)  # fmt: skip
@click.option(
    "--intensity", type=click.Choice(formats.INTENSITIES), default="tracker", show_default=True,
    help="tracker: declare the carbon intensity that the tool applied, with its source. lookup: declare none, so that "
    "fill looks one up, and the tool's CO2e is held against it.",
)  # fmt: skip
@sum_option
@click.option(
    "--report",
    metavar="REPORT",
    help="Write what was kept and lost as JSON; - is standard output.",
)
@click.option(
    "--check",
    metavar="STATEMENT",
    help="Write nothing; exit 1 where STATEMENT does not follow from the files.",
)
@click.pass_context
def import_command(
    ctx: click.Context, files: tuple[str, ...], form: str | None, output: str | None,
    force: bool, title: str, phase: str, intensity: str, added_up: bool, report: str | None,  # noqa: FBT001
    check: str | None,
) -> None:  # fmt: skip
    """Make a statement of what trackers and other tools wrote.

    Each row of a file, each file, becomes a run. The format is told by the content. What the file does not say is
    not put in: greenalgo validate names what to add. CO2e that the tool computed stands under `reported`, with the
    tool's own factor. What became of every field goes to standard error. FILE may be - for standard input.

    With --check a statement that was made of the files is held against them: whether they are the ones that it
    names, by SHA-256, and whether they give its IT energy and hours. What was added since (place, PUE, further
    runs) stays out of it.

    \b
    Exit codes:
      0  the statement is valid; with --check, it follows from the files
      1  a file is not what its format says, or the statement is invalid (it is
         written all the same); with --check, it does not follow
      2  the command was called wrongly: an unknown format
      4  a file could not be read, or OUT not be written

    \b
    Example:
      greenalgo import emissions.csv -o footprint.yaml
      greenalgo import emissions.csv --phase training --title 'Our model'
      greenalgo import *_carbontracker*.log -o footprint.yaml --report losses.json
      greenalgo import emissions.csv --check footprint.yaml
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if check and (output or report):
        raise click.UsageError("--check writes nothing: it cannot be combined with -o or --report")
    keep_apart(files, output, report)
    for target in (output, report):
        keep_what_is_there(target, force=force)
    imported = read(files, form, formats.Wanted(title, phase, intensity, added_up))
    if check:
        ctx.exit(int(not hold(api.load(check), imported, sys.stdout).follows))
    losses = [(utf8(report_json(imported)), report)] if report else []
    deliver_all([(imported.content, output), *losses])
    told = [
        f"{name}: read as {form} ({tool}): {marks}" for name, form, marks, tool in imported.read
    ]
    emit(report_text(told, imported.entries), sys.stderr)
    tell(imported.findings)
    if not _verdict(output or "-", imported.content):
        ctx.exit(1)


def _verdict(name: str, content: bytes) -> bool:
    """Say what the validator says of the statement; return whether it is valid."""
    document = api.loads(content, name)
    verdict = api.judge(document.data)
    tell(api.place(document, verdict.findings), content, f" (greenalgo validate {safe(name)})")
    if not verdict.level:
        emit(f"{safe(name)}: written, and invalid: put right what stands above\n", sys.stderr)
        return False
    lines = [f"{safe(name)}: valid, {verdict.level}"]
    for need, those in _by_need(verdict.missing).items():
        runs = f"run {those[0]}" if len(those) == 1 else f"{len(those)} runs"
        lines.append(f"  to add: {runs}: {need}" if those[0] else f"  to add: {need}")
    emit("".join(f"{line}\n" for line in lines), sys.stderr)
    return True


def _by_need(missing: tuple[str, ...]) -> dict[str, list[str]]:
    """Return what the next level needs, each with the runs that need it (an empty name for the whole)."""
    needs: dict[str, list[str]] = {}
    for words in missing:
        found = re.fullmatch(r"run ('[^']*'): (.*)", words)
        run, need = (found[1], found[2]) if found else ("", words)
        needs.setdefault(need, []).append(run)
    return needs
