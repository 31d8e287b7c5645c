"""People who sign in: accounts for them, and what a service that vouches for them has to do.

An account is an opaque id, which is what the log has; beside the log stand the iD and the name, which can be
forgotten. :mod:`greenalgo.registry.identity.orcid` is the one service so far.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple, Protocol

from greenalgo.registry.identity.who import Identity

if TYPE_CHECKING:
    from datetime import datetime

#: The most characters of a name.
MOST_NAME = 200
#: What somebody who signed in may do.
MAY = frozenset({"submit", "withdraw"})


class Person(NamedTuple):
    """Somebody, as a service vouches for them.

    Attributes:
        issuer: The service.
        subject: What it knows them by; of ORCID the iD.
        name: Their public name; may be empty.
    """

    issuer: str
    subject: str
    name: str


class Account(NamedTuple):
    """Somebody who signed in before.

    Attributes:
        id: Sixteen hexadecimal digits.
        person: Who it is.
        made_at: When they first came, UTC.
    """

    id: str
    person: Person
    made_at: datetime

    @property
    def actor(self) -> str:
        """What the log has of them."""
        return f"orcid:{self.id}"

    @property
    def identity(self) -> Identity:
        """What they may do."""
        return Identity("orcid", self.actor, self.person.name or self.person.subject, MAY)


class Ask(NamedTuple):
    """One attempt to sign in; the browser keeps it in its session meanwhile.

    Attributes:
        state: Comes back with the browser, so that nobody is signed in whom somebody else sent.
        nonce: Comes back inside the confirmation, so that it is for this attempt.
        verifier: Shown with the code, so that a code that was read on its way is worth nothing.
        redirect: Where the browser comes back to.
    """

    state: str
    nonce: str
    verifier: str
    redirect: str


class Provider(Protocol):
    """A service that vouches for people."""

    @property
    def name(self) -> str:
        """What people call it."""

    def address(self, ask: Ask) -> str:
        """Return where the browser goes to sign in."""

    def person(self, code: str, ask: Ask, at: datetime) -> Person:
        """Return who signed in.

        Args:
            code: What the browser brought back.
            ask: The attempt.
            at: The time, UTC.

        Raises:
            DeniedError: The code does not hold, or what comes for it.
            CannotCheckError: The service cannot be reached, or answers with something else.
            BusyError: Too many sign in at once.
        """


def new_ask(redirect: str) -> Ask:
    """Begin an attempt to sign in."""
    return Ask(
        secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), redirect
    )
