"""What a pull request does to a registry that is kept in git: it may add to it, and to nothing else.

:mod:`greenalgo.registry.audit` judges a directory as it stands. A log that somebody cut short or wrote anew
is consistent in itself: what gives it away is the commit that the pull request is to be merged into.
"""

from __future__ import annotations

import os
import re
import subprocess
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry.record import Draft, Log, Problem, draw_up, follow, refuse_unfit, states_of
from greenalgo.registry.record.actor import claimed_by
from greenalgo.registry.record.event import hidden_in
from greenalgo.registry.record.state import erased_of
from greenalgo.registry.store.directory import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from greenalgo.registry.record import Event
    from greenalgo.registry.store import DirectoryStore

#: The registry's own files, below its directory.
_OWN = re.compile(
    re.escape(f"{HIDDEN}/")
    + r"(?:format|\.gitignore|(events|statements)/([0-9a-f]{2})/(\2[0-9a-f]{62})\.json)"
)
#: Modes of git, but for that of a plain file.
_MODES = {
    "120000": "a link", "160000": "another repository (a submodule)", "100755": "marked as a program",
}  # fmt: skip
_PLAIN, _GONE = "100644", "000000"


class Proposal(NamedTuple):
    """What the commits of a pull request do to a registry.

    Attributes:
        events: The events that they add, in the log's order.
        changed: Files of statements that they change or remove, below the directory: whether they may,
            :func:`greenalgo.registry.audit.inspect` says.
        problems: What no pull request may do.
    """

    events: tuple[Event, ...]
    changed: tuple[str, ...]
    problems: tuple[Problem, ...]


class _Change(NamedTuple):
    """A file that differs between two commits: its mode afterwards, A, M, D or T, and its path."""

    mode: str
    status: str
    path: str


def compare(store: DirectoryStore, base: str, statements: Collection[str]) -> Proposal:
    """Compare what is checked out with the commit that it is to be merged into.

    Args:
        store: The registry.
        base: The commit, by any name that git knows.
        statements: Paths of the files that hold statements.

    Raises:
        CannotCheckError: It is not in git, the commit is not there or not a part of what is checked out,
            or something is not committed.
    """
    directory = store.url
    prefix = _prefix(directory)
    inside, outside = [], []
    for change in _changes(directory, base):
        if change.path.startswith(prefix):
            inside.append(change._replace(path=change.path.removeprefix(prefix)))
        else:
            outside.append(change.path)
    try:
        log = store.log()
    except DamagedError:  # which the audit names
        log = Log()
    holding = {os.path.relpath(path, directory).replace(os.sep, "/") for path in statements}
    erased = erased_of(log.events)
    problems = [
        Problem(os.path.join(directory, change.path), text)
        for change in inside
        if (text := _refused(change, holding, erased))
    ]
    if inside:
        text = f"a pull request that changes {directory} may change nothing else"
        problems += [Problem(path, text, "make another pull request of it") for path in outside]
    added = [change.path for change in inside if change.status == "A"]
    problems += _alike(directory, added)
    own = filter(None, map(_OWN.fullmatch, added))
    events = {match[3] for match in own if match[1] == "events"}
    others = [change.path for change in inside if change.status != "A"]
    return Proposal(
        tuple(event for event in log.events if event.hash in events),
        tuple(path for path in others if not path.startswith(f"{HIDDEN}/")),
        (*problems, *_unfit(log, events)),
    )


def _prefix(directory: str) -> str:
    """Return where a directory is in its repository, and refuse one that is a link there to another."""
    top, prefix = _git(directory, "rev-parse", "--show-toplevel", "--show-prefix").split("\n")[:2]
    path = os.path.normpath(directory)
    while path not in (above := os.path.dirname(path), os.curdir):
        real = os.path.realpath(above or os.curdir)
        if os.path.islink(path) and f"{real}/".startswith(f"{os.path.realpath(top)}/"):
            raise CannotCheckError(f"'{path}' is a link in the repository: name where it leads to")
        path = above
    return prefix


def _changes(directory: str, base: str) -> list[_Change]:
    try:
        named = ("rev-parse", "--verify", "--end-of-options", f"{base}^{{commit}}")
        commit = _git(directory, *named).strip()
    except CannotCheckError as error:
        raise CannotCheckError(
            f"git knows no commit '{base}' in '{directory}'",
            hint="fetch it: a clone with a depth of 1 has the last commit alone",
        ) from error
    if _git(directory, "merge-base", commit, "HEAD").strip() != commit:
        raise CannotCheckError(
            f"what is checked out does not contain '{base}': merge that first, or check out the merge"
        )
    if _git(directory, "status", "--porcelain", "--", ".").strip():
        raise CannotCheckError(f"in '{directory}' there are changes that are not committed")
    options = ("-r", "-z", "--no-renames", "--no-relative", "--ignore-submodules=none")
    fields = _git(directory, "diff-tree", *options, commit, "HEAD").split("\0")
    found = []
    for about, path in zip(fields[::2], fields[1::2], strict=False):  # the last field is empty
        _, mode, _, _, status = about.split(" ")
        found.append(_Change(mode, status, path))
    return found


def _refused(change: _Change, statements: Collection[str], erased: Collection[str]) -> str:
    """Say why a change to a file of the registry's directory is refused; empty where it is not."""
    if change.mode not in (_PLAIN, _GONE):
        kind = _MODES.get(change.mode, f"of mode {change.mode}")
        return f"it is {kind}: a registry has plain files only"
    if hidden_in(change.path):
        return "its name holds characters that cannot be seen"
    if change.path.startswith(f"{HIDDEN}/"):
        match = _OWN.fullmatch(change.path)
        if match is None:
            return "it is no file that greenalgo writes there"
        if change.status != "A" and not (change.mode == _GONE and match[3] in erased):
            done = "removed" if change.mode == _GONE else "changed"
            return f"it was {done}, and a registry's own files are only ever added"
    elif change.mode == _PLAIN and change.path not in statements:
        return "it is no statement, and a registry takes nothing else"
    return ""


def _alike(directory: str, added: list[str]) -> Iterator[Problem]:
    """Name new files of which a computer that does not tell such names apart keeps one."""
    paths = _git(directory, "ls-tree", "-r", "-z", "--name-only", "HEAD").split("\0")
    counts = Counter(map(_folded, paths))
    for path in added:
        if counts[_folded(path)] > 1:
            text = "its name differs from another one in capitals or accents alone"
            yield Problem(os.path.join(directory, path), text, "give it another name")


def _folded(path: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", path).casefold())


def _unfit(log: Log, added: Collection[str]) -> Iterator[Problem]:
    """Name new events that greenalgo would not have written where they stand."""
    last, states = "", states_of(())
    for event in log.events:
        if event.hash not in added:
            continue
        if event.parents != (last,):
            before = {one for parent in event.parents for one in log.upto(parent).by_hash}
            states = states_of(one for one in log.events if one.hash in before)
        draft = Draft(
            event.kind, event.digest, event.actor, event.reason, event.supersedes,
            opens=event.opens, salt=event.salt,
        )  # fmt: skip
        try:
            refuse_unfit(draft, states)
            as_written = draw_up(draft, event.seq, event.parents, event.at)
        except RegistryError as error:
            yield Problem(event.hash, f"event {event.seq} ({event.kind}) cannot be: {error}")
        else:
            if as_written != event:
                yield Problem(event.hash, f"event {event.seq} is not as greenalgo writes it")
        if claim := claimed_by(event.actor):
            text = f"event {event.seq} says that it is by '{event.actor}': '{claim}:' is what a service"
            yield Problem(
                event.hash, f"{text} puts before whom it has identified, and none was asked"
            )
        last = event.hash
        follow(states, event)


def _git(directory: str, *arguments: str) -> str:
    """Return what git prints, whose paths may be any bytes."""
    command = ["git", "-C", directory, "--no-replace-objects", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 (a fixed program, no shell, a commit's name cannot be an option)
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            encoding="utf-8", errors="surrogateescape",
        )  # fmt: skip
    except FileNotFoundError as error:
        raise CannotCheckError("git is not installed: it is asked what was changed") from error
    if done.returncode:
        told = done.stderr.strip().splitlines() or ["nothing"]
        raise CannotCheckError(f"git cannot tell what was changed in '{directory}': {told[0]}")
    return done.stdout
