"""Hand a statement in, or have it judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.registry.service.api.records import refusal_of, submission_record, verdict_record
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query, statement
from greenalgo.registry.service.wire.callers import identity_of
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from typing import Any

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.identity import Identity
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.wire.asked import Body


async def submit(request: Request) -> Response:
    """Take a statement in: 201 for a new one, 200 for a known one and for a dry run."""
    query = Query(request, ("dry_run", "supersedes"))
    dry_run, supersedes = query.flag("dry_run"), query.digest("supersedes")
    body = await statement(request)
    desk: Desk = request.app.state.desk
    record = await work(
        request, _submit, desk, body, identity_of(request), dry_run=dry_run, supersedes=supersedes
    )
    if record["known"] or dry_run:
        return json_answer(request, record)
    return json_answer(request, record, 201, headers={"Location": record["permalink"]})


async def validate(request: Request) -> Response:
    """Judge a statement and write nothing: 200 for an invalid one, too."""
    Query(request)
    body = await statement(request)
    desk: Desk = request.app.state.desk
    return json_answer(request, verdict_record(await work(request, desk.look, *body)))


def _submit(
    desk: Desk, body: Body, identity: Identity, *, dry_run: bool, supersedes: str
) -> dict[str, Any]:
    """Judge and hand in, in one go: each change of threads costs as much as the judging."""
    judged = desk.look(*body)
    if not judged.fit:
        raise refusal_of(judged)
    made = desk.submit(judged, *body, identity=identity, supersedes=supersedes, dry_run=dry_run)
    return submission_record(made, judged.report, dry_run=dry_run)
