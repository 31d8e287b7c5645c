"""The comparison: statements side by side, ranked only inside one key, with exports."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from greenalgo.errors import ErasedError
from greenalgo.registry.comparison import formats
from greenalgo.registry.comparison.cautions import cautions
from greenalgo.registry.comparison.key import METRICS, PER, Key
from greenalgo.registry.record import is_digest
from greenalgo.registry.service.pages import charts, cite, kin, words
from greenalgo.registry.service.pages.listing import MOST_COMPARED, Choice, read_as_of
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.views import Shown, meta, point, shown
from greenalgo.registry.service.wire.problems import answerable
from greenalgo.registry.service.wire.work import work
from greenalgo.render.amounts import Amount, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request

    from greenalgo.registry.catalogue import Entry
    from greenalgo.registry.comparison import table
    from greenalgo.registry.comparison.compare import Comparison
    from greenalgo.registry.service.pages.room import Room
    from greenalgo.render.numbers import Unit

_PER = {
    "total": "in total", "run": "per run", "accelerator-hour": "per accelerator-hour",
    "unit": "per functional unit",
}  # fmt: skip

#: Part of a key -> its values in words.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "boundary": words.BOUNDARIES,
    "level": {name: said for name, (said, _) in words.LEVELS.items() if name == "none"},
}


class Asked(NamedTuple):
    """What is to be compared, and how."""

    digests: tuple[str, ...]
    metric: str
    per: str
    by_run: bool
    as_of: int | None

    @property
    def query(self) -> str:
        """The parameters of its address; the same comparison has the same ones."""
        given = [("d", digest) for digest in self.digests]
        given += [("metric", self.metric), ("per", self.per)]
        given += [("runs", "1")] if self.by_run else []
        given += [("as_of", str(self.as_of))] if self.as_of is not None else []
        return urlencode(given)


class Line(NamedTuple):
    """A row of the table."""

    rank: str
    name: str
    run: str
    digest: str
    reported: Shown
    covers: str
    harmonised: Shown
    per_hour: Shown
    why: str
    status: str = ""


class Group(NamedTuple):
    """Rows that may be ranked against each other."""

    title: str
    lines: tuple[Line, ...]
    cautions: tuple[str, ...]


async def show(request: Request) -> Response:
    """Show a comparison; without statements, say how to pick them."""
    room = room_of(request)
    asked = read(request)
    if not asked.digests:
        families = kin.differing((await work(request, room.library.statistics)).families)
        return room.shell.page(
            request, "compare-start.html.j2", {"families": families, "most": MOST_COMPARED}
        )
    if asked.as_of is None:
        # A link that is kept must show the same tomorrow.
        fixed = asked._replace(as_of=await work(request, room.library.events))
        return RedirectResponse(f"/compare?{fixed.query}", 302, {"Cache-Control": "no-cache"})
    with answerable():
        context = await work(request, _context, room, asked)
    return room.shell.page(request, "compare.html.j2", context)


async def export(request: Request) -> Response:
    """Answer with a comparison as CSV, LaTeX, BibTeX, JSON or Vega-Lite."""
    room = room_of(request)
    name, asked = request.path_params["file"], read(request)
    if name not in _EXPORTS or not asked.digests:
        raise HTTPException(404, "a comparison has no such file")
    media_type, make = _EXPORTS[name]
    with answerable():
        body = await work(request, make, room, asked)
    if name == "figure.vl.json":
        return JSONResponse(body)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type=media_type)


def read(request: Request) -> Asked:
    """Read what is to be compared.

    Raises:
        HTTPException: 422, it cannot be.
    """
    given = request.query_params
    digests = tuple(dict.fromkeys(given.getlist("d")))
    if len(digests) > MOST_COMPARED:
        raise HTTPException(
            422,
            f"{len(digests)} statements are picked; at most {MOST_COMPARED} are compared: take some away",
        )
    if not all(is_digest(digest) for digest in digests):
        raise HTTPException(422, "a statement is named by the 64 hexadecimal digits of its digest")
    metric, per = given.get("metric", "co2e"), given.get("per", "total")
    if metric not in METRICS or per not in PER:
        raise HTTPException(422, f"metric is one of {', '.join(METRICS)}; per of {', '.join(PER)}")
    return Asked(digests, metric, per, given.get("runs", "") == "1", read_as_of(request))


def _compare(room: Room, asked: Asked) -> tuple[Comparison, list[Entry]]:
    return room.library.compare(
        asked.digests, metric=asked.metric, per=asked.per, by_run=asked.by_run, as_of=asked.as_of
    )


def _context(room: Room, asked: Asked) -> dict[str, Any]:
    found, entries = _compare(room, asked)
    unit = _unit(found)
    groups = [_group(group, unit, asked) for group in found.groups]
    left = found.frame[found.frame["value"].isna()]
    known = {entry.digest for entry in entries}
    marks = _marks(found, unit)
    title = f"{kin.METRICS[asked.metric]} {_PER[asked.per]} ({unit.name})"
    return {
        "groups": groups,
        "ranked": len(groups) == 1 and bool(groups[0].lines),
        "left": (*_lines(left, unit, asked), *_without_row(found, entries)),
        "differing": {
            name.replace("_", " "): [_WORDS.get(name, {}).get(value, value) or "not stated" for value in values]
            for name, values in found.differing.items()
        },
        "picked": [(one.digest, one.title, meta(one.row), one.state.status) for one in entries],
        "unknown": [digest for digest in asked.digests if digest not in known],
        "families": [kin.shown_family(one) for one in found.families if one.spreads],
        "metrics": [Choice(name, text, name == asked.metric) for name, text in kin.METRICS.items()],
        "pers": [Choice(name, text, name == asked.per) for name, text in _PER.items()],
        "asked": asked,
        "query": asked.query,
        "permalink": f"{room.desk.settings.base_url}/compare?{asked.query}",
        "chart": charts.log_chart(marks, title),
        "title": title,
        "factor_set": found.factor_set,
        "policy": found.policy,
        "hours_of": formats.device_of(found.frame),
    }  # fmt: skip


def _group(group: table.Group, unit: Unit, asked: Asked) -> Group:
    titled = group._replace(rows=group.rows.assign(name=group.rows["title"]))
    lines = tuple(_lines(group.rows, unit, asked))
    return Group(_title(group.key), lines, tuple(cautions(titled)))


def _unit(found: Comparison) -> Unit:
    frame = found.frame
    values = [*frame["reported"], *frame["harmonised"]]
    known = [float(value) for value in values if not pd.isna(value)]
    return unit_of((point(value, found.metric) for value in known), found.metric)


def _lines(rows: pd.DataFrame, unit: Unit, asked: Asked) -> list[Line]:
    return [_line(row, unit, asked) for _, row in rows.iterrows()]


def _without_row(found: Comparison, entries: Sequence[Entry]) -> list[Line]:
    """Return those that have no row: asked per functional unit, they declare none."""
    rows = set(found.frame["digest"])
    none = Shown()
    return [
        Line(
            "",
            one.title,
            "",
            one.digest,
            none,
            "",
            none,
            none,
            "not comparable: no functional unit",
        )
        for one in entries
        if one.digest not in rows
    ]


def _line(row: pd.Series[Any], unit: Unit, asked: Asked) -> Line:
    value, lower, upper = (_float(row[name]) for name in ("harmonised", "lower", "upper"))
    computed = Amount(asked.metric)
    if value is not None and lower is not None and upper is not None:
        computed = Amount(asked.metric, value, lower, upper, "modelled")
    basis = str(row["reported_basis"]) if asked.metric == "co2e" else ""
    return Line(
        "" if pd.isna(row["rank"]) else str(int(row["rank"])), str(row["title"]),
        str(row["run"] or row["unit"]), str(row["digest"]), shown(point(_float(row["reported"]), asked.metric), unit),
        words.covers(str(row["reported_boundary"]), basis), shown(computed, unit),
        shown(point(_float(row["per_accelerator_hour"]), asked.metric)), str(row["why"]), str(row["status"]),
    )  # fmt: skip


def _float(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _title(key: Key) -> str:
    scope, comma, rest = key.scope.partition(",")
    level = words.level(key.level)
    parts = [
        (words.phase(scope) or "no phase") + comma + rest,
        key.functional_unit if key.functional_unit == "the whole" else f"per {key.functional_unit}",
        level if key.level == "none" else f"{key.level} {level}",
        "boundary " * (key.boundary in ("unknown", "not stated"))
        + words.BOUNDARIES.get(key.boundary, key.boundary),
    ]
    if key.factor_set == "as printed":
        parts.append("as printed, cannot be recomputed")
    parts += formats.accounted(key)
    return " · ".join(parts)


def _marks(found: Comparison, unit: Unit) -> list[charts.Mark]:
    def scaled(value: Any) -> float | None:
        number = _float(value)
        return None if number is None else number / unit.size

    rows = [row for group in found.groups for _, row in group.rows.iterrows()]
    return [
        charts.Mark(
            ", ".join(part for part in (str(row["title"]), str(row["run"])) if part),
            *(scaled(row[name]) for name in ("reported", "harmonised", "lower", "upper")),
        )
        for row in rows
    ]


def _vega(room: Room, asked: Asked) -> Any:
    found = _compare(room, asked)[0]
    unit = _unit(found)
    return charts.vega(
        _marks(found, unit), f"{kin.METRICS[asked.metric]} {_PER[asked.per]} ({unit.name})"
    )


def _bibtex(room: Room, asked: Asked) -> str:
    entries, desk = [], room.desk
    for compared in _compare(room, asked)[1]:
        digest, found = compared.digest, None
        with suppress(ErasedError):  # it was erased a moment ago
            found = desk.find(digest)
        if found:
            entries.append(
                cite.bibtex(found.data, digest, found.state, desk.settings.permalink(digest))
            )
    return "\n".join(entries)


def _plain(write: Callable[[Comparison], str]) -> Callable[[Room, Asked], str]:
    return lambda room, asked: write(_compare(room, asked)[0])


_EXPORTS: Mapping[str, tuple[str, Callable[[Room, Asked], Any]]] = {
    "comparison.csv": ("text/csv", _plain(formats.to_comparison_csv)),
    "comparison.tex": ("application/x-tex", _plain(formats.to_latex)),
    "comparison.bib": ("application/x-bibtex", _bibtex),
    "comparison.json": ("application/json", _plain(formats.to_json)),
    "figure.vl.json": ("application/json", _vega),
}
