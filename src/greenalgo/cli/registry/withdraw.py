"""``greenalgo registry withdraw``: take a statement back, with a reason."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE, the_one
from greenalgo.cli.stores import actor_option, open_registry, refuse_names, token_option
from greenalgo.registry.record import Draft


@click.command()
@click.argument("digest")
@click.option(
    "--from", "--to", "--store", "store_url", metavar=STORE, required=True, help="The registry."
)
@click.option("--reason", required=True, help="Why, in a sentence: every reader will see it.")
@actor_option("withdraws it")
@token_option()
def withdraw(digest: str, store_url: str, reason: str, actor: str, token_file: str | None) -> None:
    """Withdraw the statement DIGEST. It stays readable, marked as withdrawn, with the reason.

    This cannot be undone, and a withdrawn statement cannot be submitted again. To correct one, submit
    the correction with --supersedes instead.

    \b
    Example:
      greenalgo registry withdraw 9f86d081884c7d65 --from statements/ \\
        --reason "wrong GPU count"
    """  # noqa: D301
    refuse_names(store_url, actor, token_file)
    with open_registry(store_url, remote=True, token_file=token_file) as store:
        found = the_one(store, digest, store_url)
        event = store.commit([Draft("withdraw", found, actor, reason)])[0]
    emit(f"{event.digest}: withdrawn, event {event.seq}\n")
