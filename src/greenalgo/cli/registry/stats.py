"""``greenalgo registry stats``: what documents leave out, and how far figures lie apart."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit, emit_json
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.stores import open_registry


@click.command(short_help="Say what documents leave out, and how they differ.")
@click.argument("store_url", metavar=STORE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
def stats(store_url: str, form: str) -> None:
    """Say what documents leave out, and how far statements about one artefact differ.

    \b
    Example:
      greenalgo registry stats registry/statements/
      greenalgo registry stats sqlite:///registry.db --format json
    """  # noqa: D301
    from greenalgo.registry.statistics import statistics, to_record, to_text

    with open_registry(store_url, remote=True) as store:
        found = statistics(store)
    if form == "json":
        emit_json(to_record(found))
    else:
        emit(to_text(found))
