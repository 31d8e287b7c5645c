"""``greenalgo badge``: a badge for a README that states the level."""

from __future__ import annotations

import os
import sys

import click

from greenalgo import api
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe, wants_colour
from greenalgo.cli.report.text import findings_text
from greenalgo.cli.write import deliver, keep_apart
from greenalgo.errors import CannotCheckError
from greenalgo.findings import Finding
from greenalgo.footprint import to_results
from greenalgo.render import badge as badges
from greenalgo.sources import UNREADABLE_CODES, read_bytes

_FORMATS = {"svg": badges.to_svg, "json": badges.to_json}


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(_FORMATS)),
    help="What OUT ends in, else svg. json is what shields.io reads as an endpoint.",
)
@click.option("-o", "--output", metavar="OUT", help="Write here instead of to standard output.")
@click.pass_context
def badge(ctx: click.Context, file: str, format_name: str | None, output: str | None) -> None:
    """Write a badge that states the level of FILE and its operational CO2e.

    The level says how well a reader can check the number. It is no grade: every level has the same
    colour. A statement that is invalid gets a badge that says so, and the exit code is 1. The same
    FILE gives the same bytes. FILE may be - for standard input.

    \b
    Exit codes:
      0  the statement is valid
      1  it is invalid, and the badge says so
      3  it needs a newer greenalgo, and the badge says so
      4  it could not be read, and nothing was written

    \b
    Example:
      greenalgo badge footprint.yaml -o footprint.svg
      greenalgo badge footprint.yaml -o public/footprint.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if format_name is None:
        format_name = _format_of(output)
    keep_apart([file], output)
    raw = read_bytes(file)
    if isinstance(raw, Finding) and raw.code in UNREADABLE_CODES:
        raise CannotCheckError(str(raw), hint=raw.hint)
    report = api.Report(file, (raw,)) if isinstance(raw, Finding) else api.check_bytes(raw, file)
    errors = report.errors
    if errors:
        frames = b"" if isinstance(raw, Finding) else raw
        emit(findings_text(errors, frames, colour=wants_colour(sys.stderr)), sys.stderr)
    made = badges.UNSUPPORTED if report.unsupported else badges.INVALID
    if report.valid and isinstance(raw, bytes):
        made = _of_valid(raw, file, report.level)
    content = _FORMATS[format_name](made).encode()
    deliver(content, output)
    if output not in (None, "-"):
        emit(f"{safe(output)}: {made.message}\n", sys.stderr)
    ctx.exit(3 if report.unsupported else int(not report.valid))


def _format_of(output: str | None) -> str:
    """Return the format that an output's name asks for.

    Raises:
        BadParameter: It asks for one that there is not, such as PNG.
    """
    ending = os.path.splitext(output or "")[1].lower().removeprefix(".")
    if ending not in ("", *_FORMATS):
        raise click.BadParameter(
            f"'{output}' ends in none of .svg, .json; or say --format", param_hint="-o"
        )
    return ending or "svg"


def _of_valid(raw: bytes, name: str, level: str) -> badges.Badge:
    case = api.make_case(api.loads(raw, name).data)
    results = to_results(case.footprint, case.factors, case.policy, level)
    total = results["totals"].get("co2e_operational_kg")
    return badges.of_level(level, None if case.footprint.gaps else total)
