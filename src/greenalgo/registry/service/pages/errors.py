"""Errors as pages, for those who ask for HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.wire.problems import KINDS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.service.wire.problems import RefusedError

_TITLES = {
    400: "This request cannot be read",
    401: "Say who you are",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This address does not take that",
    409: "This does not fit what is there",
    410: "This was taken back",
    413: "This is too large",
    415: "This is of another kind",
    422: "This cannot be answered",
    429: "Too many requests",
    431: "This request is too long",
    500: "Something went wrong",
    503: "Not now",
}


def wants_page(request: Request) -> bool:
    """Say whether an error is to be a page: HTML is asked for, and it is no address of the API."""
    accepted = request.headers.get("accept", "")
    return "text/html" in accepted and not request.url.path.startswith("/api/")


def page(request: Request, refusal: RefusedError, reference: str = "") -> Response:
    """Answer with an error as a page.

    Args:
        request: What was asked.
        refusal: What is said.
        reference: By which the operator finds it in the log.
    """
    status = KINDS[refusal.kind][0]
    context = {
        "title": _TITLES.get(status, "Error"),
        "detail": _sentence(str(refusal)),
        "hint": _sentence(refusal.hint),
        "status": status,
        "reference": reference,
    }
    headers = {"Cache-Control": "no-store", **refusal.headers}
    return room_of(request).shell.page(
        request, "error.html.j2", context, status=status, headers=headers
    )


def _sentence(text: str) -> str:
    """Return what is said in a problem document as a sentence."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}." if text else ""
