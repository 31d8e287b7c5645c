"""Blind deposits over HTTP: deposit, reveal, withdraw. What reviewers see is a page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from greenalgo.registry.identity import deposits, require
from greenalgo.registry.record.event import to_json
from greenalgo.registry.service.api.records import refusal_of
from greenalgo.registry.service.api.tokens import SECRET
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query, json_object, statement
from greenalgo.registry.service.wire.callers import book_of, identity_of
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.wire.asked import Body


async def deposit(request: Request) -> Response:
    """Put a statement on record blindly. The answer is the receipt; the registry does not keep the salt."""
    Query(request)
    require(identity_of(request), "submit")
    body = await statement(request)
    desk: Desk = request.app.state.desk
    made = await work(request, _deposit, desk, book_of(request), body)
    address = f"{desk.settings.base_url}/review/{made.review}"
    return json_answer(request, deposits.to_document(made, address), 201, headers=SECRET)


async def reveal(request: Request) -> Response:
    """Publish what was deposited; the answer is the publication."""
    Query(request)
    identity = identity_of(request)
    require(identity, "submit")
    salt, digest = deposits.read_secrets(await json_object(request, ("salt", "digest")))
    desk: Desk = request.app.state.desk
    event = await work(
        request, deposits.reveal, desk.store, book_of(request), salt, digest,
        actor=identity.actor, allow=partial(desk.refuse_takeover, identity=identity),
    )  # fmt: skip
    return json_answer(request, to_json(event), 201)


async def withdraw(request: Request) -> Response:
    """Take a deposit back; the salt says that it is one's own."""
    Query(request)
    asked = await json_object(request, ("salt", "digest", "reason"))
    reason = asked.get("reason", deposits.WITHDRAWN)
    if not isinstance(reason, str):
        raise RefusedError("malformed", "the reason is no text")
    salt, digest = deposits.read_secrets(asked)
    store = request.app.state.desk.store
    event = await work(
        request, deposits.withdraw, store, book_of(request), salt, digest, reason
    )  # fmt: skip
    return json_answer(request, to_json(event), 201)


def _deposit(desk: Desk, book: Book, body: Body) -> deposits.Deposit:
    judged = desk.look(*body)
    if not judged.fit:
        raise refusal_of(judged)
    return deposits.deposit(desk.store, book, *body)
