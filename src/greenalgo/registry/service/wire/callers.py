"""Who asks: the identity of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import DeniedError
from greenalgo.registry.identity import ANONYMOUS, Identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

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


def unknown(*, open_door: bool) -> Identity:
    """Return the identity of somebody who shows no credentials."""
    return GUEST if open_door else ANONYMOUS


def identity_of(request: Request) -> Identity:
    """Return who asks, as the frame found out."""
    identity: Identity = request.state.identity
    return identity
