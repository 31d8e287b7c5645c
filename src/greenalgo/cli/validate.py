"""``greenalgo validate``: check statements and recompute them."""

from __future__ import annotations

import sys

import click

from greenalgo.cli.checking.targets import NDJSON, Source, sources
from greenalgo.cli.checking.validation import check_all
from greenalgo.cli.output import emit, emit_bytes, utf8
from greenalgo.cli.report import FORMATS
from greenalgo.cli.report.records import Demands
from greenalgo.cli.report.style import safe
from greenalgo.findings import Severity

_SEVERITIES = {severity.label: severity for severity in sorted(Severity, reverse=True)}


def _one_profile(_ctx: click.Context, _parameter: click.Parameter, names: tuple[str, ...]) -> str:
    """Return the profile that is asked for; empty for none.

    Raises:
        BadParameter: There is no such profile, or there are several.
    """
    if not names:
        return ""
    if len(names) > 1:
        raise click.BadParameter("one profile at a time; call greenalgo once for each")
    # Imported here: profiles rest on the whole computation.
    from greenalgo.validate.profiles import profile_names

    known = profile_names()
    for name in names:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean '{near[0]}'? " if near else ""
            raise click.BadParameter(
                f"there is no profile '{name}'; {hint}there are {', '.join(known)}"
            )
    return names[0]


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
    type=click.Choice(["L0", "L1", "L2", "L3"]),
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
    multiple=True,
    callback=_one_profile,
    help="Say as well which questions of a checklist or standard are answered, how, and which fields are "
    "missing: neurips, arr, hf-card, eu-gpai, ghg, sci, boamps. Shown by text, github, markdown, json "
    "and jsonl.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="Processes that share many files; as many as there are processors if not given. The output "
    "is the same.",
)
@click.option(
    "--fix", is_flag=True, help="Put right in the files what is certain, then check them."
)
@click.option(
    "--confirm-units",
    is_flag=True,
    help="With --fix: convert figures that stand in another unit than their field's. Look at them "
    "with --diff first.",
)
@click.option(
    "--diff",
    "--dry-run",
    "dry_run",
    is_flag=True,
    help="With --fix: print what would change, as a patch, and write nothing.",
)
@click.pass_context
def validate(
    ctx: click.Context,
    paths: tuple[str, ...],
    format_name: str,
    require: str | None,
    fail_on: str,
    profile: str,
    jobs: int | None,
    fix: bool,  # noqa: FBT001 - flags of the command line
    confirm_units: bool,  # noqa: FBT001
    dry_run: bool,  # noqa: FBT001
) -> None:
    """Check statements: shape, arithmetic, plausibility and provenance.

    Everything that a statement says is recomputed from its inputs. PATH is a file, a directory (every
    *.yaml, *.yml, *.json and *.ndjson below it that has spec_version), a glob in quotes, or - for
    standard input. Of an NDJSON file every line is a statement. Nothing is fetched from a network.

    The verdict does not depend on any option: --require and --fail-on change the exit code only, and
    --profile adds a list. --fix changes the files before they are checked: keys and words that can
    mean one thing only, country codes, numbers in quotes; the difference goes to standard error, and
    what is not certain remains a finding.

    \b
    Exit codes:
      0  every statement is valid and meets --require and --fail-on
      1  at least one is invalid, or does not meet them
      2  the command was called wrongly
      3  at least one needs a newer greenalgo, and none is invalid
      4  at least one file could not be read, and none of the above
      130, 143  it was interrupted or terminated, and has said how far it came

    \b
    Example:
      greenalgo validate footprint.yaml
      greenalgo validate statements/ --require L1 --format github
      greenalgo fill footprint.yaml | greenalgo validate -
      greenalgo validate statements/ 'more/*.yaml' many.ndjson --jobs 4
      greenalgo validate footprint.yaml --fix --diff
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if not fix and (dry_run or confirm_units):
        raise click.UsageError(f"{'--diff' if dry_run else '--confirm-units'} belongs to --fix")
    if dry_run and format_name != "text":
        raise click.UsageError("--diff prints a patch: it cannot be combined with --format")
    found = sources(paths)
    if fix:
        _fix(found, units=confirm_units, dry_run=dry_run)
    demands = Demands(require or "", _SEVERITIES[fail_on])
    ctx.exit(
        check_all(
            found,
            demands,
            format_name="" if dry_run else format_name,
            jobs=jobs,
            profile=profile,
        )
    )


def _fix(found: list[Source], *, units: bool, dry_run: bool) -> None:
    """Put files right and show the difference.

    Raises:
        UsageError: Something is no file that can be written.
    """
    todo = [
        (path, chunk.found) for source in found for chunk in source.chunks for path in chunk.paths
    ]
    for path, _ in todo:
        if path == "-" or path.lower().endswith(NDJSON):
            what = "standard input" if path == "-" else f"NDJSON ('{path}')"
            raise click.UsageError(f"--fix writes files: it cannot be used with {what}")
    # Imported here: only --fix needs the prose of the schema and difflib.
    from greenalgo.cli.checking.fix import diff, fix_file, told
    from greenalgo.sources.discover import is_statement_text

    for path, was_found in todo:
        wanted = is_statement_text if was_found else None
        fixed = fix_file(path, units=units, write=not dry_run, wanted=wanted)
        if fixed.new != fixed.old:
            if dry_run and not sys.stdout.isatty():
                emit_bytes(utf8(diff(fixed)))  # a patch: byte for byte
            else:
                rows = (safe(row.rstrip("\r")) for row in diff(fixed).split("\n"))
                emit("\n".join(rows), sys.stdout if dry_run else sys.stderr)
            emit(told(fixed, written=not dry_run), sys.stderr)
