"""The application: routes and middleware, put together for one desk."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from greenalgo.errors import GreenalgoError
from greenalgo.registry.identity.keys import Keyring
from greenalgo.registry.service import api, pages
from greenalgo.registry.service.library import Library
from greenalgo.registry.service.pages import errors
from greenalgo.registry.service.pages.visitor import VisitorMiddleware
from greenalgo.registry.service.session import SessionMiddleware
from greenalgo.registry.service.wire.callers import by_token, knows_nobody
from greenalgo.registry.service.wire.frame import Frame, Tools
from greenalgo.registry.service.wire.journal import Journal
from greenalgo.registry.service.wire.limits import Rate
from greenalgo.registry.service.wire.metrics import Metrics
from greenalgo.registry.service.wire.problems import on_error, refusal_for
from greenalgo.registry.service.wire.work import Workshop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.identity.people import Provider
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.wire.callers import Identify


def make_app(
    desk: Desk,
    *,
    identify: Identify = knows_nobody,
    book: Book | None = None,
    journal: Journal | None = None,
    metrics: Metrics | None = None,
    provider: Provider | None = None,
) -> Starlette:
    """Make the application.

    Args:
        desk: What it does; routes find it as ``request.app.state.desk``.
        identify: Who sends a request that carries credentials.
        book: Tokens and deposits; where it is given, its tokens identify.
        journal: The log; a line of JSON for each request, to standard error, if not given.
        metrics: The counters; those that the desk counts in, too.
        provider: Vouches for people who sign in on the pages; they need a book for their accounts.
    """
    settings = desk.settings
    library = Library(desk.store)
    room = pages.open_room(desk, library, provider if book else None)
    workshop = Workshop(settings.workers, settings.most_waiting, settings.work_seconds)
    tools = Tools(
        settings,
        identify if book is None else by_token(book),
        workshop,
        journal or Journal(),
        metrics or Metrics(),
        Rate(settings.writes_per_minute),
        Rate(settings.reads_per_minute),
        _refuse,
    )
    secure = settings.base_url.startswith("https:")
    of_pages = [
        Middleware(SessionMiddleware, keyring=Keyring(book), run=workshop.run, secure=secure),
        Middleware(VisitorMiddleware, writes=tools.writes),
    ]

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        library.begin()
        yield
        workshop.close()
        desk.close()
        library.close()

    app = Starlette(
        routes=[*api.routes(), *pages.routes(room, of_pages)],
        middleware=[Middleware(Frame, tools=tools)],
        exception_handlers={HTTPException: _refuse, GreenalgoError: _refuse},
        lifespan=life,
    )
    # It would redirect to whatever Host the client sent.
    app.router.redirect_slashes = False
    app.state.desk = desk
    app.state.book = book
    app.state.library = library
    app.state.pages = room
    app.state.workshop = workshop
    app.state.metrics = tools.metrics
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    """Say what is wrong: as a page for those who ask for HTML, else as a problem of RFC 9457."""
    if not errors.wants_page(request):
        return await on_error(request, error)
    request.state.refused = error
    refusal = refusal_for(request, error)
    return errors.page(request, refusal)
