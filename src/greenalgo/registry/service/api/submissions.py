"""What somebody submitted themselves: the statements that their tokens, or their account, published."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.errors import DeniedError
from greenalgo.registry.service.api.records import entry_record
from greenalgo.registry.service.wire.answers import json_answer, next_link
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.desk import Desk
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
    record = await work(request, _page, request, identity.actor, limit, before)
    headers = {"Cache-Control": "no-store"}
    if record["next"]:
        headers["Link"] = f'<{record["next"]}>; rel="next"'
    return json_answer(request, record, headers=headers)


def _page(request: Request, actor: str, limit: int, before: int) -> dict[str, Any]:
    library: Library = request.app.state.library
    desk: Desk = request.app.state.desk
    found = library.of_actor(actor, limit + 1, before)
    shown = found[:limit]
    records = [entry_record(entry, desk.settings.permalink(entry.digest)) for entry in shown]
    more = next_link(request, before=str(shown[-1].position)) if len(found) > limit else None
    return {"statements": records, "next": more}
