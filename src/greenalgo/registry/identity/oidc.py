"""Tokens of CI services (OpenID Connect): whose signature they carry, and whether they hold now.

Keys are configured: nothing that a token says (``iss``, ``jku``, ``kid``) makes the registry fetch anything.
The rules are those of RFC 7519 and RFC 8725, and narrower: RS256 alone, one audience, an age limit, and every
claim that a decision rests on is required.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from greenalgo.errors import DeniedError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenalgo.registry.identity.book import Issuer

#: The longest token that is looked at, in characters; GitHub's have about 2000.
MOST_TOKEN = 8192
#: How far the clocks of two machines may differ, and how old a token may be.
LEEWAY, MOST_AGE = timedelta(seconds=30), timedelta(minutes=15)
MOST_JTI = 200
_REQUIRED = ("aud", "exp", "iat", "iss", "jti", "nbf", "sub")
_LEAST_BITS = 2048
#: A sentence for every token whose signature does not hold: nothing is said to who may have made it up.
_NOT_SIGNED = "the token is not signed by a CI service that this registry trusts"


class Claims(NamedTuple):
    """What a token says, once it is known who says it.

    Attributes:
        issuer: The CI service.
        jti: The token's id.
        forget_at: When its id need not be remembered any more, UTC: it is too old by then.
        data: All claims.
    """

    issuer: Issuer
    jti: str
    forget_at: datetime
    data: dict[str, Any]


def read_keys(text: str) -> dict[str, RSAPublicKey]:
    """Read a key set (RFC 7517): the RSA keys for signatures, by key id.

    Args:
        text: The set as JSON.

    Raises:
        RegistryError: It is none, two keys have one id, a key is too short, or none is of use.
    """
    try:
        data = json.loads(text)
        rows = [dict(row) for row in data["keys"]]
    except (ValueError, KeyError, TypeError) as error:
        raise RegistryError("this is no key set: JSON with a list 'keys' is needed") from error
    keys: dict[str, RSAPublicKey] = {}
    for row in rows:
        if (
            row.get("kty") != "RSA"
            or row.get("use", "sig") != "sig"
            or row.get("alg", "RS256") != "RS256"
        ):
            continue
        name = row.get("kid")
        if not isinstance(name, str) or not name:
            raise RegistryError("a key of the set has no id (kid)")
        if name in keys:
            raise RegistryError(f"two keys of the set have the id '{name}'")
        try:
            key = jwt.PyJWK(row, "RS256").key
        except jwt.PyJWTError as error:
            raise RegistryError(f"the key '{name}' cannot be read") from error
        if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_BITS:
            raise RegistryError(
                f"the key '{name}' is no public RSA key of {_LEAST_BITS} bits or more"
            )
        keys[name] = key
    if not keys:
        raise RegistryError("the key set has no RSA key for signatures")
    return keys


def verify(text: str, issuers: Sequence[Issuer], audience: str, at: datetime) -> Claims:
    """Check signature, issuer, audience and times of a token.

    Args:
        text: The token.
        issuers: The CI services that are trusted.
        audience: This registry's address, which the token has to be made for.
        at: The time, UTC.

    Raises:
        DeniedError: It does not hold. What it says is repeated once its signature holds, and not before.
    """
    if len(text) > MOST_TOKEN:
        raise DeniedError(f"the token is longer than {MOST_TOKEN} characters")
    try:
        name = jwt.get_unverified_header(text).get("kid")
        said = jwt.decode(text, options={"verify_signature": False}).get("iss")
        issuer = next(one for one in issuers if one.issuer == said)
        key = read_keys(issuer.keys)[str(name)]
        data = jwt.decode(
            text,
            key,
            algorithms=["RS256"],
            options={
                "verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False,
                "verify_sub": False, "verify_jti": False,
            },
        )  # fmt: skip
    except (jwt.PyJWTError, KeyError, StopIteration, RecursionError) as error:
        known = ", ".join(one.issuer for one in issuers) or "none"
        raise DeniedError(_NOT_SIGNED, hint=f"it takes tokens of: {known}") from error
    missing = [claim for claim in _REQUIRED if claim not in data]
    if missing:
        raise DeniedError(f"the token lacks the claim '{missing[0]}'")
    if data["aud"] != audience:
        raise _mismatch("aud", data["aud"], audience)
    _check_times(data, at)
    jti = data["jti"]
    if not isinstance(jti, str) or not 0 < len(jti) <= MOST_JTI:
        raise DeniedError(f"the token's 'jti' is no text of 1 to {MOST_JTI} characters")
    return Claims(issuer, jti, _moment(data, "iat") + MOST_AGE + 2 * LEEWAY, data)


def _mismatch(claim: str, found: object, expected: str) -> DeniedError:
    """Return the refusal of a claim: which, what was found, what was expected."""
    return DeniedError(f"the token's '{claim}' is {short(found)}; expected: {expected}", known=True)


def short(value: object) -> str:
    """Return a claim as it can be shown: one line, not too long."""
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _check_times(data: dict[str, Any], at: datetime) -> None:
    now = f"{at:%H:%M:%S} UTC"
    issued, begins, ends = (_moment(data, name) for name in ("iat", "nbf", "exp"))
    if issued > at + LEEWAY:
        raise DeniedError(f"the token's 'iat' is {issued:%H:%M:%S} UTC, in the future: it is {now}")
    if begins > at + LEEWAY:
        raise DeniedError(f"the token holds from {begins:%H:%M:%S} UTC on ('nbf'): it is {now}")
    if ends <= at - LEEWAY:
        raise DeniedError(f"the token expired at {ends:%H:%M:%S} UTC ('exp'): it is {now}")
    if at - issued > MOST_AGE + LEEWAY:
        minutes = int(MOST_AGE.total_seconds()) // 60
        raise DeniedError(
            f"the token was issued at {issued:%H:%M:%S} UTC ('iat'), more than {minutes} minutes ago",
            hint="ask the CI service for it right before it is used, in a job that does nothing else",
        )


def _moment(data: dict[str, Any], claim: str) -> datetime:
    value = data[claim]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise DeniedError(f"the token's '{claim}' is {short(value)}, which is no time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise DeniedError(f"the token's '{claim}' is {short(value)}, which is no time") from error
