"""The log: events in an order that every copy agrees on, checked from end to end.

In a database events form a chain. In a directory in git two branches may each add events; after the
merge the log has two last events, and the next event names both (``prev`` and ``merges``). The order is
that of the chain; where branches ran side by side, of time and then of hash. What an event stands on
never changes, so a checkpoint that was once given out can be checked for ever.
"""

from __future__ import annotations

import heapq
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.registry.record import merkle
from greenalgo.registry.record.event import Event, commitment_of, hash_of, leaf_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Problem(NamedTuple):
    """Something that is not as it was put into the registry.

    Attributes:
        where: A digest, the hash of an event, or a file.
        message: What is wrong, in a sentence.
        hint: What to do.
    """

    where: str
    message: str
    hint: str = ""


class Checkpoint(NamedTuple):
    """The state of a log: how many events, the root of their Merkle tree, the last event.

    ``head`` is empty for an empty log, and where a merge left several last events.
    """

    size: int
    root: str
    head: str


class Log:
    """A log in memory.

    Args:
        events: The events, in any order.

    Attributes:
        events: The events in the log's order.
        heads: Hashes of the events that no other stands on, sorted; one as a rule.
        by_hash: Event by hash.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.by_hash = {event.hash: event for event in events}
        self.events = _ordered(self.by_hash)
        stood_on = {parent for event in self.events for parent in event.parents}
        self.heads = tuple(sorted(set(self.by_hash) - stood_on))

    @cached_property
    def checkpoint(self) -> Checkpoint:
        """Size, root and head of the log."""
        root = merkle.root([leaf_of(event) for event in self.events])
        return Checkpoint(
            len(self.events), root.hex(), self.heads[0] if len(self.heads) == 1 else ""
        )

    def upto(self, head: str) -> Log:
        """Return the log as it was when an event was its last: the event and what it stands on."""
        found: set[str] = set()
        waiting = [head]
        while waiting:
            name = waiting.pop()
            if name in self.by_hash and name not in found:
                found.add(name)
                waiting.extend(self.by_hash[name].parents)
        return Log(event for event in self.events if event.hash in found)

    def problems(self) -> list[Problem]:
        """Check hashes, links and counts of every event."""
        problems: list[Problem] = []
        depths = _depths(self)
        for event in self.events:
            if hash_of(event) != event.hash:
                problems.append(
                    Problem(event.hash, f"event {event.seq} was changed: its hash does not fit")
                )
            if event.salt and commitment_of(event.salt, event.digest) != event.opens:
                text = f"event {event.seq} reveals another statement than was deposited"
                problems.append(Problem(event.hash, text))
            for parent in event.parents:
                if parent not in self.by_hash:
                    text = f"event {event.seq} stands on an event that is missing ({parent[:12]}…)"
                    problems.append(Problem(event.hash, text))
            if event.seq != depths[event.hash]:
                text = f"event {event.seq} stands on {depths[event.hash] - 1} events"
                problems.append(Problem(event.hash, text))
        return problems

    def holds(self, checkpoint: Checkpoint) -> bool:
        """Say whether the log still contains what a checkpoint was given out for."""
        if checkpoint.size == 0:
            return checkpoint == Log().checkpoint
        if checkpoint.head not in self.by_hash:
            return False
        return self.upto(checkpoint.head).checkpoint == checkpoint


def _ordered(events: dict[str, Event]) -> tuple[Event, ...]:
    waits = {
        name: len([parent for parent in set(event.parents) if parent in events])
        for name, event in events.items()
    }
    followers: dict[str, list[str]] = {}
    for name, event in events.items():
        for parent in set(event.parents):
            followers.setdefault(parent, []).append(name)
    ready = [(events[name].at, name) for name, count in waits.items() if not count]
    heapq.heapify(ready)
    order: list[Event] = []
    while ready:
        _, name = heapq.heappop(ready)
        order.append(events[name])
        for follower in followers.get(name, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heapq.heappush(ready, (events[follower].at, follower))
    # Links cannot form a ring, as each holds a hash; forged ones could, and come last.
    placed = {event.hash for event in order}
    return (*order, *(event for name, event in sorted(events.items()) if name not in placed))


def _depths(log: Log) -> Counter[str]:
    """Count for each event the events that it stands on, itself included."""
    depths: Counter[str] = Counter()
    for event in log.events:
        if event.merges:
            depths[event.hash] = len(log.upto(event.hash).events)
        else:
            depths[event.hash] = depths[event.prev] + 1
    return depths
