"""Signing in over a real connection: a service that is slow, drips, hangs, or is forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx2
import jwt
import pytest
import uvicorn
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from orcid_cases import CLIENT, ISSUER, JOSIAH, SECRET, FakeOrcid
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from greenalgo.errors import BusyError, CannotCheckError, DeniedError
from greenalgo.registry.identity import issuers, orcid
from greenalgo.registry.identity.orcid import OrcidProvider
from greenalgo.registry.identity.people import Person, new_ask
from greenalgo.registry.identity.tokens import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

BACK = "https://registry.example.org/sign-in/back"


class Wire:
    """ORCID on a socket of this machine.

    Attributes:
        hangs: While it is set, nothing is answered.
        drips: A byte now and then, for three seconds.
        forges: Replaces the confirmation.
    """

    def __init__(self) -> None:
        self.orcid = FakeOrcid()
        self.hangs = False
        self.drips = False
        self.forges = ""
        self.free = threading.Event()
        self.waiting = threading.Semaphore(0)
        self.port = 0
        self.clients: list[httpx2.Client] = []

    def app(self) -> Starlette:
        async def answer(request: Request) -> Response:
            body = await request.body()
            asked = httpx2.Request(request.method, f"{ISSUER}{request.url.path}", content=body)
            made = self.orcid._handle(asked)
            if self.hangs:
                self.waiting.release()
                await run_in_threadpool(self.free.wait, 30)
            if self.drips:
                return StreamingResponse(self.drop())
            content = made.content
            if self.forges and request.method == "POST":
                content = json.dumps({"id_token": self.forges}).encode()
            return Response(content, made.status_code, media_type="application/json")

        paths = ("/oauth/token", "/oauth/jwks")
        return Starlette(routes=[Route(path, answer, methods=["GET", "POST"]) for path in paths])

    def drop(self) -> Iterator[bytes]:
        for _ in range(60):
            if self.free.wait(0.05):
                break
            yield b" "

    def provider(self, timeout: float = 10.0) -> OrcidProvider:
        here = self.port

        class ToHere(httpx2.HTTPTransport):
            def handle_request(self, request: httpx2.Request) -> httpx2.Response:
                request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=here)
                return super().handle_request(request)

        client = httpx2.Client(transport=ToHere(), timeout=timeout)
        self.clients.append(client)
        return OrcidProvider(CLIENT, SECRET, ISSUER, client)

    def sign_in(self, provider: OrcidProvider) -> Person:
        ask = new_ask(BACK)
        back = self.orcid.sign_in(provider.address(ask))
        return provider.person(httpx2.URL(back).params["code"], ask, utc_now())


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    with socket.create_server(("127.0.0.1", 0)) as sock:
        made.port = sock.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(made.app(), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]})
        thread.start()
        yield made
        made.free.set()
        for client in made.clients:
            client.close()
        server.should_exit = True
        thread.join(30)


def test_somebody_signs_in(wire: Wire) -> None:
    assert wire.sign_in(wire.provider()) == Person(ISSUER, JOSIAH, "Josiah Carberry")


def test_a_service_that_does_not_answer(wire: Wire) -> None:
    wire.hangs = True
    with pytest.raises(CannotCheckError, match="cannot be reached"):
        wire.sign_in(wire.provider(timeout=0.3))


def test_a_service_that_drips(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the last one far too late."""
    monkeypatch.setattr(issuers, "SECONDS", 0.5)
    wire.drips = True
    started = time.monotonic()
    with pytest.raises(CannotCheckError, match="takes longer than"):
        wire.sign_in(wire.provider())
    assert time.monotonic() - started < 5


def test_a_service_that_hangs_holds_few_threads(wire: Wire) -> None:
    wire.hangs = True
    provider = wire.provider()
    with ThreadPoolExecutor(orcid.MOST_AT_ONCE) as pool:
        first = [pool.submit(wire.sign_in, provider) for _ in range(orcid.MOST_AT_ONCE)]
        for _ in first:
            assert wire.waiting.acquire(timeout=20)
        with pytest.raises(BusyError, match="too many people"):
            wire.sign_in(provider)
        wire.hangs = False
        wire.free.set()
        assert {one.result(30).subject for one in first} == {JOSIAH}
    assert wire.sign_in(provider).subject == JOSIAH  # all places are free again


def test_the_public_key_is_no_secret_to_sign_with(wire: Wire) -> None:
    """RS256 made HS256: what everybody can read would be the key (RFC 8725, section 2.1)."""
    pem = wire.orcid.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    now = int(time.time())
    ask = new_ask(BACK)
    claims = {
        "iss": ISSUER, "aud": CLIENT, "sub": JOSIAH, "iat": now, "exp": now + 300, "nonce": ask.nonce
    }  # fmt: skip
    head = _base64(json.dumps({"alg": "HS256", "kid": "one", "typ": "JWT"}).encode())
    text = f"{head}.{_base64(json.dumps(claims).encode())}"
    wire.forges = f"{text}.{_base64(hmac.digest(pem, text.encode(), hashlib.sha256))}"
    provider = wire.provider()
    code = httpx2.URL(wire.orcid.sign_in(provider.address(ask))).params["code"]
    with pytest.raises(DeniedError, match="does not hold"):
        provider.person(code, ask, utc_now())
    # The same claims, signed as they should be, hold: nothing else is wrong with them.
    wire.forges = jwt.encode(claims, wire.orcid.key, "RS256", headers={"kid": "one"})
    code = httpx2.URL(wire.orcid.sign_in(provider.address(ask))).params["code"]
    assert provider.person(code, ask, utc_now()).subject == JOSIAH


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
