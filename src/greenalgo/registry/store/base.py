"""The interface of a store. The same tests are run against every one (tests/registry)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from greenalgo.errors import RegistryError
    from greenalgo.registry.record import Draft, Event, Log, Problem, Proof, State
    from greenalgo.registry.record.log import Checkpoint

#: What is wrong where a statement was erased and its body is there, and what to do.
LEFT = "the statement was erased, and its body is still here"
LEFT_HINT = (
    "run greenalgo registry erase once more; a copy of the registry may have brought it back"
)


class Holding(NamedTuple):
    """A statement that a store holds.

    Attributes:
        digest: Its digest.
        body: Its canonical JSON.
        name: The name of the author's file in a directory; empty elsewhere.
        text: The author's file, byte for byte; empty where the store does not keep it.
    """

    digest: str
    body: bytes
    name: str = ""
    text: bytes = b""


class Kept(NamedTuple):
    """A statement as it stands in a registry.

    Attributes:
        body: Its canonical JSON.
        state: Its state in the log.
    """

    body: bytes
    state: State


class Store(Protocol):
    """A place that keeps statements and their log.

    Nothing in it is ever changed or taken out, but for the body of a statement that an event erases.
    """

    url: str

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events, each with its statement: all of them or none, and durably.

        Args:
            drafts: The events to be, in order. A statement that is published has its body with it; that of
                one that is erased goes.

        Returns:
            The events as they stand in the log. Once this returns, a power cut cannot undo them.

        Raises:
            RegistryError: One of them cannot follow (:func:`greenalgo.registry.record.refuse_unfit`).
            CannotCheckError: The store cannot be written.
        """

    def commit_each(self, drafts: Sequence[Draft]) -> tuple[Event | RegistryError, ...]:
        """Write the events that can follow and leave out the others, all durably at once.

        A service that collects submissions writes them together: what is wrong with one is no
        business of the others.

        Args:
            drafts: The events to be, in order; each is judged with those before it in place.

        Returns:
            For each draft its event, or why it cannot follow.

        Raises:
            CannotCheckError: The store cannot be written; nothing of it is acknowledged.
        """

    def restore(self, holdings: Iterable[Holding], events: Sequence[Event]) -> None:
        """Fill an empty store from a snapshot, events and all.

        Raises:
            RegistryError: The store is not empty; or it is a database, and a statement is in no event.
        """

    def log(self) -> Log:
        """Read the log.

        Raises:
            DamagedError: An event cannot be read.
        """

    def events(self, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Read the events behind the first ``after`` of the log, in its order, at most ``limit``."""

    def checkpoint(self) -> Checkpoint:
        """Return the checkpoint of the log, as :attr:`greenalgo.registry.record.Log.checkpoint`.

        Raises:
            DamagedError: The last event cannot be read, or was changed.
        """

    def course(self, digest: str) -> tuple[Event, ...]:
        """Read the events of a statement and of all that superseded it or that it superseded.

        States and series of these statements follow from them as from the whole log, whose order they have.

        Raises:
            DamagedError: One of them was changed in the store.
        """

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Return the state of some statements, or of all that the log names.

        Raises:
            DamagedError: An event of theirs was changed in the store.
        """

    def holdings(self) -> Iterator[Holding]:
        """Go through the statements, by digest; those that were erased are passed over.

        Raises:
            DamagedError: A body does not fit its digest.
        """

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests that begin with a prefix, at most ten."""

    def body(self, digest: str) -> bytes | None:
        """Return the canonical JSON of a statement; None where the store does not hold it.

        Raises:
            DamagedError: The body does not fit the digest: it was changed in the store.
        """

    def kept(self, digest: str) -> Kept | None:
        """Return body and state of a statement, read at one moment; None where the store does not hold it.

        Raises:
            DamagedError: The body or an event was changed in the store.
        """

    def prove(self, digest: str) -> Proof | None:
        """Prove that a statement was published, or a commitment deposited; None where it was not."""

    def permalink(self, digest: str) -> str:
        """Return where a statement is, for as long as the store exists."""

    def damage(self) -> list[Problem]:
        """Check what the store itself can check: its files, its pages, its bodies against digests."""

    def close(self) -> None:
        """Let go of files."""


@runtime_checkable
class Prompt(Protocol):
    """A store that can read in one thread that nothing may hold up, such as an event loop."""

    def at_hand(self, digest: str) -> Kept | None:
        """Return the same as :meth:`Store.kept`; None also where one might have to wait for it.

        Raises:
            DamagedError: As :meth:`Store.kept`.
        """
