"""What the service does, apart from HTTP: API and pages call the same methods.

Methods block (they read disks and databases): a route runs them in a thread
(:func:`greenalgo.registry.service.wire.work.work`). :meth:`Desk.at_hand` alone does not.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

from greenalgo import __version__
from greenalgo.errors import DeniedError, ErasedError, RegistryError
from greenalgo.registry import door
from greenalgo.registry.identity import Identity, require, tier_of
from greenalgo.registry.record import Draft, Receipt, State, read_body, states_of
from greenalgo.registry.record.moderation import in_words
from greenalgo.registry.record.state import ERASED, WITHHELD, series_of
from greenalgo.registry.service.waits import Waits
from greenalgo.registry.service.writer import Writer
from greenalgo.registry.store.base import Prompt

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from greenalgo.registry.door import Judged, Outcome
    from greenalgo.registry.record import Event
    from greenalgo.registry.service.settings import Settings
    from greenalgo.registry.store import Store

#: How many statements are remembered as read lately: of them the system has the pages in memory.
MOST_LATELY = 4096
#: Events that an identity may ask for, apart from a publication; its owner may withdraw a statement.
ACTS = ("withdraw", "dispute", "retract", "quarantine", "restore", "erase")


class Found(NamedTuple):
    """A statement of the registry.

    Attributes:
        digest: Its digest.
        body: Its canonical JSON.
        state: Its state in the log.
    """

    digest: str
    body: bytes
    state: State

    @property
    def data(self) -> dict[str, Any]:
        """The document, parsed anew."""
        return read_body(self.body)


class Course(NamedTuple):
    """What became of a statement.

    Attributes:
        state: Its state in the log.
        events: What the log says of it, in the log's order.
        series: The digests of all its versions, the first first.
    """

    state: State
    events: tuple[Event, ...]
    series: tuple[str, ...]


class Submission(NamedTuple):
    """What became of a submission.

    Attributes:
        outcome: What the door says.
        receipt: The proof of its publication; None for a dry run, and where the log does not know it.
    """

    outcome: Outcome
    receipt: Receipt | None


class Desk:
    """The service's work, on one store.

    Args:
        store: Where statements are. It is used by several threads at once.
        settings: What the service was told.
        told: Is told the size of each group of events that was committed.
    """

    def __init__(
        self, store: Store, settings: Settings, told: Callable[[int], None] | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self._writer = Writer(store, told)
        self._prompt = store if isinstance(store, Prompt) else None
        self._lately: dict[str, None] = {}  # the one that was read longest ago first
        self._noting = threading.Lock()
        self._waits = Waits()

    def look(self, raw: bytes, name: str) -> Judged:
        """Judge a statement, as ``greenalgo validate`` does; writes nothing."""
        return door.look(raw, name)

    def submit(
        self,
        judged: Judged,
        raw: bytes,
        name: str,
        *,
        identity: Identity,
        supersedes: str = "",
        dry_run: bool = False,
    ) -> Submission:
        """Put a statement into the registry; as :func:`greenalgo.registry.door.submit`.

        Raises:
            DeniedError: The identity may not submit, or not supersede what somebody else published.
            RegistryError: The registry refuses it; says why.
            CannotCheckError: The store cannot be written.
            BusyError: Too many are waiting.
        """
        require(identity, "submit")
        before = supersedes or judged.supersedes

        def commit(draft: Draft) -> Event:
            self.refuse_takeover(before, identity)  # here: what is known already is no takeover
            return self._writer.commit(draft)

        outcome = door.submit(
            self.store,
            judged,
            raw,
            name,
            actor=identity.actor,
            supersedes=supersedes,
            dry_run=dry_run,
            commit=commit,
        )
        if dry_run and not outcome.known:
            self.refuse_takeover(before, identity)
        outcome = outcome._replace(permalink=self.settings.permalink(outcome.digest))
        proof = None if dry_run else self.store.prove(outcome.digest)
        if proof is None:
            return Submission(outcome, None)
        tool = f"greenalgo {__version__}"
        return Submission(outcome, Receipt(*proof, outcome.permalink, judged.report.level, tool))

    def act(self, kind: str, digest: str, reason: str, identity: Identity) -> Event:
        """Say what happens to a statement: one of :data:`ACTS`.

        Its publisher may withdraw it, unless moderators keep it back; to erase it takes the scope for that; everything
        else is a moderator's.

        Raises:
            DeniedError: The identity may not.
            RegistryError: It cannot follow.
            CannotCheckError: The store cannot be written.
            BusyError: Too many are waiting.
        """
        if kind not in ACTS:
            raise RegistryError(f"there is no event '{kind}'", hint=f"there are {', '.join(ACTS)}")
        if kind == "withdraw" and identity.may("withdraw"):
            if self._owns(identity, digest):
                self._refuse_way_out(digest, identity)
                return self._writer.commit(Draft(kind, digest, identity.actor, reason))
            if not identity.may("moderate"):
                raise DeniedError(
                    f"somebody else published {digest[:12]}…, and only they and moderators withdraw it",
                    hint="use a token that acts as the one it was submitted with; or ask whoever runs the registry",
                    known=True,
                )
        require(identity, "erase" if kind == "erase" else "moderate")
        return self._writer.commit(Draft(kind, digest, identity.actor, reason))

    def _refuse_way_out(self, digest: str, identity: Identity) -> None:
        """Refuse to withdraw what moderators keep back: a tombstone can be read.

        Raises:
            DeniedError: They do, and the identity is none of them.
        """
        state = self.store.states([digest]).get(digest)
        if state and state.status == WITHHELD and not identity.may("moderate"):
            raise DeniedError(
                "moderators keep this statement back, and one that is withdrawn can be read again",
                hint="ask whoever runs the registry to restore it first, or to erase it",
                known=True,
            )

    def refuse_takeover(self, digest: str, identity: Identity) -> None:
        """Refuse a new version of what somebody else published: it would end the one that there is.

        Moderators may. At an open door, everybody may do so with what nobody vouches for.

        Args:
            digest: The statement that would be superseded; empty for none.
            identity: Who submits.

        Raises:
            DeniedError: Somebody else published it.
        """
        proof = self.store.prove(digest) if digest and not identity.may("moderate") else None
        if proof is None or (identity.actor and identity.actor == proof.event.actor):
            return
        if self.settings.open_door and tier_of(proof.event) == "anonymous":
            return
        raise DeniedError(
            f"somebody else published {digest[:12]}…, and only who published a statement supersedes it",
            hint="submit as they did; or submit without superseding; or ask whoever runs the registry",
            known=identity.tier != "anonymous",
        )

    def find(self, digest: str) -> Found | None:
        """Return a statement by its whole digest; None where the registry has none.

        Raises:
            ErasedError: It was erased; says since when and why.
        """
        kept = self.store.kept(digest)
        if kept is not None:
            self._note(digest)
        state = kept.state if kept else self.store.states([digest]).get(digest, State(digest))
        if state.status == ERASED:
            raise ErasedError(
                f"the statement {digest[:12]}… was erased on {state.at[:10]}: {in_words(state.reason)}",
                digest,
                hint=f"its digest and its events stay: /api/v1/statements/{digest}/state",
            )
        return None if kept is None else Found(digest, *kept)

    def at_hand(self, digest: str) -> Found | None:
        """Return a statement without blocking; None where :meth:`find` has to look.

        The way to a thread and back takes four times as long as to read what is in memory. So is what was read
        lately, and as a rule all: but for a registry larger than the memory, right after the start, and on a machine
        that needs the memory for something else. A read that had to wait for the disk shows that; for a while, only
        what was read lately is read here then. Nothing is remembered but digests: body and state are read anew,
        whoever wrote last.
        """
        if self._prompt is None or not (digest in self._lately or self._waits.are_rare()):
            return None
        with self._waits.watched():
            kept = self._prompt.at_hand(digest)
        if kept is None or kept.state.status == ERASED:
            return None
        self._note(digest)
        return Found(digest, *kept)

    def course(self, digest: str) -> Course | None:
        """Return what became of a statement; None where the registry has none."""
        events = self.store.course(digest)
        states = states_of(events)
        if digest not in states and self.store.body(digest) is None:
            return None
        own = tuple(one for one in events if digest in (one.digest, one.supersedes))
        return Course(states.get(digest, State(digest)), own, series_of(states, digest))

    def versions(self, digest: str) -> tuple[State, ...]:
        """Return the states of all versions of a statement, the first first."""
        states = states_of(self.store.course(digest))
        return tuple(states.get(one, State(one)) for one in series_of(states, digest))

    def receipt(self, digest: str) -> Receipt:
        """Make the receipt of a statement.

        Raises:
            RegistryError: The log does not know it.
        """
        made = door.receipt_for(self.store, digest)
        return made._replace(permalink=self.settings.permalink(digest))

    def close(self) -> None:
        """Commit what waits. The store stays open."""
        self._writer.close()

    def _note(self, digest: str) -> None:
        with self._noting:
            self._lately.pop(digest, None)
            self._lately[digest] = None
            if len(self._lately) > MOST_LATELY:
                del self._lately[next(iter(self._lately))]

    def _owns(self, identity: Identity, digest: str) -> bool:
        """Say whether an identity published a statement: an anonymous one owns nothing."""
        proof = self.store.prove(digest)
        return proof is not None and bool(identity.actor) and identity.actor == proof.event.actor
