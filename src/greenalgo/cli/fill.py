"""``greenalgo fill``: compute what follows from a statement's inputs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from greenalgo import api
from greenalgo.cli.factor_choice import chosen_factors
from greenalgo.cli.output import emit
from greenalgo.cli.report.style import safe
from greenalgo.cli.tell import tell
from greenalgo.cli.write import deliver, keep_apart
from greenalgo.errors import FactorError, GreenalgoError, InvalidStatementError
from greenalgo.sources import LIMIT
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.splice import replace_top_level
from greenalgo.sources.text import decode, is_json

if TYPE_CHECKING:
    from greenalgo.sources import Document


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "-o",
    "--output",
    metavar="OUT",
    help="Write here instead of to standard output; a file of that name is replaced.",
)
@click.option("--in-place", is_flag=True, help="Write into FILE; nothing else in it changes.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["yaml", "json"]),
    help="yaml keeps your file and puts results into it (the default, unless FILE is JSON); json "
    "prints the whole filled statement.",
)
@click.option(
    "--policy", metavar="P", help="Whose defaults apply; the factor set's own if not given."
)
@click.option(
    "--factors",
    "factor_set",
    metavar="SET|FILE",
    help="The factor set: a name such as 2026.11, the directory of one, or a file with factors of "
    "your own, which go before those of the newest set.",
)
@click.pass_context
def fill(
    ctx: click.Context,
    file: str,
    output: str | None,
    in_place: bool,  # noqa: FBT001 - a flag of the command line
    format_name: str | None,
    policy: str | None,
    factor_set: str | None,
) -> None:
    """Compute energy, CO2e, water and whatever else follows from the inputs of FILE.

    The block results is written, with an interval and a trace for every number; comments, order and
    every other byte of a YAML file stay as they are. FILE may be - for standard input. Values that
    were put in for you are listed on standard error.

    An invalid statement is refused with exit code 1, and nothing is written. Figures under reported
    that do not follow from the inputs are listed, but do not keep the inputs from being computed.

    \b
    Example:
      greenalgo fill footprint.yaml                  # look first
      greenalgo fill footprint.yaml --in-place
      greenalgo fill footprint.yaml --format json | jq .results.totals
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    if in_place and (file == "-" or output):
        wrong = "-o" if output else "- (standard input)"
        raise click.UsageError(f"--in-place cannot be combined with {wrong}")
    target = file if in_place else output
    keep_apart([factor_set], target)
    factors = chosen_factors(factor_set)
    try:
        factors.policy(policy)
    except FactorError as error:
        raise click.BadParameter(str(error), param_hint="--policy") from error
    document = api.load(file)
    if format_name == _other_format(document):
        keep_apart([file], target)
    try:
        filled = api.fill_document(document, factors=factors, policy=policy)
    except InvalidStatementError as error:
        tell(document, error.findings)
        emit(f"Error: {safe(file)} is invalid: nothing was written\n", sys.stderr)
        ctx.exit(1)
    content = _content(document, filled, format_name)
    deliver(content, target)
    tell(document, api.judge(api.without_results(document.data)).findings)
    if target not in (None, "-"):
        emit(f"{target}: filled, {filled['results']['level']}\n", sys.stderr)


def _other_format(document: Document) -> str:
    """Return the format that a file is not in: writing it there would lose what the author wrote."""
    return "yaml" if is_json(decode(document.raw), document.name) else "json"


def _content(document: Document, filled: dict[str, Any], format_name: str | None) -> bytes:
    """Return the filled statement: the author's text with new results, or JSON."""
    if format_name == "json":
        return (json.dumps(filled, indent=2, ensure_ascii=False) + "\n").encode()
    if format_name == "yaml" == _other_format(document):
        return to_yaml(filled).encode()
    block = to_yaml({"results": filled["results"]})
    if len(document.raw) + len(block.encode()) > LIMIT:
        raise GreenalgoError(
            f"the filled statement would have {len(block) // 1024} KiB of results, and no statement is "
            f"read above {LIMIT // 1024} KiB: nothing was written. Divide the runs among several "
            "statements; --format json prints the results all the same"
        )
    return replace_top_level(document.raw, "results", block)
