"""Lists of statements: filtered, searched and sorted, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.registry.catalogue import read_query
from greenalgo.registry.catalogue.query import MOST_CURSOR, NAMES
from greenalgo.registry.service.api.records import entry_json
from greenalgo.registry.service.wire.answers import as_json, next_link, tag_of, tagged
from greenalgo.registry.service.wire.asked import Query, wanted
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.catalogue import Entry
    from greenalgo.registry.catalogue import Query as Asked
    from greenalgo.registry.service.desk import Desk
    from greenalgo.registry.service.library import Library

_JSON, _NDJSON = "application/json", "application/x-ndjson"


async def statements(request: Request) -> Response:
    """Return a page of statements, as JSON or as a line of JSON each."""
    asked = read_query(Query(request, NAMES, most=MOST_CURSOR).pairs())
    media = wanted(request, (_JSON, _NDJSON))
    return await work(request, _answer, request, asked, media)


def _answer(request: Request, asked: Asked, media: str) -> Response:
    library: Library = request.app.state.library
    page = library.page(asked)
    # As of the first page, so that pages fit together while statements come in.
    more = next_link(request, cursor=page.next, as_of=str(page.as_of)) if page.next else None
    headers = {"Vary": "Accept"} | ({"Link": f'<{more}>; rel="next"'} if more else {})
    desk: Desk = request.app.state.desk
    records = entries_json(desk, page.entries)
    if media == _NDJSON:
        lines = b"".join(record + b"\n" for record in records)
        return tagged(request, lines, tag_of(lines), _NDJSON, headers=headers)
    text = page_json(records, {"next": more, "as_of": page.as_of})
    return tagged(request, text, tag_of(text), _JSON, headers=headers)


def entries_json(desk: Desk, entries: Iterable[Entry]) -> list[bytes]:
    """Return statements of a list, each as JSON."""
    return [entry_json(entry, desk.settings.permalink(entry.digest)) for entry in entries]


def page_json(records: Iterable[bytes], more: Mapping[str, Any]) -> bytes:
    """Return a page of a list as JSON: its statements, and what else it has."""
    return b'{"statements":[' + b",".join(records) + b"]," + as_json(more)[1:]
