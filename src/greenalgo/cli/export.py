"""``greenalgo export``: a statement in another standard."""

from __future__ import annotations

import os
import sys

import click

from greenalgo import api, formats
from greenalgo.cli.losses import report_json, report_text
from greenalgo.cli.output import emit, emit_bytes, utf8
from greenalgo.cli.report.style import wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.write import write_atomic
from greenalgo.errors import FormatError, InvalidStatementError, UnknownNameError
from greenalgo.findings import Finding, by_severity


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
@click.option("--force", is_flag=True, help="Overwrite OUT.")
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
      greenalgo export footprint.yaml --to boamps --run final-training -o report.json
      greenalgo export footprint.yaml --to codecarbon -o emissions.csv --report losses.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if output not in (None, "-") and os.path.lexists(str(output)) and not force:
        raise click.UsageError(f"{output} is there already; --force overwrites it")
    if report == "-" and output in (None, "-"):
        raise click.UsageError(
            "what is written and the report cannot both go to standard output: give -o OUT"
        )
    document = api.load(file)
    colour = wants_colour(sys.stderr)
    try:
        filled = api.fill_document(document)
        written = formats.export_statement(filled, form, run)
    except (InvalidStatementError, FormatError) as error:
        findings = [found for found in error.findings if isinstance(found, Finding)]
        placed = by_severity(api.place(document, findings))
        emit(findings_text(placed, document.raw, colour=colour), sys.stderr)
        emit(f"Error: {file} cannot be written as {form}: nothing was written\n", sys.stderr)
        ctx.exit(1)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from error
    if output in (None, "-"):
        emit_bytes(written.content)
    else:
        write_atomic(str(output), written.content)
    emit(report_text([f"{file}: written as {form}"], written.entries), sys.stderr)
    if report:
        content = utf8(report_json(written))
        emit_bytes(content) if report == "-" else write_atomic(report, content)
