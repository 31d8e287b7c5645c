"""The application: routes and middleware, put together for one desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette

from greenalgo.registry.service import api, pages

if TYPE_CHECKING:
    from greenalgo.registry.service.desk import Desk


def make_app(desk: Desk) -> Starlette:
    """Make the application.

    Args:
        desk: What it does; routes find it as ``request.app.state.desk``.
    """
    room = pages.open_room(desk)
    app = Starlette(routes=[*api.routes(), *pages.routes(room)])
    app.state.desk = desk
    app.state.pages = room
    return app
