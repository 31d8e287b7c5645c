"""Errors as answers: problem documents (RFC 9457), and the one place that maps errors to them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from greenalgo.errors import (
    BusyError,
    CannotCheckError,
    DamagedError,
    DeniedError,
    ErasedError,
    GreenalgoError,
    RegistryError,
    RenderError,
    ResourceError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request

MEDIA_TYPE = "application/problem+json"
#: Where the types of problems are explained; the word for one is appended.
TYPES = "https://w3id.org/greenalgo/problems/"
#: Word -> status and title.
KINDS: Mapping[str, tuple[int, str]] = {
    "malformed": (400, "The request is not as it should be"),
    "unauthorised": (401, "The registry has to know who asks"),
    "forbidden": (403, "Not allowed"),
    "not-found": (404, "There is no such thing here"),
    "method-not-allowed": (405, "The address does not take this method"),
    "not-acceptable": (406, "There is no such form of it"),
    "timeout": (408, "The request took too long to arrive"),
    "conflict": (409, "The registry refuses it"),
    "gone": (410, "It was taken back"),
    "too-large": (413, "The body is too large"),
    "unsupported-media-type": (415, "The body is of a type that is not taken"),
    "other-host": (421, "The service has another name"),
    "head-too-large": (431, "The head of the request is too large"),
    "invalid-statement": (422, "The statement is invalid"),
    "level-too-low": (422, "The statement has too low a level"),
    "unanswerable": (422, "The question cannot be answered"),
    "unsupported-version": (422, "The statement is of a version that is not read here"),
    "too-many-requests": (429, "Too many requests"),
    "internal": (500, "The service has a bug"),
    "damaged": (500, "The registry is damaged"),
    "busy": (503, "The service is busy"),
    "unavailable": (503, "The store cannot be used"),
}
#: Status -> the word for what Starlette itself refuses.
_PLAIN = {
    400: "malformed", 403: "forbidden", 404: "not-found", 405: "method-not-allowed", 413: "too-large",
    422: "unanswerable",
}  # fmt: skip
#: Seconds after which a busy service is worth another try.
RETRY = "2"


class RefusedError(GreenalgoError):
    """A request that is answered with a problem.

    Args:
        kind: A key of :data:`KINDS`.
        detail: What was found and what was expected, in a sentence.
        hint: What to do.
        findings: What the validator says, as plain JSON values.
        more: Further members of the document.
        headers: Of the answer.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        hint: str = "",
        findings: Sequence[Mapping[str, Any]] | None = None,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.hint = hint
        self.findings = findings
        self.more = dict(more or {})
        self.headers = dict(headers or {})
        super().__init__(detail)


def refusal_of(error: GreenalgoError, *, writes: bool) -> RefusedError:
    """Return what is answered for an error.

    Args:
        error: What the desk raised.
        writes: The request wanted to change something.
    """
    if isinstance(error, RefusedError):
        return error
    text, hint = str(error), str(getattr(error, "hint", ""))
    if isinstance(error, DeniedError):
        if error.known:
            return RefusedError("forbidden", text, hint=hint)
        return RefusedError("unauthorised", text, hint=hint, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, BusyError):
        return RefusedError("busy", text, hint="try again", headers={"Retry-After": RETRY})
    if isinstance(error, ErasedError):
        course = f"/api/v1/statements/{error.digest}/state"
        return RefusedError(
            "gone", text, hint=hint, more={"status_of_statement": "erased", "state": course}
        )
    if isinstance(error, DamagedError):
        return RefusedError("damaged", text, hint="its keepers run greenalgo registry verify")
    if isinstance(error, (CannotCheckError, ResourceError)):
        # The sentence may name files of the server: it is for the log.
        return RefusedError(
            "unavailable", "the store cannot be used now", headers={"Retry-After": RETRY}
        )
    if isinstance(error, RenderError):
        return RefusedError("unanswerable", f"this cannot be set in LaTeX: {text}", hint=hint)
    if isinstance(error, RegistryError) and writes:
        return RefusedError("conflict", text, hint=hint)
    near = list(getattr(error, "candidates", ()))[:5]
    return RefusedError("malformed", text, hint=hint, more={"nearest": near} if near else None)


def refusal_of_http(error: HTTPException) -> RefusedError:
    """Return what is answered for what Starlette itself refuses."""
    kind = _PLAIN.get(error.status_code, "malformed")
    words = {
        "not-found": "there is nothing at this address",
        "method-not-allowed": "the address is known, but not with this method",
    }
    plain = error.detail == HTTPStatus(error.status_code).phrase
    return RefusedError(
        kind, words.get(kind, error.detail) if plain else error.detail, headers=error.headers
    )


def answer(refusal: RefusedError, instance: str, reference: str = "") -> Response:
    """Return a problem document.

    Args:
        refusal: What is said.
        instance: The path of the request.
        reference: Under which the log has more of it.
    """
    status, title = KINDS[refusal.kind]
    document: dict[str, Any] = {
        "type": TYPES + refusal.kind,
        "title": title,
        "status": status,
        "detail": str(refusal),
        "instance": instance,
    }
    if refusal.hint:
        document["hint"] = refusal.hint
    if reference:
        document["reference"] = reference
    document.update(refusal.more)
    if refusal.findings is not None:
        document["findings"] = list(refusal.findings)
    headers = {"Cache-Control": "no-store", **refusal.headers}
    text = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    return Response(text, HTTPStatus(status), headers, MEDIA_TYPE)


@contextmanager
def answerable() -> Iterator[None]:
    """Say of what the registry refuses inside that the question cannot be answered; damage stays damage.

    Raises:
        RefusedError: The registry refuses what is asked.
    """
    try:
        yield
    except DamagedError:
        raise
    except RegistryError as error:
        raise RefusedError("unanswerable", str(error), hint=error.hint) from error


def no_statement() -> RefusedError:
    """Return the refusal of an address that is no statement's."""
    return RefusedError("not-found", "there is no such statement in this registry")


def refusal_for(request: Request, error: Exception) -> RefusedError:
    """Return what a request is answered for an error: ours, or one of Starlette's."""
    if isinstance(error, HTTPException):
        return refusal_of_http(error)
    if isinstance(error, GreenalgoError):
        return refusal_of(error, writes=request.method not in ("GET", "HEAD"))
    raise error  # Starlette calls its handlers for the two kinds alone


async def on_error(request: Request, error: Exception) -> Response:
    """Answer an error with a problem document (an exception handler of Starlette)."""
    request.state.refused = error
    return answer(refusal_for(request, error), request.scope["path"])
