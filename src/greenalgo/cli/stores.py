"""Open the registry that an option names: a store here, or one behind a URL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from greenalgo.cli.output import reason_of
from greenalgo.errors import CannotCheckError, GreenalgoError
from greenalgo.registry.record.actor import claimed_by
from greenalgo.registry.store import open_store, scheme_of
from greenalgo.registry.store.which import DATABASES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenalgo.registry.client import RemoteStore
    from greenalgo.registry.store import Store

#: The environment variable that holds a token: a command line can be read by others.
TOKEN = "GREENALGO_TOKEN"  # noqa: S105 - the name, not a token
_REMOTE = frozenset({"http", "https"})
F = TypeVar("F", bound="Callable[..., Any]")


def is_remote(url: str) -> bool:
    """Say whether a registry is behind a URL."""
    return scheme_of(url) in _REMOTE


@contextmanager
def open_registry(
    url: str,
    *,
    create: bool = False,
    remote: bool = False,
    token_file: str | None = None,
) -> Iterator[Store]:
    """Open a store and close it again.

    Args:
        url: A directory, ``sqlite:///FILE``, ``postgresql://USER@HOST/DATABASE`` or ``https://HOST``.
        create: Make it where it does not exist.
        remote: One behind a URL will do.
        token_file: As for :func:`open_remote`.

    Raises:
        click.UsageError: It is of a kind that there is no access to, or that will not do.
        CannotCheckError: It cannot be opened.
    """
    refuse_unknown(url)
    if not remote:
        refuse_remote(url)
    store: Store
    store = open_remote(url, token_file) if is_remote(url) else open_store(url, create=create)
    try:
        yield store
    finally:
        store.close()


def open_remote(url: str, token_file: str | None = None, *, writes: bool = False) -> RemoteStore:
    """Open a registry behind a URL, with the token of a file or of the environment.

    Args:
        url: Its address.
        token_file: The file with the token.
        writes: Something will be written: a CI job without a token gets one for its own.

    Raises:
        CannotCheckError: The address is none, or the file cannot be read.
        DeniedError: The token would travel in the clear, or the registry does not trust the job.
    """
    # Imported here: an HTTP library is for those who name a URL.
    from greenalgo.registry.client import RemoteStore, is_wanted

    token = _token(token_file)
    store = RemoteStore(url, token)
    if writes and not token and is_wanted(os.environ, tls=scheme_of(url) == "https"):
        try:
            store.identify_as_job(os.environ)
        except GreenalgoError:
            store.close()
            raise
    return store


def refuse_remote(url: str) -> None:
    """Refuse a registry behind a URL, for what only its keepers can do.

    Raises:
        click.UsageError: It is one.
    """
    if is_remote(url):
        raise click.UsageError(
            f"only whoever keeps a registry can do this: give its store, not {scheme_of(url)}://"
        )


def refuse_unknown(url: str) -> None:
    """Refuse an address of a kind that is not known.

    Raises:
        click.UsageError: It is of one.
    """
    scheme = scheme_of(url)
    if scheme and scheme not in DATABASES | _REMOTE:
        raise click.UsageError(
            f"there is no access to a registry behind {scheme}://; give a directory, sqlite:///FILE, "
            "postgresql://USER@HOST/DATABASE or https://HOST"
        )


def refuse_names(url: str, actor: str, token_file: str | None) -> None:
    """Refuse an actor where a token says who it is, and a token where nobody reads it.

    Raises:
        click.UsageError: One of them was given to a registry that cannot use it.
    """
    if is_remote(url) and actor:
        raise click.UsageError(
            "a registry behind a URL knows who you are by the token: leave --actor out"
        )
    if token_file and not is_remote(url):
        raise click.UsageError("--token-file is for a registry behind a URL")


def plain_actor(_ctx: click.Context, _option: click.Parameter, name: str) -> str:
    """Refuse a name that claims an identity which only a service can have checked.

    Raises:
        click.BadParameter: It begins as the service writes tokens, CI jobs and ORCID sign-ins.
    """
    prefix = claimed_by(name)
    if prefix:
        raise click.BadParameter(
            f"'{prefix}:' marks whom a registry's service has identified: give a name without it"
        )
    return name


def actor_option(does: str) -> Callable[[F], F]:
    """Return the option ``--actor``; its help says who that is: who submits, for example."""
    return click.option(
        "--actor",
        metavar="NAME",
        default="",
        callback=plain_actor,
        help=f"Who {does}, for the log.",
    )


def token_option(scope: str = "", more: str = "") -> Callable[[F], F]:
    """Return the option ``--token-file``.

    Args:
        scope: What the token has to allow, where the help should say it.
        more: More for its help.
    """
    which = f"your token (scope {scope})" if scope else "your token"
    return click.option(
        "--token-file", metavar="FILE",
        help=f"The file with {which}, for a registry behind a URL; else {TOKEN} has it.{more}",
    )  # fmt: skip


def _token(path: str | None) -> str:
    if path is None:
        return os.environ.get(TOKEN, "").strip()
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read(16384).strip()
    except (OSError, ValueError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it is no text in UTF-8"
        raise CannotCheckError(
            f"the token file '{path}' cannot be read: {reason}",
            hint="check the path and its permissions",
        ) from error
    if not token:
        raise CannotCheckError(
            f"the token file '{path}' is empty", hint="write the token into it, a line of text"
        )
    return token
