"""The registry in JSON, below ``/api/v1``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount, Route

from greenalgo.registry.service.api import statements, system

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
    """Return the routes of the API."""
    return [
        Route("/health", system.health),
        Mount(
            "/api/v1",
            routes=[
                Route("/statements", statements.submit, methods=["POST"]),
                Route("/statements/{digest}", statements.show),
            ],
        ),
    ]
