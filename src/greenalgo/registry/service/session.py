"""The session of a browser: one signed cookie, and the token that keeps forms from being forged.

    csrf_token(request)          a page with a form puts it into a hidden field named ``csrf_token``
    check_csrf(request, given)   the route that takes the form calls it first

The cookie holds little: the form token, and the secret of the session of somebody who signed in; who that is, and
whether it has ended, is the registry's to know. It is HttpOnly, SameSite=Lax, Secure
behind https, signed (HMAC, itsdangerous), written anew every hour and worth nothing after eight. A page that asks
for neither sets no cookie. Signing in and out empties the session first, so that a cookie that somebody
planted before is worth nothing after (session fixation).
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import TYPE_CHECKING

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.sessions import Session
from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from greenalgo.registry.identity.keys import Keyring

#: Seconds after which a cookie is written anew, and after which an unused one is worth nothing.
RENEW_AFTER, MOST_IDLE = 3600, 8 * 3600
#: The name of the hidden field.
FIELD = "csrf_token"
_SIGNED_IN = "signed_in"


def csrf_token(request: Request) -> str:
    """Return the token for the forms of this browser; the first call of a session starts it.

    Args:
        request: One that came through :class:`SessionMiddleware`.
    """
    keep_private(request)
    if FIELD not in request.session:
        request.session[FIELD] = secrets.token_urlsafe(32)
    return str(request.session[FIELD])


def check_csrf(request: Request, given: object) -> None:
    """Refuse a form that this registry did not hand to this browser.

    Args:
        request: The request that brings the form.
        given: The value of the field :data:`FIELD`; None where the form has none.

    Raises:
        HTTPException: 403; another site may have sent it.
    """
    expected = request.session.get(FIELD, "")
    fits = isinstance(given, str) and hmac.compare_digest(given.encode(), str(expected).encode())
    if (
        not expected
        or not fits
        or request.headers.get("sec-fetch-site", "same-origin") == "cross-site"
    ):
        raise HTTPException(
            403,
            "this form was not sent from a page of this registry, or the page is too old; "
            "load the page again and send it once more",
        )


def sign_in(request: Request, session: str) -> None:
    """Start a new session of a browser, for somebody who signed in.

    Args:
        request: The request that proved who it is.
        session: The secret of theirs, from :meth:`greenalgo.registry.identity.book.Book.begin_session`.
    """
    request.session.clear()
    request.session[_SIGNED_IN] = session
    csrf_token(request)


def sign_out(request: Request) -> None:
    """Empty the session of a browser; the registry's own has to be ended, too."""
    request.session.clear()


def signed_in(request: Request) -> str:
    """Return the secret of the session that somebody signed in to; empty for none.

    A page that shows what is theirs says so: :func:`keep_private`.
    """
    return str(request.scope["session"].get(_SIGNED_IN, ""))


def keep_private(request: Request) -> None:
    """Say that an answer is for this browser, and that no cache may keep it for another."""
    session: Session = request.scope["session"]
    session.mark_accessed()


class SessionMiddleware:
    """Give a request its session, and write the cookie where it changed.

    Args:
        app: The application inside.
        keyring: The keys to sign with; older ones are still read.
        run: Runs what blocks in a thread.
        secure: The registry is reached by https.
    """

    def __init__(
        self,
        app: ASGIApp,
        keyring: Keyring,
        run: Callable[[Callable[[], None]], Awaitable[None]],
        *,
        secure: bool,
    ) -> None:
        self.app = app
        self._keyring = keyring
        self._run = run
        self._secure = secure
        # The prefix keeps other hosts of the domain from setting it (RFC 6265bis, section 4.1.3.2).
        self._name = "__Host-greenalgo" if secure else "greenalgo"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        given = HTTPConnection(scope).cookies.get(self._name, "")
        if self._keyring.take_turn():
            await self._run(self._keyring.look)
        session, age = await self._read(given)
        scope["session"] = session

        async def write(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._write(MutableHeaders(scope=message), session, had=bool(given), age=age)
            await send(message)

        await self.app(scope, receive, write)

    async def _read(self, cookie: str) -> tuple[Session, float]:
        """Return the session of a cookie and its age in seconds; an empty one where it does not hold."""
        if not cookie:
            return Session(), 0.0
        try:
            return self._load(cookie)
        except SignatureExpired:
            return Session(), 0.0
        except BadData:
            if not self._keyring.take_turn(unknown=True):
                return Session(), 0.0
        await self._run(self._keyring.look)
        try:
            return self._load(cookie)
        except BadData:
            return Session(), 0.0

    def _load(self, cookie: str) -> tuple[Session, float]:
        data, signed = self._signer.loads(cookie, max_age=MOST_IDLE, return_timestamp=True)
        return Session(data), time.time() - signed.timestamp()

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        # itsdangerous signs with the last of its keys.
        return URLSafeTimedSerializer(list(reversed(self._keyring.keys)), salt="greenalgo.session")

    def _write(self, headers: MutableHeaders, session: Session, *, had: bool, age: float) -> None:
        if session.accessed:
            # A page with a form token is one browser's own: no cache may keep it for another.
            headers["Cache-Control"] = "private, no-store"
            headers.add_vary_header("Cookie")
        flags = "Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if self._secure else "")
        if session and (session.modified or age > RENEW_AFTER):
            value = self._signer.dumps(dict(session))
            headers.append("Set-Cookie", f"{self._name}={value}; Max-Age={MOST_IDLE}; {flags}")
        elif session.modified and had:
            headers.append("Set-Cookie", f"{self._name}=; Max-Age=0; {flags}")
