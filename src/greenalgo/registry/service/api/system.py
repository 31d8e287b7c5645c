"""Whether the service is well, and its contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from greenalgo import __version__
from greenalgo.registry.service.api.contract import contract
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.metrics import MEDIA_TYPE
from greenalgo.registry.service.wire.problems import RETRY, RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request

    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.library import Library
    from greenalgo.registry.service.wire.metrics import Metrics


async def health(request: Request) -> Response:
    """Say that the service is alive; asks nothing else."""
    return json_answer(request, {"status": "ok", "tool": __version__})


async def ready(request: Request) -> Response:
    """Say that the store answers, and that the lists have all that is in it."""
    library: Library = request.app.state.library
    behind = await work(request, library.behind)
    if behind:
        raise RefusedError(
            "busy", f"the lists lack {behind} of the log's events: the catalogue is being built",
            headers={"Retry-After": RETRY},
        )  # fmt: skip
    return json_answer(request, {"status": "ok"})


async def metrics(request: Request) -> Response:
    """Return the counters for Prometheus."""
    found: Metrics = request.app.state.metrics
    return Response(found.text(), media_type=MEDIA_TYPE)


async def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    desk: Desk = request.app.state.desk
    return json_answer(request, await work(request, contract, desk.settings.base_url))
