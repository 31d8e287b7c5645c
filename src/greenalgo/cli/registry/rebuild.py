"""``greenalgo registry rebuild``: the catalogue of a registry, anew."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.report.records import plural
from greenalgo.cli.stores import open_registry


@click.command(short_help="Build the catalogue anew.")
@click.argument("store_url", metavar=STORE)
@click.pass_context
def rebuild(ctx: click.Context, store_url: str) -> None:
    """Build the catalogue of a registry anew, and say whether it differs from the one that was there.

    Pages and comparisons of the service are answered from the catalogue. All of it follows from the
    statements and the log; exit code 1 says that it did not, because somebody changed it by hand.

    \b
    Example:
      greenalgo registry rebuild statements/
      greenalgo registry rebuild sqlite:///registry.db
    """  # noqa: D301
    from greenalgo.registry.catalogue import open_catalogue

    with open_registry(store_url) as store, open_catalogue(store) as catalogue:
        found = catalogue.rebuild(store)
    counts = [f"{name} in {plural(number, 'row')}" for name, number in found.changed.items()]
    verdict = f"it differed: {', '.join(counts)}" if counts else "nothing differed"
    emit(
        f"{store_url}: catalogue of {plural(found.statements, 'statement')} built anew, {verdict}\n"
    )
    ctx.exit(1 if counts else 0)
