"""A registry behind a URL as a store: read it, hand in, withdraw. What it cannot do, it says."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo import __version__
from greenalgo.errors import CannotCheckError, DamagedError, GreenalgoError, RegistryError
from greenalgo.registry.client.answers import JudgedOtherwiseError, read_json, words
from greenalgo.registry.client.ci import exchange
from greenalgo.registry.client.talk import Clock, Talk, as_object
from greenalgo.registry.record import (
    Event,
    Log,
    Problem,
    Proof,
    State,
    from_json,
    of_series,
    read_body,
    states_of,
)
from greenalgo.registry.record.receipt import check_receipt, read_checkpoint, read_receipt
from greenalgo.registry.record.state import KEPT_BACK
from greenalgo.registry.store.base import Holding, Kept
from greenalgo.schemas.versions import accept, is_newer_minor
from greenalgo.sources.text import decode, is_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import httpx2

    from greenalgo.registry.record import Draft, Receipt
    from greenalgo.registry.record.log import Checkpoint

_API = "/api/v1"
#: Events of a page, and of a log: what has more is read from a snapshot.
_PAGE, MOST_EVENTS = 1000, 1_000_000


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
        clock: Time, for tests.

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
        self._talk = Talk(url, token, transport, clock)
        self.url = self._talk.url
        self._log: Log | None = None

    def identify_as_job(self, environment: Mapping[str, str]) -> None:
        """Write with the token that the registry gives a CI job.

        Args:
            environment: The variables of the process.

        Raises:
            CannotCheckError: The job has no token of its CI service, or it cannot be had.
            DeniedError: The registry does not trust the job.
        """
        self._talk.identify(exchange(self._talk, environment))

    def version(self) -> str:
        """Return the version of greenalgo that the registry runs; ``unknown`` where it does not say."""
        try:
            answer = self._talk.get("/health")
            found = read_json(answer) if answer is not None else None
        except GreenalgoError:
            found = None
        return (words(found.get("tool")) if isinstance(found, dict) else "") or "unknown"

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
        media = "application/json" if is_json(decode(raw), name) else "application/yaml"
        path = f"{_API}/statements"
        try:
            # The same statement twice is one, so that it may arrive twice.
            found = self._talk.post(path, raw, media, query, repeatable=True)
        except JudgedOtherwiseError as error:
            hint = f"the registry runs greenalgo {self.version()}, this is {__version__}"
            raise JudgedOtherwiseError(
                str(error), error.findings, error.missing, hint=hint
            ) from error
        record = as_object(found, self.url)
        if not isinstance(record.get("digest"), str) or not words(record.get("permalink")):
            raise CannotCheckError(f"{self.url} answers what no greenalgo registry does")
        if record["digest"] != digest:
            raise RegistryError(
                f"the registry computes the digest {words(record['digest'])[:64]}, and not {digest}",
                hint=f"the registry runs greenalgo {self.version()}, this is {__version__}",
            )
        receipt = None if dry_run else record.get("receipt")
        if not dry_run:
            self._check(receipt, digest)
        at, former, later = (
            words(record.get(name)) for name in ("at", "supersedes", "superseded_by")
        )
        known = record.get("known") is True
        return Accepted(words(record["permalink"]), known, at, former, later, receipt)

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Ask for events that are no publications, one by one: there is no transaction over HTTP."""
        if len(drafts) != 1 or drafts[0].kind == "publish":
            raise RegistryError(f"{self.url} takes one event at a time, and statements by submit")
        draft = drafts[0]
        body = json.dumps({"kind": draft.kind, "reason": draft.reason}).encode()
        path = f"{_API}/statements/{draft.digest}/events"
        self._log = None
        event = from_json(self._talk.post(path, body, "application/json"))
        if (event.kind, event.digest) != (draft.kind, draft.digest):
            raise DamagedError(f"{self.url} answers with another event than was asked for")
        return (event,)

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

    def events(self, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Fetch the events behind the first ``after`` of the log, at most ``limit``, page by page.

        Raises:
            DamagedError: One is none.
            CannotCheckError: There are more than :data:`MOST_EVENTS`.
        """
        found: list[Event] = []
        while len(found) <= MOST_EVENTS:
            most = _PAGE if limit is None else min(_PAGE, limit - len(found))
            if most <= 0:
                return tuple(found[:limit])
            asked = {"after": str(after + len(found)), "limit": str(most)}
            page = self._json("/log/events", asked)
            records = page.get("events")
            if not isinstance(records, list):
                raise CannotCheckError(f"{self.url} answers what no greenalgo registry does")
            found += [self._event(one) for one in records]
            if not records or not page.get("next"):
                return tuple(found)
        raise CannotCheckError(
            f"the log of {self.url} has over {MOST_EVENTS} events: work on a snapshot of it"
        )

    def checkpoint(self) -> Checkpoint:
        """Fetch the checkpoint of the log; it is not checked here."""
        return read_checkpoint(self._json("/log/checkpoint"))

    def course(self, digest: str) -> tuple[Event, ...]:
        """Pick the events of a statement's series out of the log that was fetched."""
        return of_series(self.log().events, digest)

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Follow the log that was fetched."""
        return states_of(self.log().events, digests)

    def holdings(self) -> Iterator[Holding]:
        """Fetch the statements of the log; those that are kept back or were erased are passed over."""
        states = self.states()
        for digest in self._published():
            if states[digest].status in KEPT_BACK:
                continue
            body = self.body(digest)
            if body is None:
                raise DamagedError(f"the statement {digest[:12]}… is in the log, and cannot be had")
            yield Holding(digest, body)

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests of the log that begin with a prefix."""
        return tuple(sorted(d for d in self._published() if d.startswith(prefix))[:10])

    def body(self, digest: str) -> bytes | None:
        """Fetch a body."""
        answer = self._talk.get(f"{_API}/statements/{digest}")
        if answer is None:
            return None
        if hashlib.sha256(answer.content).hexdigest() != digest:
            raise DamagedError(f"{self.url} sends another statement than {digest[:12]}…")
        read_json(answer)
        document = read_body(answer.content)
        if not accept(document) and not is_newer_minor(document):
            raise DamagedError(f"{self.url} has under {digest[:12]}… what is no statement")
        return answer.content

    def kept(self, digest: str) -> Kept | None:
        """Fetch body and state."""
        body = self.body(digest)
        return (
            None if body is None else Kept(body, self.states([digest]).get(digest, State(digest)))
        )

    def prove(self, digest: str) -> Proof | None:
        """Fetch the proof of a publication, and check it.

        Raises:
            DamagedError: It does not hold.
        """
        receipt = self._receipt(digest)
        if receipt is None:
            return None
        problems = check_receipt(receipt, digest)
        if problems:
            raise DamagedError(f"the proof does not hold: {problems[0].message}")
        return Proof(receipt.event, receipt.checkpoint, receipt.path)

    def permalink(self, digest: str) -> str:
        """Return the address of a statement."""
        return f"{self.url}/statements/{digest}"

    def damage(self) -> list[Problem]:
        """Hold the log against the registry's checkpoint, and every receipt against its statement."""
        problems = []
        said = self.checkpoint()
        self._log = None
        log = self.log()
        if not log.holds(said):
            problems.append(Problem(self.url, "the log does not lead to the checkpoint it gives"))
        for digest in self._published():
            receipt = self._receipt(digest)
            if receipt is None:
                problems.append(Problem(digest, "the registry gives no receipt for it"))
                continue
            problems += check_receipt(receipt, digest)
            if not log.holds(receipt.checkpoint):
                problems.append(Problem(digest, "the log does not contain what its receipt proves"))
        return problems

    def close(self) -> None:
        """Close the connection."""
        self._talk.close()

    def _published(self) -> list[str]:
        """Return the statements of the log, by digest; a blind deposit is in it under another name."""
        return sorted({event.digest for event in self.log().events if event.kind == "publish"})

    def _receipt(self, digest: str) -> Receipt | None:
        answer = self._talk.get(f"{_API}/statements/{digest}/receipt")
        return None if answer is None else read_receipt(json.dumps(read_json(answer)))

    def _check(self, receipt: Any, digest: str) -> None:
        """Check a receipt before anybody is told that a statement was accepted."""
        problems = check_receipt(read_receipt(json.dumps(receipt)), digest)
        if problems:
            raise DamagedError(
                f"the registry says that it accepted the statement, but its receipt does not hold: "
                f"{problems[0].message}"
            )

    def _event(self, record: Any) -> Event:
        try:
            return from_json(record)
        except DamagedError as error:
            hint = f"the registry runs greenalgo {self.version()}, this is {__version__}"
            raise RegistryError(str(error), hint=hint) from error

    def _json(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        answer = self._talk.get(_API + path, query)
        if answer is None:
            raise CannotCheckError(f"there is no greenalgo registry at {self.url}")
        return as_object(read_json(answer), self.url)
