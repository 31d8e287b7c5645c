"""The log: its checkpoint, its events, and the proof that one of them is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.registry.record import is_digest
from greenalgo.registry.record.event import to_json
from greenalgo.registry.service.api.statements import digest_of, unknown
from greenalgo.registry.service.wire.answers import json_answer, next_link
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.desk import Desk

#: The most events of a page, and how many one has unless it is asked for.
MOST_EVENTS, EVENTS = 1000, 100


async def checkpoint(request: Request) -> Response:
    """Return how many events there are, the root of their Merkle tree, and the last of them."""
    Query(request)
    desk: Desk = request.app.state.desk
    return json_answer(request, await work(request, lambda: desk.store.checkpoint()._asdict()))


async def events(request: Request) -> Response:
    """Return events in the log's order, a page at a time; ``after`` counts events, from 0."""
    query = Query(request, ("after", "limit"))
    after = query.number("after", 0, 0, 2**53)
    limit = query.number("limit", EVENTS, 1, MOST_EVENTS)
    desk: Desk = request.app.state.desk
    record = await work(request, _page, desk, after, limit)
    headers = {}
    if record["more"]:
        record["next"] = next_link(request, after=str(after + limit))
        headers["Link"] = f'<{record["next"]}>; rel="next"'
    del record["more"]
    return json_answer(request, record, headers=headers)


async def proof(request: Request) -> Response:
    """Return the proof that a statement's publication is in the log."""
    Query(request)
    digest = digest_of(request)
    desk: Desk = request.app.state.desk
    found = await work(request, desk.store.prove, digest) if is_digest(digest) else None
    if found is None:
        raise unknown(digest)
    return json_answer(
        request,
        {
            "event": to_json(found.event),
            "checkpoint": found.checkpoint._asdict(),
            "proof": {"index": found.checkpoint.size - 1, "path": list(found.path)},
        },
    )


def _page(desk: Desk, after: int, limit: int) -> dict[str, Any]:
    total = (
        desk.store.checkpoint().size
    )  # first, so that what comes in meanwhile is on a later page
    events = desk.store.events(after, min(limit, max(total - after, 0)))
    return {
        "events": [to_json(event) for event in events],
        "next": None,
        "total": total,
        "more": after + limit < total,
    }
