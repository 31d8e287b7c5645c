"""Answers of what is no registry, of one that lies, and of one that is busy: each said in a sentence."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from registry_cases import statement
from service_cases import API, BASE, YAML, Service, service

from greenalgo.cli.failures import exit_code
from greenalgo.errors import (
    CannotCheckError,
    DamagedError,
    DeniedError,
    RegistryError,
    UnreachableError,
)
from greenalgo.registry import audit
from greenalgo.registry.client import RemoteStore
from greenalgo.registry.client.address import follows, read_address
from greenalgo.registry.client.talk import MOST_BYTES, MOST_SECONDS, Clock, Talk
from greenalgo.registry.door import look
from greenalgo.registry.record import Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RAW = statement()
DIGEST = look(RAW, "f.yaml").digest
PROBLEM = {"content-type": "application/problem+json"}


class Still(Clock):
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.waited: list[float] = []
        self.sleep = self.waited.append
        self.monotonic = self.now = lambda: 1000.0 + sum(self.waited)


def lying(
    answer: Callable[[httpx2.Request], httpx2.Response], clock: Clock | None = None, token: str = ""
) -> RemoteStore:
    return RemoteStore(BASE, token, httpx2.MockTransport(answer), clock or Still())


def problem(status: int, detail: str, **headers: str) -> httpx2.Response:
    return httpx2.Response(
        status, content=json.dumps({"detail": detail}), headers={**PROBLEM, **headers}
    )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as found:
        yield found


def test_a_digest_that_differs_is_no_success() -> None:
    record = {"digest": "0" * 64, "permalink": "x", "receipt": None}
    store = lying(lambda _: httpx2.Response(201, json=record))
    with pytest.raises(RegistryError, match="computes the digest"):
        store.hand_in(RAW, "f.yaml", DIGEST)


def test_a_forged_receipt_is_no_success(served: Service) -> None:
    RemoteStore(BASE, transport=served.client._transport).hand_in(RAW, "f.yaml", DIGEST)
    good = served.client.post(f"{API}/statements", content=RAW, headers=YAML).json()
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
    store = lying(lambda _: answer)
    with pytest.raises(CannotCheckError, match=words):
        store.hand_in(RAW, "f.yaml", DIGEST)


def test_a_busy_registry_is_asked_again_after_the_time_it_names() -> None:
    asked: list[str] = []
    clock = Still()

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        problem: dict[str, Any] = {"detail": "more than 1 such requests a minute"}
        media = {"content-type": "application/problem+json", "retry-after": "7"}
        return httpx2.Response(429, content=json.dumps(problem), headers=media)

    talk = Talk(BASE, transport=httpx2.MockTransport(answer), clock=clock)
    with pytest.raises(CannotCheckError, match="more than 1"):
        talk.get("/x")
    assert (len(asked), clock.waited) == (4, [7.0, 7.0, 7.0])


def test_a_token_does_not_travel_in_the_clear() -> None:
    with pytest.raises(DeniedError, match="without TLS"):
        RemoteStore("http://registry.example.org", "gat_secret")
    RemoteStore("http://127.0.0.1:1", "gat_secret").close()


def test_the_time_to_wait_has_a_bound() -> None:
    clock = Still()
    store = lying(lambda _: problem(429, "too many", **{"retry-after": "3600"}), clock)
    with pytest.raises(UnreachableError, match="come back in 3600 s"):
        store.hand_in(RAW, "f.yaml", DIGEST)
    assert clock.waited == []


def test_a_time_to_wait_may_be_a_date() -> None:
    clock = Still()
    date = "Thu, 01 Jan 1970 00:16:45 GMT"  # 1005 s after 1970: 5 s from now
    store = lying(lambda _: problem(503, "the service is busy", **{"retry-after": date}), clock)
    with pytest.raises(CannotCheckError, match="the service is busy"):
        store.hand_in(RAW, "f.yaml", DIGEST)
    assert clock.waited == [5.0, 0.0, 0.0]


def test_a_lost_connection_is_tried_again_where_that_is_safe() -> None:
    asked: list[str] = []

    def lose(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        raise httpx2.ReadError("the peer is gone")

    clock = Still()
    with pytest.raises(UnreachableError, match="the peer is gone"):
        lying(lose, clock).hand_in(RAW, "f.yaml", DIGEST)
    assert (asked, clock.waited) == (["POST"] * 4, [1.0, 2.0, 4.0])
    asked.clear()
    with pytest.raises(UnreachableError):
        lying(lose).commit([Draft("withdraw", DIGEST, "", "counted twice")])
    assert asked == ["POST"]


def test_where_nothing_listens_it_is_not_tried_again() -> None:
    clock = Still()

    def fail(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    with pytest.raises(UnreachableError, match="refused"):
        Talk(BASE, transport=httpx2.MockTransport(fail), clock=clock).get("/x")
    assert clock.waited == []


def test_an_answer_that_is_compressed_may_be_a_bomb() -> None:
    packed = gzip.compress(b"{}")
    store = lying(
        lambda _: httpx2.Response(200, content=packed, headers={"content-encoding": "gzip"})
    )
    with pytest.raises(CannotCheckError, match="compressed"):
        store.log()


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_withdrawal_is_not_sent_twice(status: int) -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.method)
        return problem(status, "the service is busy")

    with pytest.raises(CannotCheckError, match="busy"):
        lying(answer).commit([Draft("withdraw", DIGEST, "", "counted twice")])
    assert asked == ["POST"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx2.ConnectError("[Errno -2] Name or service not known"), "there is no host"),
        (httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), "TLS fails"),
        (httpx2.ConnectTimeout("timed out"), "no connection within 10 s"),
        (httpx2.ReadTimeout("timed out"), "within 30 s"),
        (httpx2.ProxyError("407"), "through the proxy"),
    ],
)
def test_why_it_cannot_be_reached(error: Exception, words: str) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise error

    with pytest.raises(UnreachableError, match=words):
        lying(fail).hand_in(RAW, "f.yaml", DIGEST)


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [(401, DeniedError, 1), (403, DeniedError, 1), (409, RegistryError, 1), (413, RegistryError, 1),
     (415, RegistryError, 1), (500, CannotCheckError, 4)],
)  # fmt: skip
def test_what_the_registry_says_is_passed_on(status: int, kind: type[Exception], code: int) -> None:
    with pytest.raises(kind, match="the very reason") as raised:
        lying(lambda _: problem(status, "the very reason")).hand_in(RAW, "f.yaml", DIGEST)
    assert exit_code(raised.value) == code  # type: ignore[arg-type]
    if status == 401:
        assert "GREENALGO_TOKEN" in raised.value.hint  # type: ignore[attr-defined]


def test_nothing_that_it_says_steers_a_terminal() -> None:
    with pytest.raises(RegistryError) as raised:
        lying(lambda _: problem(409, "\x1b[2Jgone\n" + "x" * 9000)).hand_in(RAW, "f", DIGEST)
    assert "\x1b" not in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 1000


def test_an_endless_answer_is_cut_off() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(2 * MOST_BYTES // 65536):
            yield b"x" * 65536

    with pytest.raises(CannotCheckError, match="more than 16 MiB"):
        lying(lambda _: httpx2.Response(200, content=chunks())).body(DIGEST)


def test_a_trickling_answer_is_cut_off() -> None:
    clock = Still()

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            clock.sleep(MOST_SECONDS / 4)
            yield b"x"

    with pytest.raises(UnreachableError, match="to answer"):
        lying(lambda _: httpx2.Response(200, content=chunks()), clock).body(DIGEST)


def test_an_endless_log_is_cut_off(monkeypatch: pytest.MonkeyPatch, served: Service) -> None:
    monkeypatch.setattr("greenalgo.registry.client.remote.MOST_EVENTS", 50)
    store = RemoteStore(BASE, transport=served.client._transport)
    store.hand_in(RAW, "f.yaml", DIGEST)
    page = served.client.get(f"{API}/log/events").json()
    page = {**page, "events": page["events"] * 20, "next": "/again"}
    with pytest.raises(CannotCheckError, match="over 50 events"):
        lying(lambda _: httpx2.Response(200, json=page)).log()


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"detail": "\\ud800"}', b'{"events": 5}', b'{"events": [5]}', b"null", b"\xff",
     b'{"events": [{"seq": 1e999}]}'],
)  # fmt: skip
def test_json_that_is_hostile_is_refused(content: bytes) -> None:
    store = lying(lambda _: httpx2.Response(200, content=content))
    with pytest.raises((CannotCheckError, RegistryError)):
        store.log()
    with pytest.raises((CannotCheckError, RegistryError)):
        store.prove(DIGEST)
    with pytest.raises((CannotCheckError, RegistryError)):
        store.hand_in(RAW, "f.yaml", DIGEST)


def test_what_is_no_statement_is_refused_though_its_digest_fits() -> None:
    body = b'{"relations":5}'
    store = lying(lambda _: httpx2.Response(200, content=body))
    with pytest.raises(DamagedError, match="no statement"):
        store.body(hashlib.sha256(body).hexdigest())


def test_a_connection_that_is_lost_is_no_verdict(served: Service) -> None:
    def half(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith(DIGEST):
            raise httpx2.ReadTimeout("timed out")
        return served.client._transport.handle_request(request)

    RemoteStore(BASE, transport=served.client._transport).hand_in(RAW, "f.yaml", DIGEST)
    with pytest.raises(UnreachableError):
        audit.verify(lying(half))


def test_redirects_stay_on_the_host_and_move_no_submission() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(str(request.url))
        moved = request.url.path.startswith("/new")
        if moved:
            return httpx2.Response(200, json={"tool": "9.9"})
        return httpx2.Response(308, headers={"location": f"/new{request.url.path}"})

    assert lying(answer).version() == "9.9"
    with pytest.raises(CannotCheckError, match="not followed"):
        lying(answer).hand_in(RAW, "f.yaml", DIGEST)
    assert asked == [f"{BASE}/health", f"{BASE}/new/health", f"{BASE}/api/v1/statements"]
    circle = lying(lambda _: httpx2.Response(302, headers={"location": "/again"}))
    with pytest.raises(CannotCheckError, match="circles"):
        circle.body(DIGEST)


@pytest.mark.parametrize(
    ("asked", "location", "target"),
    [
        ("https://a.example/x", "/y", "https://a.example/y"),
        ("http://a.example/x", "https://a.example/x", "https://a.example/x"),
        ("https://a.example/x", "http://a.example/x", ""),
        ("https://a.example/x", "https://b.example/x", ""),
        ("https://a.example/x", "//b.example/x", ""),
        ("https://a.example/x", "https://a.example:8443/x", ""),
        ("https://a.example/x", "https://u@a.example/x", ""),
        ("https://a.example/x", "https://[::1/x", ""),
    ],
)
def test_where_a_redirect_may_lead(asked: str, location: str, target: str) -> None:
    assert follows(asked, location) == target


def test_a_token_travels_with_what_is_written_alone() -> None:
    seen: list[tuple[str, str | None]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.method, request.headers.get("authorization")))
        return problem(404, "nothing")

    store = lying(answer, token="gat_secret")  # noqa: S106 - none
    assert store.body(DIGEST) is None
    with pytest.raises(RegistryError):
        store.hand_in(RAW, "f.yaml", DIGEST)
    assert seen == [("GET", None), ("POST", "Bearer gat_secret")]


@pytest.mark.parametrize("token", ["gat secret", "gat\nsecret", "gät", "x" * 9000])
def test_a_token_that_is_none_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(CannotCheckError) as raised:
        RemoteStore(BASE, token)
    assert token not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    ["https://", "https://host?q=1", "https://host#x", "https://host:port", "https://[::1", "https://a b",
     "https://h\x1b[2J", "ftp://host", "https://bücher.example"],
)  # fmt: skip
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(CannotCheckError, match="no address"):
        RemoteStore(url)


def test_an_address_with_a_password_is_refused_and_not_shown() -> None:
    for url in ("https://user:word@host", "https://user:word@host?q"):
        with pytest.raises(CannotCheckError) as raised:
            RemoteStore(url)
        assert "word@" not in str(raised.value)


def test_what_an_address_says() -> None:
    found = read_address("HTTPS://Registry.Example.org:443/green/")
    assert found.url == "https://registry.example.org/green"
    assert (found.origin, found.secret, found.local) == (
        "https://registry.example.org",
        True,
        False,
    )
    assert read_address("http://[::1]:8000").url == "http://[::1]:8000"
    assert not read_address("http://registry.example.org").secret


def test_a_proxy_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    for url, asked in (("http://127.0.0.1:8000", False), ("http://registry.example.org", True)):
        talk = Talk(url)
        assert bool(talk._client._mounts) == asked
        talk.close()
