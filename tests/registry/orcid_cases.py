"""A service that vouches for people, as ORCID does: real keys, no network."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from greenalgo.registry.identity.orcid import OrcidProvider

ISSUER = "https://orcid.test"
CLIENT, SECRET = "APP-1234", "a secret of the tests"
JOSIAH = "0000-0002-1825-0097"
#: Made once: making one takes longer than a test.
KEY = rsa.generate_private_key(65537, 2048)


class FakeOrcid:
    """Answers ``/oauth/token`` and ``/oauth/jwks``; every answer can be bent.

    Attributes:
        claims: Replace claims of the confirmation; None takes one out.
        signed_with: Signs it, by (algorithm, key, key id).
        down: Nothing answers.
        asked: How often keys were fetched.
    """

    def __init__(self) -> None:
        self.key = KEY
        self.claims: dict[str, Any] = {}
        self.signed_with: tuple[str, Any, str] = ("RS256", self.key, "one")
        self.down = False
        self.asked = 0
        self.answer: httpx2.Response | None = None
        self._codes: dict[str, dict[str, str]] = {}

    def provider(self) -> OrcidProvider:
        client = httpx2.Client(transport=httpx2.MockTransport(self._handle))
        return OrcidProvider(CLIENT, SECRET, ISSUER, client)

    def sign_in(self, address: str) -> str:
        """Do what a browser does at ORCID; returns where it is sent back to."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        code = secrets.token_hex(8)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def _handle(self, request: httpx2.Request) -> httpx2.Response:
        if self.down:
            raise httpx2.ConnectError("nothing listens there")
        if self.answer is not None:
            return self.answer
        if request.url.path == "/oauth/jwks":
            self.asked += 1
            row = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return httpx2.Response(200, json={"keys": [{**row, "kid": "one", "use": "sig"}]})
        form = {key: values[0] for key, values in parse_qs(request.content.decode()).items()}
        asked = self._codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        fits = (
            asked is not None
            and form["client_secret"] == SECRET
            and form["redirect_uri"] == asked["redirect_uri"]
            and proof.decode().rstrip("=") == asked["code_challenge"]
        )
        if asked is None or not fits:
            return httpx2.Response(400, json={"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": CLIENT, "sub": JOSIAH, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "given_name": "Josiah", "family_name": "Carberry", **self.claims,
        }  # fmt: skip
        claims = {key: value for key, value in claims.items() if value is not None}
        algorithm, key, name = self.signed_with
        token = jwt.encode(claims, key, algorithm, headers={"kid": name})
        return httpx2.Response(200, json={"access_token": "x", "id_token": token})
