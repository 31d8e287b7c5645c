"""``greenalgo registry blind``: deposits for double-blind review."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from greenalgo import api
from greenalgo.cli.output import emit
from greenalgo.cli.registry.common import STORE, bytes_of
from greenalgo.cli.report.style import safe
from greenalgo.cli.stores import actor_option, open_registry
from greenalgo.cli.write import check_writable, write_atomic
from greenalgo.errors import CannotCheckError, RegistryError

_STORE = click.option(
    "--to", "--store", "store_url", metavar=STORE, required=True, help="The registry."
)


@click.group(short_help="Put a statement on record before a double-blind review.")
def blind() -> None:
    """Put a statement on record before a double-blind review, and reveal it after.

    The log gets a salted commitment and the week. The receipt holds the salt: keep it, and keep it to
    yourself until the reveal.

    \b
    Example:
      greenalgo registry blind deposit footprint.yaml --to sqlite:///registry.db \\
        --receipt deposit.json
      greenalgo registry blind reveal deposit.json --to sqlite:///registry.db
    """  # noqa: D301 - \b is click's mark for text that is not wrapped


@blind.command()
@click.argument("file", metavar="FILE")
@_STORE
@click.option("--receipt", metavar="RECEIPT", required=True, help="Where the receipt goes; new.")
def deposit(file: str, store_url: str, receipt: str) -> None:
    """Deposit the statement FILE. Standard output is the commitment, and the path for reviewers."""
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.deposits import deposit as hand_in
    from greenalgo.registry.identity.deposits import to_document

    if os.path.exists(receipt):
        raise RegistryError(f"'{receipt}' is there already; it may be the only copy of a salt")
    check_writable(receipt)
    document = api.load(file)
    with open_registry(store_url, create=True) as store, open_book(store) as book:
        made = hand_in(store, book, document.raw, file)
    mask = os.umask(0o077)  # nobody else may read the salt, at no moment
    try:
        write_atomic(receipt, (json.dumps(to_document(made), indent=2) + "\n").encode())
    finally:
        os.umask(mask)
    emit(f"{made.commitment}\n/review/{made.review}\n")
    emit(
        f"{safe(receipt)}: keep it to yourself until the reveal; nobody else has the salt\n",
        sys.stderr,
    )


@blind.command()
@click.argument("receipt", metavar="RECEIPT")
@_STORE
@actor_option("reveals it")
def reveal(receipt: str, store_url: str, actor: str) -> None:
    """Publish what was deposited. Standard output is the digest, and the permalink."""
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.deposits import read_secrets
    from greenalgo.registry.identity.deposits import reveal as publish

    salt, digest = read_secrets(_read(receipt))
    with open_registry(store_url) as store, open_book(store) as book:
        event = publish(store, book, salt, digest, actor=actor)
        emit(f"{digest}\n{store.permalink(digest)}\n")
    emit(
        f"{safe(receipt)}: revealed as event {event.seq}; the deposit is {event.opens}\n",
        sys.stderr,
    )


@blind.command()
@click.argument("receipt", metavar="RECEIPT")
@_STORE
@click.option("--reason", default="", help="Why, for every reader; do not say who you are.")
def withdraw(receipt: str, store_url: str, reason: str) -> None:
    """Take a deposit back. The commitment stays on record; what it stands for is forgotten."""
    from greenalgo.registry.identity.book import open_book
    from greenalgo.registry.identity.deposits import WITHDRAWN, read_secrets
    from greenalgo.registry.identity.deposits import withdraw as take_back

    salt, digest = read_secrets(_read(receipt))
    with open_registry(store_url) as store, open_book(store) as book:
        event = take_back(store, book, salt, digest, reason or WITHDRAWN)
    emit(f"{event.digest}: withdrawn, event {event.seq}\n")


def _read(path: str) -> Any:
    try:
        return json.loads(bytes_of(path))
    except (ValueError, RecursionError) as error:
        raise CannotCheckError(f"'{path}' is no JSON") from error
