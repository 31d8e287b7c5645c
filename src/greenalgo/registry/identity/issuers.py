"""Fetch the keys of a CI service: by an operator's command or a timer, never because of a request.

The address is the operator's, not a token's. https alone, no redirects, keys from the same host, and a limit.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2

from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.registry.identity.book import Issuer
from greenalgo.registry.identity.oidc import read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOST_BYTES = 256 * 1024
SECONDS = 20.0


def issuer_of(address: str, kind: str, keys: str, at: datetime) -> Issuer:
    """Return a CI service with keys that are fit.

    Args:
        address: What its tokens say under ``iss``.
        kind: ``github`` or ``gitlab``.
        keys: Its key set, JSON text.
        at: The time, UTC.

    Raises:
        RegistryError: The keys are not fit.
    """
    read_keys(keys)
    return Issuer(address, kind, keys, at)


def fetch(address: str, kind: str, at: datetime, client: httpx2.Client | None = None) -> Issuer:
    """Fetch the keys of a CI service (OpenID Connect Discovery 1.0, section 4).

    Args:
        address: What its tokens say under ``iss``; an https address.
        kind: ``github`` or ``gitlab``.
        at: The time, UTC.
        client: Sends the requests; a new one, if not given.

    Raises:
        CannotCheckError: It cannot be reached, or answers with something else.
        RegistryError: The address is not https, or the keys are not fit.
    """
    refuse_unfit(address)
    own = client or httpx2.Client(timeout=SECONDS, follow_redirects=False)
    try:
        found = get(own, f"{address}/.well-known/openid-configuration")
        if found.get("issuer") != address:
            raise CannotCheckError(f"{address} says that it is another issuer")
        where = str(found.get("jwks_uri", ""))
        if urlsplit(where)[:2] != urlsplit(address)[:2]:
            raise CannotCheckError(
                f"{address} keeps its keys on another host, which is not followed"
            )
        return issuer_of(address, kind, json.dumps(get(own, where)), at)
    finally:
        if client is None:
            own.close()


def exchange(
    client: httpx2.Client, address: str, form: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Ask for a JSON object, of a limited size.

    Args:
        client: Sends the request.
        address: Where.
        form: What is posted; the address is only read, if not given.

    Returns:
        The status, and the object.

    Raises:
        CannotCheckError: It cannot be reached, is too slow, or sends something else.
    """
    until = time.monotonic() + SECONDS
    try:
        with client.stream(
            "GET" if form is None else "POST",
            address,
            data=form,
            headers={"Accept": "application/json"},
        ) as answer:
            raw = b""
            for part in answer.iter_bytes():
                raw += part
                if time.monotonic() > until:  # the client's own limit is for each part
                    raise CannotCheckError(f"{address} takes longer than {SECONDS:g} seconds")
                if len(raw) > MOST_BYTES:
                    raise CannotCheckError(f"{address} sends more than {MOST_BYTES // 1024} KiB")
    except httpx2.HTTPError as error:
        raise CannotCheckError(f"{address} cannot be reached: {error}") from error
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise CannotCheckError(f"{address} sends no JSON") from error
    if not isinstance(found, dict):
        raise CannotCheckError(f"{address} sends no JSON object")
    return answer.status_code, found


def refuse_unfit(issuer: str) -> None:
    """Refuse what cannot be the address of an issuer.

    Raises:
        RegistryError: It is not https, or ends with a slash.
    """
    if not issuer.startswith("https://") or issuer.endswith("/"):
        raise RegistryError(f"'{issuer}' is no issuer: an https address without a slash at its end")


def get(client: httpx2.Client, address: str) -> dict[str, Any]:
    """Return the JSON object at an address; see :func:`exchange`.

    Raises:
        CannotCheckError: It cannot be reached, or answers with something else.
    """
    status, found = exchange(client, address)
    if status != 200:
        raise CannotCheckError(f"{address} answers {status}")
    return found
