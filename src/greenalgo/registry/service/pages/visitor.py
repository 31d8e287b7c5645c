"""Who looks at a page: somebody with a token, somebody who signed in, or anybody.

A session counts on pages alone, whose forms carry a token of their own; the API never looks at cookies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.registry.service.session import signed_in
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request

    from greenalgo.registry.identity import Identity
    from greenalgo.registry.identity.people import Account


async def account_of(request: Request) -> Account | None:
    """Return the account that is signed in; None for nobody, or somebody who was forgotten."""
    book = request.app.state.book
    actor = signed_in(request)
    if book is None or not actor:
        return None
    found: Account | None = await work(request, book.account_of, actor)
    return found


async def visitor(request: Request) -> Identity:
    """Return who looks at a page, and what they may do."""
    named = identity_of(request)
    if named.tier != "anonymous":
        return named
    account = await account_of(request)
    return named if account is None else account.identity
