"""What somebody submitted themselves: the statements that their tokens, or their account, published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import DeniedError
from greenalgo.registry.service.api.listing import entries_json, page_json
from greenalgo.registry.service.wire.answers import next_link, tag_of, tagged
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.library import Library

#: The most statements of a page, and how many one has unless it is asked for.
MOST, USUAL = 100, 50
#: A position that no event of a log reaches.
_END = 2**53


async def show(request: Request) -> Response:
    """Return a page of what whoever asks submitted, the newest first, whatever became of it."""
    query = Query(request, ("before", "limit"))
    before, limit = query.number("before", _END, 1, _END), query.number("limit", USUAL, 1, MOST)
    identity = identity_of(request)
    if not identity.actor:
        raise DeniedError(
            "this lists what whoever asks submitted, so the registry has to know who asks",
            hint="send the token that submitted it, or another one of the same account: "
            "'Authorization: Bearer gat_…'",
        )
    return await work(request, _answer, request, identity.actor, limit, before)


def _answer(request: Request, actor: str, limit: int, before: int) -> Response:
    library: Library = request.app.state.library
    found = library.of_actor(actor, limit + 1, before)
    shown = found[:limit]
    more = next_link(request, before=str(shown[-1].position)) if len(found) > limit else None
    headers = {"Cache-Control": "no-store"} | ({"Link": f'<{more}>; rel="next"'} if more else {})
    text = page_json(entries_json(request.app.state.desk, shown), {"next": more})
    return tagged(request, text, tag_of(text), "application/json", headers=headers)
