"""The address of a registry and the token for it: what is fit to be used, and where a token may go."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

from greenalgo.errors import CannotCheckError, DeniedError

#: Schemes of a registry behind a URL.
SCHEMES = frozenset({"http", "https"})
#: Where a secret may be sent without TLS: nobody else listens there.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: What a token is made of (RFC 6750, section 2.1).
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,8192}=*")


class Address(NamedTuple):
    """Where a registry is.

    Attributes:
        url: Without a final slash.
        origin: Scheme, host and port: what a CI service makes its token for.
        host: The host, in small letters.
        secret: Nobody on the way can read what is sent: TLS, or this very machine.
        local: It is this machine.
    """

    url: str
    origin: str
    host: str
    secret: bool
    local: bool


def read_address(url: str) -> Address:
    """Read the address of a registry.

    Raises:
        CannotCheckError: It is none, or holds a name and password.
    """
    wrong = CannotCheckError(
        f"'{_shown(url)}' is no address of a registry, such as https://registry.example.org"
    )
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise wrong from error
    fit = parts.scheme.lower() in SCHEMES and host and url.isascii() and url.isprintable()
    if not fit or parts.query or parts.fragment or " " in url:
        raise wrong
    if "@" in parts.netloc:
        raise CannotCheckError(
            "an address holds no name and no password: put a token into GREENALGO_TOKEN"
        )
    scheme = parts.scheme.lower()
    named = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[scheme]
    origin = f"{scheme}://{named}" + ("" if port in (None, usual) else f":{port}")
    local = host in LOOPBACK
    return Address(origin + parts.path.rstrip("/"), origin, host, scheme == "https" or local, local)


def fit_token(token: str, address: Address) -> str:
    """Return a token that may be sent to an address; empty for none. No message ever holds it.

    Raises:
        CannotCheckError: It is no token.
        DeniedError: Others on the way could read it.
    """
    if not token:
        return ""
    if not _TOKEN.fullmatch(token):
        raise CannotCheckError("the token holds characters that no token has: copy it again")
    refuse_eavesdroppers(address)
    return token


def refuse_eavesdroppers(address: Address) -> None:
    """Refuse to send a secret where others on the way could read it.

    Raises:
        DeniedError: They could.
    """
    if not address.secret:
        raise DeniedError(
            f"a token is not sent to {address.host} without TLS", hint="give an https:// address"
        )


def follows(asked: str, location: str) -> str:
    """Return where a redirect leads, if it stays on the host and keeps TLS; empty if not."""
    try:
        target = urljoin(asked, location)
        old, new = urlsplit(asked), urlsplit(target)
        stays = old.hostname == new.hostname and "@" not in new.netloc
        safe = (old.scheme, old.port) == (new.scheme, new.port)
        # From http to https, each at its usual port: the same host, and better kept.
        better = (old.scheme, old.port, new.scheme, new.port) == ("http", None, "https", None)
    except ValueError:
        return ""
    return target if stays and (safe or better) else ""


def _shown(url: str) -> str:
    """Return an address without what stands before its host: that may be a password."""
    scheme, mark, rest = url.partition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"[:200]
