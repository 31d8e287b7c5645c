"""The registry in HTML, for people: rendered here, works without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from starlette.routing import Route

from greenalgo.registry.service.pages import listing
from greenalgo.registry.service.pages.library import Library
from greenalgo.registry.service.pages.shell import Shell

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from greenalgo.registry.service.desk import Desk


class Room(NamedTuple):
    """What the pages work with; routes find it as ``request.app.state.pages``.

    Attributes:
        shell: Templates and assets.
        library: What the registry holds.
    """

    shell: Shell
    library: Library


def open_room(desk: Desk) -> Room:
    """Read templates and assets for the pages of a desk."""
    return Room(Shell(desk.settings.base_url), Library(desk.store))


def routes(room: Room) -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [
        Route("/", listing.home),
        Route("/statements", listing.browse),
        Route("/static/{version}/{name:path}", room.shell.static),
    ]
