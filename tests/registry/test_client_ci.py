"""A CI job submits without a secret: its token is exchanged for one of the registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2
import jwt
import pytest
from identity_cases import github, issuers, key
from registry_cases import make_store, statement
from starlette.testclient import TestClient

from greenalgo.errors import CannotCheckError, DeniedError, UnreachableError
from greenalgo.registry.client import RemoteStore, is_wanted
from greenalgo.registry.client.ci import exchange
from greenalgo.registry.client.talk import Talk
from greenalgo.registry.door import look
from greenalgo.registry.identity.book import open_book
from greenalgo.registry.identity.publishing import GITHUB, new_publisher
from greenalgo.registry.identity.tokens import utc_now
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.service.wire.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOME = "https://registry.example"
ACTIONS = {
    "ACTIONS_ID_TOKEN_REQUEST_URL": "https://ci.example/token?api=2",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "job-secret",
}


def job_token() -> str:
    now = int(utc_now().timestamp())
    claims = github(iat=now, nbf=now, exp=now + 300)
    return str(jwt.encode(claims, key("hub"), algorithm="RS256", headers={"kid": "hub"}))


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """Serve a closed registry that trusts the workflow of one repository."""
    store = make_store("sqlite", tmp_path)
    with open_book(store) as book:
        for issuer in issuers():
            book.set_issuer(issuer)
        book.add_publisher(new_publisher(GITHUB, "74", "65", "submit.yml", at=utc_now()))
        desk = Desk(store, Settings(HOME, open_door=False))
        lines: list[str] = []
        app = make_app(desk, book=book, journal=Journal(lines.append))
        with TestClient(app, HOME, follow_redirects=False) as made:
            yield made
    store.close()


def ci(asked: list[httpx2.Request], value: object = None) -> httpx2.MockTransport:
    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"value": job_token() if value is None else value})

    return httpx2.MockTransport(answer)


def test_a_github_job_submits(client: TestClient) -> None:
    asked: list[httpx2.Request] = []
    talk = Talk(HOME, transport=client._transport)
    token = exchange(talk, ACTIONS, ci(asked))
    assert dict(asked[0].url.params) == {"api": "2", "audience": HOME}
    assert asked[0].headers["authorization"] == "Bearer job-secret"
    raw = statement()
    store = RemoteStore(HOME, token, client._transport)
    store.hand_in(raw, "f.yaml", look(raw, "f.yaml").digest)
    assert store.log().events[0].actor == "ci:github:74"


def test_another_job_is_told_what_differs(client: TestClient) -> None:
    with pytest.raises(DeniedError):
        exchange(Talk(HOME, transport=client._transport), {"GREENALGO_ID_TOKEN": "a.b.c"})


def test_a_job_without_a_token_is_told_how_to_get_one(client: TestClient) -> None:
    with pytest.raises(CannotCheckError, match="id-token: write"):
        exchange(Talk(HOME, transport=client._transport), {"GREENALGO_OIDC": "1"})


@pytest.mark.parametrize(
    "answer",
    [httpx2.Response(500), httpx2.Response(200, text="<html>"), httpx2.Response(200, json={"value": 5}),
     httpx2.Response(200, json={"value": "x" * 70_000}),
     httpx2.Response(200, json=[]), httpx2.Response(302, headers={"location": "https://evil.example/"})],
)  # fmt: skip
def test_a_ci_service_that_gives_none(answer: httpx2.Response) -> None:
    transport = httpx2.MockTransport(lambda _: answer)
    with pytest.raises(CannotCheckError, match="gives no token"):
        exchange(Talk(HOME), ACTIONS, transport)


def test_a_ci_service_out_of_reach() -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("job-secret")

    with pytest.raises(UnreachableError) as raised:
        exchange(Talk(HOME), ACTIONS, httpx2.MockTransport(fail))
    assert "job-secret" not in str(raised.value)


def test_nothing_of_it_travels_in_the_clear() -> None:
    with pytest.raises(DeniedError, match="without TLS"):
        exchange(Talk("http://registry.example"), {"GREENALGO_ID_TOKEN": "a.b.c"})
    plain = {**ACTIONS, "ACTIONS_ID_TOKEN_REQUEST_URL": "http://ci.example/token"}
    with pytest.raises(CannotCheckError, match="no https"):
        exchange(Talk(HOME), plain)


@pytest.mark.parametrize(
    ("environment", "tls", "wanted"),
    [
        ({}, True, False),
        ({"GREENALGO_OIDC": "1"}, False, True),
        (ACTIONS, True, True),
        (ACTIONS, False, False),
        ({**ACTIONS, "GREENALGO_OIDC": "0"}, True, False),
        ({"GREENALGO_ID_TOKEN": "a.b.c"}, True, True),
    ],
)
def test_when_it_is_wanted(environment: dict[str, str], tls: bool, wanted: bool) -> None:
    assert is_wanted(environment, tls=tls) == wanted
