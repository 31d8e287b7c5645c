"""Statements: hand one in, read one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from greenalgo.registry.service.desk import Desk


async def submit(request: Request) -> Response:
    """Take a statement in."""
    desk: Desk = request.app.state.desk
    raw = await request.body()
    judged = await run_in_threadpool(desk.look, raw, "footprint.yaml")
    if not judged.fit:
        raise HTTPException(422, "the statement is not fit for the registry")
    outcome = await run_in_threadpool(desk.submit, judged, raw, "footprint.yaml")
    record = {"digest": outcome.digest, "permalink": outcome.permalink}
    return JSONResponse(record, 200 if outcome.known else 201)


async def show(request: Request) -> Response:
    """Return a statement as canonical JSON."""
    found = await run_in_threadpool(request.app.state.desk.find, request.path_params["digest"])
    if found is None:
        raise HTTPException(404, "there is no such statement in this registry")
    return Response(found.body, media_type="application/json")
