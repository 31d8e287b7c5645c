"""``greenalgo registry token``: who may submit over HTTP."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from greenalgo.cli.given import not_empty
from greenalgo.cli.output import emit, emit_json
from greenalgo.cli.registry.common import STORE
from greenalgo.cli.report.style import safe
from greenalgo.cli.stores import open_registry
from greenalgo.errors import RegistryError
from greenalgo.registry.record.actor import tier_of_actor

if TYPE_CHECKING:
    from greenalgo.registry.identity.book import Book

STORE_OPTION = click.option(
    "--store", "store_url", metavar=STORE, default="sqlite:///registry.db", show_default=True,
    help="The registry.",
)  # fmt: skip


@click.group(short_help="Make, list and revoke API tokens.")
def token() -> None:
    """Make, list and revoke API tokens, on the machine of the registry.

    \b
    Example:
      greenalgo registry token create --scope submit --name "CI of chess-7b"
    """  # noqa: D301 - \b is click's mark for text that is not wrapped


@token.command()
@STORE_OPTION
@click.option("--name", required=True, help="What it is for, in your words.")
@click.option(
    "--scope", "scopes", multiple=True, required=True,
    type=click.Choice(["submit", "withdraw", "moderate", "erase", "admin"]),
    help="What it allows (repeatable).",
)  # fmt: skip
@click.option(
    "--days", type=click.IntRange(1, 366), default=90, show_default=True, help="How long it holds."
)
@click.option(
    "--renews", metavar="ID", default="", callback=not_empty,
    help="Act as this older token did, so that its statements can be withdrawn and superseded.",
)  # fmt: skip
def create(store_url: str, name: str, scopes: tuple[str, ...], days: int, renews: str) -> None:
    """Make a token. Standard output is the token alone, and this is the only time that it is shown.

    \b
    Example:
      greenalgo registry token create --scope submit --scope withdraw \\
        --name laptop --days 30
    """  # noqa: D301
    # Imported here, and below: a registry that is a directory needs no SQLAlchemy until it has a book.
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.tokens import new_token, utc_now

    with open_registry(store_url, create=True) as store, open_book(store) as book:
        made = new_token(
            name, frozenset(scopes), made_by="operator", at=utc_now(), lasts=timedelta(days=days),
            actor=_renewed(book, renews.strip().lower()) if renews else "",
        )  # fmt: skip
        book.add_token(made.token)
    emit(made.secret + "\n")
    emit(
        f"token {made.token.id}: {', '.join(sorted(scopes))}, until "
        f"{made.token.expires_at:%Y-%m-%d}; it is not shown again\n",
        sys.stderr,
    )


@token.command(name="list", short_help="List the tokens.")
@STORE_OPTION
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True,
    help="How to print.",
)  # fmt: skip
def list_(store_url: str, form: str) -> None:
    """List the tokens: id, status, scopes, expiry, the day of the last use. No secret is kept."""
    from greenalgo.registry.identity.book import find_book
    from greenalgo.registry.identity.tokens import describe, utc_now

    with open_registry(store_url) as store, find_book(store) as book:
        rows = [describe(one, utc_now()) for one in book.tokens()] if book else []
    if form == "json":
        emit_json(rows)
        return
    for row in rows:
        used = f"last used {row['used_on']}" if row["used_on"] else "never used"
        emit(
            f"{row['id']}  {row['status']:8}{', '.join(row['scopes'])}, until "
            f"{row['expires_at'][:10]}, {used}: {safe(row['name'])}\n"
        )


@token.command()
@click.argument("token_id", metavar="ID")
@STORE_OPTION
def revoke(token_id: str, store_url: str) -> None:
    """Revoke the token with this ID, for good. What was submitted with it stays."""
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.tokens import utc_now

    with open_registry(store_url) as store, open_book(store) as book:
        done = book.revoke(token_id.strip().lower(), utc_now())
    emit(f"{done.id}: revoked since {done.revoked_at:%Y-%m-%d %H:%M} UTC\n")


def _renewed(book: Book, public: str) -> str:
    """Return the actor of a token that an operator gave out."""
    actor = book.token(public).actor
    if tier_of_actor(actor) != "token":
        raise RegistryError(f"{public} stands for {actor}, which nobody can renew by hand")
    return actor
