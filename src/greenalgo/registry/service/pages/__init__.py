"""The registry in HTML, for people: rendered here, works without scripts."""

from __future__ import annotations

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
    from starlette.routing import BaseRoute

    from greenalgo.registry.service.pages.room import Room

__all__ = ["open_room", "routes"]


def routes(room: Room) -> list[BaseRoute]:
    """Return the routes of the pages."""
    return [
        Route("/", listing.home),
        Route("/statements", listing.browse),
        Route("/statements/{digest}", permalink.show),
        Route("/statements/{digest}/{file}", statement.file),
        Route("/compare", comparing.show),
        Route("/compare/{file}", comparing.export),
        Route("/calculator", calculator.show),
        Route("/calculator/{file}", calculator.file),
        Route("/submit", submitting.show),
        Route("/submit", submitting.take, methods=["POST"]),
        Route("/review/{key}", review.show),
        Route("/account", account.show),
        Route("/account", account.act, methods=["POST"]),
        Route("/sign-in", account.begin),
        Route(account.BACK, account.back),
        Route("/statistics", overview.statistics),
        Route("/about", overview.about),
        Route("/static/{version}/{name:path}", room.shell.static),
    ]
