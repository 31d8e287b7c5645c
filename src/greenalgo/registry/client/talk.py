"""HTTP with a registry: what may go wrong, in sentences.

Every request may be repeated: a statement is known by its digest, and the same one twice is one. Nothing is
followed to another host, and a token is never sent in the clear.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx2

from greenalgo import __version__
from greenalgo.errors import CannotCheckError, DeniedError, RegistryError
from greenalgo.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Schemes of a registry behind a URL.
SCHEMES = frozenset({"http", "https"})
#: Where a token may be sent without TLS: nobody else listens there.
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
#: Attempts at a request, and the longest wait between two, in seconds.
ATTEMPTS, LONGEST_WAIT = 4, 20.0
_TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
#: Later the same request may pass.
_BUSY = frozenset({429, 502, 503, 504})


class JudgedOtherwiseError(RegistryError):
    """A registry finds a statement invalid that is valid here.

    Args:
        message: What it says.
        findings: Its findings.
    """

    def __init__(self, message: str, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(message, hint="it may run another version of greenalgo: see /health")


class Talk:
    """A connection to a registry.

    Args:
        url: Its address.
        token: Who asks; empty for nobody in particular.
        transport: How requests travel, for tests; the network if not given.
        sleep: Waits, in seconds.

    Raises:
        CannotCheckError: The address is none.
        DeniedError: The token would be sent in the clear.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if (
            parts.scheme.lower() not in SCHEMES
            or not parts.hostname
            or parts.query
            or parts.username
        ):
            raise CannotCheckError(f"'{url}' is no address such as https://registry.example.org")
        if token and parts.scheme.lower() == "http" and parts.hostname not in _LOOPBACK:
            raise DeniedError(
                f"a token is not sent to {parts.hostname} without TLS",
                hint="give an https:// address",
            )
        self.url = url.rstrip("/")
        headers = {"User-Agent": f"greenalgo/{__version__}", "Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._client = httpx2.Client(
            headers=headers, timeout=_TIMEOUT, transport=transport, follow_redirects=False
        )
        self._sleep = sleep

    def get(self, path: str, query: Mapping[str, str] | None = None) -> httpx2.Response | None:
        """Ask for something; None where the registry does not have it.

        Raises:
            CannotCheckError: It cannot be reached, or answers what no registry does.
            DeniedError: It does not show it.
        """
        return self._ask("GET", path, params=dict(query or {}))

    def post(
        self, path: str, body: bytes, media_type: str, query: Mapping[str, str] | None = None
    ) -> Any:
        """Send something, and return the JSON of the answer.

        Raises:
            CannotCheckError: It cannot be reached, or answers what no registry does.
            DeniedError: Who asks may not.
            RegistryError: It refuses.
            JudgedOtherwiseError: It finds the statement invalid.
        """
        headers = {"Content-Type": media_type}
        answer = self._ask("POST", path, content=body, headers=headers, params=dict(query or {}))
        if answer is None:
            raise RegistryError(f"{self.url} does not know {path}")
        return read_json(answer)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response | None:
        for left in reversed(range(ATTEMPTS)):
            try:
                answer = self._client.request(method, f"{self.url}{path}", **more)
            except httpx2.ConnectError as error:
                raise CannotCheckError(
                    f"cannot reach {self.url}: {_words(error)}; is the address right, and is it running?"
                ) from error
            except (httpx2.TransportError, httpx2.InvalidURL) as error:
                if left and isinstance(error, (httpx2.NetworkError, httpx2.RemoteProtocolError)):
                    self._sleep(1.0)
                    continue
                raise CannotCheckError(f"no answer from {self.url}: {_words(error)}") from error
            if answer.status_code in _BUSY and left:
                self._sleep(_wait(answer))
                continue
            return self._checked(answer)
        raise AssertionError  # the last attempt returns or raises

    def _checked(self, answer: httpx2.Response) -> httpx2.Response | None:
        status = answer.status_code
        if 300 <= status < 400:
            to = answer.headers.get("location", "")[:200]
            raise CannotCheckError(
                f"{self.url} leads to '{to}', and is not followed: give that address"
            )
        if status < 400:
            return answer
        problem = _problem(answer)
        if problem is None:
            kind = answer.headers.get("content-type", "no type").partition(";")[0]
            raise CannotCheckError(
                f"{self.url} answers {status} with {kind[:60]}: it is no greenalgo registry, or a proxy "
                "stands before it"
            )
        text, hint = str(problem.get("detail", "")), str(problem.get("hint", ""))
        if status == 404:
            return None
        if status in (401, 403):
            raise DeniedError(text, hint=hint, known=status == 403)
        if status == 422 and isinstance(problem.get("findings"), list):
            raise JudgedOtherwiseError(text, findings_of(problem["findings"]))
        if status in _BUSY or status >= 500:
            reference = problem.get("reference")
            named = f" (reference {reference})" if reference else ""
            raise CannotCheckError(f"{self.url} answers {status}: {text}{named}; try again later")
        raise RegistryError(text, hint=hint)


def read_json(answer: httpx2.Response) -> Any:
    """Return the JSON of an answer.

    Raises:
        CannotCheckError: It is none.
    """
    try:
        return json.loads(answer.content)
    except ValueError as error:
        raise CannotCheckError(
            f"{answer.request.url.host} answers with no JSON: it is no greenalgo registry"
        ) from error


def findings_of(records: list[Any]) -> tuple[Finding, ...]:
    """Read findings from plain JSON values; what is none is passed over."""
    severities = {one.label: one for one in Severity}
    return tuple(
        Finding(
            _text(record, "code"),
            severities[record["severity"]],
            _text(record, "message"),
            _text(record, "pointer"),
            expected=_text(record, "expected"),
            found=_text(record, "found"),
            hint=_text(record, "hint"),
            line=_count(record, "line"),
            column=_count(record, "column"),
        )
        for record in records
        if isinstance(record, dict) and record.get("severity") in severities
    )


def _text(record: dict[str, Any], name: str) -> str:
    return str(record.get(name) or "")


def _count(record: dict[str, Any], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) else 0


def _problem(answer: httpx2.Response) -> dict[str, Any] | None:
    if not answer.headers.get("content-type", "").startswith("application/problem+json"):
        return None
    document = read_json(answer)
    return document if isinstance(document, dict) else None


def _wait(answer: httpx2.Response) -> float:
    text = answer.headers.get("retry-after", "1")
    return min(float(text), LONGEST_WAIT) if text.isdigit() else 1.0


def _words(error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE" in text.upper() or "SSL" in text.upper():
        return f"TLS fails ({text[:200]})"
    if "refused" in text.lower():
        return "connection refused"
    return text[:200] or type(error).__name__
