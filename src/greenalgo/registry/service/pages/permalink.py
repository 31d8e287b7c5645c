"""The permalink of a statement: one address, and the form of it that a client likes best.

A browser gets the page; who asks for JSON gets the canonical bytes that the digest is the SHA-256 of, so that a
citation can be checked with ``sha256sum``; YAML is the same document for people. ``.json`` and ``.yaml`` behind the
address ask for a form where no header can be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from greenalgo.errors import ErasedError
from greenalgo.registry.record import is_digest
from greenalgo.registry.record.moderation import in_words
from greenalgo.registry.record.state import WITHHELD
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.statement import context_of, later_of
from greenalgo.registry.service.wire.answers import tag_of, tagged
from greenalgo.registry.service.wire.asked import wanted
from greenalgo.registry.service.wire.problems import RefusedError, no_statement
from greenalgo.registry.service.wire.work import work
from greenalgo.sources.dump import to_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.record import State
    from greenalgo.registry.service.desk import Desk, Found
    from greenalgo.registry.service.settings import Settings

_HTML, _JSON, _YAML = "text/html", "application/json", "application/yaml"
#: Ending of an address -> the form that it asks for.
_ENDINGS = {"json": _JSON, "yaml": _YAML}
_SHORTEST = 8


async def show(request: Request) -> Response:
    """Answer with a statement; the beginning of a digest leads to the whole, if it is of one only."""
    digest, dot, ending = request.path_params["digest"].partition(".")
    if dot and ending not in _ENDINGS:
        raise HTTPException(404, "a statement has the forms .json and .yaml")
    form = _ENDINGS[ending] if dot else wanted(request, (_HTML, _JSON, _YAML))
    desk = room_of(request).desk
    if not is_digest(digest):
        return await _lengthen(request, desk, digest, dot + ending)
    try:
        found = desk.at_hand(digest) or await work(request, desk.find, digest)
    except ErasedError:
        if form != _HTML:
            raise
        return await _tombstone(request, digest)
    if found is None:
        raise no_statement()
    state = found.state
    has_versions = state.superseded_by or (state.supersedes and form == _HTML)
    series = await work(request, desk.versions, digest) if has_versions else ()
    headers = {"Link": _links(desk.settings, state, later_of(state, series))}
    if not dot:
        headers["Vary"] = "Accept, HX-Request"
    if form == _HTML:
        return await _page(request, found, series, headers)
    _refuse_taken_back(state)
    if form == _JSON:
        return tagged(request, found.body, digest, _JSON, headers=headers)
    text = (await work(request, to_yaml, found.data)).encode()
    return tagged(request, text, tag_of(text), _YAML, headers=headers)


async def _page(
    request: Request, found: Found, series: Sequence[State], headers: dict[str, str]
) -> Response:
    room = room_of(request)
    state = found.state
    if state.status == WITHHELD:
        return room.shell.page(request, "withheld.html.j2", {"state": state}, status=403)
    context = await work(request, context_of, room, found, series)
    status = 410 if state.is_tombstone else 200
    return room.shell.page(request, "statement.html.j2", context, status=status, headers=headers)


async def _tombstone(request: Request, digest: str) -> Response:
    """Say that a statement was erased, since when and why: nothing else of it is left."""
    room = room_of(request)
    course = await work(request, room.desk.course, digest)
    if course is None:
        raise no_statement()
    context = {"state": course.state, "series": [one for one in course.series if one != digest]}
    return room.shell.page(request, "erased.html.j2", context, status=410)


def _refuse_taken_back(state: State) -> None:
    """Refuse to hand numbers to a program under an address that says nothing of their fate.

    Raises:
        RefusedError: The statement was withdrawn or retracted (410), or moderators keep it back (403).
    """
    said = f"the statement is {state.status} since {state.at[:10]}: {in_words(state.reason)}"
    course = f"/api/v1/statements/{state.digest}/state"
    if state.status == WITHHELD:
        raise RefusedError("forbidden", said, hint=f"its state can be read: {course}")
    if state.is_tombstone:
        raise RefusedError(
            "gone", said, hint=f"its body stays: /api/v1/statements/{state.digest}",
            more={"status_of_statement": state.status, "state": course},
        )  # fmt: skip


def _links(settings: Settings, state: State, later: Sequence[State]) -> str:
    """Return what belongs to a statement (RFC 8288): how to cite it, its other forms, what came after it (RFC 5829)."""
    own = settings.permalink(state.digest)
    links = [
        f'<{own}>; rel="cite-as"',
        f'<{own}.json>; rel="alternate"; type="{_JSON}"',
        f'<{own}.yaml>; rel="alternate"; type="{_YAML}"',
        f'<{settings.base_url}/api/v1/statements/{state.digest}/state>; rel="version-history"',
    ]
    if later:
        links.append(f'<{settings.permalink(later[0].digest)}>; rel="successor-version"')
        links.append(f'<{settings.permalink(later[-1].digest)}>; rel="latest-version"')
    return ", ".join(links)


async def _lengthen(request: Request, desk: Desk, prefix: str, ending: str) -> Response:
    found: tuple[str, ...] = ()
    if len(prefix) >= _SHORTEST and all(char in "0123456789abcdef" for char in prefix):
        found = await work(request, desk.store.find, prefix)
    if len(found) != 1:
        raise no_statement()
    return RedirectResponse(f"/statements/{found[0]}{ending}", 302)
