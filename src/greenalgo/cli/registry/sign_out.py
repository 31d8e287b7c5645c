"""``greenalgo registry sign-out``: end the sessions of all browsers."""

from __future__ import annotations

import click

from greenalgo.cli.output import emit
from greenalgo.cli.registry.token import STORE_OPTION
from greenalgo.cli.stores import open_registry
from greenalgo.registry.store.which import shown


@click.command(name="sign-out", short_help="Sign everybody out of the pages.")
@STORE_OPTION
def sign_out(store_url: str) -> None:
    """Sign everybody out of the pages, for instance after a backup was stolen. Tokens stay.

    Sessions end at once. The keys that they are signed with are dropped; services that run notice within a minute,
    and make a new one.

    \b
    Example:
      greenalgo registry sign-out --store sqlite:///registry.db
    """  # noqa: D301 - \b is click's mark for text that is not wrapped
    # Imported here: a registry that is a directory needs no SQLAlchemy until it has a book.
    from greenalgo.registry.identity.book import open_book

    with open_registry(store_url) as store, open_book(store) as book:
        book.end_sessions()
    emit(f"{shown(store_url)}: all sessions ended\n")
