"""What happens to a statement after its publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.errors import RegistryError
from greenalgo.registry.identity.book import erase_deposits
from greenalgo.registry.record import is_digest
from greenalgo.registry.record.event import to_json
from greenalgo.registry.record.moderation import refuse_unfounded
from greenalgo.registry.service.api.statements import digest_of, unknown
from greenalgo.registry.service.desk import ACTS
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query, json_object
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.desk import Desk


async def act(request: Request) -> Response:
    """Withdraw, dispute, retract, quarantine, restore or erase a statement; a new version supersedes it."""
    Query(request)
    digest = digest_of(request)
    if not is_digest(digest):
        raise RefusedError("not-found", "give the whole digest: this cannot be undone")
    kind, reason = await _asked(request)
    desk: Desk = request.app.state.desk
    if await work(request, desk.course, digest) is None:
        raise unknown(digest)
    event = await work(request, desk.act, kind, digest, reason, identity_of(request))
    if kind == "erase":  # reviewers, lists and comparisons shall not go on telling
        await work(request, erase_deposits, desk.store, digest)
        await work(request, request.app.state.library.refresh)
    return json_answer(request, to_json(event), 201)


async def _asked(request: Request) -> tuple[str, str]:
    data = await json_object(request, ("kind", "reason"))
    kind, reason = data.get("kind"), data.get("reason", "")
    if kind not in ACTS:
        raise RefusedError(
            "malformed", "there is no such kind of event", hint=f"there are {', '.join(ACTS)}"
        )
    if not isinstance(reason, str):
        raise RefusedError("malformed", "the reason is no text")
    try:
        refuse_unfounded(kind, reason)
    except RegistryError as error:
        raise RefusedError("malformed", str(error), hint=error.hint) from error
    return kind, reason
