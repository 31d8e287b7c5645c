"""``greenalgo registry erase``: take the body of a statement out of a registry, for the law or for privacy."""

from __future__ import annotations

import sys

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE, the_one
from greenalgo.cli.stores import actor_option, is_remote, open_registry, refuse_names, token_option
from greenalgo.registry.record import Draft
from greenalgo.registry.record.moderation import codes_for, reason_of
from greenalgo.registry.store import scheme_of


@click.command(short_help="Erase the body of a statement.")
@click.argument("digest")
@click.option(
    "--in", "--store", "store_url", metavar=f"{STORE}|URL", required=True, help="The registry."
)
@click.option(
    "--reason", metavar="CODE", required=True, help=f"Why: {' or '.join(codes_for('erase'))}."
)
@click.option(
    "--note", metavar="TEXT", default="",
    help="A short text behind the code. It stays for ever: repeat nothing of what has to go.",
)  # fmt: skip
@click.option("--yes", is_flag=True, help="Do it. Without this, nothing is done.")
@actor_option("erases it")
@token_option("erase")
def erase(
    digest: str,
    store_url: str,
    reason: str,
    note: str,
    yes: bool,  # noqa: FBT001 - a flag of the command line
    actor: str,
    token_file: str | None,
) -> None:
    """Erase the body of the statement DIGEST: for personal data, or because the law asks for it.

    The words and numbers go. Its digest, its events and the reason stay, and the log verifies as before. This
    cannot be undone, and the statement cannot be submitted again. To withhold it for now, use greenalgo registry
    moderate DIGEST quarantine.

    Blind deposits of the same statement lose their bodies with it.

    Copies elsewhere are not reached: backups, snapshots, the history of git, caches of proxies.

    \b
    Example:
      greenalgo registry erase 9f86d081 --in sqlite:///registry.db \\
        --reason personal-data --yes
    """  # noqa: D301
    refuse_names(store_url, actor, token_file)
    with open_registry(store_url, remote=True, token_file=token_file) as store:
        found = the_one(store, digest, store_url)
        if not yes:
            raise click.UsageError(
                f"this takes the body of {found} out for good: say so with --yes"
            )
        event = store.commit([Draft("erase", found, actor, reason_of(reason, note))])[0]
        if not is_remote(store_url):
            from greenalgo.registry.catalogue.places import forget  # imports pandas
            from greenalgo.registry.identity.book import erase_deposits

            forget(store, found)
            erase_deposits(store, found)
    emit(f"{event.digest}: erased, event {event.seq}\n")
    left = _copies(store_url)
    if left:
        emit(f"Still to do: {left}\n", sys.stderr)


def _copies(url: str) -> str:
    """Say what a store of this kind keeps that no command of ours can take out."""
    if is_remote(url):
        return ""
    scheme = scheme_of(url)
    if not scheme:
        return "commit the removal; its history in git has the file until its owner rewrites it"
    if scheme == "sqlite":
        return "backups and snapshots that were made before have it"
    return "VACUUM FULL statement; backups and snapshots that were made before have it"
