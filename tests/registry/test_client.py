"""A registry behind a URL, from the client's side: a service in process, and answers that lie."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from registry_cases import statement
from service_cases import BASE, Service, service

from greenalgo.errors import CannotCheckError, DamagedError, DeniedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.client import JudgedOtherwiseError, RemoteStore
from greenalgo.registry.client.talk import Talk
from greenalgo.registry.door import look
from greenalgo.registry.record import Draft
from greenalgo.registry.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RAW = statement()
DIGEST = look(RAW, "f.yaml").digest


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as found:
        yield found


def remote(served: Service, token: str = "") -> RemoteStore:
    return RemoteStore(BASE, token, transport=served.client._transport)


def lying(answer: Callable[[httpx2.Request], httpx2.Response]) -> RemoteStore:
    return RemoteStore(BASE, transport=httpx2.MockTransport(answer))


def test_a_statement_goes_in_once_and_its_receipt_holds(served: Service) -> None:
    store = remote(served)
    dry = store.hand_in(RAW, "f.yaml", DIGEST, dry_run=True)
    assert (dry.known, dry.receipt) == (False, None)
    first = store.hand_in(RAW, "f.yaml", DIGEST)
    assert first.permalink == f"{BASE}/statements/{DIGEST}"
    assert first.receipt is not None
    assert store.hand_in(RAW, "f.yaml", DIGEST).known


def test_it_reads_as_a_store(served: Service) -> None:
    store = remote(served)
    store.hand_in(RAW, "f.yaml", DIGEST)
    assert store.find(DIGEST[:8]) == (DIGEST,)
    body = store.body(DIGEST)
    assert body is not None
    assert hashlib.sha256(body).hexdigest() == DIGEST
    assert store.body("0" * 64) is None
    assert store.states()[DIGEST].status == "published"
    assert store.prove(DIGEST) is not None
    assert [held.digest for held in store.holdings()] == [DIGEST]
    verified = audit.verify(store)
    assert (verified.statements, verified.problems) == (1, ())


def test_only_its_owner_withdraws(served: Service) -> None:
    remote(served, "alice").hand_in(RAW, "f.yaml", DIGEST)
    draft = Draft("withdraw", DIGEST, "", "counted twice")
    with pytest.raises(DeniedError):
        remote(served, "bob").commit([draft])
    assert remote(served, "alice").commit([draft])[0].kind == "withdraw"
    with pytest.raises(RegistryError, match="counted twice"):
        remote(served, "alice").hand_in(RAW, "f.yaml", DIGEST)


def test_the_registry_s_findings_come_back(served: Service) -> None:
    bad = statement(hours=-1)
    with pytest.raises(JudgedOtherwiseError) as raised:
        remote(served).hand_in(bad, "f.yaml", DIGEST)
    found = raised.value.findings[0]
    assert (found.code, found.line) == ("GA105", 10)


def test_a_closed_door_is_said(tmp_path: Path) -> None:
    with (
        service(tmp_path, settings=Settings(BASE, open_door=False)) as served,
        pytest.raises(DeniedError, match="token"),
    ):
        remote(served).hand_in(RAW, "f.yaml", DIGEST)


def test_a_digest_that_differs_is_no_success() -> None:
    record = {"digest": "0" * 64, "permalink": "x", "receipt": None}
    store = lying(lambda _: httpx2.Response(201, json=record))
    with pytest.raises(RegistryError, match="computes the digest"):
        store.hand_in(RAW, "f.yaml", DIGEST)


def test_a_forged_receipt_is_no_success(served: Service) -> None:
    remote(served).hand_in(RAW, "f.yaml", DIGEST)
    good = served.client.post(
        "/api/v1/statements", content=RAW, headers={"Content-Type": "application/yaml"}
    ).json()
    good["receipt"]["checkpoint"]["root"] = "1" * 64
    store = lying(lambda _: httpx2.Response(201, json=good))
    with pytest.raises(DamagedError, match="receipt does not hold"):
        store.hand_in(RAW, "f.yaml", DIGEST)
    missing = lying(lambda _: httpx2.Response(201, json={**good, "receipt": None}))
    with pytest.raises(RegistryError):
        missing.hand_in(RAW, "f.yaml", DIGEST)


def test_another_body_is_found_out() -> None:
    store = lying(lambda _: httpx2.Response(200, content=b"{}"))
    with pytest.raises(DamagedError, match="another statement"):
        store.body(DIGEST)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx2.Response(200, html="<html>"), "no JSON"),
        (httpx2.Response(404, html="<html>"), "no greenalgo registry, or a proxy"),
        (httpx2.Response(502, html="<html>"), "no greenalgo registry, or a proxy"),
        (httpx2.Response(302, headers={"location": "https://evil.example/"}), "is not followed"),
        (httpx2.Response(200, json=[1]), "what no greenalgo registry does"),
    ],
)
def test_what_is_no_registry_is_named(answer: httpx2.Response, words: str) -> None:
    talk = Talk(BASE, transport=httpx2.MockTransport(lambda _: answer), sleep=lambda _: None)
    store = lying(lambda _: answer)
    store._talk = talk
    with pytest.raises(CannotCheckError, match=words):
        store.hand_in(RAW, "f.yaml", DIGEST)


def test_a_busy_registry_is_asked_again_after_the_time_it_names() -> None:
    asked: list[str] = []
    waited: list[float] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        problem: dict[str, Any] = {"detail": "more than 1 such requests a minute"}
        media = {"content-type": "application/problem+json", "retry-after": "7"}
        return httpx2.Response(429, content=json.dumps(problem), headers=media)

    talk = Talk(BASE, transport=httpx2.MockTransport(answer), sleep=waited.append)
    with pytest.raises(CannotCheckError, match="more than 1"):
        talk.get("/x")
    assert (len(asked), waited) == (4, [7.0, 7.0, 7.0])


def test_a_token_does_not_travel_in_the_clear() -> None:
    with pytest.raises(DeniedError, match="without TLS"):
        RemoteStore("http://registry.example.org", "gat_secret")
    RemoteStore("http://127.0.0.1:1", "gat_secret").close()


@pytest.mark.parametrize("url", ["https://", "https://user:word@host", "https://host?q=1"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(CannotCheckError, match="no address"):
        RemoteStore(url)


def test_nobody_listens() -> None:
    with pytest.raises(CannotCheckError, match="connection refused"):
        RemoteStore("http://127.0.0.1:9").hand_in(RAW, "f.yaml", DIGEST)
