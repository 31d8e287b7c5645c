"""Whether the service is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def health(request: Request) -> Response:
    """Say that the store can be read."""
    await run_in_threadpool(request.app.state.desk.store.find, "0" * 64)
    return JSONResponse({"status": "ok"})
