"""Signing in with ORCID.

The flow is OpenID Connect's authorization code (Core 1.0, section 3.1) with PKCE (RFC 7636), state and nonce. The
registry asks for nothing but who it is (scope ``openid``).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx2
import jwt

from greenalgo.errors import BusyError, CannotCheckError, DeniedError, RegistryError
from greenalgo.registry.identity.issuers import exchange, get, refuse_unfit
from greenalgo.registry.identity.oidc import LEEWAY, MOST_TOKEN, read_keys
from greenalgo.registry.identity.people import MOST_NAME, Person

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from greenalgo.registry.identity.people import Ask

ORCID = "https://orcid.org"
#: Seconds that ORCID has to answer, and between two fetches of its keys.
SECONDS, KEYS_AFTER = 10.0, 60.0
#: How many may come back from ORCID at once. Each waits for it in a thread that all requests share: where it hangs,
#: the registry goes on.
MOST_AT_ONCE = 4
#: How old a confirmation may be.
MOST_AGE = timedelta(minutes=10)
_REQUIRED = ["aud", "exp", "iat", "iss", "nonce", "sub"]
_ID = re.compile(r"(?:[0-9]{4}-){3}[0-9]{3}[0-9X]")


def is_orcid(text: str) -> bool:
    """Say whether a text is an ORCID iD: its last sign is the check digit (ISO/IEC 7064, MOD 11-2)."""
    if not _ID.fullmatch(text):
        return False
    total = 0
    for digit in text[:-1].replace("-", ""):
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return text[-1] == ("X" if check == 10 else str(check))


class OrcidProvider:
    """ORCID, or its sandbox.

    Args:
        client_id: What ORCID calls this registry, such as ``APP-…``.
        client_secret: The secret that goes with it.
        issuer: ``https://orcid.org`` or ``https://sandbox.orcid.org``.
        client: Sends the requests; a new one, if not given.

    Raises:
        RegistryError: The issuer is no https address.
    """

    name = "ORCID"

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        issuer: str = ORCID,
        client: httpx2.Client | None = None,
    ) -> None:
        refuse_unfit(issuer)
        self._id, self._secret, self._issuer = client_id, client_secret, issuer
        self._client = client or httpx2.Client(timeout=SECONDS, follow_redirects=False)
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched = -KEYS_AFTER
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    def __repr__(self) -> str:
        return f"OrcidProvider('{self._id}', …, '{self._issuer}')"

    def address(self, ask: Ask) -> str:
        """Return where the browser goes to sign in."""
        digest = hashlib.sha256(ask.verifier.encode()).digest()
        query = {
            "client_id": self._id,
            "response_type": "code",
            "scope": "openid",
            "redirect_uri": ask.redirect,
            "state": ask.state,
            "nonce": ask.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{self._issuer}/oauth/authorize?{urlencode(query)}"

    def person(self, code: str, ask: Ask, at: datetime) -> Person:
        """Return who signed in; see :meth:`Provider.person`."""
        if not self._places.acquire(blocking=False):
            raise BusyError(f"too many people are signing in with {self.name}")
        try:
            return self._person(code, ask, at)
        finally:
            self._places.release()

    def _person(self, code: str, ask: Ask, at: datetime) -> Person:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": ask.redirect,
            "client_id": self._id,
            "client_secret": self._secret,
            "code_verifier": ask.verifier,
        }
        status, found = exchange(self._client, f"{self._issuer}/oauth/token", form)
        if status in (400, 401):
            raise _not_confirmed(
                "the code was used before, is too old, or is not for this registry"
            )
        if status != 200:
            raise CannotCheckError(f"{self._issuer} answers {status}")
        data = self._confirmed(str(found.get("id_token", "")), at)
        if not hmac.compare_digest(str(data["nonce"]).encode(), ask.nonce.encode()):
            raise _not_confirmed("the confirmation is for another attempt")
        subject = str(data["sub"])
        if not is_orcid(subject):
            raise _not_confirmed("what it names is no ORCID iD")
        names = (data.get("given_name"), data.get("family_name"))
        name = " ".join(word for word in names if isinstance(word, str))
        shown = "".join(char for char in name if char.isprintable())
        return Person(self._issuer, subject, shown.strip()[:MOST_NAME])

    def _confirmed(self, token: str, at: datetime) -> dict[str, Any]:
        """Return the claims of a confirmation (ID token) that holds."""
        if len(token) > MOST_TOKEN:
            raise _not_confirmed("the confirmation is too long")
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid")))
            data: dict[str, Any] = jwt.decode(
                token, key, algorithms=["RS256"], audience=self._id, issuer=self._issuer,
                options={"require": _REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )  # fmt: skip
            issued, ends = float(data["iat"]), float(data["exp"])
        except (jwt.PyJWTError, RecursionError, TypeError, ValueError) as error:
            raise _not_confirmed("the confirmation does not hold") from error
        # An audience of several is somebody else's too.
        if data["aud"] not in (self._id, [self._id]):
            raise _not_confirmed("the confirmation is for others as well")
        now, leeway = at.timestamp(), LEEWAY.total_seconds()
        if not issued - leeway <= now < ends + leeway or now - issued > MOST_AGE.total_seconds():
            raise _not_confirmed("the confirmation is too old, or the clocks differ")
        return data

    def _key(self, name: str) -> RSAPublicKey:
        """Return a key by its id; keys are fetched anew where it is not known, and not too often."""
        if name not in self._keys and time.monotonic() - self._fetched >= KEYS_AFTER:
            found = get(self._client, f"{self._issuer}/oauth/jwks")
            try:
                self._keys = read_keys(json.dumps(found))
            except RegistryError as error:
                raise CannotCheckError(f"{self._issuer}: {error}") from error
            self._fetched = time.monotonic()
        if name not in self._keys:
            raise _not_confirmed("the confirmation is not signed with a key of the service")
        return self._keys[name]


def _not_confirmed(why: str) -> DeniedError:
    return DeniedError(
        f"the sign-in was not confirmed: {why}", hint="begin again from the page", known=True
    )
