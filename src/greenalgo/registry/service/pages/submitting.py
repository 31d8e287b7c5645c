"""The submit form: checked while it is written, confirmed before it is kept for ever."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from greenalgo.errors import RegistryError
from greenalgo.findings import DOCS
from greenalgo.registry.door import LEAST
from greenalgo.registry.record import read_body
from greenalgo.registry.service.pages import facts, words
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.shell import is_fragment
from greenalgo.registry.service.pages.statement import fill
from greenalgo.registry.service.pages.visitor import visitor
from greenalgo.registry.service.session import check_csrf, csrf_token
from greenalgo.registry.service.wire.work import work
from greenalgo.sources import LIMIT

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.findings import Finding
    from greenalgo.registry.door import Judged

_NAME = "footprint.yaml"
_ACTIONS = ("check", "submit", "confirm")
_WIDEST = 160


async def show(request: Request) -> Response:
    """Show the empty form."""
    may = visitor(request).may("submit")
    return _page(
        request,
        {"text": "", "step": "write", "verdict": None, "problem": "", "may_submit": may},
    )


async def take(request: Request) -> Response:
    """Check what was written; ask whether it is meant; keep it."""
    desk = room_of(request).desk
    async with request.form(max_files=1, max_fields=8, max_part_size=2 * LIMIT) as form:
        check_csrf(request, form.get("csrf_token"))
        action = form.get("action", "check")
        raw = await _text(form.get("file"), form.get("text"))
    if action not in _ACTIONS:
        raise HTTPException(422, f"the action is one of {', '.join(_ACTIONS)}")
    identity = visitor(request)
    context: dict[str, Any] = {
        "text": raw.decode("utf-8", "replace"), "step": "write", "verdict": None, "problem": "",
        "may_submit": identity.may("submit"),
    }  # fmt: skip
    if not raw.strip():
        return _page(
            request,
            {
                **context,
                "problem": "" if is_fragment(request) else "There is nothing to check yet.",
            },
        )
    try:
        judged = await work(request, desk.look, raw, _NAME)
    except RegistryError as error:
        return _page(request, {**context, "problem": words.refusal(error)})
    context["verdict"] = await work(request, _verdict, judged, raw)
    if judged.fit and action != "check" and identity.may("submit"):
        try:
            dry = action != "confirm"
            submission = await work(
                request, desk.submit, judged, raw, _NAME, identity=identity, dry_run=dry
            )
        except RegistryError as error:
            return _page(request, {**context, "problem": words.refusal(error)})
        if not dry:
            await work(request, room_of(request).library.refresh)
        if submission.outcome.known or not dry:
            return RedirectResponse(f"/statements/{judged.digest}", 303)
        context["step"] = "confirm"
    return _page(request, context)


async def _text(upload: object, text: object) -> bytes:
    """Return the upload, if one was chosen; else the text, with the line ends that people write."""
    if isinstance(upload, UploadFile) and upload.filename:
        return await upload.read(LIMIT + 1)
    return str(text or "").replace("\r\n", "\n").encode()


def _verdict(judged: Judged, raw: bytes) -> dict[str, Any]:
    report = judged.report
    numbers = None
    if judged.body:
        filled, case = fill(read_body(judged.body), report.level)
        numbers = facts.numbers(filled, case, judged.digest, words.countries())
    lines = re.split("\r\n|\r|\n", raw.decode("utf-8", "replace"))
    return {
        "valid": report.valid,
        "fit": judged.fit,
        "level": report.level,
        "missing": report.missing,
        "least": LEAST,
        "digest": judged.digest,
        "supersedes": judged.supersedes,
        "findings": [_told(found, lines) for found in report.findings],
        "numbers": numbers,
    }


def _told(found: Finding, lines: list[str]) -> facts.Told:
    place = (
        f"line {found.line}, column {found.column}" if found.line else facts.place(found.pointer)
    )
    return facts.Told(
        found.code, found.severity.label, place, found.message, _frame(found, lines), found.hint
    )


def _frame(found: Finding, lines: list[str]) -> str:
    """Return the line of a finding, with a caret under its column."""
    if not 0 < found.line <= len(lines):
        return ""
    source = lines[found.line - 1].replace("\t", " ")[:_WIDEST]
    if found.column < 1 or found.column > len(source) + 1:
        return source
    return f"{source}\n{' ' * (found.column - 1)}^"


def _page(request: Request, context: dict[str, Any]) -> Response:
    desk = room_of(request).desk
    part = is_fragment(request)
    template = "submit-part.html.j2" if part else "submit.html.j2"
    full = {
        **context,
        "csrf_token": csrf_token(request),
        "base": desk.settings.base_url,
        "levels": words.LEVELS,
        "docs": DOCS,
    }
    shell = room_of(request).shell
    return shell.page(request, template, full, headers={"Cache-Control": "no-store"})
