"""A directory as a registry: made for git, where a pull request is a submission.

    DIR/anything.yaml                               the author's own file
    DIR/.greenalgo-registry/statements/ab/abcd….json    the body: canonical JSON, named by its digest
    DIR/.greenalgo-registry/events/12/1234….json        an event, named by its hash

No file is ever changed and no two branches write the same one, so branches merge without a conflict.
An event is written after everything that it speaks of: a program that is killed leaves no event
without its statement. A statement file without an event is a part of the registry as well (a merge is a
publication), but the log does not protect it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.findings import Finding
from greenalgo.registry.record import (
    Draft,
    Event,
    Log,
    Problem,
    State,
    draw_up,
    fitting,
    follow,
    from_json,
    now,
    of_series,
    prove,
    readable,
    refuse_unfit,
    states_of,
    to_bytes,
)  # fmt: skip
from greenalgo.registry.record.event import hash_of
from greenalgo.registry.record.state import erased_of
from greenalgo.registry.store.base import LEFT, LEFT_HINT, Holding, Kept
from greenalgo.registry.store.files import locked, mark_of, place, statement_files, sync
from greenalgo.sources import Document, parse, parse_fast, read_bytes
from greenalgo.sources.discover import files_below, is_statement
from greenalgo.sources.text import decode, is_json
from greenalgo.statement.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from greenalgo.registry.record import Proof
    from greenalgo.registry.record.log import Checkpoint

HIDDEN = ".greenalgo-registry"
#: The layout of this release; a newer one is refused.
FORMAT = b"greenalgo-registry 1\n"
#: What is wrong with one: whatever it leads to can change, or is somebody else's.
LINK = "it is a link, and a registry holds its files themselves"


class DirectoryStore:
    """A registry in a directory.

    Args:
        path: The directory.
        create: Make it where it does not exist.

    Raises:
        CannotCheckError: It does not exist, or is written by a newer greenalgo.
    """

    def __init__(self, path: str, *, create: bool = False) -> None:
        self.url = path
        self._own = os.path.join(path, HIDDEN)
        self._read: dict[str, Event] = {}
        self._log = Log()
        if not os.path.isdir(path):
            if not create:
                raise CannotCheckError(f"there is no directory '{path}'")
            os.makedirs(path)
        mark = os.path.join(self._own, "format")
        if os.path.exists(mark):
            with open(mark, "rb") as file:
                if file.read(200).split() != FORMAT.split():  # git may have put other ends on lines
                    raise CannotCheckError(
                        f"the registry '{path}' is written for a newer greenalgo"
                    )

    def commit(self, drafts: Sequence[Draft]) -> tuple[Event, ...]:
        """Write events and statements; see :class:`greenalgo.registry.store.Store`."""
        outcomes = self._commit(drafts, each=False)
        return tuple(one for one in outcomes if isinstance(one, Event))

    def commit_each(self, drafts: Sequence[Draft]) -> tuple[Event | RegistryError, ...]:
        """Write what can follow; see :class:`greenalgo.registry.store.Store`."""
        return self._commit(drafts, each=True)

    def restore(self, holdings: Iterable[Holding], events: Sequence[Event]) -> None:
        """Fill an empty directory from a snapshot; see :class:`greenalgo.registry.store.Store`."""
        with locked(self.url):
            if os.path.exists(self._own) or next(statement_files(self.url), None):
                raise RegistryError(f"'{self.url}' is not empty", hint="name a new directory")
            self._prepare()
            named = {event.digest for event in events}
            for held in holdings:
                body = held.body if held.digest in named else b""
                self._write_statement(
                    held.digest,
                    body,
                    held.name or f"{held.digest}.json",
                    held.text or readable(held.body),
                )
            for event in events:
                self._write_event(event)

    def log(self) -> Log:
        """Read the log."""
        files = dict(_named_files(os.path.join(self._own, "events")))
        log = self._log  # another thread may put a later one in its place
        if files.keys() == log.by_hash.keys():
            return log
        events = []
        for name, path in files.items():
            if name not in self._read:
                with open(path, "rb") as file:
                    event = from_json(file.read())
                if event.hash != name:
                    raise DamagedError(f"'{path}' holds another event than its name says")
                self._read[name] = event
            events.append(self._read[name])
        log = self._log = Log(events)
        return log

    def events(self, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
        """Read a part of the log."""
        return self.log().events[after:][:limit]

    def checkpoint(self) -> Checkpoint:
        """Compute the checkpoint of the log."""
        return self.log().checkpoint

    def course(self, digest: str) -> tuple[Event, ...]:
        """Pick the events of a statement's series out of the log."""
        return of_series(self.log().events, digest)

    def states(self, digests: Iterable[str] | None = None) -> Mapping[str, State]:
        """Return the states that follow from the log."""
        return states_of(self.log().events, digests)

    def holdings(self) -> Iterator[Holding]:
        """Go through the statements: those of the log, and files that it does not name; none that was erased."""
        files: dict[str, Holding] = {}
        for path in files_below(self.url):
            held = self.holding(self._inner(path))
            if held is not None:
                files.setdefault(held.digest, held)
        kept = {name for name, _ in self._bodies()}
        for digest in sorted({*files, *kept} - erased_of(self.log().events)):
            yield files.get(digest) or Holding(digest, self.body(digest) or b"")

    def marks(self) -> dict[str, str]:
        """Return the files that may hold statements, unread: authors' files first, then bodies.

        Returns:
            For each path below the directory its mark (:func:`.files.mark_of`).
        """
        paths = [*files_below(self.url), *(path for _, path in self._bodies())]
        return {self._inner(path): mark_of(path) for path in paths}

    def holding(self, name: str) -> Holding | None:
        """Read a file that may hold a statement.

        Args:
            name: Its path below the directory, as :meth:`marks` has it.

        Returns:
            The statement, a body without the name; None where it holds none, or is not there any more.

        Raises:
            DamagedError: A body does not fit its digest.
        """
        path = os.path.join(self.url, *name.split("/"))
        if name.startswith(f"{HIDDEN}/"):
            digest = os.path.basename(path).removesuffix(".json")
            body = self.body(digest) if os.path.exists(path) else None
            return None if body is None else Holding(digest, body)
        raw = read_bytes(path)
        data = None if isinstance(raw, Finding) else data_of(raw, path)
        if isinstance(raw, Finding) or data is None or not is_statement(data):
            return None
        body = canonical(data)
        return Holding(hashlib.sha256(body).hexdigest(), body, name, raw)

    def find(self, prefix: str) -> tuple[str, ...]:
        """Return the digests that begin with a prefix."""
        kept = sorted(name for name, _ in self._bodies() if name.startswith(prefix))
        if not kept:
            kept = [held.digest for held in self.holdings() if held.digest.startswith(prefix)]
        return tuple(kept[:10])

    def body(self, digest: str) -> bytes | None:
        """Return a body."""
        try:
            with open(self.permalink(digest), "rb") as file:
                body = file.read()
        except FileNotFoundError:
            return next((held.body for held in self._loose() if held.digest == digest), None)
        return fitting(digest, body)

    def kept(self, digest: str) -> Kept | None:
        """Return body and state."""
        body = self.body(digest)
        return (
            None if body is None else Kept(body, self.states([digest]).get(digest, State(digest)))
        )

    def prove(self, digest: str) -> Proof | None:
        """Prove that a statement was published."""
        log = self.log()
        kinds = ("publish", "deposit")
        found = (one for one in log.events if one.digest == digest and one.kind in kinds)
        event = next(found, None)
        return None if event is None else prove(log, event)

    def permalink(self, digest: str) -> str:
        """Return the path of a body: the author's file may move, this one does not."""
        return os.path.join(self._own, "statements", digest[:2], f"{digest}.json")

    def damage(self) -> list[Problem]:
        """Check names and contents of the registry's own files, and that no statement is missing."""
        problems = []
        events = []
        for name, path in _named_files(os.path.join(self._own, "events")):
            with open(path, "rb") as file:
                raw = file.read()
                try:
                    event = from_json(raw)
                except DamagedError as error:
                    problems.append(Problem(path, str(error)))
                    continue
            events.append(event)
            if event.hash != name:
                problems.append(Problem(path, "it holds another event than its name says"))
            elif hash_of(event) == name and raw.rstrip() != to_bytes(event):
                # Its hash fits, and yet people may read another: of a name that stands in it twice, the first.
                problems.append(Problem(path, "it is not written as greenalgo writes an event"))
        bodies = dict(self._bodies())
        for digest, path in bodies.items():
            with open(path, "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != digest:
                    problems.append(Problem(path, "the statement was changed: its digest differs"))
        problems += self._misplaced()
        erased = erased_of(events)
        accounted = bodies.keys() | erased
        problems += [
            Problem(event.digest, "the statement is in the log, but its body is missing")
            for event in events
            if event.kind == "publish" and event.digest not in accounted
        ]
        problems += [
            Problem(bodies[one], LEFT, LEFT_HINT) for one in sorted(erased & bodies.keys())
        ]
        return problems

    def close(self) -> None:
        """Nothing is held open."""

    def _commit(self, drafts: Sequence[Draft], *, each: bool) -> tuple[Event | RegistryError, ...]:
        with locked(self.url):
            log = self.log()
            outcomes: list[Event | RegistryError] = []
            heads, seq = log.heads, len(log.events)
            states = states_of(log.events)
            for draft in drafts:
                try:
                    refuse_unfit(draft, states)
                    event = draw_up(draft, seq + 1, heads, now())
                except RegistryError as error:
                    if not each:
                        raise
                    outcomes.append(error)
                    continue
                seq += 1
                heads = (event.hash,)
                follow(states, event)
                outcomes.append(event)
            self._prepare()
            for draft, outcome in zip(drafts, outcomes, strict=True):
                if isinstance(outcome, RegistryError):
                    continue
                if draft.body:
                    name = _file_name(draft) if draft.text else ""
                    self._write_statement(draft.digest, draft.body, name, draft.text)
                self._write_event(outcome)
                if outcome.kind == "erase":  # the reason is on record before anything goes
                    self._erase(outcome.digest)
        return tuple(outcomes)

    def _loose(self) -> Iterator[Holding]:
        for path, raw in statement_files(self.url):
            body = body_of(raw, path)
            if body:
                yield Holding(hashlib.sha256(body).hexdigest(), body)

    def _inner(self, path: str) -> str:
        return os.path.relpath(path, self.url).replace(os.sep, "/")

    def _bodies(self) -> Iterator[tuple[str, str]]:
        return _named_files(os.path.join(self._own, "statements"))

    def _misplaced(self) -> list[Problem]:
        """Name links among the registry's own files, and files that are not where their names belong."""
        links = [Problem(path, LINK) for path in _links(self._own)]
        return links + [
            Problem(path, f"it is not where a file of its name is looked for: in {name[:2]}/")
            for kind in ("events", "statements")
            for name, path in _named_files(os.path.join(self._own, kind))
            if os.path.basename(os.path.dirname(path)) != name[:2]
        ]

    def _prepare(self) -> None:
        for path in _links_on_the_way(self._own):  # to where this may not write, nor clear up
            hint = "remove it, and find out who put it there"
            raise DamagedError(f"'{path}': {LINK}", hint=hint)
        temporary = os.path.join(self._own, "tmp")
        os.makedirs(temporary, exist_ok=True)
        for name in os.listdir(temporary):  # left by a program that was killed
            os.unlink(os.path.join(temporary, name))
        place(os.path.join(self._own, ".gitignore"), b"/tmp/\n", temporary)
        place(os.path.join(self._own, "format"), FORMAT, temporary)
        sync(self.url)

    def _write_statement(self, digest: str, body: bytes, name: str, text: bytes) -> None:
        temporary = os.path.join(self._own, "tmp")
        if body:
            place(self.permalink(digest), body, temporary)
        if text and name:
            place(os.path.join(self.url, *_inside(name).split("/")), text, temporary)

    def _erase(self, digest: str) -> None:
        """Remove what holds a statement: the author's files, and at last the body, which is missed if left."""
        holding = [
            path
            for path, raw in statement_files(self.url)
            if hashlib.sha256(body_of(raw, path)).hexdigest() == digest
        ]
        for path in (*holding, self.permalink(digest)):
            with suppress(FileNotFoundError):
                os.unlink(path)
                sync(os.path.dirname(path))

    def _write_event(self, event: Event) -> None:
        path = os.path.join(self._own, "events", event.hash[:2], f"{event.hash}.json")
        place(path, to_bytes(event) + b"\n", os.path.join(self._own, "tmp"))
        self._read[event.hash] = event


def body_of(raw: bytes, name: str) -> bytes:
    """Return the canonical JSON of a statement file; nothing where it cannot be read."""
    data = data_of(raw, name)
    return b"" if data is None else canonical(data)


def data_of(raw: bytes, name: str) -> dict[str, Any] | None:
    """Return the document of a statement file; None where it cannot be read."""
    data = parse_fast(raw, name)
    if data is None:
        document = parse(raw, name)
        data = document.data if isinstance(document, Document) else None
    return data if isinstance(data, dict) else None


def _file_name(draft: Draft) -> str:
    """Return the name of an author's file in a directory: what it is about, and its digest."""
    subject = json.loads(draft.body)["subject"]["name"]
    words = unicodedata.normalize("NFKD", subject).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60].strip("-")
    suffix = "json" if is_json(decode(draft.text), "") else "yaml"
    return f"{slug or 'statement'}-{draft.digest[:12]}.{suffix}"


def _inside(name: str) -> str:
    """Return a relative name that cannot lead out of the directory, nor into the registry's own."""
    parts = [part for part in name.replace("\\", "/").split("/") if part]
    if (
        not parts
        or any(part.startswith(".") or ":" in part for part in parts)
        or name.startswith("/")
    ):
        raise DamagedError(f"'{name}' cannot be the name of a statement's file")
    return "/".join(parts)


def _links(own: str) -> list[str]:
    """Return the links among a registry's own files and folders."""
    if os.path.islink(own):
        return [own]
    below = (
        os.path.join(folder, name)
        for folder, folders, names in os.walk(own)
        for name in (*folders, *names)
    )
    return [path for path in below if os.path.islink(path)]


def _links_on_the_way(own: str) -> Iterator[str]:
    """Go through the links among the folders of a registry's own that a commit may write to."""
    if os.path.islink(own):
        yield own
    for folder in (own, os.path.join(own, "events"), os.path.join(own, "statements")):
        if os.path.isdir(folder):
            with os.scandir(folder) as inside:  # which tells links without asking for each
                yield from (entry.path for entry in inside if entry.is_symlink())


def _named_files(folder: str) -> Iterator[tuple[str, str]]:
    """Go through ``ab/abcd….json`` below a directory: name without suffix, and path."""
    if not os.path.isdir(folder):
        return
    for part in sorted(os.listdir(folder)):
        below = os.path.join(folder, part)
        for name in sorted(os.listdir(below)) if os.path.isdir(below) else ():
            if name.endswith(".json"):
                yield name.removesuffix(".json"), os.path.join(below, name)
