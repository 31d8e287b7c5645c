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
    app = Starlette(routes=[*api.routes(), *pages.routes()])
    app.state.desk = desk
    return app
