"""The catalogue of a directory: it follows files that come, go, move and change, and reads few of them."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from registry_cases import DATABASES, draft, make_store, statement, url_of

from everyday import often
from greenalgo.registry.catalogue import Catalogue, Query, files, open_catalogue
from greenalgo.registry.store import open_store
from greenalgo.registry.store.directory import DirectoryStore
from greenalgo.registry.store.files import mark_of
from greenalgo.registry.store.sql.engine import open_engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

#: Longer than a tick of the clock that file systems write down.
TICK = 0.02


@pytest.fixture(params=DATABASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "catalogue").mkdir()
    made = open_engine(url_of(request.param, tmp_path / "catalogue"))
    yield made
    made.dispose()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "r"
    made.mkdir()
    for name in ("a", "b", "c"):
        (made / f"{name}.yaml").write_bytes(statement(name.upper()))
    return made


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files that were read."""
    found: list[str] = []
    holding = DirectoryStore.holding

    def told(store: DirectoryStore, name: str) -> object:
        found.append(name)
        return holding(store, name)

    monkeypatch.setattr(DirectoryStore, "holding", told)
    return found


def titles(catalogue: Catalogue) -> list[str]:
    entries = catalogue.page(Query(sort="title", descending=False, limit=100)).entries
    return [entry.row.subject for entry in entries]


def test_files_that_come_go_and_move(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.yaml").write_bytes(statement(name.upper()))
    (folder / "broken.yaml").write_bytes(b'spec_version: "1.0"\ntitle: x\n')
    store = open_store(str(folder))
    with open_catalogue(store) as catalogue:
        assert catalogue.sync(store) == 4
        assert titles(catalogue) == ["A", "B", "C"]
        assert catalogue.statistics().unusable == ("broken",)
        (folder / "a.yaml").unlink()
        (folder / "b.yaml").rename(folder / "moved.yaml")
        assert catalogue.sync(store) == 0
        assert titles(catalogue) == ["B", "C"]
        assert [row.name for row in catalogue.rows()] == ["c", "moved"]
    with open_catalogue(open_store(str(folder))) as again:
        assert again.count() == 2
    assert (folder / ".greenalgo-registry" / "cache" / ".gitignore").read_text() == "*\n"


def test_a_file_that_is_submitted_later_gets_its_place_in_the_log(
    tmp_path: Path, engine: Engine
) -> None:
    store = make_store("directory", tmp_path)
    (tmp_path / "registry" / "loose.yaml").write_bytes(statement("Loose"))
    catalogue = Catalogue(engine)
    assert catalogue.sync(store) == 1
    assert catalogue.page().entries[0].state.status == ""
    store.commit([draft(name="Loose")])
    assert catalogue.sync(store) == 0
    entry = catalogue.page().entries[0]
    assert (entry.state.status, entry.position) == ("published", 1)
    assert catalogue.page(Query(as_of=0)).entries == ()
    assert catalogue.rebuild(store).changed == {}


def test_branches_that_are_merged_later(tmp_path: Path, engine: Engine) -> None:
    store = make_store("directory", tmp_path)
    store.commit([draft(1, name="Trunk")])
    (tmp_path / "other").mkdir()
    branch = make_store("directory", tmp_path / "other")
    branch.restore(list(store.holdings()), store.log().events)
    branch.commit([draft(2, name="Branch")])
    store.commit([draft(3, name="Later")])
    catalogue = Catalogue(engine)
    catalogue.sync(store)
    root, other = tmp_path / "registry", tmp_path / "other" / "registry"
    for path in sorted(other.rglob("*.json")) + sorted(other.glob("*.yaml")):
        target = root / path.relative_to(other)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    merged = open_store(str(root))
    catalogue.sync(merged)
    order = [event.digest for event in merged.log().events]
    entries = catalogue.page(Query(descending=False)).entries
    assert [entry.digest for entry in entries] == order
    assert [entry.position for entry in entries] == [1, 2, 3]
    assert catalogue.rebuild(merged).changed == {}


@pytest.mark.usefixtures("settled")
def test_a_file_is_read_again_only_when_it_was_changed(folder: Path, read: list[str]) -> None:
    store = DirectoryStore(str(folder))
    store.commit([draft(name="D")])
    with open_catalogue(store) as catalogue:
        time.sleep(TICK)
        assert catalogue.sync(store) == 4
        assert len(read) == 5  # the body of D as well
        read.clear()
        time.sleep(TICK)
        assert catalogue.sync(store) == 0
        assert read == []
        (folder / "b.yaml").write_bytes(statement("X"))
        store.commit([draft(name="E")])
        time.sleep(TICK)
        assert catalogue.sync(store) == 2
        assert len(read) == 3
        assert "b.yaml" in read
        assert titles(catalogue) == ["A", "C", "D", "E", "X"]
        read.clear()
        os.utime(folder / "a.yaml")  # touched, and the same
        assert catalogue.sync(store) == 0
        assert read == ["a.yaml"]
        assert catalogue.rebuild(store).changed == {}


@pytest.mark.parametrize("trusts", [True, False])
def test_a_change_that_keeps_size_and_time_is_seen(
    folder: Path, monkeypatch: pytest.MonkeyPatch, trusts: bool
) -> None:
    if trusts:
        monkeypatch.setattr("greenalgo.registry.store.files.SETTLED", 0.0)
    store = DirectoryStore(str(folder))
    path = folder / "a.yaml"
    with open_catalogue(store) as catalogue:
        time.sleep(TICK if trusts else 0)
        catalogue.sync(store)
        before = path.stat()
        time.sleep(TICK if trusts else 0)
        path.write_bytes(statement("Z"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert path.stat().st_size == before.st_size
        assert catalogue.sync(store) == 1
        assert titles(catalogue) == ["B", "C", "Z"]


def test_what_was_changed_just_now_has_no_mark(folder: Path) -> None:
    path = folder / "a.yaml"
    assert mark_of(str(path)) == mark_of(str(folder / "absent.yaml")) == ""
    later = time.time_ns() + 10**12
    os.utime(path, ns=(later, later))  # a clock that is wrong is no proof either
    assert mark_of(str(path)) == ""


def test_of_files_that_hold_the_same_the_first_gives_the_name(folder: Path) -> None:
    store = DirectoryStore(str(folder))
    with open_catalogue(store) as catalogue:
        catalogue.sync(store)
        (folder / "below").mkdir()
        shutil.copy(folder / "b.yaml", folder / "below" / "again.yaml")
        assert catalogue.sync(store) == 0
        assert [row.name for row in catalogue.rows()] == ["a", "b", "c"]
        (folder / "b.yaml").unlink()
        assert catalogue.sync(store) == 0
        assert [row.name for row in catalogue.rows()] == ["a", "again", "c"]
        assert catalogue.rebuild(store).changed == {}


@pytest.mark.usefixtures("settled")
def test_a_sync_that_was_cut_off_is_made_up_for(
    folder: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = DirectoryStore(str(folder))
    catalogue = Catalogue(engine)
    time.sleep(TICK)
    with monkeypatch.context() as patch:
        patch.setattr(files, "_settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            catalogue.sync(store)
    assert catalogue.sync(store) == 0  # they were judged before
    assert titles(catalogue) == ["A", "B", "C"]
    assert catalogue.rebuild(store).changed == {}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
@pytest.mark.usefixtures("settled")
def test_what_git_pulls_is_followed(tmp_path: Path, engine: Engine, read: list[str]) -> None:
    def git(where: Path, *arguments: str) -> None:
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-C", str(where))
        subprocess.run(["git", *settings, *arguments], check=True, capture_output=True)

    origin, clone = tmp_path / "origin", tmp_path / "clone"
    upstream = DirectoryStore(str(origin), create=True)
    git(origin, "init", "-q", "-b", "main")
    for name in ("edited", "gone", "moved", "same"):
        (origin / f"{name}.yaml").write_bytes(statement(name))
    upstream.commit([draft(name="logged")])
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "one")
    git(tmp_path, "clone", "-q", str(origin), str(clone))
    store, catalogue = DirectoryStore(str(clone)), Catalogue(engine)
    time.sleep(TICK)
    assert catalogue.sync(store) == 5
    (origin / "edited.yaml").write_bytes(statement("other!"))
    (origin / "gone.yaml").unlink()
    (origin / "moved.yaml").rename(origin / "elsewhere.yaml")
    upstream.commit([draft(name="later")])
    git(origin, "add", "-A")
    git(origin, "commit", "-q", "-m", "two")
    git(clone, "pull", "-q", "--ff-only")
    read.clear()
    time.sleep(TICK)
    assert catalogue.sync(store) == 2
    assert not [name for name in read if name.startswith("same")]
    assert titles(catalogue) == ["later", "logged", "moved", "other!", "same"]
    assert "elsewhere" in [row.name for row in catalogue.rows()]
    git(
        clone, "reset", "-q", "--hard", "HEAD~1"
    )  # as before: the event is gone, and so are its files
    time.sleep(TICK)
    catalogue.sync(DirectoryStore(str(clone)))
    assert titles(catalogue) == ["edited", "gone", "logged", "moved", "same"]
    assert catalogue.rebuild(DirectoryStore(str(clone))).changed == {}


def change(store: DirectoryStore, folder: Path, pick: random.Random) -> None:
    """Do something to a directory that people do."""
    paths = sorted(folder.glob("*.yaml"))
    kind = pick.choice(["new", "new", "edit", "remove", "move", "copy", "commit", "submit"])
    name = f"N{pick.randrange(12)}"
    target = folder / f"{name}-{pick.randrange(99)}.yaml"
    if kind == "new" or (kind in ("edit", "remove", "move", "copy", "submit") and not paths):
        target.write_bytes(statement(name))
    elif kind == "edit":
        pick.choice(paths).write_bytes(statement(name, pick.randrange(1, 9)))
    elif kind == "remove":
        pick.choice(paths).unlink()
    elif kind == "move":
        pick.choice(paths).rename(target)
    elif kind == "copy":
        shutil.copy(pick.choice(paths), target)
    else:
        one = draft(pick.randrange(1, 9) if kind == "commit" else 100, name=name)
        if one.digest not in store.states():
            store.commit([one])


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("seed", range(often(8)))
def test_random_changes(tmp_path: Path, seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 - the same every time
    folder = tmp_path / "r"
    store = DirectoryStore(str(folder), create=True)
    with open_catalogue(store) as catalogue:
        for _ in range(25):
            change(store, folder, pick)
            if pick.random() < 0.4:
                time.sleep(TICK)
                catalogue.sync(store)
                time.sleep(TICK)
        assert catalogue.rebuild(store).changed == {}


def test_files_and_events_are_one_count(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "CHUNK", 1)
    monkeypatch.setattr("greenalgo.registry.catalogue.sync.CHUNK", 1)
    store = DirectoryStore(str(folder))
    store.commit([draft(1, name="D"), draft(2, name="E")])
    told: list[tuple[int, int]] = []
    with open_catalogue(store) as catalogue:
        catalogue.sync(store, lambda done, of: told.append((done, of)))
    entries = 3 + 2 * 3  # three files, and two statements with body, file and event
    assert told == [(done, entries) for done in range(entries)]
