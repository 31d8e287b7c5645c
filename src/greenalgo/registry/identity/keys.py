"""The keys that a registry signs the sessions of browsers with.

They are made by the registry and kept beside it, so that a restart signs nobody out and several processes agree. The
newest signs; the ones before are read until nothing that they signed holds any more.
"""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from greenalgo.errors import CannotCheckError
from greenalgo.registry.identity.tokens import utc_now

if TYPE_CHECKING:
    from datetime import datetime

#: How long somebody stays signed in at most.
LASTS = timedelta(days=1)
#: How long a key signs, and for how long it is still read after that: longer than a session can last.
SIGNS, READ = timedelta(days=30), timedelta(days=2)
#: Seconds after which a process looks again which keys there are, and before it looks again for one that it
#: does not know.
LOOK, HURRY = 60.0, 1.0


class KeyBook(Protocol):
    """Where keys are kept."""

    def session_keys(self, at: datetime) -> tuple[str, ...]:
        """Return the keys that hold at a time, the newest first; a new one is made where it is due."""


def new_key() -> str:
    """Make a key of 256 random bits."""
    return secrets.token_urlsafe(32)


class Keyring:
    """The keys as one process knows them.

    Args:
        book: Where they are kept; without one, they last as long as the process.

    Raises:
        CannotCheckError: The book cannot be read.
    """

    def __init__(self, book: KeyBook | None = None) -> None:
        self._book = book
        self.keys = (new_key(),) if book is None else book.session_keys(utc_now())
        self._looked = time.monotonic()

    def take_turn(self, *, unknown: bool = False) -> bool:
        """Say whether it is time to look again; who is told so looks, and others do not.

        Args:
            unknown: There is a signature of none of the keys: another process may have made one.
        """
        after = HURRY if unknown else LOOK
        if self._book is None or time.monotonic() - self._looked < after:
            return False
        self._looked = time.monotonic()
        return True

    def look(self) -> None:
        """Look which keys there are (blocks). Where the book cannot be read, those that were known stay."""
        if self._book is None:
            return
        try:
            self.keys = self._book.session_keys(utc_now())
        except CannotCheckError:  # the store is away, which /ready says
            return
