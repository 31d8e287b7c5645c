"""A directory as a registry: branches merge, files that were touched are found, killed writers leave nothing."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest
from registry_cases import draft, statement

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.door import look, submit
from greenalgo.registry.record import Draft
from greenalgo.registry.store import DirectoryStore, Holding
from greenalgo.registry.store.directory import LINK, _file_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Git = Callable[..., str]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    return tmp_path / "statements"


def hand_in(registry: Path, hours: int, **options: str) -> str:
    raw = statement(hours=hours)
    store = DirectoryStore(str(registry), create=True)
    return submit(store, look(raw, "f.yaml"), raw, "f.yaml", **options).digest  # type: ignore[arg-type]


def files(registry: Path, pattern: str) -> list[Path]:
    return sorted(registry.glob(f".greenalgo-registry/{pattern}/*/*.json"))


def test_the_authors_file_is_kept_as_it_is(registry: Path) -> None:
    digest = hand_in(registry, 1)
    (kept,) = registry.glob("*.yaml")
    assert kept.name == f"chess-7b-{digest[:12]}.yaml"
    assert kept.read_bytes() == statement(hours=1)
    assert kept.stat().st_mode & 0o777 == 0o644


def test_the_permalink_is_a_file_that_exists(registry: Path) -> None:
    digest = hand_in(registry, 1)
    store = DirectoryStore(str(registry))
    with open(store.permalink(digest), "rb") as file:
        assert file.read() == store.body(digest)


def test_a_file_inside_the_directory_stays_where_it_is(registry: Path) -> None:
    registry.mkdir()
    path = registry / "mine.yaml"
    path.write_bytes(statement())
    store = DirectoryStore(str(registry))
    submit(store, look(statement(), str(path)), statement(), str(path))
    assert [name.name for name in registry.glob("*.yaml")] == ["mine.yaml"]
    assert audit.inspect(store).sound


@pytest.fixture
def git(registry: Path) -> Git:
    registry.mkdir()

    def run(*arguments: str) -> str:
        settings = (
            "-c",
            "user.name=T",
            "-c",
            "user.email=t@example.org",
            "-c",
            "commit.gpgsign=false",
        )
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=registry,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init", "-q", "-b", "main")
    return run


def test_branches_that_add_statements_merge_without_conflict(registry: Path, git: Git) -> None:
    def commit(message: str) -> None:
        git("add", "-A")
        git("commit", "-q", "-m", message)

    first = hand_in(registry, 1)
    commit("first")
    base = DirectoryStore(str(registry)).log().checkpoint
    branches = {}
    for number in (2, 3, 4):
        git("checkout", "-q", "-b", f"branch-{number}", "main")
        hand_in(registry, number * 10)
        second = hand_in(registry, number * 10 + 1, supersedes=first if number == 4 else "")
        commit(f"statements of branch {number}")
        branches[number] = (second, DirectoryStore(str(registry)).log().checkpoint)
    git("checkout", "-q", "main")
    for number in branches:
        git("merge", "-q", "--no-edit", f"branch-{number}")
    store = DirectoryStore(str(registry))
    assert len(store.log().heads) == 3
    inspection = audit.inspect(store)
    assert inspection.sound, inspection
    assert len(inspection.checked) == 7
    assert store.states()[first].superseded_by == branches[4][0]
    after = hand_in(registry, 99)
    log = store.log()
    assert log.heads == (next(event.hash for event in log.events if event.digest == after),)
    assert log.problems() == []
    for checkpoint in (base, *(checkpoint for _, checkpoint in branches.values())):
        assert audit.verify(store, checkpoint).problems == ()
    assert git("status", "--porcelain").count("\n") == 3  # a file, a body and an event are new


def test_an_edited_statement_is_found(registry: Path) -> None:
    hand_in(registry, 1)
    (path,) = registry.glob("*.yaml")
    path.write_bytes(statement(hours=2))
    inspection = audit.inspect(DirectoryStore(str(registry)))
    assert not inspection.sound
    assert "was changed or removed" in inspection.missing[0].message


def test_comments_may_be_edited(registry: Path) -> None:
    hand_in(registry, 1)
    (path,) = registry.glob("*.yaml")
    path.write_bytes(b"# A better comment.\n" + statement(hours=1))
    assert audit.inspect(DirectoryStore(str(registry))).sound


def test_a_removed_statement_is_found_unless_it_was_superseded(registry: Path) -> None:
    first = hand_in(registry, 1)
    (path,) = registry.glob("*.yaml")
    path.unlink()
    assert not audit.inspect(DirectoryStore(str(registry))).sound
    hand_in(registry, 2, supersedes=first)
    store = DirectoryStore(str(registry))
    assert audit.inspect(store).sound
    assert store.body(first) is not None


def test_a_changed_body_is_found(registry: Path) -> None:
    hand_in(registry, 1)
    (body,) = files(registry, "statements")
    body.write_bytes(body.read_bytes().replace(b"57", b"56"))
    problems = audit.verify(DirectoryStore(str(registry))).problems
    assert "digest differs" in problems[0].message


def test_a_removed_body_is_found(registry: Path) -> None:
    hand_in(registry, 1)
    files(registry, "statements")[0].unlink()
    problems = audit.verify(DirectoryStore(str(registry))).problems
    assert "body is missing" in problems[0].message


def test_a_changed_event_is_found(registry: Path) -> None:
    hand_in(registry, 1)
    (path,) = files(registry, "events")
    event = json.loads(path.read_bytes())
    path.write_text(json.dumps({**event, "actor": "mallory"}))
    assert "was changed" in audit.verify(DirectoryStore(str(registry))).problems[0].message
    path.write_text("{")
    assert "no JSON" in audit.verify(DirectoryStore(str(registry))).problems[0].message
    path.write_text(json.dumps({**event, "hash": "0" * 64}))
    assert "than its name says" in audit.verify(DirectoryStore(str(registry))).problems[0].message
    with pytest.raises(DamagedError):
        hand_in(registry, 2)


def test_a_removed_event_is_found_by_what_follows_it(registry: Path) -> None:
    hand_in(registry, 1)
    first = files(registry, "events")[0]
    hand_in(registry, 2)
    first.unlink()
    problems = audit.verify(DirectoryStore(str(registry))).problems
    assert any("is missing" in problem.message for problem in problems)


def test_what_a_killed_writer_left_is_no_harm_and_is_cleared(registry: Path) -> None:
    hand_in(registry, 1)
    temporary = registry / ".greenalgo-registry" / "tmp"
    (temporary / "tmpabc").write_bytes(b'{"half')
    store = DirectoryStore(str(registry))
    assert audit.inspect(store).sound
    # A writer that was killed before the event: body and file are there, the statement is not.
    one = draft(2)
    store._write_statement(one.digest, one.body, _file_name(one), one.text)
    assert audit.inspect(store).sound
    assert one.digest not in store.states()
    assert store.commit([one])[0].seq == 2
    assert list(temporary.iterdir()) == []


def test_a_directory_that_cannot_be_written_says_so(
    registry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(registry, 1)
    before = [path for path in sorted(registry.rglob("*")) if path.is_file()]

    def full(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as error:
        hand_in(registry, 2)
    assert str(error.value.filename).startswith(str(registry))
    monkeypatch.undo()
    assert [path for path in sorted(registry.rglob("*")) if path.is_file()] == before
    assert audit.inspect(DirectoryStore(str(registry))).sound


@pytest.mark.parametrize("name", ["", "tmp", "events", "statements", "events/00"])
def test_a_link_leads_no_writer_elsewhere(registry: Path, tmp_path: Path, name: str) -> None:
    hand_in(registry, 1)
    elsewhere = tmp_path / "elsewhere"
    place = registry / ".greenalgo-registry" / name
    if place.is_dir():
        place.rename(elsewhere)
    elsewhere.mkdir(exist_ok=True)
    (elsewhere / "precious").write_text("x")
    before = sorted(elsewhere.rglob("*"))
    place.symlink_to(elsewhere)
    with pytest.raises(DamagedError, match="it is a link"):
        hand_in(registry, 2)
    assert sorted(elsewhere.rglob("*")) == before
    assert not audit.inspect(DirectoryStore(str(registry))).sound


def test_a_link_is_no_statement_of_a_registry(registry: Path, tmp_path: Path) -> None:
    hand_in(registry, 1)
    (tmp_path / "x.yaml").write_bytes(statement(hours=2))
    (registry / "x.yaml").symlink_to(tmp_path / "x.yaml")
    inspection = audit.inspect(DirectoryStore(str(registry)))
    assert [item.problem for item in inspection.checked if item.name.endswith("x.yaml")] == [LINK]


def test_a_body_in_another_folder_is_found(registry: Path) -> None:
    hand_in(registry, 1)
    (body,) = files(registry, "statements")
    body.parent.rename(body.parent.parent / "zz")
    problems = DirectoryStore(str(registry)).damage()
    assert [problem.message for problem in problems] == [
        f"it is not where a file of its name is looked for: in {body.name[:2]}/"
    ]


def test_an_event_that_is_read_in_two_ways_is_found(registry: Path) -> None:
    hand_in(registry, 1, actor="A. Author")
    (event,) = files(registry, "events")
    event.write_bytes(event.read_bytes().replace(b"{", b'{"actor":"B. Other",', 1))
    (problem,) = DirectoryStore(str(registry)).damage()
    assert problem.message == "it is not written as greenalgo writes an event"


def test_ends_of_lines_that_git_put_in_do_no_harm(registry: Path) -> None:
    hand_in(registry, 1)
    for path in registry.rglob("*"):
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    hand_in(registry, 2)
    assert audit.inspect(DirectoryStore(str(registry))).sound


def test_a_newer_layout_is_refused(registry: Path) -> None:
    hand_in(registry, 1)
    (registry / ".greenalgo-registry" / "format").write_text("greenalgo-registry 2\n")
    with pytest.raises(CannotCheckError, match="newer"):
        DirectoryStore(str(registry))


@pytest.mark.parametrize(
    "name",
    [
        "../out.yaml",
        "/out.yaml",
        ".greenalgo-registry/x.json",
        ".git/config",
        "a/../b.yaml",
        "C:/x",
        "",
    ],
)
def test_a_snapshot_cannot_write_elsewhere(registry: Path, name: str) -> None:
    one = draft()
    store = DirectoryStore(str(registry), create=True)
    holding = Holding(one.digest, one.body, name, one.text)
    if name:
        with pytest.raises(DamagedError):
            store.restore([holding], ())
    else:
        store.restore([holding], ())
        assert [path.name for path in registry.glob("*") if path.is_file()] == [
            f"{one.digest}.json"
        ]


def test_withdrawing_what_is_not_in_the_log(registry: Path) -> None:
    registry.mkdir()
    (registry / "a.yaml").write_bytes(statement())
    store = DirectoryStore(str(registry))
    digest = next(store.holdings()).digest
    assert store.find(digest[:9]) == (digest,)
    assert store.body(digest) is not None
    with pytest.raises(RegistryError):
        store.commit([Draft("withdraw", digest, "", "why")])
