"""Tokens over HTTP: their holder lists and revokes them, an admin all and makes new ones; CI exchanges its own.

A token makes no other token, but an admin's: whoever stole one shall not outlast it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from greenalgo.registry.identity import require
from greenalgo.registry.identity.tokens import describe, new_token, utc_now
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query, json_object
from greenalgo.registry.service.wire.callers import book_of, identity_of
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.identity import Identity

#: An answer with a secret in it is kept by nobody.
SECRET = {"Cache-Control": "no-store"}


async def create(request: Request) -> Response:
    """Make a token. The answer is the only time that it is shown."""
    Query(request)
    identity = identity_of(request)
    require(identity, "admin")
    asked = await json_object(request, ("name", "scopes", "days"))
    name, scopes, days = asked.get("name"), asked.get("scopes"), asked.get("days", 90)
    if not isinstance(name, str) or type(days) is not int or not 0 < days < 10000:
        raise RefusedError("malformed", "a token needs a name, and a whole number of days")
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        raise RefusedError("malformed", "the scopes are no list of texts")
    now = utc_now()
    made = new_token(
        name, frozenset(scopes), made_by=identity.actor, at=now, lasts=timedelta(days=days)
    )
    await work(request, book_of(request).add_token, made.token)
    record = {"token": made.secret, **describe(made.token, now)}
    return json_answer(request, record, 201, headers=SECRET)


async def show(request: Request) -> Response:
    """List the tokens of whoever asks, of an admin all; without their secrets."""
    Query(request)
    tokens = await work(request, book_of(request).tokens, _whose(identity_of(request)))
    now = utc_now()
    return json_answer(request, {"tokens": [describe(one, now) for one in tokens]}, headers=SECRET)


async def revoke(request: Request) -> Response:
    """Revoke a token, for good: one that acts as whoever asks does, or any, for an admin."""
    Query(request)
    identity, book, public = identity_of(request), book_of(request), request.path_params["id"]
    own = await work(request, book.tokens, _whose(identity))
    if public not in {one.id for one in own}:
        require(identity, "admin")  # whether there is one is not said to others
    done = await work(request, book.revoke, public, utc_now())
    return json_answer(request, describe(done, utc_now()), headers=SECRET)


async def audience(request: Request) -> Response:
    """Say what a CI service has to make its token for."""
    Query(request)
    return json_answer(request, {"audience": request.app.state.desk.settings.base_url})


async def mint(request: Request) -> Response:
    """Exchange a token of a CI service for one of this registry (trusted publishing)."""
    # Imported here: a registry without it needs no PyJWT.
    from greenalgo.registry.identity.publishing import mint as exchange

    Query(request)
    asked = await json_object(request, ("token",))
    text = asked.get("token")
    if not isinstance(text, str):
        raise RefusedError("malformed", "the token is no text")
    base_url = request.app.state.desk.settings.base_url
    made = await work(request, exchange, book_of(request), text, base_url, utc_now())
    record = {"token": made.secret, **describe(made.token, utc_now())}
    return json_answer(request, record, 201, headers=SECRET)


def _whose(identity: Identity) -> str:
    """Return the actor whose tokens somebody may see and revoke; empty for all.

    Raises:
        DeniedError: Nobody in particular asks.
    """
    if identity.may("admin") or not identity.actor:
        require(identity, "admin")
        return ""
    return identity.actor
