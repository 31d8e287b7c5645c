"""The registry in HTML, for people: rendered here, works without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
    """Return the routes of the pages."""
    return []
