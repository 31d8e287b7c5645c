"""Open the registry that an option names, and say what cannot be opened yet."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from greenalgo.registry.store import open_store, scheme_of
from greenalgo.registry.store.which import DATABASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.registry.store import Store


@contextmanager
def open_registry(url: str, *, create: bool = False) -> Iterator[Store]:
    """Open a store and close it again.

    Args:
        url: A directory, ``sqlite:///FILE`` or ``postgresql://USER@HOST/DATABASE``.
        create: Make it where it does not exist.

    Raises:
        click.UsageError: It is of a kind that this version has no access to.
        CannotCheckError: It cannot be opened.
    """
    refuse_remote(url)
    store = open_store(url, create=create)
    try:
        yield store
    finally:
        store.close()


def refuse_remote(url: str) -> None:
    """Refuse a registry behind a URL.

    Raises:
        click.UsageError: It is one.
    """
    scheme = scheme_of(url)
    if scheme and scheme not in DATABASES:
        raise click.UsageError(
            f"a registry behind {scheme}:// is not available yet in this version of greenalgo; "
            "give a directory, sqlite:///FILE or postgresql://USER@HOST/DATABASE"
        )
