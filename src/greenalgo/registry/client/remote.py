"""A registry behind a URL as a store: read it, hand in, withdraw. What it cannot do, it says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry.client.talk import Talk, read_json
from greenalgo.registry.record import Event, Log, Problem, Proof, from_json, states_of
from greenalgo.registry.record.receipt import check_receipt, read_checkpoint, read_receipt
from greenalgo.registry.store.base import Holding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import httpx2

    from greenalgo.registry.record import Draft, State

_API = "/api/v1"
#: Events of a page.
_PAGE = "1000"


class Accepted(NamedTuple):
    """What a registry answers to a submission, checked.

    Attributes:
        permalink: Where the statement is, or would be.
        known: It was in the registry before.
        at: Since when it has its status; empty for a dry run.
        supersedes: The statement that it took the place of; may be empty.
        superseded_by: The statement that took its place; may be empty.
        receipt: The receipt as it was sent, and it holds; None for a dry run.
    """

    permalink: str
    known: bool
    at: str
    supersedes: str
    superseded_by: str
    receipt: dict[str, Any] | None


class RemoteStore:
    """A registry behind a URL.

    Args:
        url: Its address.
        token: Who asks.
        transport: How requests travel, for tests.

    Raises:
        CannotCheckError: The address is none.
        DeniedError: The token would be sent in the clear.
    """

    def __init__(
        self, url: str, token: str = "", transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._talk = Talk(url, token, transport)
        self.url = self._talk.url
        self._log: Log | None = None

    def hand_in(
        self, raw: bytes, name: str, digest: str, *, supersedes: str = "", dry_run: bool = False
    ) -> Accepted:
        """Submit a statement, and check what comes back without trusting it.

        Args:
            raw: The file, byte for byte.
            name: Its name, for telling JSON from YAML.
            digest: Its digest, as computed here.
            supersedes: The statement that it takes the place of.
            dry_run: Ask what would happen.

        Raises:
            JudgedOtherwiseError: The registry finds it invalid.
            RegistryError: It refuses, or its receipt does not hold.
            CannotCheckError: It cannot be reached.
        """
        query = {"supersedes": supersedes} if supersedes else {}
        if dry_run:
            query["dry_run"] = "true"
        media = "application/json" if name.lower().endswith(".json") else "application/yaml"
        record = self._talk.post(f"{_API}/statements", raw, media, query)
        if not isinstance(record, dict) or not {"digest", "permalink"} <= set(record):
            raise CannotCheckError(f"{self.url} answers what no greenalgo registry does")
        if record["digest"] != digest:
            raise RegistryError(
                f"the registry computes the digest {str(record['digest'])[:64]}, and not {digest}",
                hint="one of the two runs an old version of greenalgo",
            )
        receipt = None if dry_run else record.get("receipt")
        if not dry_run:
            problems = check_receipt(read_receipt(json.dumps(receipt)), digest)
            if problems:
                raise DamagedError(f"the receipt does not hold: {problems[0].message}")
        at, former, later = (
            str(record.get(name) or "") for name in ("at", "supersedes", "superseded_by")
        )
        known = bool(record.get("known"))
        return Accepted(str(record["permalink"]), known, at, former, later, receipt)

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Ask for events that are no publications, one by one: there is no transaction over HTTP."""
        if len(drafts) != 1 or drafts[0].kind == "publish":
            raise RegistryError(f"{self.url} takes one event at a time, and statements by submit")
        draft = drafts[0]
        body = json.dumps({"kind": draft.kind, "reason": draft.reason}).encode()
        path = f"{_API}/statements/{draft.digest}/events"
        self._log = None
        return (from_json(self._talk.post(path, body, "application/json")),)

    def commit_each(self, drafts: Sequence[Draft]) -> tuple[Event | RegistryError, ...]:  # noqa: ARG002
        """Refuse: see :meth:`commit`."""
        raise RegistryError(f"{self.url} takes one event at a time")

    def restore(self, holdings: Iterable[Holding], events: Sequence[Event]) -> None:  # noqa: ARG002
        """Refuse: a log is restored where it is kept."""
        raise RegistryError(
            f"{self.url} cannot be restored from here",
            hint="import the snapshot into a new store, and serve that",
        )

    def log(self) -> Log:
        """Fetch the log, once."""
        if self._log is None:
            self._log = Log(self.events())
        return self._log

    def events(self, after: int = 0) -> tuple[Event, ...]:
        """Fetch the events behind the first ``after`` of the log, page by page."""
        found: list[Event] = []
        while True:
            query = {"after": str(after + len(found)), "limit": _PAGE}
            page = self._json("/log/events", query)
            events = [from_json(one) for one in page.get("events", ())]
            found += events
            if not events or not page.get("next"):
                return tuple(found)

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Follow the log that was fetched."""
        states = states_of(self.log().events)
        if digests is None:
            return states
        return {digest: states[digest] for digest in digests if digest in states}

    def holdings(self) -> Iterator[Holding]:
        """Fetch the statements of the log; those that moderators keep back are passed over."""
        for digest, state in sorted(self.states().items()):
            if state.status == "quarantined":
                continue
            body = self.body(digest)
            if body is None:
                raise DamagedError(f"the statement {digest[:12]}… is in the log, and cannot be had")
            yield Holding(digest, body)

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests of the log that begin with a prefix."""
        return tuple(sorted(d for d in self.states() if d.startswith(prefix))[:10])

    def body(self, digest: str) -> bytes | None:
        """Fetch a body."""
        answer = self._talk.get(f"{_API}/statements/{digest}")
        if answer is None:
            return None
        if hashlib.sha256(answer.content).hexdigest() != digest:
            raise DamagedError(f"{self.url} sends another statement than {digest[:12]}…")
        return answer.content

    def prove(self, digest: str) -> Proof | None:
        """Fetch the proof of a publication; it is not checked here."""
        answer = self._talk.get(f"{_API}/statements/{digest}/receipt")
        if answer is None:
            return None
        receipt = read_receipt(answer.content)
        return Proof(receipt.event, receipt.checkpoint, receipt.path)

    def permalink(self, digest: str) -> str:
        """Return the address of a statement."""
        return f"{self.url}/statements/{digest}"

    def damage(self) -> list[Problem]:
        """Hold the log against the registry's checkpoint, and every receipt against its statement."""
        problems = []
        said = read_checkpoint(self._json("/log/checkpoint"))
        self._log = None
        log = self.log()
        if not log.holds(said):
            problems.append(Problem(self.url, "the log does not lead to the checkpoint it gives"))
        for digest in self.states():
            answer = self._talk.get(f"{_API}/statements/{digest}/receipt")
            if answer is None:
                problems.append(Problem(digest, "the registry gives no receipt for it"))
                continue
            receipt = read_receipt(answer.content)
            problems += check_receipt(receipt, digest)
            if not log.holds(receipt.checkpoint):
                problems.append(Problem(digest, "the log does not contain what its receipt proves"))
        return problems

    def close(self) -> None:
        """Close the connection."""
        self._talk.close()

    def _json(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        answer = self._talk.get(_API + path, query)
        found = None if answer is None else read_json(answer)
        if not isinstance(found, dict):
            raise CannotCheckError(f"there is no greenalgo registry at {self.url}")
        return found
