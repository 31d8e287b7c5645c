"""API tokens: ``gat_``, ten digits of an id, a secret of 190 bits, and a checksum.

    gat_ 9f3c01d2aa Zk2…(32 letters and digits) 4bQ81x

The prefix and the checksum let a scanner that finds one in a repository be sure of it without asking the
registry. The id is public: it is the actor in the log. At rest is the SHA-256 of the whole token. A slow hash
(scrypt, Argon2) would add nothing: it makes up for passwords that can be guessed, and nobody guesses 190 random bits;
but it would cost every request its time.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from greenalgo.errors import DeniedError, RegistryError
from greenalgo.registry.identity.who import SCOPES, Identity
from greenalgo.registry.record.actor import tier_of_actor

PREFIX = "gat_"
#: Hexadecimal digits of the id; letters and digits of the secret (62^32 > 2^190) and of the checksum.
ID, SECRET, CHECK = 10, 32, 6
#: Days that a token holds, unless asked otherwise, and at most.
DEFAULT_DAYS, MOST_DAYS = 90, 366
MOST_NAME = 100
_ALPHABET = string.digits + string.ascii_letters
#: What a scanner for secrets looks for; the checksum tells whether it is one.
PATTERN = re.compile(rf"gat_[0-9a-f]{{{ID}}}[0-9A-Za-z]{{{SECRET + CHECK}}}")


class Token(NamedTuple):
    """A token as the registry keeps it: without its secret.

    Attributes:
        id: Its public id.
        hash: SHA-256 of the whole token, hexadecimal.
        name: What its owner calls it.
        actor: What stands in the log for what is done with it.
        scopes: Keys of :data:`greenalgo.registry.identity.who.SCOPES`.
        made_by: Who made it: an actor, or ``operator`` for the command line.
        made_at: When, UTC.
        expires_at: Until when it holds, UTC.
        used_on: The day of its last use, UTC; the hour is nobody's business. None before.
        revoked_at: When it was revoked, UTC; None while it holds.
    """

    id: str
    hash: str
    name: str
    actor: str
    scopes: frozenset[str]
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_on: datetime | None = None
    revoked_at: datetime | None = None

    def status(self, at: datetime) -> str:
        """Return ``active``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if at >= self.expires_at else "active"


class Made(NamedTuple):
    """A new token: the only time that its secret exists in the registry.

    ``repr`` hides the secret, so that it reaches no log and no traceback by accident.
    """

    secret: str
    token: Token

    def __repr__(self) -> str:
        return f"Made(secret='{PREFIX}…', token={self.token!r})"


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


def new_token(
    name: str,
    scopes: frozenset[str],
    *,
    made_by: str,
    at: datetime,
    lasts: timedelta = timedelta(days=DEFAULT_DAYS),
    actor: str = "",
) -> Made:
    """Make a token.

    Args:
        name: What its owner calls it, for people.
        scopes: What it allows.
        made_by: Who makes it.
        at: The time, UTC.
        lasts: How long it holds.
        actor: Who stands in the log; ``token:`` and the id, unless a CI service vouches for it.

    Raises:
        RegistryError: Name, scopes or duration are none that a token can have.
    """
    name = name.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise RegistryError(f"a token needs a name of one line, {MOST_NAME} characters at most")
    unknown = sorted(scopes - SCOPES.keys())
    if unknown or not scopes:
        said = f"there is no scope '{unknown[0]}'" if unknown else "a token needs a scope"
        raise RegistryError(said, hint=f"the scopes are: {', '.join(SCOPES)}")
    if not timedelta(0) < lasts <= timedelta(days=MOST_DAYS):
        raise RegistryError(f"a token holds from one to {MOST_DAYS} days")
    public = secrets.token_hex(ID // 2)
    start = PREFIX + public + "".join(secrets.choice(_ALPHABET) for _ in range(SECRET))
    text = start + _checksum(start)
    return Made(
        text,
        Token(
            public, digest_of(text), name, actor or f"token:{public}", scopes, made_by, at,
            at + lasts,
        ),
    )  # fmt: skip


def id_in(text: str) -> str:
    """Return the id that a token names; empty where a text is no token, or was mistyped."""
    if not PATTERN.fullmatch(text) or _checksum(text[:-CHECK]) != text[-CHECK:]:
        return ""
    return text[len(PREFIX) : len(PREFIX) + ID]


def digest_of(text: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(text.encode()).hexdigest()


def admit(text: str, token: Token | None, at: datetime) -> Identity:
    """Return who a token stands for.

    Args:
        text: What was sent.
        token: The token with the id that it names; None where there is none.
        at: The time, UTC.

    Raises:
        DeniedError: It is unknown, expired or revoked. Which of these is said to the holder of the
            secret alone.
    """
    # An unknown id costs the same comparison as a known one.
    expected = token.hash if token else digest_of("")
    if not hmac.compare_digest(expected, digest_of(text)) or token is None:
        raise DeniedError(
            "this registry does not know the token",
            hint="check that it is whole, and that it is for this registry",
        )
    status = token.status(at)
    if status != "active":
        when = token.revoked_at or token.expires_at
        raise DeniedError(
            f"the token '{token.name}' ({token.id}) is {status} since {when:%Y-%m-%d}",
            hint="ask whoever runs the registry for a new one: greenalgo registry token create",
        )
    return Identity(tier_of_actor(token.actor), token.actor, token.name, token.scopes)


def _checksum(text: str) -> str:
    """Return the CRC-32 of a text in base 62, as GitHub's tokens have it."""
    number, signs = zlib.crc32(text.encode()), ""
    for _ in range(CHECK):
        number, rest = divmod(number, len(_ALPHABET))
        signs = _ALPHABET[rest] + signs
    return signs


def describe(token: Token, at: datetime) -> dict[str, Any]:
    """Return a token as plain JSON values, without its hash.

    Args:
        token: The token.
        at: The time, UTC.
    """
    return {
        "id": token.id,
        "name": token.name,
        "actor": token.actor,
        "scopes": sorted(token.scopes),
        "status": token.status(at),
        "made_by": token.made_by,
        "made_at": f"{token.made_at:%Y-%m-%dT%H:%M:%SZ}",
        "expires_at": f"{token.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        "used_on": f"{token.used_on:%Y-%m-%d}" if token.used_on else None,
        "revoked_at": f"{token.revoked_at:%Y-%m-%dT%H:%M:%SZ}" if token.revoked_at else None,
    }
