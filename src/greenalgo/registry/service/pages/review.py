"""A blind deposit as a reviewer sees it: a page for browsers, JSON for others.

Both are made from the masked view alone (:func:`greenalgo.registry.identity.deposits.masked`): the page cannot show
what the view has not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response

from greenalgo.findings import DOCS
from greenalgo.registry.identity import deposits
from greenalgo.registry.record.state import WITHHELD
from greenalgo.registry.service.pages import facts, words
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.views import shown
from greenalgo.registry.service.wire.asked import wanted
from greenalgo.registry.service.wire.callers import book_of
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import work
from greenalgo.render.context import view as make_view
from greenalgo.render.derivation import parts_of_results

if TYPE_CHECKING:
    from starlette.requests import Request

    from greenalgo.registry.service.pages.room import Room

_JSON, _HTML = "application/json", "text/html"
#: A page that nobody shall find, keep, or learn of from a link.
HIDDEN = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Vary": "Accept",
}


async def show(request: Request) -> Response:
    """Show a deposit to reviewers, under an address that cannot be guessed."""
    form = wanted(request, (_JSON, _HTML))
    room, book = room_of(request), book_of(request)
    view = await work(request, deposits.review, room.desk.store, book, request.path_params["key"])
    if view is None:
        raise RefusedError("not-found", "there is no deposit under this address", headers=HIDDEN)
    if isinstance(view, deposits.Closed):
        return _closed(room, view, form)
    if form == _HTML:
        return HTMLResponse(await work(request, _page, room, view), headers=HIDDEN)
    text = json.dumps(view, indent=2, ensure_ascii=False)
    return Response(text, headers=HIDDEN, media_type=_JSON)


def _closed(room: Room, deposit: deposits.Closed, form: str) -> Response:
    """Say what became of a deposit. Nobody is led on to names without a click: the review may still be blind.

    Raises:
        RefusedError: It was withdrawn or moderators keep it back; revealed, to a program.
    """
    if deposit.status == WITHHELD:
        raise RefusedError("forbidden", "this deposit cannot be read at present", headers=HIDDEN)
    if not deposit.statement:
        raise RefusedError("gone", "this deposit was withdrawn by who made it", headers=HIDDEN)
    path = f"/statements/{deposit.statement}"
    if form == _HTML:
        context = {"path": "/review/", "statement": path}
        return HTMLResponse(room.shell.render("revealed.html.j2", context), 410, HIDDEN)
    said = "this deposit was revealed: its statement is public, and says who made it"
    raise RefusedError("gone", said, more={"statement": path}, headers=HIDDEN)


def _page(room: Room, masked: dict[str, Any]) -> str:
    statement = masked["statement"]
    results = statement["results"]
    view = make_view(statement, "", words.countries().items())
    context = {
        "path": "/review/",
        "deposited": masked["deposited"],
        "kind": view.subject_kind,
        "level": view.level,
        "levels": words.LEVELS,
        "totals": facts.headline_of(view),
        "partial": facts.partial_of(view),
        "runs": facts.runs_of(view),
        "rates": facts.rates_of(view),
        "printed": [
            (figure.what, str(figure.of), str(figure.printed), shown(figure.amount))
            for figure in view.quoted.figures
        ],
        "claims": tuple("".join(claim.text) for claim in view.quoted.claims),
        "boundary": view.boundary,
        "parts": tuple(parts_of_results(results, {run.id: "" for run in view.runs})),
        "factor_set": view.factor_set,
        "policy": view.policy,
        "findings": [
            facts.Told(one["code"], one["severity"], facts.place(one["at"]), one["title"])
            for one in masked["findings"]
        ],
        "docs": DOCS,
    }
    return room.shell.render("review.html.j2", context)
