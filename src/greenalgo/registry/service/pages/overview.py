"""What papers report and omit, and what this registry is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.registry.comparison.omissions import fields_of
from greenalgo.registry.service.pages import kin, words
from greenalgo.registry.service.pages.listing import read_as_of
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.wire.problems import answerable
from greenalgo.registry.service.wire.work import work
from greenalgo.render.numbers import percent

if TYPE_CHECKING:
    import pandas as pd
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.library import Library

#: Artefacts that are listed, those whose figures differ most; the API has all.
_MOST_FAMILIES = 100
#: Groups of a split that are columns of the table.
_MOST_GROUPS = 5
_LEVELS = ("L4", "L3", "L2", "L1", "L0", "none")


class Bar(NamedTuple):
    """A share, as text and as a width of 0 to 100."""

    name: str
    text: str
    width: float
    cells: tuple[str, ...] = ()


async def statistics(request: Request) -> Response:
    """Show what the statements have in common."""
    room = room_of(request)
    as_of = read_as_of(request)
    with answerable():
        context = await work(request, _statistics, room.library, as_of)
    return room.shell.page(request, "statistics.html.j2", context)


def _statistics(library: Library, as_of: int | None) -> dict[str, Any]:
    found = library.statistics(as_of)
    events = library.events() if as_of is None else as_of
    fixed = {"as_of": as_of, "events": events, "statements": found.statements}
    if not found.statements:
        return {**fixed, "fields": [], "heads": [], "by": "", "levels": [], "families": []}
    families = kin.differing(found.families)
    whole = found.omitted
    fields = fields_of(whole.drop(columns="statements").reset_index(drop=True))
    shares = {field: float(whole[field].to_numpy()[0]) for field in fields}
    split = found.splits["phase"].head(_MOST_GROUPS)
    return {
        **fixed,
        "fields": [
            Bar(field, *_share(shares[field]), _cells(split, field))
            for field in sorted(fields, key=lambda field: -shares[field])
        ],
        "heads": [
            (words.phase(str(name)), int(row["statements"])) for name, row in split.iterrows()
        ],
        "levels": [
            Bar(
                f"{name}: {words.level(name)}" if name != "none" else words.level(name),
                str(found.levels.get(name, 0)),
                100 * found.levels.get(name, 0) / found.statements,
            )
            for name in _LEVELS
            if found.levels.get(name)
        ],
        "families": families[:_MOST_FAMILIES],
        "more": max(len(families) - _MOST_FAMILIES, 0),
    }


def _share(share: float) -> tuple[str, float]:
    return percent(share), round(share * 100, 1)


def _cells(split: pd.DataFrame, field: str) -> tuple[str, ...]:
    return tuple(percent(float(row[field])) for _, row in split.iterrows())


async def about(request: Request) -> Response:
    """Say what this is, and what was not checked."""
    room = room_of(request)
    settings = room.desk.settings
    context = {"levels": words.LEVELS, "base": settings.base_url, "open_door": settings.open_door}
    return room.shell.page(request, "about.html.j2", context)
