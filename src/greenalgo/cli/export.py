"""``greenalgo export``: a statement in another standard."""

from __future__ import annotations

import sys

import click

from greenalgo import api
from greenalgo.cli.losses import report_json, report_text
from greenalgo.cli.output import emit, utf8
from greenalgo.cli.report.style import safe
from greenalgo.cli.tell import tell
from greenalgo.cli.write import deliver_all, keep_apart, keep_what_is_there
from greenalgo.errors import FormatError, InvalidStatementError, UnknownNameError


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--to",
    "form",
    metavar="FORMAT",
    required=True,
    help="The format to write (see greenalgo formats).",
)
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.option("--force", is_flag=True, help="Overwrite OUT and REPORT.")
@click.option("--run", metavar="ID", help="Write this run alone.")
@click.option(
    "--report", metavar="REPORT", help="Write what was kept and lost as JSON; - is standard output."
)
@click.pass_context
def export(
    ctx: click.Context, file: str, form: str, output: str | None, force: bool, run: str | None, report: str | None  # noqa: FBT001
) -> None:  # fmt: skip
    """Write FILE in another format: a BoAmps report, a model card's metadata, a table of CodeCarbon's shape.

    The statement is filled first (its own results are not trusted). What the other format has no place for goes to
    standard error. Where it requires what the statement does not have, nothing is written: a value that is put in to
    please a schema is read as a fact. FILE may be - for standard input.

    \b
    Exit codes:
      0  written
      1  the statement is invalid, or lacks what the format requires
      2  the command was called wrongly: an unknown format or run
      4  FILE could not be read, or OUT not be written

    \b
    Example:
      greenalgo export footprint.yaml --to hf-card
      greenalgo export footprint.yaml --to boamps --run training -o report.json
      greenalgo export footprint.yaml --to codecarbon --report losses.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    keep_apart([file], output, report)
    for target in (output, report):
        keep_what_is_there(target, force=force)
    document = api.load(file)
    try:
        filled = api.fill_document(document)
        written = api.export(filled, form, run=run)
    except (InvalidStatementError, FormatError) as error:
        tell(document, error.findings)
        emit(f"Error: {safe(file)} cannot be written as {form}: nothing was written\n", sys.stderr)
        ctx.exit(1)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from error
    losses = [(utf8(report_json(written)), report)] if report else []
    deliver_all([(written.content, output), *losses])
    emit(report_text([f"{safe(file)}: written as {form}"], written.entries), sys.stderr)
