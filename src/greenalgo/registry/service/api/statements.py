"""A statement: its body, which never changes, and its state, which does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from greenalgo.registry.record import is_digest
from greenalgo.registry.record.receipt import to_document
from greenalgo.registry.record.state import WITHHELD
from greenalgo.registry.service.api.records import course_record
from greenalgo.registry.service.wire.answers import IMMUTABLE, json_answer, tagged
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.problems import RefusedError
from greenalgo.registry.service.wire.work import short_work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.desk import Desk, Found

#: A digest, or the beginning of one that is long enough to stand for it.
_DIGEST = re.compile("[0-9a-f]{8,64}")


async def body(request: Request) -> Response:
    """Return a statement as canonical JSON, byte for byte: what the digest is the SHA-256 of."""
    Query(request)
    digest = digest_of(request)
    if not is_digest(digest):
        return await redirect(request, digest)
    found = await look_up(request, digest)
    return tagged(request, found.body, digest, "application/json", cache=IMMUTABLE)


async def state(request: Request) -> Response:
    """Return what became of a statement: its status, its events, its series."""
    Query(request)
    digest = digest_of(request)
    if not is_digest(digest):
        return await redirect(request, digest, "/state")
    desk: Desk = request.app.state.desk
    course = await short_work(request, desk.course, digest)
    if course is None:
        raise unknown(digest)
    return json_answer(request, course_record(course, desk.settings.permalink(digest)))


async def receipt(request: Request) -> Response:
    """Return the receipt of a statement: the proof of its publication."""
    Query(request)
    digest = digest_of(request)
    if not is_digest(digest):
        return await redirect(request, digest, "/receipt")
    desk: Desk = request.app.state.desk
    if await short_work(request, desk.store.prove, digest) is None:
        raise unknown(digest)
    return json_answer(request, to_document(await short_work(request, desk.receipt, digest)))


async def look_up(request: Request, digest: str) -> Found:
    """Find a statement whose body may be shown.

    Raises:
        RefusedError: There is none (404), or moderators keep it back (403).
    """
    desk: Desk = request.app.state.desk
    found = desk.at_hand(digest) or await short_work(request, desk.find, digest)
    if found is None:
        raise unknown(digest)
    if found.state.status == WITHHELD:
        raise RefusedError(
            "forbidden",
            f"the statement is quarantined since {found.state.at[:10]}: {found.state.reason}",
            hint=f"its state can be read: /api/v1/statements/{digest}/state",
        )
    return found


async def redirect(request: Request, prefix: str, tail: str = "") -> Response:
    """Lead from the beginning of a digest to the whole of it.

    Raises:
        RefusedError: No statement begins so, or several do (404).
    """
    desk: Desk = request.app.state.desk
    found = await short_work(request, desk.store.find, prefix)
    if len(found) != 1:
        if not found:
            raise unknown(prefix)
        raise RefusedError(
            "not-found",
            f"{len(found)} statements begin with {prefix}",
            hint="give more digits",
            more={"nearest": list(found)},
        )
    path = request.scope["path"]
    base = path.removesuffix(tail).rpartition("/")[0]
    return RedirectResponse(f"{base}/{found[0]}{tail}", 307)


def digest_of(request: Request) -> str:
    """Return the digest in an address, or the beginning of one.

    Raises:
        RefusedError: It is neither (404).
    """
    text: str = request.path_params["digest"]
    if not _DIGEST.fullmatch(text):
        raise RefusedError(
            "not-found",
            f"'{text[:80]}' is no digest of a statement",
            hint="give 64 hexadecimal digits in small letters, or the first 8 or more",
        )
    return text


def unknown(digest: str) -> RefusedError:
    """Return the refusal of a digest that the registry does not have."""
    return RefusedError("not-found", f"there is no statement {digest[:12]}… in this registry")
