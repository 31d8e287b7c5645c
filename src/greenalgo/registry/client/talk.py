"""HTTP with a registry: bounded in size, time and attempts; what goes wrong is said in sentences.

A token travels with requests that write, and never in the clear. Nothing is followed to another host.
httpx2 takes a proxy from the usual variables of the environment, but for a registry on this machine.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import httpx2

from greenalgo import __version__
from greenalgo.errors import CannotCheckError, UnreachableError
from greenalgo.registry.client.address import (
    fit_token,
    follows,
    read_address,
    refuse_eavesdroppers,
)
from greenalgo.registry.client.answers import (
    BUSY,
    Answer,
    problem_of,
    read_json,
    refuse,
    seconds_to_wait,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Attempts at a request, redirects of one, and the longest wait between two attempts, in seconds.
ATTEMPTS, MOST_REDIRECTS, LONGEST_WAIT = 4, 3, 20.0
#: The largest answer, in bytes (a page of 1,000 events has under 1 MiB), and how long one may take.
MOST_BYTES, MOST_SECONDS = 16 * 1024 * 1024, 120.0
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0


class Clock:
    """Time, for tests to replace."""

    monotonic: Callable[[], float] = staticmethod(time.monotonic)
    now: Callable[[], float] = staticmethod(time.time)
    sleep: Callable[[float], None] = staticmethod(time.sleep)


class Talk:
    """A connection to a registry.

    Args:
        url: Its address.
        token: Who asks; empty for nobody in particular.
        transport: How requests travel, for tests; the network if not given.
        clock: Time.

    Raises:
        CannotCheckError: The address or the token is none.
        DeniedError: The token would be sent in the clear.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        transport: httpx2.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.address = read_address(url)
        self.url = self.address.url
        self._token = fit_token(token, self.address)
        self._clock = clock or Clock()
        headers = {
            "User-Agent": f"greenalgo/{__version__}",
            "Accept": "application/json",
            # What is small needs no compression, and what is not compressed is no bomb.
            "Accept-Encoding": "identity",
        }
        self._client = httpx2.Client(
            headers=headers,
            timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
            transport=transport,
            follow_redirects=False,
            trust_env=not self.address.local,  # a proxy elsewhere would see the token
        )

    def identify(self, token: str) -> None:
        """Write with another token from now on."""
        self._token = fit_token(token, self.address)

    def refuse_eavesdroppers(self) -> None:
        """Refuse to send a secret where others on the way could read it.

        Raises:
            DeniedError: They could.
        """
        refuse_eavesdroppers(self.address)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer | None:
        """Ask for something; None where the registry says that it does not have it, or no more.

        Raises:
            CannotCheckError: It cannot be reached, or answers what no registry does.
            DeniedError: It does not show it.
        """
        answer = self._ask("GET", path, repeatable=True, params=dict(query or {}))
        if answer.status in (404, 410) and problem_of(answer) is not None:
            return None
        return answer if answer.status == 200 else refuse(answer)

    def post(
        self,
        path: str,
        body: bytes,
        media_type: str,
        query: Mapping[str, str] | None = None,
        *,
        repeatable: bool = False,
    ) -> Any:
        """Send something, and return the JSON of the answer.

        Args:
            path: Where to.
            body: What.
            media_type: What it is.
            query: The query.
            repeatable: It may arrive twice without harm.

        Raises:
            CannotCheckError: The registry cannot be reached, or answers what none does.
            DeniedError: Who asks may not.
            RegistryError: It refuses.
            JudgedOtherwiseError: It finds the statement unfit.
        """
        headers = {"Content-Type": media_type}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        answer = self._ask(
            "POST", path, repeatable=repeatable, content=body, headers=headers, params=dict(query or {})
        )  # fmt: skip
        if answer.status not in (200, 201):
            refuse(answer)
        return read_json(answer)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, method: str, path: str, *, repeatable: bool, **more: Any) -> Answer:
        url = f"{self.url}{path}"
        for left in reversed(range(ATTEMPTS)):
            try:
                answer = self._follow(method, url, **more)
            except (httpx2.NetworkError, httpx2.RemoteProtocolError) as error:
                if left and repeatable and not isinstance(error, httpx2.ConnectError):
                    self._clock.sleep(2.0 ** (ATTEMPTS - 1 - left))
                    continue
                raise UnreachableError(self._unreached(error)) from error
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise UnreachableError(self._unreached(error)) from error
            # 429: nothing was done. Of the others that cannot be known.
            if answer.status not in BUSY or not left or not (repeatable or answer.status == 429):
                return answer
            wait = seconds_to_wait(answer, self._clock.now())
            if wait > LONGEST_WAIT:
                raise UnreachableError(
                    f"{self.url} is busy and asks to come back in {wait:.0f} s; nothing was done"
                )
            self._clock.sleep(wait)
        raise AssertionError  # the last attempt returns or raises

    def _follow(self, method: str, url: str, **more: Any) -> Answer:
        """Ask, and follow redirects on the same host; what is sent is sent to one address."""
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send(method, url, **more)
            if not 300 <= answer.status < 400:
                return answer
            location = answer.headers.get("location", "")
            target = follows(url, location) if method == "GET" else ""
            if not target:
                raise CannotCheckError(
                    f"{self.url} leads to '{words(location)[:200]}', which is not followed: "
                    "if you trust it, give that address"
                )
            url, more = target, {**more, "params": None}
        raise CannotCheckError(f"{self.url} leads in circles")

    def _send(self, method: str, url: str, **more: Any) -> Answer:
        end = self._clock.monotonic() + MOST_SECONDS
        with self._client.stream(method, url, **more) as got:
            headers = {name.lower(): value for name, value in got.headers.items()}
            if headers.get("content-encoding", "identity") != "identity":
                raise CannotCheckError(f"{self.url} answers compressed, which was not asked for")
            content = bytearray()
            for part in got.iter_bytes():
                content += part
                if len(content) > MOST_BYTES:
                    raise CannotCheckError(
                        f"{self.url} answers with more than {MOST_BYTES // 1024**2} MiB"
                    )
                if self._clock.monotonic() > end:
                    raise UnreachableError(f"{self.url} takes over {MOST_SECONDS:.0f} s to answer")
            return Answer(got.status_code, headers, bytes(content), url)

    def _unreached(self, error: Exception) -> str:
        text = words(str(error))[:200]
        low = text.lower()
        if isinstance(error, httpx2.ConnectTimeout):
            return f"cannot reach {self.url}: no connection within {CONNECT_SECONDS:.0f} s"
        if isinstance(error, httpx2.TimeoutException):
            return f"no answer from {self.url} within {READ_SECONDS:.0f} s"
        if isinstance(error, httpx2.ProxyError):
            return f"cannot reach {self.url} through the proxy that the environment names: {text}"
        if "ssl" in low or "certificate" in low:
            return f"cannot reach {self.url}: TLS fails ({text})"
        if "refused" in low:
            return f"cannot reach {self.url}: connection refused; is the port right, and is it running?"
        if "name or service" in low or "getaddrinfo" in low or "name resolution" in low:
            return f"cannot reach {self.url}: there is no host '{self.address.host}'"
        return f"no answer from {self.url}: {text or type(error).__name__}"


def as_object(found: Any, url: str) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        CannotCheckError: It is something else.
    """
    if not isinstance(found, dict):
        raise CannotCheckError(f"{url} answers what no greenalgo registry does")
    return found
