"""The registry in HTML, for people: rendered here, works without scripts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from starlette.routing import Route

from greenalgo.registry.service.pages import (
    account,
    calculator,
    comparing,
    listing,
    overview,
    permalink,
    review,
    statement,
    submitting,
)
from greenalgo.registry.service.pages.room import open_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.middleware import Middleware
    from starlette.routing import BaseRoute

    from greenalgo.registry.service.pages.room import Room

__all__ = ["open_room", "routes"]


def routes(room: Room, middleware: Sequence[Middleware]) -> list[BaseRoute]:
    """Return the routes of the pages.

    Args:
        room: What they work with.
        middleware: What stands around each page, the outermost first; assets are the same for everybody.
    """
    page = partial(Route, middleware=middleware)
    return [
        page("/", listing.home),
        page("/statements", listing.browse),
        page("/statements/{digest}", permalink.show),
        page("/statements/{digest}/{file}", statement.file),
        page("/compare", comparing.show),
        page("/compare/{file}", comparing.export),
        page("/calculator", calculator.show),
        page("/calculator/{file}", calculator.file),
        page("/submit", submitting.show),
        page("/submit", submitting.take, methods=["POST"]),
        page("/review/{key}", review.show),
        page("/account", account.show),
        page("/account", account.act, methods=["POST"]),
        page("/sign-in", account.begin),
        page(account.BACK, account.back),
        page("/statistics", overview.statistics),
        page("/about", overview.about),
        Route("/static/{version}/{name:path}", room.shell.static),
    ]
