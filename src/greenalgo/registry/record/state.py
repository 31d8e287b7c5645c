"""What follows from the log: the status of each statement, its series, and what may happen next."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import RegistryError
from greenalgo.registry.record.event import STATUS_AFTER, commitment_of, is_digest
from greenalgo.registry.record.moderation import refuse_unfounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenalgo.registry.record.event import Draft, Event

#: Status -> kinds of events that may follow. Withdrawn and retracted statements stay so, unless their
#: bodies have to go.
NEXT: Mapping[str, frozenset[str]] = {
    "": frozenset({"publish", "deposit"}),
    "published": frozenset({"withdraw", "dispute", "retract", "quarantine", "erase"}),
    "superseded": frozenset({"withdraw", "retract", "quarantine", "erase"}),
    "disputed": frozenset({"withdraw", "retract", "quarantine", "restore", "erase"}),
    "quarantined": frozenset({"withdraw", "retract", "restore", "erase"}),
    "deposited": frozenset({"withdraw", "reveal"}),
    "revealed": frozenset(),
    "withdrawn": frozenset({"erase"}),
    "retracted": frozenset({"erase"}),
    "erased": frozenset({"erase"}),  # again, where a body came back beneath the store
}
#: Status of a statement that moderators keep back: its words are not shown.
WITHHELD = "quarantined"
#: Status of a statement whose body was taken out, for the law or for privacy; digest and events stay.
ERASED = "erased"
FINAL = frozenset({"withdrawn", "retracted", ERASED})
#: Of these nobody reads the words.
KEPT_BACK = frozenset({WITHHELD, ERASED})


class State(NamedTuple):
    """A statement as the log has it.

    Attributes:
        digest: The statement.
        status: ``published``, ``superseded``, ``withdrawn``, ``disputed``, ``retracted``,
            ``quarantined`` or ``erased``; of a commitment ``deposited``, ``revealed`` or ``withdrawn``; empty where
            the log does not know it.
        at: Since when.
        reason: Why; empty for a published one.
        actor: Who.
        supersedes: The statement that it took the place of; may be empty.
        superseded_by: The statement that took its place; may be empty.
    """

    digest: str
    status: str = ""
    at: str = ""
    reason: str = ""
    actor: str = ""
    supersedes: str = ""
    superseded_by: str = ""

    @property
    def is_tombstone(self) -> bool:
        """It was taken back: the body stays with the reason, or the reason alone."""
        return self.status in FINAL


def states_of(events: Iterable[Event], digests: Iterable[str] | None = None) -> dict[str, State]:
    """Follow a log from its first event to its last.

    Args:
        events: In the log's order.
        digests: Whose states are wanted; None for all.

    Returns:
        State by digest, in the order in which the statements came, or were asked for.
    """
    states: dict[str, State] = {}
    for event in events:
        follow(states, event)
    if digests is None:
        return states
    return {digest: states[digest] for digest in digests if digest in states}


def follow(states: dict[str, State], event: Event) -> None:
    """Change states to what they are after one more event."""
    old = states.get(event.digest, State(event.digest))
    # Branches that were merged may hold what could not follow in a chain: the final status stays.
    if event.kind == "publish" and old.status:
        return
    if old.status in FINAL and (event.kind != "erase" or old.status == ERASED):
        return
    status = STATUS_AFTER[event.kind]
    if event.kind == "restore" and old.superseded_by:
        status = "superseded"
    states[event.digest] = State(
        event.digest,
        status,
        event.at,
        event.reason,
        event.actor,
        old.supersedes or event.supersedes,
        old.superseded_by,
    )
    if event.supersedes:
        _supersede(states, event)


def _supersede(states: dict[str, State], event: Event) -> None:
    former = states.get(event.supersedes)
    if former is None or former.superseded_by:
        return
    former = former._replace(superseded_by=event.digest)
    if former.status in ("published", "disputed"):
        former = former._replace(status="superseded", at=event.at, reason="", actor=event.actor)
    states[former.digest] = former


def erased_of(events: Iterable[Event]) -> frozenset[str]:
    """Return the digests of the statements whose bodies were erased."""
    return frozenset(event.digest for event in events if event.kind == "erase")


def series_of(states: Mapping[str, State], digest: str) -> tuple[str, ...]:
    """Return the versions of a statement, the first first.

    Args:
        states: As :func:`states_of` returns them.
        digest: Any version.
    """
    first, seen = digest, {digest}
    while (former := states.get(first, State(first)).supersedes) and former not in seen:
        first = former
        seen.add(former)
    found = [first]
    while (later := states.get(found[-1], State(first)).superseded_by) and later not in found:
        found.append(later)
    return tuple(found)


def of_series(events: Iterable[Event], digest: str) -> tuple[Event, ...]:
    """Pick out the events of a statement and of all that superseded it or that it superseded.

    Args:
        events: In the log's order.
        digest: Any version.
    """
    events = tuple(events)
    linked: dict[str, list[str]] = {}
    for event in events:
        if event.supersedes:
            linked.setdefault(event.digest, []).append(event.supersedes)
            linked.setdefault(event.supersedes, []).append(event.digest)
    versions, waiting = set(), [digest]
    while waiting:
        version = waiting.pop()
        if version not in versions:
            versions.add(version)
            waiting += linked.get(version, ())
    return tuple(event for event in events if event.digest in versions)


def refuse_unfit(draft: Draft, states: Mapping[str, State]) -> None:
    """Refuse an event that cannot follow.

    Args:
        draft: The event to be.
        states: State by digest; what is not in it is not in the registry.

    Raises:
        RegistryError: It cannot follow; says why, and what to do.
    """
    state = states.get(draft.digest, State(draft.digest))
    short = f"{draft.digest[:12]}…"
    if draft.kind not in ("publish", "deposit") and not state.status:
        raise RegistryError(
            f"there is no statement {short} in this registry", hint="check the digest and the store"
        )
    if draft.kind not in NEXT[state.status]:
        if draft.kind == "publish" and state.status in FINAL:
            raise RegistryError(
                f"the statement {short} was {state.status} on {state.at[:10]}: {state.reason}",
                hint="a digest is never used again; correct the statement and submit that",
            )
        raise RegistryError(
            f"the statement {short} is {state.status}: there is nothing to {draft.kind}"
        )
    if draft.kind == "withdraw" and not draft.reason.strip():
        raise RegistryError("a reason is needed: it stays on record for every reader")
    refuse_unfounded(draft.kind, draft.reason)
    if draft.kind == "deposit" and draft.actor:
        raise RegistryError("a blind deposit names nobody: leave the actor out")
    if draft.salt and commitment_of(draft.salt, draft.digest) != draft.opens:
        raise RegistryError("salt and statement do not lead to the commitment of the deposit")
    if draft.kind == "reveal" and states.get(draft.opens, State("")).status != "published":
        raise RegistryError("a deposit is revealed by publishing its statement")
    if draft.supersedes:
        _refuse_former(draft, states.get(draft.supersedes, State(draft.supersedes)))


def _refuse_former(draft: Draft, former: State) -> None:
    """Refuse to supersede what cannot be superseded."""
    short = f"{former.digest[:12]}…"
    if not is_digest(former.digest):
        raise RegistryError(
            f"'{former.digest}' is no digest of a statement", hint="give its 64 hexadecimal digits"
        )
    if former.digest == draft.digest:
        raise RegistryError("a statement cannot supersede itself")
    if not former.status:
        raise RegistryError(
            f"it supersedes {short}, which is not in this registry",
            hint="submit it to the registry that holds the earlier version, or leave the digest out",
        )
    if former.superseded_by:
        raise RegistryError(
            f"it supersedes {short}, which was superseded by {former.superseded_by} already",
            hint="supersede the latest version",
        )
    if former.status not in ("published", "disputed"):
        raise RegistryError(
            f"it supersedes {short}, which is {former.status} since {former.at[:10]}: {former.reason}",
            hint="submit it as a statement of its own",
        )
