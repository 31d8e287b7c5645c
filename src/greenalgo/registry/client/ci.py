"""In CI: exchange the token that the CI service gives a job for one of the registry (trusted publishing).

GitHub gives a token on request, made for one audience: the registry's own address, so that no registry can use
it at another. GitLab puts one into an environment variable (``id_tokens`` in ``.gitlab-ci.yml``).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import httpx2

from greenalgo.errors import CannotCheckError, UnreachableError
from greenalgo.registry.client.address import LOOPBACK
from greenalgo.registry.client.talk import as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenalgo.registry.client.talk import Talk

#: ``1``: exchange the job's token; ``0``: never.
SWITCH = "GREENALGO_OIDC"
#: Where a GitLab job, or any other, has its token.
ID_TOKEN = "GREENALGO_ID_TOKEN"  # noqa: S105 - the name, not a token
#: Where a GitHub job asks for one, and with what.
_URL, _SECRET = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
MOST_BYTES, SECONDS = 64 * 1024, 20.0


def is_wanted(environment: Mapping[str, str], *, tls: bool) -> bool:
    """Say whether to exchange a token of the CI service.

    Args:
        environment: The variables of the process.
        tls: The registry has an https address.
    """
    switch = environment.get(SWITCH, "").strip()
    has = bool(environment.get(_URL) or environment.get(ID_TOKEN))
    return switch == "1" or (not switch and tls and has)


def exchange(
    talk: Talk, environment: Mapping[str, str], transport: httpx2.BaseTransport | None = None
) -> str:
    """Return a token of the registry, which holds for some minutes.

    Args:
        talk: The connection to the registry.
        environment: The variables of the process.
        transport: How the request to the CI service travels, for tests.

    Raises:
        CannotCheckError: There is no token of a CI service, or it cannot be had.
        DeniedError: The registry does not trust the job, and says why; or there is no TLS.
    """
    job = environment.get(ID_TOKEN, "").strip()
    if not job:
        job = _asked_for(talk.address.origin, environment, transport)
    talk.refuse_eavesdroppers()
    body = json.dumps({"token": job}).encode()
    answer = as_object(talk.post("/api/v1/oidc/mint", body, "application/json"), talk.url)
    token = answer.get("token")
    if not isinstance(token, str) or not token:
        raise CannotCheckError(f"{talk.url} gives no token for that of the CI service")
    return token


def _asked_for(
    audience: str, environment: Mapping[str, str], transport: httpx2.BaseTransport | None
) -> str:
    """Ask GitHub for a token of this job."""
    url, secret = environment.get(_URL, ""), environment.get(_SECRET, "")
    if not url or not secret:
        raise CannotCheckError(
            f"{SWITCH}=1, and this job has no token of its CI service: for GitHub give it "
            f"'permissions: id-token: write', for GitLab 'id_tokens: {ID_TOKEN}: aud: {audience}'"
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise CannotCheckError(f"{_URL} is no https address")
    asked = f"{url}{'&' if parts.query else '?'}audience={quote(audience, safe='')}"
    try:
        with httpx2.Client(timeout=SECONDS, transport=transport) as client:
            answer = client.get(asked, headers={"Authorization": f"Bearer {secret}"})
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise UnreachableError("the CI service gives no token: it cannot be reached") from error
    try:
        found = answer.json() if len(answer.content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    value = found.get("value") if isinstance(found, dict) else None
    if answer.status_code != 200 or not isinstance(value, str):
        raise CannotCheckError(f"the CI service gives no token: it answers {answer.status_code}")
    return value
