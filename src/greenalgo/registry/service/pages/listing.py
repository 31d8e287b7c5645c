"""The first page, and the list of statements with search, filters and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from starlette.exceptions import HTTPException

from greenalgo.registry.catalogue import Query, read_query
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.shell import is_fragment
from greenalgo.registry.service.pages.views import listed, shorten
from greenalgo.registry.service.wire.problems import answerable
from greenalgo.registry.service.wire.work import work
from greenalgo.render.numbers import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.library import Library, Listing

#: The most statements that a comparison takes.
MOST_COMPARED = 12
#: Statements on one page, and on the first page of all.
_PAGE, _NEWEST = 25, 8
#: Values of a filter that are offered.
_MOST_VALUES = 60
#: Filters on the page, and what they are called.
_FILTERS = {
    "phase": "Phase", "kind": "What was computed", "hardware": "Hardware", "country": "Country",
    "year": "Year", "level": "Level", "status": "Status",
}  # fmt: skip
_STATUSES = {
    "": "current ones", "all": "all", "superseded": "superseded", "disputed": "disputed",
    "withdrawn": "withdrawn", "retracted": "retracted",
}  # fmt: skip
#: Orders, as the catalogue names them: what the heads of columns lead to is among them.
_SORTS = {
    "": "newest first", "published": "oldest first", "title": "title, A to Z", "-title": "title, Z to A",
    "co2e": "least CO₂e", "-co2e": "most CO₂e", "energy": "least energy", "-energy": "most energy",
    "year": "earliest year", "-year": "latest year",
}  # fmt: skip


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


class Head(NamedTuple):
    """The head of a column: where a click on it leads, and how it is sorted."""

    url: str
    direction: str


async def home(request: Request) -> Response:
    """Say what this is, and show what is new."""
    room = room_of(request)
    context = await work(request, _home, room.library)
    return room.shell.page(request, "home.html.j2", context)


def _home(library: Library) -> dict[str, Any]:
    newest = library.page(Query(limit=_NEWEST))
    found = library.statistics()
    recomputable = sum(found.levels.get(name, 0) for name in ("L1", "L2", "L3", "L4"))
    failed = "failed runs"
    return {
        "entries": listed(newest.entries),
        "statements": found.statements,
        "recomputable": percent(recomputable / found.statements) if found.statements else "",
        "omit_failed": percent(float(found.omitted[failed].to_numpy()[0]))
        if failed in found.omitted
        else "",
        "artefacts": sum(family.differs for family in found.families),
    }


async def browse(request: Request) -> Response:
    """List statements; htmx gets the list alone."""
    room = room_of(request)
    with answerable():
        query = read_query(request.query_params.multi_items())._replace(limit=_PAGE)
        context = await work(request, _list, room.library, query)
    part = is_fragment(request)
    template = "statements-part.html.j2" if part else "statements.html.j2"
    return room.shell.page(request, template, {**context, "part": part})


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
    found = library.browse(query)
    # The number on a page is ours.
    given = {name: value for name, value in query.params().items() if name != "limit"}
    first = {name: value for name, value in given.items() if name != "cursor"}
    sort = given.get("sort", "")
    following = found.page.next
    return {
        "entries": listed(found.page.entries),
        "total": found.total,
        "before": found.page.before,
        "filters": _filters(query, found, names),
        "sorts": [Choice(name, text, name == sort) for name, text in _SORTS.items()],
        "query": query,
        "heads": _heads(first, sort),
        "most": MOST_COMPARED,
        "following": address({**given, "cursor": following}) if following else "",
        "first": address(first) if query.cursor else "",
        "events": found.page.as_of,
        "filtered": bool(set(first) - {"sort", "as_of"}),
    }


def _heads(given: Mapping[str, str], sort: str) -> dict[str, Head]:
    """Return the heads of the columns; a second click turns the order round."""
    heads = {}
    for column in ("title", "year", "energy", "co2e"):
        turned = (
            f"-{column}" if sort == column or (column == "year" and sort != "-year") else column
        )
        direction = {column: "ascending", f"-{column}": "descending"}.get(sort, "none")
        heads[column] = Head(address({**given, "sort": turned}), direction)
    return heads


def _filters(query: Query, found: Listing, names: Mapping[str, str]) -> list[Filter]:
    chosen = dict(query.where)
    if query.year_from is not None and query.year_from == query.year_to:
        chosen["year"] = str(query.year_from)
    filters = []
    for name, label in _FILTERS.items():
        if name == "status":
            status = query.params().get("status", "")
            said = _STATUSES if status in _STATUSES else {**_STATUSES, status: status}
            choices = [Choice(value, text, value == status) for value, text in said.items()]
        else:
            choices = [Choice("", "any", chosen=False)]
            choices += _choices(name, chosen.get(name, ""), found.facets.get(name, {}), names)
        filters.append(Filter(name, label, tuple(choices)))
    return filters


def _choices(
    name: str, chosen: str, counted: Mapping[str, int], names: Mapping[str, str]
) -> list[Choice]:
    pairs = [(value, count) for value, count in counted.items() if value][:_MOST_VALUES]
    if name in ("year", "level"):
        pairs.sort(reverse=name == "year")
    if chosen and chosen not in counted:
        pairs.append((chosen, 0))
    return [
        Choice(value, f"{_said(name, value, names)} ({count})", value == chosen)
        for value, count in pairs
    ]


def _said(name: str, value: str, names: Mapping[str, str]) -> str:
    """Return a value of a filter in words."""
    if name == "country":
        return names.get(value, value)
    if name == "level" and value in words.LEVELS:
        return f"{value}: {words.level(value)}" if value != "none" else words.level(value)
    return shorten(words.phase(value), 48)


def address(given: Mapping[str, str]) -> str:
    """Return the address of a list."""
    kept = {name: value for name, value in given.items() if value}
    return f"/statements?{urlencode(kept)}" if kept else "/statements"
