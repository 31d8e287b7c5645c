"""The first page, and the list of statements with search, filters and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from greenalgo.registry.service.pages import words
from greenalgo.registry.service.pages.library import FILTERS, SORTS, Query
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.shell import is_fragment
from greenalgo.registry.service.pages.views import listed, shorten
from greenalgo.render.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.pages.library import Library, Page

#: The most statements that a comparison takes.
MOST_COMPARED = 12
#: Values of a filter that are offered.
MOST_VALUES = 60
#: The longest text that is searched for.
LONGEST = 200
_LABELS = {
    "phase": "Phase", "kind": "What was computed", "hardware": "Hardware", "country": "Country",
    "year": "Year", "level": "Level", "status": "Status",
}  # fmt: skip
#: Columns by which the table is sorted: the way that a click on its head asks for.
_HEADS = {"title": "title", "year": "year", "energy": "energy", "co2e": "co2e"}


class Choice(NamedTuple):
    """A value of a filter."""

    value: str
    text: str
    chosen: bool


class Filter(NamedTuple):
    """A filter with its values."""

    name: str
    label: str
    choices: tuple[Choice, ...]


async def home(request: Request) -> Response:
    """Say what this is, and show what is new."""
    room = room_of(request)
    context = await run_in_threadpool(_home, room.library)
    return room.shell.page(request, "home.html.j2", context)


def _home(library: Library) -> dict[str, Any]:
    names = words.countries()
    newest = library.page(Query(size=8))
    found = library.statistics()
    levels = found.levels
    recomputable = sum(count for name, count in levels.items() if name in ("L1", "L2", "L3", "L4"))
    apart = [family for family in library.families() if family.spreads]
    omitted = found.omitted
    least = "failed runs"
    return {
        "entries": listed(newest.entries, names),
        "statements": found.statements,
        "recomputable": percent(recomputable / found.statements) if found.statements else "",
        "omit_failed": percent(float(omitted[least].iloc[0])) if least in omitted else "",
        "artefacts": len(apart),
    }


async def browse(request: Request) -> Response:
    """List statements; htmx gets the list alone."""
    room = room_of(request)
    query = read_query(request)
    try:
        context = await run_in_threadpool(_list, room.library, query)
    except ValueError as error:
        raise HTTPException(
            422, "the link to the next page is damaged: start from the first"
        ) from error
    part = is_fragment(request)
    template = "statements-part.html.j2" if part else "statements.html.j2"
    return room.shell.page(request, template, {**context, "part": part})


def read_query(request: Request) -> Query:
    """Read the filters of a request; what is not one is passed over.

    Raises:
        HTTPException: 422, a value is none that can be asked for.
    """
    given = request.query_params
    sort = given.get("sort", "newest")
    if sort not in SORTS:
        raise HTTPException(422, f"there is no order '{shorten(sort, 40)}': {', '.join(SORTS)}")
    return Query(
        text=given.get("q", "").strip()[:LONGEST],
        chosen={name: given[name][:LONGEST] for name in FILTERS if given.get(name)},
        sort=sort,
        after=given.get("after", ""),
        as_of=read_as_of(request),
    )


def read_as_of(request: Request) -> int | None:
    """Return the number of events that a view is fixed at; None for now.

    Raises:
        HTTPException: 422, it is no number.
    """
    text = request.query_params.get("as_of", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise HTTPException(422, "as_of is the number of an event of the log")
    return int(text)


def _list(library: Library, query: Query) -> dict[str, Any]:
    names = words.countries()
    page = library.page(query)
    given = asked(query)
    heads = {
        column: (
            address("/statements", {**given, "sort": sort, "after": ""}),
            {"year": "descending"}.get(column, "ascending") if query.sort == sort else "none",
        )
        for column, sort in _HEADS.items()
    }
    if query.sort in ("co2e", "co2e-desc"):
        other = "co2e-desc" if query.sort == "co2e" else "co2e"
        direction = "ascending" if query.sort == "co2e" else "descending"
        heads["co2e"] = (
            address("/statements", {**given, "sort": other, "after": ""}),
            direction,
        )
    return {
        "entries": listed(page.entries, names),
        "total": page.total,
        "filters": _filters(query, page, names),
        "sorts": [Choice(name, text, name == query.sort) for name, (text, _) in SORTS.items()],
        "query": query,
        "heads": heads,
        "most": MOST_COMPARED,
        "following": address("/statements", {**given, "after": page.following})
        if page.following
        else "",
        "first": address("/statements", {**given, "after": ""}) if query.after else "",
        "events": page.events,
        "filtered": bool(query.text or query.chosen),
    }


def _filters(query: Query, page: Page, names: Mapping[str, str]) -> list[Filter]:
    found = []
    for name in FILTERS:
        chosen = query.chosen.get(name, "")
        counted = list(page.facets.get(name, ()))[:MOST_VALUES]
        if chosen and chosen not in dict(counted):
            counted.append((chosen, 0))
        choices = tuple(
            Choice(value, f"{said(name, value, names)} ({count})", value == chosen)
            for value, count in counted
            if value
        )
        found.append(Filter(name, _LABELS[name], choices))
    return found


def said(name: str, value: str, names: Mapping[str, str]) -> str:
    """Return a value of a filter in words."""
    if name == "country":
        return names.get(value, value)
    if name == "level":
        return f"{value}: {words.level(value)}" if value != "none" else words.level(value)
    if name == "status":
        return words.STATUSES.get(value, value)
    return shorten(words.phase(value), 48)


def asked(query: Query) -> dict[str, str]:
    """Return a query as the parameters of its address."""
    fixed = "" if query.as_of is None else str(query.as_of)
    sort = "" if query.sort == "newest" else query.sort
    return {"q": query.text, **query.chosen, "sort": sort, "as_of": fixed}


def address(path: str, given: Mapping[str, str]) -> str:
    """Return an address with those parameters that say something."""
    kept = {name: value for name, value in given.items() if value}
    return f"{path}?{urlencode(kept)}" if kept else path
