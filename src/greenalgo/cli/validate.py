"""``greenalgo validate``: check statements and recompute them."""

from __future__ import annotations

import importlib
import os
import sys

import click

from greenalgo import api
from greenalgo.cli.check import check_file
from greenalgo.cli.discover import find_statements, nothing_in
from greenalgo.cli.output import emit, emit_bytes
from greenalgo.cli.report import FORMATS, text
from greenalgo.cli.report.records import Checked, Demands, Session
from greenalgo.cli.report.style import wants_colour
from greenalgo.findings import Severity
from greenalgo.validate.profiles import check_profile, profile_names

_SEVERITIES = {severity.label: severity for severity in sorted(Severity, reverse=True)}


@click.command()
@click.argument("paths", metavar="PATH...|-", nargs=-1, required=True)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="How to print the findings.",
)
@click.option(
    "--require",
    type=click.Choice(["L0", "L1", "L2"]),
    help="Fail where a statement has a lower level, and list what it lacks.",
)
@click.option(
    "--fail-on",
    type=click.Choice(list(_SEVERITIES)),
    default="error",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option(
    "--profile",
    metavar="P",
    help="Say as well which questions of a checklist or standard can be answered: neurips, arr, "
    "hf-card, eu-gpai, ghg, sci, boamps.",
)
@click.pass_context
def validate(
    ctx: click.Context,
    paths: tuple[str, ...],
    format_name: str,
    require: str | None,
    fail_on: str,
    profile: str | None,
) -> None:
    """Check statements: shape, arithmetic, plausibility and provenance.

    Everything that a statement says is recomputed from its inputs. PATH is a file, a directory (every
    *.yaml, *.yml and *.json below it that has spec_version), or - for standard input. Nothing is
    fetched from a network.

    The verdict does not depend on any option: --require and --fail-on change the exit code only, and
    --profile adds a list.

    \b
    Exit codes:
      0  every statement is valid and meets --require and --fail-on
      1  at least one is invalid, or does not meet them
      2  the command was called wrongly
      3  at least one needs a newer greenalgo, and none is invalid
      4  at least one file could not be read, and none of the above
    \b
    Example:
      greenalgo validate footprint.yaml
      greenalgo validate statements/ --require L1 --format github
      greenalgo fill footprint.yaml | greenalgo validate -
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if profile is not None and profile not in profile_names():
        known = ", ".join(profile_names())
        raise click.BadParameter(
            f"there is no profile '{profile}'; there are {known}", param_hint="--profile"
        )
    session = _check(paths, Demands(require or "", _SEVERITIES[fail_on]))
    if profile is not None:
        answered = tuple(_answer(item, profile) for item in session.checked)
        session = session._replace(checked=answered)
    if format_name == "text":
        emit(text.render(session, colour=wants_colour(sys.stdout)))
    else:
        emit_bytes(importlib.import_module(FORMATS[format_name]).render(session).encode())
    if format_name == "github":
        _write_step_summary(session)
    ctx.exit(session.exit_code)


def _check(paths: tuple[str, ...], demands: Demands) -> Session:
    checked: dict[str, Checked] = {}
    skipped: dict[str, None] = {}
    for path in paths:
        if not os.path.isdir(path):
            checked.setdefault(path, check_file(path))
            continue
        found = find_statements(path)
        skipped.update(dict.fromkeys(found.others))
        for statement in found.statements:
            checked.setdefault(statement, check_file(statement))
        if not found.statements:
            checked[path] = Checked(nothing_in(path, len(found.others)))
    return Session(tuple(checked.values()), demands, tuple(skipped))


def _answer(item: Checked, profile: str) -> Checked:
    """Hold a statement against a profile, where its shape allows it."""
    report = item.report
    shapeless = any(found.code[:3] in ("GA0", "GA1") for found in report.findings)
    if report.unsupported or report.unreadable or (shapeless and not report.valid):
        return item
    case = api.make_case(api.loads(item.raw, report.file).data)
    return item._replace(profile=check_profile(case, profile))


def _write_step_summary(session: Session) -> None:
    """Append the whole report to the summary of a GitHub step: annotations are cut off at ten."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    from greenalgo.cli.report import markdown  # only inside GitHub Actions

    with open(path, "a", encoding="utf-8") as summary:
        summary.write(markdown.render(session))
