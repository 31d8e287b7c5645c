"""``greenalgo registry withdraw``: take a statement back, with a reason."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.stores import is_remote, open_registry
from greenalgo.errors import RegistryError
from greenalgo.registry.record import Draft, is_digest
from greenalgo.registry.store.which import shown


@click.command()
@click.argument("digest")
@click.option(
    "--from", "--to", "--store", "store_url", metavar=STORE, required=True, help="The registry."
)
@click.option("--reason", required=True, help="Why, in a sentence: every reader will see it.")
@click.option("--actor", metavar="NAME", default="", help="Who withdraws it, for the log.")
@click.option(
    "--token-file", metavar="FILE",
    help="The file with your token, for a registry behind a URL; else GREENALGO_TOKEN has it.",
)  # fmt: skip
def withdraw(digest: str, store_url: str, reason: str, actor: str, token_file: str | None) -> None:
    """Withdraw the statement DIGEST. It stays readable, marked as withdrawn, with the reason.

    This cannot be undone, and a withdrawn statement cannot be submitted again. To correct one, submit
    the correction with --supersedes instead.

    \b
    Example:
      greenalgo registry withdraw 9f86d081884c7d65 --from statements/ --reason "wrong GPU count"
    """  # noqa: D301
    prefix = digest.strip().lower()
    if len(prefix) < 8 or not is_digest(prefix.ljust(64, "0")):
        raise click.BadParameter(
            f"'{digest}' is no digest: give 8 to 64 hexadecimal digits", param_hint="DIGEST"
        )
    if is_remote(store_url) and actor:
        raise click.UsageError(
            "a registry behind a URL knows who withdraws by the token: leave --actor out"
        )
    if token_file and not is_remote(store_url):
        raise click.UsageError("--token-file is for a registry behind a URL")
    with open_registry(store_url, remote=True, token_file=token_file) as store:
        found = store.find(prefix)
        if len(found) != 1:
            many = f"{len(found)} statements begin" if found else "no statement begins"
            raise RegistryError(f"{many} with {prefix} in {shown(store_url)}")
        event = store.commit([Draft("withdraw", found[0], actor, reason)])[0]
    emit(f"{event.digest}: withdrawn, event {event.seq}\n")
