"""Who looks at a page: somebody with a token, somebody who signed in, or anybody.

A session counts on pages alone, whose forms carry a token of their own; the API never looks at cookies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from greenalgo.registry.identity.tokens import utc_now
from greenalgo.registry.service.session import keep_private, signed_in
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.limits import READS
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from greenalgo.registry.identity import Identity
    from greenalgo.registry.identity.people import Account
    from greenalgo.registry.service.wire.limits import Rate


class VisitorMiddleware:
    """Find out whose session it is that a page is asked for in: they count and are logged as with a token.

    Args:
        app: The application inside; a session middleware is around this one.
        writes: How often somebody may write.
    """

    def __init__(self, app: ASGIApp, writes: Rate) -> None:
        self.app = app
        self._writes = writes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope)
        account = await _look_up(request)
        request.state.account = account
        if account is not None and identity_of(request).tier == "anonymous":
            request.state.identity = account.identity
            if request.method not in READS:
                self._writes.take_for(account.identity)
        await self.app(scope, receive, send)


def account_of(request: Request) -> Account | None:
    """Return the account that is signed in; None for nobody, or somebody who was forgotten."""
    if signed_in(request):
        keep_private(request)
    account: Account | None = request.state.account
    return account


def visitor(request: Request) -> Identity:
    """Return who looks at a page, and what they may do."""
    account_of(request)
    return identity_of(request)


async def _look_up(request: Request) -> Account | None:
    book = request.app.state.book
    session = signed_in(request)
    if book is None or not session:
        return None
    found: Account | None = await work(request, book.account_in, session, utc_now())
    return found
