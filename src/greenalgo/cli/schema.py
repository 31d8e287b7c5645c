"""``greenalgo schema``: print the JSON Schema of a statement."""

from __future__ import annotations

import click

from greenalgo import resources
from greenalgo.cli.write import deliver
from greenalgo.schemas.versions import ACCEPT, NEWEST

_FILES = {
    "2020-12": "statement.schema.json",
    "draft-07": "statement.draft-07.schema.json",
}


@click.command()
@click.option(
    "--version",
    "version",
    type=click.Choice(list(ACCEPT)),
    default=NEWEST,
    show_default=True,
    help="The version of the schema.",
)
@click.option(
    "--draft",
    type=click.Choice(list(_FILES)),
    default="2020-12",
    show_default=True,
    help="The dialect; editors often read draft-07 only.",
)
@click.option("-o", "--output", metavar="FILE", help="Write here instead of to standard output.")
def schema(version: str, draft: str, output: str | None) -> None:
    """Print the JSON Schema that defines a statement, as it was released.

    The schema says what must be; what numbers must agree with each other is in the rules
    (greenalgo explain --list).

    \b
    Example:
      greenalgo schema > statement.schema.json
      greenalgo schema --draft draft-07 -o .vscode/footprint.schema.json
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    text = resources.read_text("schema", "statement", version, _FILES[draft]).encode()
    deliver(text, output)
