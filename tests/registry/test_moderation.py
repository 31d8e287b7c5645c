"""Moderation: reasons from a list, on every store, and no name that nobody checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from registry_cases import KINDS, WHY, draft, make_store, statement, url_of

from greenalgo.cli.main import cli
from greenalgo.errors import RegistryError
from greenalgo.registry.door import look
from greenalgo.registry.record import Draft
from greenalgo.registry.record import moderation as m
from greenalgo.registry.record.actor import RESERVED, TIERS

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGEST = look(statement(), "f.yaml").digest


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, list(words))


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    store = make_store(request.param, tmp_path)
    store.commit([draft()])
    store.close()
    return url_of(request.param, tmp_path)


def moderate(url: str, *words: str) -> Result:
    return run("registry", "moderate", DIGEST[:12], *words, "--in", url)


def test_a_statement_is_disputed_quarantined_restored_and_retracted(url: str) -> None:
    steps: Sequence[tuple[str, ...]] = (
        ("dispute", "--reason", "wrong-figures", "--note", "Table 4 has 8 GPUs, not 80", "--actor", "ed"),
        ("quarantine", "--reason", "legal"),
        ("restore", "--reason", "settled"),
        ("retract", "--reason", "author-request"),
    )  # fmt: skip
    for seq, step in enumerate(steps, 2):
        done = moderate(url, *step)
        assert (done.exit_code, done.stdout) == (0, f"{DIGEST}: {step[0]}, event {seq}\n"), (
            done.output
        )
    assert moderate(url, "restore", "--reason", "mistake").exit_code == 1
    assert run("registry", "verify", url).exit_code == 0
    assert run("registry", "check", url).exit_code == 0


def test_a_snapshot_says_that_it_has_what_is_withheld(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "snapshot"
    export = ("registry", "export", url, "-o", str(folder), "--format", "csv")
    assert run(*export).stderr == ""
    moderate(url, "quarantine", "--reason", "legal")
    done = run(*export)
    assert (done.exit_code, done.stdout.count("\n")) == (0, 1)
    assert "with the words of 1 quarantined statement: do not publish it" in done.stderr
    assert all(DIGEST in (folder / name).read_text() for name in ("statements.ndjson", "table.csv"))
    done = run(*export, "--public")
    assert "without the words of 1 quarantined statement: it cannot be restored" in done.stderr
    assert [
        (folder / name).read_text().count(DIGEST) for name in ("statements.ndjson", "table.csv")
    ] == [0, 0]
    assert (folder / "events.ndjson").read_text().count(DIGEST) == 2
    done = run("registry", "import", str(folder), "--to", f"sqlite:///{tmp_path}/copy.db")
    assert done.exit_code == 1
    assert (
        "one that was exported with --public, or of a URL, lacks what is quarantined" in done.stderr
    )
    moderate(url, "restore", "--reason", "settled")
    assert run(*export, "--public").stderr == ""
    assert (
        run("registry", "import", str(folder), "--to", f"sqlite:///{tmp_path}/copy.db").exit_code
        == 0
    )


def test_an_act_before_the_digest_is_told_the_order(url: str) -> None:
    done = run("registry", "moderate", "dispute", DIGEST, "--reason", "duplicate", "--in", url)
    assert done.exit_code == 2
    assert "the digest comes first: greenalgo registry moderate DIGEST dispute" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("dispute", "--reason", "wrong-figure"), 1, "did you mean wrong-figures?"),
        (("dispute", "--reason", "I do not like it"), 1, "there are wrong-figures, wrong-source"),
        (("dispute", "--reason", "personal-data"), 1, "is no code of a reason to dispute"),
        (("quarantine", "--reason", "spam", "--note", "x" * 301), 1, "at most 300"),
        (("quarantine", "--reason", "spam", "--note", "two\nlines"), 1, "one line of plain text"),
        (("restore", "--reason", "settled"), 1, "there is nothing to restore"),
        (("hide", "--reason", "spam"), 2, "'hide' is not one of"),
        (("dispute", "--reason", "wrong-figures", "--actor", "ci:github:1"), 2, "give a name without it"),
        (("dispute", "--reason", "wrong-figures", "--token-file", "t"), 2, "for a registry behind a URL"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_and_nothing_is_written(
    url: str, words: tuple[str, ...], code: int, said: str
) -> None:
    done = moderate(url, *words)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert moderate(url, "dispute", "--reason", "duplicate").stdout.endswith("event 2\n")


def test_a_store_itself_takes_no_other_reason(url: str) -> None:
    from greenalgo.registry.store import open_store

    store = open_store(url)
    try:
        for kind in m.KINDS:
            with pytest.raises(RegistryError):
                store.commit([Draft(kind, DIGEST, "me", "because I say so")])
    finally:
        store.close()


@pytest.mark.parametrize(
    "prefix",
    [*(f"{name}:" for name in RESERVED), "ORCID:", " Ci :", "\uff43\uff49:", "token\uff1a"],
)
def test_nobody_here_gives_themselves_an_identity(tmp_path: Path, prefix: str) -> None:
    (tmp_path / "f.yaml").write_bytes(statement())
    to = str(tmp_path / "registry")
    submit = ("submit", str(tmp_path / "f.yaml"), "--to", to, "--actor")
    done = run(*submit, f"{prefix}me")
    assert (done.exit_code, "registry's service has identified" in done.stderr) == (2, True)
    assert not Path(to).exists()
    assert set(TIERS) - {"anonymous"} < set(RESERVED)
    assert run(*submit, "A. Author: of greenalgo").exit_code == 0
    words = (
        "registry",
        "withdraw",
        DIGEST,
        "--from",
        to,
        "--reason",
        "x",
        "--actor",
        f"{prefix}me",
    )
    assert run(*words).exit_code == 2
    assert moderate(to, "dispute", "--reason", "duplicate", "--actor", f"{prefix}me").exit_code == 2


@pytest.mark.parametrize("kind", m.KINDS)
def test_every_code_is_taken_alone_and_with_a_text(kind: str) -> None:
    for code in m.codes_for(kind):
        m.refuse_unfounded(kind, code)
        m.refuse_unfounded(kind, f"{code}: a text: with colons")
    others = set(m.GROUNDS) - set(m.codes_for(kind))
    for code in others:
        with pytest.raises(RegistryError):
            m.refuse_unfounded(kind, code)
    m.refuse_unfounded(kind, WHY[kind])


def test_readers_get_a_sentence() -> None:
    assert m.in_words("spam") == "It is no statement about a computation."
    assert m.in_words("spam: an advertisement") == (
        "It is no statement about a computation: an advertisement"
    )
    assert m.in_words("a node was counted twice: sorry") == "a node was counted twice: sorry"


def test_the_help_lists_every_code() -> None:
    said = " ".join(run("registry", "moderate", "--help").stdout.split())
    for code, ground in m.GROUNDS.items():
        assert f"{code}: {ground.words}" in said
    assert "Example:" in said


def test_the_guide_lists_every_code() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "moderate.md"
    rows = guide.read_text("utf-8").splitlines()
    for code, ground in m.GROUNDS.items():
        kinds = ", ".join(kind for kind in m.KINDS if kind in ground.kinds)
        assert f"| `{code}` | {ground.words} | {kinds} |" in rows
