"""The application: routes and middleware, put together for one desk."""

from __future__ import annotations

import secrets
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse

from greenalgo.registry.service import api, pages
from greenalgo.registry.service.pages import errors
from greenalgo.registry.service.session import SessionMiddleware

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.desk import Desk


def make_app(desk: Desk) -> Starlette:
    """Make the application.

    Args:
        desk: What it does; routes find it as ``request.app.state.desk``.
    """
    room = pages.open_room(desk)
    secure = desk.settings.base_url.startswith("https:")
    session = Middleware(SessionMiddleware, keys=[secrets.token_urlsafe(32)], secure=secure)

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        yield
        room.library.close()

    app = Starlette(
        routes=[*api.routes(), *pages.routes(room)],
        middleware=[session],
        exception_handlers={HTTPException: _refuse},
        lifespan=life,
    )
    app.state.desk = desk
    app.state.pages = room
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    """Say what is wrong, as a page for those who ask for HTML."""
    if not isinstance(error, HTTPException):
        raise error
    if errors.wants_page(request):
        return errors.page(request, error.status_code, error.detail)
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)
