"""Who asks: the identity of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import DeniedError
from greenalgo.registry.identity import ANONYMOUS, Identity
from greenalgo.registry.identity.tokens import utc_now
from greenalgo.registry.service.wire.problems import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from greenalgo.registry.identity.book import Book

    #: From a request with credentials to an identity, in a thread; None where it carries none of a kind
    #: that is known. Raises DeniedError where they do not hold: a wrong token is never a guest.
    Identify = Callable[[Request], Identity | None]

#: Somebody unknown at an open door.
GUEST = ANONYMOUS._replace(scopes=frozenset({"submit"}))


def knows_nobody(request: Request) -> None:
    """Identify nobody: for a service that has no tokens yet.

    Raises:
        DeniedError: A token was sent.
    """
    if "authorization" in request.headers:
        raise DeniedError("this registry gives out no tokens", hint="leave Authorization out")


def by_token(book: Book) -> Identify:
    """Identify by the tokens of a book: ``Authorization: Bearer gat_…``.

    Args:
        book: The registry's.
    """

    def identify(request: Request) -> Identity | None:
        given = request.headers.get("authorization")
        if given is None:
            return None
        scheme, _, text = given.partition(" ")
        if scheme.lower() != "bearer":
            raise DeniedError(
                "this registry takes tokens only", hint="send Authorization: Bearer gat_…"
            )
        return book.identify(text.strip(), utc_now())

    return identify


def book_of(request: Request) -> Book:
    """Return the book of the service.

    Raises:
        RefusedError: It has none (404).
    """
    book: Book | None = request.app.state.book
    if book is None:
        raise RefusedError("not-found", "this registry keeps no tokens and no deposits")
    return book


def unknown(*, open_door: bool) -> Identity:
    """Return the identity of somebody who shows no credentials."""
    return GUEST if open_door else ANONYMOUS


def identity_of(request: Request) -> Identity:
    """Return who asks, as the frame found out."""
    identity: Identity = request.state.identity
    return identity
