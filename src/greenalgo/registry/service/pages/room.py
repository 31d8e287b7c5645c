"""What the pages work with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry.service.pages.shell import Shell

if TYPE_CHECKING:
    from starlette.requests import Request

    from greenalgo.registry.identity.people import Provider
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.library import Library


class Room(NamedTuple):
    """What the pages work with; an application keeps it as ``state.pages``.

    Attributes:
        desk: What the service can do.
        shell: Templates and assets.
        library: What the registry holds.
        provider: Vouches for people who sign in; None where nobody can.
    """

    desk: Desk
    shell: Shell
    library: Library
    provider: Provider | None = None


def open_room(desk: Desk, library: Library, provider: Provider | None = None) -> Room:
    """Read templates and assets for the pages of a desk."""
    shell = Shell(desk.settings.base_url, provider.name if provider else "")
    return Room(desk, shell, library, provider)


def room_of(request: Request) -> Room:
    """Return the room of the application that a request came to."""
    room: Room = request.app.state.pages
    return room
