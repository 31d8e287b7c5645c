"""The door: what a statement has to be to come in. The same judge as ``greenalgo validate``."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo import __version__
from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.findings import Report
from greenalgo.registry.record import Draft, Receipt, State, digest_in, readable, refuse_unfit
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.sources import Document, parse, parse_fast
from greenalgo.statement.digest import canonical
from greenalgo.validate.engine import check_bytes, judge
from greenalgo.validate.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from greenalgo.registry.record import Event
    from greenalgo.registry.store import Store

#: The least level that is let in.
LEAST = "L1"


class Judged(NamedTuple):
    """A statement that was looked at.

    Attributes:
        report: The validator's verdict, with places in the file.
        fit: It may come in.
        digest: Its digest; empty where it is invalid.
        body: Its canonical JSON; empty where it is invalid.
        supersedes: The digest that its relations say it supersedes; may be empty.
    """

    report: Report
    fit: bool
    digest: str = ""
    body: bytes = b""
    supersedes: str = ""


class Outcome(NamedTuple):
    """What became of a submission.

    Attributes:
        digest: The statement.
        permalink: Where it is, or would be.
        state: Its state in the registry.
        known: It was in the registry before.
        event: Its publication; None for a dry run.
    """

    digest: str
    permalink: str
    state: State
    known: bool
    event: Event | None = None


def look(raw: bytes, name: str) -> Judged:
    """Judge the text of a statement and draw up what the registry would keep.

    Args:
        raw: The file, byte for byte.
        name: Its name, for messages and for telling JSON from YAML.

    Raises:
        RegistryError: Its relations say in two ways what it supersedes.
    """
    data = parse_fast(raw, name)
    if data is None:
        document = parse(raw, name)
        if not isinstance(document, Document):
            return Judged(check_bytes(raw, name), fit=False)
        data = document.data
    verdict = judge(data, raw)
    # Judged again where there are findings: they need their places in the file.
    clean = Report(name, (), verdict.level, verdict.missing)
    report = check_bytes(raw, name) if verdict.findings else clean
    if not report.valid:
        return Judged(report, fit=False)
    body = canonical(data)
    fit = LEVELS.index(report.level) >= LEVELS.index(LEAST)
    return Judged(report, fit, hashlib.sha256(body).hexdigest(), body, _superseded(data))


def _superseded(data: dict[str, Any]) -> str:
    """Return the digest that a statement says it supersedes; other names are no business of ours."""
    named = {
        digest
        for relation in data.get("relations", ())
        if relation["kind"] == "supersedes" and (digest := digest_in(relation["statement"]))
    }
    if len(named) > 1:
        raise RegistryError(
            "the statement supersedes several others", hint="name one digest with kind: supersedes"
        )
    return next(iter(named), "")


def draft_of(
    judged: Judged, raw: bytes, name: str, *, supersedes: str = "", actor: str = ""
) -> Draft:
    """Draw up the publication of a statement.

    Args:
        judged: What :func:`look` returned; it is fit.
        raw: The file.
        name: Its name.
        supersedes: The digest that the submitter names.
        actor: Who submits.

    Raises:
        RegistryError: The statement is not fit, or submitter and statement name different digests.
    """
    if not judged.fit:
        raise RegistryError(f"{name} is not fit for a registry: it has no level {LEAST}")
    if supersedes and judged.supersedes and supersedes != judged.supersedes:
        raise RegistryError(
            f"the statement says that it supersedes {judged.supersedes}, and not {supersedes}",
            hint="leave --supersedes out, or correct the statement's relations",
        )
    return Draft(
        "publish", judged.digest, actor, "", supersedes or judged.supersedes, judged.body, raw
    )


def submit(
    store: Store,
    judged: Judged,
    raw: bytes,
    name: str,
    *,
    supersedes: str = "",
    actor: str = "",
    dry_run: bool = False,
    commit: Callable[[Draft], Event] | None = None,
) -> Outcome:
    """Put a statement into a registry. The same statement twice is one.

    Args:
        store: The registry.
        judged: What :func:`look` said of it.
        raw: The file, byte for byte.
        name: Its name; a file inside a directory store stays where it is.
        supersedes: The digest of the statement that it takes the place of.
        actor: Who submits, in words; the store does not check it.
        dry_run: Say what would happen, and write nothing.
        commit: Writes the event, for a service whose requests share a writer; the store itself if not
            given.

    Raises:
        RegistryError: The registry refuses it; says why.
        CannotCheckError: The store cannot be written.
    """
    draft = draft_of(judged, raw, name, supersedes=supersedes, actor=actor)
    if isinstance(store, DirectoryStore):
        draft = in_store(store, draft, name)
    wanted = [text for text in (draft.digest, draft.supersedes) if text]
    if dry_run:
        states = store.states(wanted)
        found = _known(store, draft, states)
        if found is None:
            refuse_unfit(draft, states)
            state = states.get(draft.digest, State(draft.digest))
            found = Outcome(draft.digest, store.permalink(draft.digest), state, known=False)
        return found
    try:
        event = commit(draft) if commit else store.commit([draft])[0]
    except (RegistryError, CannotCheckError) as error:
        # The store is not asked before: it looks itself, and most statements are new. One that cannot be written
        # (a copy for reading, a full disk) may have the statement all the same.
        found = _known_after(error, store, draft, wanted)
        if found is None:
            raise
        return found
    return _taken_in(store, draft, event)


def submit_each(store: Store, drafts: Sequence[Draft]) -> list[Outcome | RegistryError]:
    """Put statements into a registry with one transaction; what is wrong with one does not stop the others.

    Args:
        store: The registry.
        drafts: As :func:`draft_of` makes them, in order: each may supersede one before it.

    Returns:
        For each its outcome, or why the registry refuses it.

    Raises:
        CannotCheckError: The store cannot be written; none of them came in.
    """
    answers = store.commit_each(drafts)
    pairs = list(zip(drafts, answers, strict=True))
    refused = {draft.digest for draft, answer in pairs if isinstance(answer, RegistryError)}
    states = store.states(refused) if refused else {}
    outcomes: list[Outcome | RegistryError] = []
    for draft, answer in pairs:
        if isinstance(answer, RegistryError):
            try:
                outcomes.append(_known(store, draft, states) or answer)
            except RegistryError as error:
                outcomes.append(error)
        else:
            outcomes.append(_taken_in(store, draft, answer))
    return outcomes


def _taken_in(store: Store, draft: Draft, event: Event) -> Outcome:
    state = State(
        draft.digest, "published", event.at, actor=draft.actor, supersedes=draft.supersedes
    )
    return Outcome(draft.digest, store.permalink(draft.digest), state, known=False, event=event)


def _known_after(
    error: RegistryError | CannotCheckError, store: Store, draft: Draft, wanted: Sequence[str]
) -> Outcome | None:
    """Return the outcome for a statement that could not be written because, or although, the registry has it."""
    try:
        states = store.states(wanted)
    except CannotCheckError:
        raise error from None  # it cannot be read either: what went wrong first says more
    return _known(store, draft, states)


def in_store(store: DirectoryStore, draft: Draft, name: str) -> Draft:
    """Leave the author's file out of a draft where it lies in the directory store already: it stays where it is."""
    return draft._replace(text=b"") if _lies_in(name, store.url) else draft


def _known(store: Store, draft: Draft, states: Mapping[str, State]) -> Outcome | None:
    """Return the outcome for a statement that the registry has; None where it has to be written."""
    state = states.get(draft.digest, State(draft.digest))
    if not state.status or state.is_tombstone:
        return None
    if draft.supersedes and draft.supersedes != state.supersedes:
        raise RegistryError(
            f"the statement is in the registry since {state.at[:10]}, and does not supersede "
            f"{draft.supersedes[:12]}…",
            hint="what a statement supersedes is said when it is published; submit a new version",
        )
    return Outcome(draft.digest, store.permalink(draft.digest), state, known=True)


def receipt_for(store: Store, digest: str) -> Receipt:
    """Make the receipt of a statement that is in a registry.

    Raises:
        RegistryError: The log does not know it.
    """
    proof, body = store.prove(digest), store.body(digest)
    if proof is None:
        raise RegistryError(f"there is no statement {digest[:12]}… in the log of this registry")
    # of a statement that was erased, the proof of its publication stays
    level = look(readable(body), f"{digest}.json").report.level if body else ""
    return Receipt(*proof, store.permalink(digest), level, f"greenalgo {__version__}")


def _lies_in(path: str, folder: str) -> bool:
    if path == "-":
        return False
    path, folder = os.path.realpath(path), os.path.realpath(folder)
    return os.path.commonpath([path, folder]) == folder if path[:1] == folder[:1] else False
