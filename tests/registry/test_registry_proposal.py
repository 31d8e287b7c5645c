"""A registry in git meets pull requests: from a fork, over a bare remote, merged as a CI service merges them."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from registry_cases import statement

from greenalgo.cli.main import cli
from greenalgo.registry.door import look, submit
from greenalgo.registry.record import Draft, Event, now, to_bytes
from greenalgo.registry.record.event import hash_of
from greenalgo.registry.store import DirectoryStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OWN = "statements/.greenalgo-registry"
#: Nothing of the machine's own settings, and submodules from a path here.
SETTINGS = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_ALLOW_PROTOCOL": "file",
    "GIT_AUTHOR_NAME": "T", "GIT_AUTHOR_EMAIL": "t@example.org",
    "GIT_COMMITTER_NAME": "T", "GIT_COMMITTER_EMAIL": "t@example.org",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **SETTINGS}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, (arguments, done.stdout + done.stderr)
    return done.stdout


def hand_in(checkout: Path, hours: int, **options: str) -> str:
    raw = statement(hours=hours)
    store = DirectoryStore(str(checkout / "statements"), create=True)
    return submit(store, look(raw, "f.yaml"), raw, "f.yaml", **options).digest  # type: ignore[arg-type]


def commit(checkout: Path) -> None:
    git(checkout, "add", "--all", "--force")
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "x")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "main")
    main = tmp_path / "main"
    git(main, "checkout", "--quiet", "-B", "main")
    for hours in (1, 2, 3):
        hand_in(main, hours, actor="A. Author")
    workflow = main / ".github" / "workflows" / "check.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("on: pull_request\n", "utf-8")
    commit(main)
    git(main, "push", "--quiet", "origin", "main")
    return tmp_path / "remote.git"


@pytest.fixture
def fork(remote: Path) -> Path:
    git(remote.parent, "clone", "--quiet", str(remote), "fork")
    git(remote.parent / "fork", "checkout", "--quiet", "-b", "mine")
    return remote.parent / "fork"


def ci(fork: Path, *options: str) -> tuple[int, str]:
    """Commit what lies in the fork, and check its merge as the registry's CI does."""
    commit(fork)
    git(fork, "push", "--quiet", "--force", "origin", "mine")
    folder = fork.parent
    git(folder, "clone", "--quiet", "remote.git", "ci")
    git(folder / "ci", "merge", "--quiet", "--no-ff", "--no-edit", "origin/mine")
    done = CliRunner().invoke(
        cli, ["registry", "check", f"{folder / 'ci'}/statements", "--against", "HEAD^1", *options]
    )
    return done.exit_code, done.output


def own(fork: Path, kind: str, place: int) -> Path:
    """Return a file of the registry: the event of a number, or the body of that event's statement."""
    store = DirectoryStore(str(fork / "statements"))
    event = store.log().events[place]
    name = event.hash if kind == "events" else event.digest
    return fork / OWN / kind / name[:2] / f"{name}.json"


def forge(fork: Path, **values: object) -> None:
    """Write an event by hand, with a hash that fits."""
    log = DirectoryStore(str(fork / "statements")).log()
    event = Event(
        len(log.events) + 1,
        "withdraw",
        log.events[0].digest,
        "A. Author",
        "wrong",
        now(),
        log.heads[0],
    )._replace(**values)  # type: ignore[arg-type]
    event = event._replace(hash=hash_of(event))
    path = fork / OWN / "events" / event.hash[:2] / f"{event.hash}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(to_bytes(event) + b"\n")


def test_a_submission_passes_and_its_events_are_shown(fork: Path) -> None:
    digest = hand_in(fork, 9, actor="B. Author")
    code, said = ci(fork)
    assert code == 0, said
    assert f"adds event 4: publish {digest[:12]}… on " in said
    assert ", by B. Author\n" in said


def test_a_correction_and_a_withdrawal_pass_with_what_they_say(fork: Path) -> None:
    store = DirectoryStore(str(fork / "statements"))
    first, second, _ = (event.digest for event in store.log().events)
    hand_in(fork, 9, supersedes=first)
    forge(fork, digest=second, reason="counted twice")
    (name,) = (path.name for path in (fork / "statements").glob(f"*{first[:12]}.yaml"))
    (fork / "statements" / name).unlink()
    code, said = ci(fork)
    assert code == 0, said
    assert f"supersedes {first[:12]}…\n" in said
    assert f"withdraw {second[:12]}…" in said
    assert ", by A. Author: counted twice\n" in said
    assert f"changes or removes {name}\n" in said


def test_an_erasure_passes(fork: Path) -> None:
    store = DirectoryStore(str(fork / "statements"))
    digest = store.log().events[1].digest
    store.commit([Draft("erase", digest, reason="personal-data")])
    code, said = ci(fork)
    assert code == 0, said
    assert f"erase {digest[:12]}…" in said


def test_main_may_have_gone_on_meanwhile(fork: Path) -> None:
    hand_in(fork, 9)
    main = fork.parent / "main"
    hand_in(main, 8)
    commit(main)
    git(main, "push", "--quiet", "origin", "main")
    code, said = ci(fork)
    assert code == 0, said
    assert said.count("adds event") == 1


def test_a_program_reads_what_is_proposed(fork: Path) -> None:
    digest = hand_in(fork, 9)
    code, said = ci(fork, "--format", "json")
    proposal = json.loads(said)["proposal"]
    assert code == 0
    assert [event["digest"] for event in proposal["events"]] == [digest]
    assert proposal["changed"] == []


def edited_body(fork: Path) -> None:
    path = own(fork, "statements", 0)
    path.write_bytes(path.read_bytes().replace(b"57", b"58"))


def edited_file(fork: Path) -> None:
    path = next((fork / "statements").glob("*.yaml"))
    path.write_bytes(path.read_bytes().replace(b"57", b"58"))


def edited_event(fork: Path) -> None:
    path = own(fork, "events", 2)
    path.write_bytes(path.read_bytes().replace(b"A. Author", b"M. Author"))


def a_name_twice_in_an_event(fork: Path) -> None:
    path = own(fork, "events", 2)
    path.write_bytes(path.read_bytes().replace(b"{", b'{"actor":"M. Author",', 1))


def log_rewritten(fork: Path) -> None:
    git(fork, "rm", "-r", "--quiet", OWN)
    for hours in (1, 2, 3):
        hand_in(fork, hours, actor="M. Author")


def log_reordered(fork: Path) -> None:
    git(fork, "rm", "-r", "--quiet", OWN)
    for hours in (3, 2, 1):
        hand_in(fork, hours, actor="A. Author")


def log_cut_short(fork: Path) -> None:
    own(fork, "events", 2).unlink()


def log_cut_short_with_its_statement(fork: Path) -> None:
    digest = own(fork, "statements", 2).stem
    own(fork, "statements", 2).unlink()
    own(fork, "events", 2).unlink()
    next((fork / "statements").glob(f"*{digest[:12]}.yaml")).unlink()


def event_of_a_person(fork: Path) -> None:
    forge(fork, actor="orcid:0000-0002-1825-0097")


def event_that_cannot_follow(fork: Path) -> None:
    forge(fork, kind="restore", reason="settled")


def reason_that_defames(fork: Path) -> None:
    forge(fork, kind="retract", reason="the authors are crooks")


def reason_that_hides_text(fork: Path) -> None:
    forge(fork, reason="x\x1b[2Jy")


def deposit_that_tells_its_minute(fork: Path) -> None:
    forge(
        fork, kind="deposit", digest="1" * 64, actor="", reason="", at="2026-11-25T12:34:56.000000Z"
    )


def events_in_two_capitals(fork: Path) -> None:
    path = own(fork, "events", 0)
    path.with_name(f"{path.stem.upper()}.json").write_bytes(path.read_bytes())


def body_in_another_folder(fork: Path) -> None:
    path = own(fork, "statements", 0)
    other = path.parent.parent / "zz" / path.name
    other.parent.mkdir()
    path.rename(other)


def body_that_nothing_asked_for(fork: Path) -> None:
    (fork / OWN / "private").mkdir()
    (fork / OWN / "private" / "book.db").write_bytes(b"tokens of mine")


def names_that_differ_in_capitals(fork: Path) -> None:
    (name,) = (fork / "statements").glob(f"*{own(fork, 'statements', 0).stem[:12]}.yaml")
    (name.parent / name.name.upper()).write_bytes(statement(hours=9))


def names_that_differ_in_composition(fork: Path) -> None:
    (fork / "statements" / "caf\u00e9.yaml").write_bytes(statement(hours=8))
    (fork / "statements" / "cafe\u0301.yaml").write_bytes(statement(hours=9))


def name_that_turns_round(fork: Path) -> None:
    (fork / "statements" / "a\u202elmay.yaml").write_bytes(statement(hours=9))


def hidden_statement(fork: Path) -> None:
    (fork / "statements" / ".x.yaml").write_bytes(statement(hours=9))


def statement_that_is_passed_over(fork: Path) -> None:
    (fork / "statements" / "node_modules").mkdir()
    (fork / "statements" / "node_modules" / "x.yaml").write_bytes(statement(hours=9))


def a_program(fork: Path) -> None:
    (fork / "statements" / "setup.py").write_bytes(b"import this")


def executable_bit(fork: Path) -> None:
    next((fork / "statements").glob("*.yaml")).chmod(0o755)


def link_to_a_statement(fork: Path) -> None:
    (fork / "out.yaml").write_bytes(statement(hours=9))
    (fork / "statements" / "x.yaml").symlink_to("../out.yaml")


def link_to_a_secret(fork: Path) -> None:
    (fork / "statements" / "x.yaml").symlink_to("/etc/passwd")


def link_to_nothing(fork: Path) -> None:
    (fork / "statements" / "x.yaml").symlink_to("nothing")


def link_to_a_body(fork: Path) -> None:
    path = own(fork, "statements", 0)
    path.rename(fork / "body")
    path.symlink_to(fork / "body")


def link_to_the_events(fork: Path) -> None:
    (fork / OWN / "events").rename(fork / "events")
    (fork / OWN / "events").symlink_to("../../events")


def link_to_be_cleared(fork: Path) -> None:
    (fork / OWN / "tmp").symlink_to("../..")


def submodule(fork: Path) -> None:
    git(fork, "submodule", "--quiet", "add", str(fork.parent / "remote.git"), "statements/more")


def submodule_that_is_ignored(fork: Path) -> None:
    submodule(fork)
    git(fork, "config", "--file", ".gitmodules", "submodule.statements/more.ignore", "all")


def attributes(fork: Path) -> None:
    (fork / "statements" / ".gitattributes").write_text("*.yaml linguist-generated\n", "utf-8")


def attributes_above(fork: Path) -> None:
    hand_in(fork, 9)
    (fork / ".gitattributes").write_text("* -diff\n", "utf-8")


def workflow(fork: Path) -> None:
    hand_in(fork, 9)
    (fork / ".github" / "workflows" / "check.yml").write_text("on: push\n", "utf-8")


def change_that_a_merge_hides(fork: Path) -> None:
    main = fork.parent / "main"
    hand_in(main, 7)
    commit(main)
    git(main, "push", "--quiet", "origin", "main")
    hand_in(fork, 9)
    commit(fork)
    git(fork, "fetch", "--quiet")
    git(fork, "merge", "--quiet", "--no-commit", "--no-ff", "origin/main")
    own(fork, "events", 0).unlink()
    git(fork, "add", "--all")
    git(fork, "commit", "--quiet", "--message", "merge main")


ATTACKS: dict[Callable[[Path], None], str] = {
    edited_body: "its digest differs",
    edited_file: "its file was changed or removed",
    edited_event: "was changed: its hash does not fit",
    a_name_twice_in_an_event: "it is not written as greenalgo writes an event",
    log_rewritten: "it was removed, and a registry's own files are only ever added",
    log_reordered: "it was removed, and a registry's own files are only ever added",
    log_cut_short: "it was removed, and a registry's own files are only ever added",
    log_cut_short_with_its_statement: "it was removed, and a registry's own files are only ever added",
    event_of_a_person: "'orcid:' is what a service puts before whom it has identified",
    event_that_cannot_follow: "cannot be: the statement",
    reason_that_defames: "cannot be: 'the authors are crooks' is no code of a reason to retract",
    reason_that_hides_text: "cannot be: the reason holds control characters",
    deposit_that_tells_its_minute: "is not as greenalgo writes it",
    events_in_two_capitals: "it is no file that greenalgo writes there",
    body_in_another_folder: "it is not where a file of its name is looked for",
    body_that_nothing_asked_for: "it is no file that greenalgo writes there",
    names_that_differ_in_capitals: "its name differs from another one in capitals or accents alone",
    names_that_differ_in_composition: "its name differs from another one in capitals or accents alone",
    name_that_turns_round: "its name holds characters that cannot be seen",
    hidden_statement: "it is no statement",
    statement_that_is_passed_over: "it is no statement",
    a_program: "it is no statement",
    executable_bit: "it is marked as a program",
    link_to_a_statement: "it is a link",
    link_to_a_secret: "it is a link",
    link_to_nothing: "it is a link",
    link_to_a_body: "it is a link",
    link_to_the_events: "it is a link",
    link_to_be_cleared: "it is a link",
    submodule: "it is another repository (a submodule)",
    submodule_that_is_ignored: "it is another repository (a submodule)",
    attributes: "it is no statement",
    attributes_above: "may change nothing else",
    workflow: ".github/workflows/check.yml: a pull request that changes",
    change_that_a_merge_hides: "it was removed, and a registry's own files are only ever added",
}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda one: one.__name__)
def test_an_attack_is_refused_with_a_reason(attack: Callable[[Path], None], fork: Path) -> None:
    attack(fork)
    code, said = ci(fork)
    assert code == 1, said
    assert ATTACKS[attack] in said
    assert "no problem" not in said


def test_other_changes_are_no_business_of_it(fork: Path) -> None:
    (fork / ".github" / "workflows" / "check.yml").write_text("on: push\n", "utf-8")
    code, said = ci(fork)
    assert code == 0
    assert said.startswith("adds no event\n")


@pytest.mark.parametrize(
    ("base", "words"),
    [("nowhere", "no commit 'nowhere'"), ("--help", "no commit"), ("ahead", "merge that first")],
)
def test_what_it_cannot_be_compared_with(base: str, words: str, fork: Path) -> None:
    git(fork, "checkout", "--quiet", "-b", "ahead")
    hand_in(fork, 9)
    commit(fork)
    git(fork, "checkout", "--quiet", "mine")
    arguments = ["registry", "check", f"{fork}/statements", "--against", base]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 4
    assert words in done.output


@pytest.mark.parametrize("named", ["statements", "statements/", "sub/statements"])
def test_another_registry_cannot_be_passed_off_as_this_one(
    named: str, fork: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(fork)
    (fork / "statements").rename(fork / "old")
    (fork / "statements").symlink_to("old")
    (fork / "sub").symlink_to(".")
    commit(fork)
    arguments = ["registry", "check", named, "--against", "HEAD"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 4
    assert "is a link in the repository" in done.output


def test_what_is_not_committed_is_not_judged(fork: Path) -> None:
    hand_in(fork, 9)
    arguments = ["registry", "check", f"{fork}/statements", "--against", "main"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 4
    assert "not committed" in done.output


def test_it_is_for_git(fork: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in(tmp_path / "plain", 1)
    arguments = ["registry", "check", f"{tmp_path}/plain/statements", "--against", "main"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 4
    assert "not a git repository" in done.output
    database = f"sqlite:///{tmp_path}/r.db"
    CliRunner().invoke(
        cli, ["submit", str(next((fork / "statements").glob("*.yaml"))), "--to", database]
    )
    done = CliRunner().invoke(cli, ["registry", "check", database, "--against", "main"])
    assert done.exit_code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    arguments = ["registry", "check", f"{fork}/statements", "--against", "main"]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 4
    assert "git is not installed" in done.output
