"""``greenalgo registry moderate``: dispute, quarantine, retract or restore a statement."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE, the_one
from greenalgo.cli.stores import actor_option, open_registry, refuse_names, token_option
from greenalgo.registry.record import Draft
from greenalgo.registry.record.moderation import GROUNDS, KINDS, reason_of

#: What can be done here; what cannot be undone has a command of its own.
ACTS = tuple(kind for kind in KINDS if kind != "erase")
_CODES = "\n\n".join(
    f"{code}: {ground.words} ({', '.join(kind for kind in ACTS if kind in ground.kinds)})"
    for code, ground in GROUNDS.items()
)


def _no_act(_ctx: click.Context, _parameter: click.Parameter, given: str) -> str:
    """Refuse the name of an act where the digest belongs.

    Raises:
        click.BadParameter: It is one.
    """
    if given in ACTS:
        raise click.BadParameter(
            f"the digest comes first: greenalgo registry moderate DIGEST {given}"
        )
    return given


@click.command(
    epilog=f"Reasons:\n\n{_CODES}", short_help="Dispute, quarantine, retract or restore one."
)
@click.argument("digest", callback=_no_act)
@click.argument("kind", type=click.Choice(ACTS))
@click.option(
    "--in", "--store", "store_url", metavar=f"{STORE}|URL", required=True, help="The registry."
)
@click.option("--reason", metavar="CODE", required=True, help="Why: one of the codes below.")
@click.option(
    "--note",
    metavar="TEXT",
    default="",
    help="A short text behind the code; every reader will see it.",
)
@actor_option("moderates")
@token_option("moderate")
def moderate(
    digest: str,
    kind: str,
    store_url: str,
    reason: str,
    note: str,
    actor: str,
    token_file: str | None,
) -> None:
    """Dispute, quarantine, retract or restore the statement DIGEST, with a reason from a list.

    A disputed statement stays in lists, marked. A quarantined one is withheld from readers until it is restored or
    retracted. A retracted one stays readable as a tombstone, and that cannot be undone. Each is an event of the log,
    which nobody can take out of it.

    \b
    Example:
      greenalgo registry moderate 9f86d081 quarantine --in statements/ \\
        --reason personal-data
      greenalgo registry moderate 9f86d081 dispute \\
        --in https://registry.example.org \\
        --reason wrong-figures --note "Table 4 has 8 GPUs, not 80"
    """  # noqa: D301
    refuse_names(store_url, actor, token_file)
    with open_registry(store_url, remote=True, token_file=token_file) as store:
        found = the_one(store, digest, store_url)
        event = store.commit([Draft(kind, found, actor, reason_of(reason, note))])[0]
    emit(f"{event.digest}: {kind}, event {event.seq}\n")
