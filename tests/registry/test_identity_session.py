"""The session of a browser: its cookie, the token of forms, signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from itsdangerous import URLSafeTimedSerializer
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from greenalgo.registry.identity.keys import Keyring
from greenalgo.registry.service import session
from greenalgo.registry.service.session import (
    SessionMiddleware,
    check_csrf,
    csrf_token,
    sign_in,
    sign_out,
    signed_in,
)

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

KEYS = ("new key of the registry", "the key before it")
#: Stands for the session of somebody who signed in.
SESSION = "a secret of 256 bits"
#: Seconds since 1970, UTC.
START = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = START

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("time.time", made.time)
    return made


def _form(request: Request) -> PlainTextResponse:
    return PlainTextResponse(csrf_token(request))


async def _take(request: Request) -> PlainTextResponse:
    async with request.form() as form:
        check_csrf(request, form.get(session.FIELD))
    return PlainTextResponse("taken")


def _enter(request: Request) -> PlainTextResponse:
    sign_in(request, SESSION)
    return PlainTextResponse("in")


def _leave(request: Request) -> PlainTextResponse:
    sign_out(request)
    return PlainTextResponse("out")


def _who(request: Request) -> PlainTextResponse:
    session.keep_private(request)
    return PlainTextResponse(signed_in(request))


def _plain(request: Request) -> PlainTextResponse:
    return PlainTextResponse("no session", headers={"Cache-Control": "public"})


class Keys(NamedTuple):
    """A book with these keys."""

    keys: tuple[str, ...]

    def session_keys(self, at: datetime) -> tuple[str, ...]:
        return self.keys


def browser(*, keys: tuple[str, ...] = KEYS, secure: bool = False) -> TestClient:
    routes = [
        Route("/form", _form),
        Route("/take", _take, methods=["POST"]),
        Route("/enter", _enter, methods=["POST"]),
        Route("/leave", _leave, methods=["POST"]),
        Route("/who", _who),
        Route("/plain", _plain),
    ]
    ring = Keyring(Keys(keys))
    middleware = Middleware(SessionMiddleware, keyring=ring, run=run_in_threadpool, secure=secure)
    app = Starlette(routes=routes, middleware=[middleware])
    return TestClient(app, base_url="https://registry.example" if secure else "http://testserver")


def test_a_form_of_the_registry_is_taken() -> None:
    client = browser()
    token = client.get("/form").text
    assert client.get("/form").text == token
    assert client.post("/take", data={"csrf_token": token}).text == "taken"


@pytest.mark.parametrize("given", [{}, {"csrf_token": ""}, {"csrf_token": "é" * 43}])
def test_a_form_without_its_token_is_refused(given: dict[str, str]) -> None:
    client = browser()
    client.get("/form")
    assert client.post("/take", data=given).status_code == 403


def test_a_form_of_another_browser_is_refused() -> None:
    foreign = browser().get("/form").text
    client = browser()
    assert client.post("/take", data={"csrf_token": foreign}).status_code == 403
    client.get("/form")
    assert client.post("/take", data={"csrf_token": foreign}).status_code == 403


def test_a_browser_that_says_another_site_sent_it_is_believed() -> None:
    client = browser()
    token = client.get("/form").text
    answer = client.post(
        "/take", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403


def test_the_cookie_is_for_this_host_and_no_script() -> None:
    cookie = browser().get("/form").headers["set-cookie"]
    assert cookie.startswith("greenalgo=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie
    cookie = browser(secure=True).get("/form").headers["set-cookie"]
    assert cookie.startswith("__Host-greenalgo=")
    assert cookie.endswith("Secure")


def test_a_page_that_asks_for_nothing_sets_no_cookie_and_may_be_cached() -> None:
    answer = browser().get("/plain")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "public"
    answer = browser().get("/form")
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Cookie"


def test_a_cookie_that_somebody_else_signed_is_worth_nothing(clock: Clock) -> None:
    client = browser()
    forged = URLSafeTimedSerializer("a guess", salt="greenalgo.session")
    client.cookies.set("greenalgo", str(forged.dumps({"signed_in": SESSION})))
    assert client.get("/who").text == ""
    client.cookies.set("greenalgo", "no cookie of ours")
    assert client.get("/who").text == ""


def test_the_key_before_is_still_read_and_the_newest_signs(clock: Clock) -> None:
    old = browser(keys=KEYS[1:])
    old.post("/enter")
    new = browser()
    new.cookies.set("greenalgo", old.cookies["greenalgo"])
    assert new.get("/who").text == SESSION
    signed = browser().get("/form").cookies["greenalgo"]
    assert URLSafeTimedSerializer(KEYS[0], salt="greenalgo.session").loads(signed)


def test_signing_in_makes_a_new_session(clock: Clock) -> None:
    """A cookie that an attacker planted beforehand holds nothing that is worth having."""
    client = browser()
    planted = client.get("/form")
    client.post("/enter")
    assert client.get("/who").text == SESSION
    assert client.get("/form").text != planted.text
    attacker = browser()
    attacker.cookies.set("greenalgo", planted.cookies["greenalgo"])
    assert attacker.get("/who").text == ""
    assert client.post("/take", data={"csrf_token": planted.text}).status_code == 403


def test_signing_out_takes_the_cookie_back(clock: Clock) -> None:
    client = browser()
    client.post("/enter")
    assert "Max-Age=0" in client.post("/leave").headers["set-cookie"]
    assert client.get("/who").text == ""


def test_a_cookie_is_renewed_and_ends(clock: Clock) -> None:
    client = browser()
    client.post("/enter")
    assert "set-cookie" not in client.get("/who").headers
    clock.now += session.RENEW_AFTER + 1
    assert "set-cookie" in client.get("/who").headers
    clock.now += session.MOST_IDLE + 1
    assert client.get("/who").text == ""
