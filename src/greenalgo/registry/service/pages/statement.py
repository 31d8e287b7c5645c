"""What the page of a statement shows, and the files that belong to it."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from starlette.exceptions import HTTPException
from starlette.responses import Response

from greenalgo import api
from greenalgo.errors import BusyError, ErasedError, RegistryError
from greenalgo.findings import DOCS
from greenalgo.footprint import to_results
from greenalgo.registry.record import State, is_digest, readable
from greenalgo.registry.record.actor import TIER_WORDS, tier_of_actor
from greenalgo.registry.record.receipt import to_document
from greenalgo.registry.record.state import ERASED, WITHHELD
from greenalgo.registry.service.pages import cite, facts, kin, words
from greenalgo.registry.service.pages.links import of_subject
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.wire.answers import IMMUTABLE
from greenalgo.registry.service.wire.problems import no_statement
from greenalgo.registry.service.wire.work import work
from greenalgo.render import badge as badges
from greenalgo.render.table_alone import render_table
from greenalgo.sources.dump import to_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from greenalgo.registry.service.desk import Desk, Found
    from greenalgo.registry.service.pages.room import Room

#: A statement with what follows from it, and what that follows from.
Filled: TypeAlias = tuple[dict[str, Any], api.Case]


async def file(request: Request) -> Response:
    """Answer with a file of a statement: its JSON, YAML, LaTeX table, receipt or badge."""
    desk = room_of(request).desk
    name, digest = request.path_params["file"], request.path_params["digest"]
    if name not in _FILES or not is_digest(digest):
        raise HTTPException(404, "a statement has no such file")
    media_type, caching, make = _FILES[name]
    try:
        found = await work(request, desk.find, digest)
    except ErasedError:
        if make is not _badge:
            raise
        return _grey_badge(ERASED)
    if found is None:
        raise no_statement()
    if found.state.status == WITHHELD:
        if make is not _badge:
            raise HTTPException(403, "moderators have withheld this statement")
        return _grey_badge(WITHHELD)
    try:
        body = await work(request, make, desk, found)
    except RegistryError as error:
        raise HTTPException(404, str(error)) from error
    headers = {"Cache-Control": caching}
    if name != "badge.svg":
        headers["Content-Disposition"] = f'attachment; filename="{digest[:12]}-{name}"'
    return Response(body, headers=headers, media_type=media_type)


def _grey_badge(status: str) -> Response:
    """Answer with a badge that says what became of a statement, and nothing of what it says.

    The status is 200: a page that shows the image has to get one, and proxies of images pass on no other.
    """
    media_type, caching, _ = _FILES["badge.svg"]
    body = badges.to_svg(badges.Badge(status, badges.GREY))
    return Response(body, headers={"Cache-Control": caching}, media_type=media_type)


def _json(_: Desk, found: Found) -> bytes:
    return readable(found.body)


def _yaml(_: Desk, found: Found) -> bytes:
    return to_yaml(found.data).encode()


def _table(_: Desk, found: Found) -> bytes:
    filled = fill(found.data)[0]
    return render_table(filled, found.digest, words.countries().items())


def _receipt(desk: Desk, found: Found) -> bytes:
    document = to_document(desk.receipt(found.digest))
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def _badge(_: Desk, found: Found) -> bytes:
    return badges.to_svg(badge_of(found)).encode()


def badge_of(found: Found) -> badges.Badge:
    """Return the badge of a statement; one that was taken back says so."""
    data = found.data
    verdict = api.judge(data)
    return _badge_for(
        found.state.status, verdict, fill(data, verdict.level) if verdict.level else None
    )


def _badge_for(status: str, verdict: api.Verdict, filled: Filled | None) -> badges.Badge:
    if status in ("withdrawn", "retracted", "quarantined", "disputed"):
        return badges.Badge(status, badges.GREY)
    if not verdict.level or filled is None:
        return badges.UNSUPPORTED if verdict.unsupported else badges.INVALID
    data, case = filled
    total = data["results"]["totals"].get("co2e_operational_kg")
    return badges.of_level(verdict.level, None if case.footprint.gaps else total)


#: File -> media type, how long it may be kept, how it is made. One that follows from a body never changes; one that
#: follows from the state may.
_FILES: dict[str, tuple[str, str, Callable[[Desk, Found], bytes]]] = {
    "footprint.json": ("application/json", IMMUTABLE, _json),
    "footprint.yaml": ("application/yaml", IMMUTABLE, _yaml),
    "table.tex": ("application/x-tex", "no-cache", _table),
    "receipt.json": ("application/json", "no-cache", _receipt),
    "badge.svg": ("image/svg+xml", "public, max-age=3600", _badge),
}


def fill(data: dict[str, Any], level: str = "") -> Filled:
    """Return a statement with what follows from it, whatever does; and what it follows from."""
    case = api.make_case(data)
    results = to_results(case.footprint, case.factors, case.policy, level or "L0")
    return {**api.without_results(data), "results": results}, case


def context_of(room: Room, found: Found, series: Sequence[State]) -> dict[str, Any]:
    """Return what the page of a statement shows.

    Args:
        room: The registry, and how its pages look.
        found: The statement.
        series: The states of all its versions, the first first; none where there is one.
    """
    data, state, desk, names = found.data, found.state, room.desk, words.countries()
    verdict = api.judge(data)
    permalink = desk.settings.permalink(found.digest)
    subject = data.get("subject", {})
    has_numbers = not verdict.unsupported and not any(one.is_structural for one in verdict.findings)
    filled = fill(data, verdict.level) if has_numbers else None
    return {
        "digest": found.digest,
        "data": data,
        "subject": subject,
        "links": of_subject(subject),
        "state": state,
        "current": state.status in ("", "published"),
        "tier": _tier(desk, found) if state.status else "",
        "authors": cite.authors_of(data),
        "provenance": data.get("provenance", {}),
        "findings": facts.findings(verdict.findings),
        "docs": DOCS,
        "level": verdict.level,
        "levels": words.LEVELS,
        "missing": verdict.missing,
        "permalink": permalink,
        "text": cite.text(data, found.digest, state, permalink),
        "bibtex": cite.bibtex(data, found.digest, state, permalink),
        "embed": f"[![compute footprint]({permalink}/badge.svg)]({permalink})",
        "badge": _badge_for(state.status, verdict, filled).message,
        "versions": _versions(room, found.digest, series) if series else [],
        "later": later_of(state, series),
        "kin": _kin(room, found.digest),
        "numbers": facts.numbers(*filled, found.digest, names) if filled else None,
    }


def _kin(room: Room, digest: str) -> list[kin.Kin] | None:
    """Return the families of a statement; None while the lists are being built."""
    try:
        return kin.of(room.library, digest)
    except BusyError:
        return None


def _tier(desk: Desk, found: Found) -> str:
    """Say how the registry knows who published a statement."""
    actor = found.state.actor
    if found.state.status != "published":
        proof = desk.store.prove(found.digest)
        actor = proof.event.actor if proof else ""
    return TIER_WORDS[tier_of_actor(actor)]


def later_of(state: State, series: Sequence[State]) -> tuple[State, ...]:
    """Return what took the place of a statement, and the latest version if that is another; none if nothing did."""
    if not state.superseded_by:
        return ()
    at = next(at for at, one in enumerate(series) if one.digest == state.superseded_by)
    return tuple(dict.fromkeys((series[at], series[-1])))


def _versions(room: Room, here: str, series: Sequence[State]) -> list[dict[str, Any]]:
    """Return what is shown of the versions of a statement."""
    entries = {}
    with suppress(BusyError):  # while the lists are being built, digests stand for titles
        entries = {one.digest: one for one in room.library.entries([one.digest for one in series])}
    found = []
    for one in series:
        entry = None if one.status == WITHHELD else entries.get(one.digest)
        found.append({
            "digest": one.digest,
            "title": entry.title if entry else one.digest[:12],
            "at": entry.published[:10] if entry else "",
            "status": one.status,
            "here": one.digest == here,
        })  # fmt: skip
    return found
