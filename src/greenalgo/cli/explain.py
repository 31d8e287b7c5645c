"""``greenalgo explain``: how the numbers of a statement follow, or what a rule says."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import click

from greenalgo import api
from greenalgo.cli.derivation import derive
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import BOLD, DIM, paint, safe, wants_colour
from greenalgo.cli.tell import tell
from greenalgo.errors import UnknownNameError, UnsupportedVersionError
from greenalgo.findings import DOCS
from greenalgo.footprint import to_results
from greenalgo.validate.rules.book import FAMILY_TITLES, all_rules, rule

if TYPE_CHECKING:
    from greenalgo.validate.rules.base import Rule

_CODE = re.compile(r"GA[0-9A-Z]{1,5}", re.IGNORECASE)


@click.command()
@click.argument("subject", metavar="FILE|CODE", required=False)
@click.option("--list", "list_rules", is_flag=True, help="List every rule with its code.")
@click.pass_context
def explain(ctx: click.Context, subject: str | None, list_rules: bool) -> None:  # noqa: FBT001
    """Show how the numbers of FILE follow, step by step, or what the rule CODE says.

    Every quantity is shown with its formula, the same with the numbers put in, and where each number
    came from: enough to redo it with a pocket calculator. FILE may be - for standard input; it need
    not be filled.

    \b
    Example:
      greenalgo explain footprint.yaml
      greenalgo explain GA203
      greenalgo explain --list
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if list_rules:
        if subject:
            raise click.UsageError("--list takes no FILE or CODE")
        emit(_list())
    elif subject is None:
        raise click.UsageError("give a FILE, a CODE such as GA203, or --list")
    elif _CODE.fullmatch(subject) and not os.path.exists(subject):
        emit(_rule_text(_find(subject), colour=wants_colour(sys.stdout)))
    else:
        _explain_file(ctx, subject)


def _find(code: str) -> Rule:
    try:
        return rule(code)
    except UnknownNameError as error:
        near = f"; the nearest are {', '.join(error.candidates)}" if error.candidates else ""
        raise click.UsageError(f"{error}{near} (greenalgo explain --list)") from error


def _list() -> str:
    lines: list[str] = []
    family = ""
    for known in all_rules():
        if known.code[:3] != family:
            family = known.code[:3]
            lines += [*([""] if lines else []), f"{family}  {FAMILY_TITLES[family]}"]
        lines.append(f"  {known.code}  {known.severity.label:<8} {known.title}")
    return "\n".join(lines) + "\n"


def _rule_text(known: Rule, *, colour: bool) -> str:
    def head(text: str) -> str:
        return paint(text, BOLD, colour=colour)

    def block(text: str) -> str:
        return "\n".join(f"  {line}" for line in text.splitlines())

    return (
        f"{head(f'{known.code}: {known.title}')}  ({known.severity.label})\n\n"
        f"{_wrap(known.what)}\n\n{head('Why')}\n{block(_wrap(known.why, 78))}\n\n"
        f"{head('Example')}\n{block(known.example)}\n\n{head('Fix')}\n{block(known.fix)}\n\n"
        f"{paint(DOCS + known.code, DIM, colour=colour)}\n"
    )


def _wrap(text: str, width: int = 80) -> str:
    return click.wrap_text(text, width)


def _explain_file(ctx: click.Context, file: str) -> None:
    document = api.load(file)
    verdict = api.judge(document.data)
    errors = verdict.errors
    if verdict.unsupported:
        raise UnsupportedVersionError(verdict.findings[0].message)
    # Only a wrong shape ends it here: figures that do not follow are what one wants explained.
    shape = [found for found in errors if found.is_structural]
    if shape:
        tell(document, shape)
        emit(f"Error: {safe(file)} is invalid: nothing can be computed from it\n", sys.stderr)
        ctx.exit(1)
    case = api.make_case(document.data)
    results = to_results(case.footprint, case.factors, case.policy, verdict.level or "invalid")
    emit(derive(document, results, case, colour=wants_colour(sys.stdout)))
    if errors:
        number = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
        emit(f"\nThe statement has {number}: greenalgo validate {safe(file)}\n", sys.stderr)
