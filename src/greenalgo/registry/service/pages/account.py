"""Signing in, and the page of an account: its statements, its tokens, and how to be forgotten."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from greenalgo.errors import CannotCheckError, DeniedError, RegistryError
from greenalgo.registry.identity.people import MAY, Ask, new_ask
from greenalgo.registry.identity.tokens import DEFAULT_DAYS, MOST_NAME, new_token, utc_now
from greenalgo.registry.identity.who import SCOPES
from greenalgo.registry.record import is_digest
from greenalgo.registry.service.pages import words
from greenalgo.registry.service.pages.room import room_of
from greenalgo.registry.service.pages.visitor import account_of
from greenalgo.registry.service.session import check_csrf, csrf_token, sign_in, sign_out, signed_in
from greenalgo.registry.service.wire.callers import book_of
from greenalgo.registry.service.wire.problems import RETRY, RefusedError
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.identity.people import Account, Person, Provider

#: Where a browser comes back to; the service that vouches has to know it.
BACK = "/sign-in/back"
#: The most statements that an account lists.
MOST_LISTED = 200
_ASK = "ask"
_HOME = "/account"


async def show(request: Request) -> Response:
    """Show the account that is signed in, or how to sign in."""
    _provider(request)
    return await _page(request, account_of(request), {})


async def begin(request: Request) -> Response:
    """Send the browser to the service that vouches for people."""
    provider = _provider(request)
    ask = new_ask(room_of(request).desk.settings.base_url + BACK)
    request.session[_ASK] = [*ask, _local(request.query_params.get("next", ""))]
    return RedirectResponse(provider.address(ask), 302, headers={"Cache-Control": "no-store"})


async def back(request: Request) -> Response:
    """Take the browser back from there, and begin a session if all is well."""
    provider = _provider(request)
    kept = request.session.pop(_ASK, None)
    if not isinstance(kept, list) or len(kept) != len(Ask._fields) + 1:
        raise HTTPException(403, "no sign-in was begun in this browser, or it is too long ago")
    ask, following = Ask(*map(str, kept[:-1])), str(kept[-1])
    given = request.query_params
    if not hmac.compare_digest(given.get("state", "").encode(), ask.state.encode()):
        raise HTTPException(403, "this sign-in was not begun in this browser")
    if given.get("error"):
        context = {"problem": f"{provider.name} did not sign you in. Nothing has changed."}
        return await _page(request, None, context, status=403)
    try:
        person = await work(request, provider.person, given.get("code", ""), ask, utc_now())
    except DeniedError as error:
        raise HTTPException(403, str(error)) from error
    except CannotCheckError as error:
        raise RefusedError(
            "unavailable", f"{provider.name} cannot be reached now", hint="try again later",
            headers={"Retry-After": RETRY},
        ) from error  # fmt: skip
    sign_in(request, await work(request, _begin, book_of(request), person, signed_in(request)))
    return RedirectResponse(following, 303, headers={"Cache-Control": "no-store"})


async def act(request: Request) -> Response:
    """Do what a form of the page asks for."""
    _provider(request)
    async with request.form(max_files=0, max_fields=8) as form:
        check_csrf(request, form.get("csrf_token"))
        asked = {name: str(value) for name, value in form.items()}
    account = account_of(request)
    if account is None:
        return RedirectResponse(_HOME, 303)
    action = _ACTIONS.get(asked.get("action", ""))
    if action is None:
        raise HTTPException(422, f"the action is one of {', '.join(_ACTIONS)}")
    try:
        shown = await action(request, account, asked)
    except RegistryError as error:
        return await _page(request, account, {"problem": words.refusal(error)}, status=409)
    if shown is None:
        return RedirectResponse(_HOME, 303)
    return await _page(request, account, shown)


def _begin(book: Book, person: Person, former: str) -> str:
    """Begin a session of somebody, in place of a former one of the same browser; blocks."""
    if former:
        book.end_session(former)
    return book.begin_session(book.account(person, utc_now()), utc_now())


async def _leave(request: Request, _account: Account, _asked: dict[str, str]) -> None:
    await work(request, book_of(request).end_session, signed_in(request))
    sign_out(request)


async def _make_token(request: Request, account: Account, asked: dict[str, str]) -> dict[str, Any]:
    """Make a token for the command line and for programs; this answer alone has its secret."""
    scopes = frozenset(scope for scope in MAY if asked.get(scope))
    made = new_token(
        asked.get("name", ""), scopes, made_by=account.actor, actor=account.actor, at=utc_now(),
        lasts=timedelta(days=DEFAULT_DAYS),
    )  # fmt: skip
    await work(request, book_of(request).add_token, made.token)
    return {"made": made}


async def _revoke(request: Request, account: Account, asked: dict[str, str]) -> None:
    book = book_of(request)
    own = await work(request, book.tokens, account.actor)
    if asked.get("token") not in [one.id for one in own]:
        raise RegistryError("you have no such token")
    await work(request, book.revoke, asked["token"], utc_now())


async def _withdraw(request: Request, account: Account, asked: dict[str, str]) -> None:
    room, digest = room_of(request), asked.get("digest", "")
    if not is_digest(digest):
        raise RegistryError("this is no digest of a statement")
    reason = asked.get("reason", "").strip()
    await work(request, room.desk.act, "withdraw", digest, reason, account.identity)
    await work(request, room.library.refresh)


async def _forget(request: Request, account: Account, asked: dict[str, str]) -> None:
    if not asked.get("sure"):
        raise RegistryError("say that you are sure: tick the box")
    await work(request, book_of(request).forget, account, utc_now())
    sign_out(request)


_ACTIONS = {
    "sign-out": _leave,
    "make-token": _make_token,
    "revoke": _revoke,
    "withdraw": _withdraw,
    "forget": _forget,
}


def _provider(request: Request) -> Provider:
    """Return what vouches for people.

    Raises:
        HTTPException: Nothing does (404).
    """
    provider = room_of(request).provider
    if provider is None:
        raise HTTPException(404, "nobody signs in to this registry; it works with tokens")
    return provider


def _local(address: str) -> str:
    """Return an address of this registry; anything that a browser could take elsewhere leads to the account."""
    plain = address.isascii() and address.isprintable() and "\\" not in address
    return address if plain and address.startswith("/") and not address.startswith("//") else _HOME


async def _page(
    request: Request, account: Account | None, context: dict[str, Any], *, status: int = 200
) -> Response:
    room = room_of(request)
    full: dict[str, Any] = {
        "problem": "", "made": None, "account": account, "csrf_token": csrf_token(request), "scopes": SCOPES,
        "most_name": MOST_NAME, "days": DEFAULT_DAYS, "base": room.desk.settings.base_url, "tokens": [],
        "statements": [], **context,
    }  # fmt: skip
    if account is not None:
        own = await work(request, book_of(request).tokens, account.actor)
        now = utc_now()
        full["tokens"] = [(one, one.status(now)) for one in own]
        full["statements"] = await work(request, room.library.of_actor, account.actor, MOST_LISTED)
    headers = {"Cache-Control": "no-store"}
    return room.shell.page(request, "account.html.j2", full, status=status, headers=headers)
