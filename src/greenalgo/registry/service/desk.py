"""What the service does, apart from HTTP: API and pages call the same methods.

Methods block (they read disks and databases): a route runs them in a thread
(``starlette.concurrency.run_in_threadpool``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry import door
from greenalgo.registry.record import State, read_body

if TYPE_CHECKING:
    from typing import Any

    from greenalgo.registry.door import Judged, Outcome
    from greenalgo.registry.record import Receipt
    from greenalgo.registry.service.settings import Settings
    from greenalgo.registry.store import Store


class Found(NamedTuple):
    """A statement of the registry.

    Attributes:
        digest: Its digest.
        body: Its canonical JSON.
        data: The document.
        state: Its state in the log.
    """

    digest: str
    body: bytes
    data: dict[str, Any]
    state: State


class Desk(NamedTuple):
    """The service's work, on one store.

    Attributes:
        store: Where statements are.
        settings: What the service was told.
    """

    store: Store
    settings: Settings

    def look(self, raw: bytes, name: str) -> Judged:
        """Judge a statement, as ``greenalgo validate`` does; writes nothing."""
        return door.look(raw, name)

    def submit(
        self,
        judged: Judged,
        raw: bytes,
        name: str,
        *,
        actor: str = "",
        supersedes: str = "",
        dry_run: bool = False,
    ) -> Outcome:
        """Put a statement into the registry; as :func:`greenalgo.registry.door.submit`.

        Raises:
            RegistryError: The registry refuses it; says why.
            CannotCheckError: The store cannot be written.
        """
        outcome = door.submit(
            self.store, judged, raw, name, actor=actor, supersedes=supersedes, dry_run=dry_run
        )
        return outcome._replace(permalink=self.settings.permalink(outcome.digest))

    def find(self, digest: str) -> Found | None:
        """Return a statement by its whole digest; None where the registry has none."""
        body = self.store.body(digest)
        if body is None:
            return None
        state = self.store.states([digest]).get(digest, State(digest))
        return Found(digest, body, read_body(body), state)

    def receipt(self, digest: str) -> Receipt:
        """Make the receipt of a statement.

        Raises:
            RegistryError: The log does not know it.
        """
        made = door.receipt_for(self.store, digest)
        return made._replace(permalink=self.settings.permalink(digest))
