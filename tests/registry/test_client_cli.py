"""The commands against a registry that is served by a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from registry_cases import statement

from greenalgo.cli.main import cli
from greenalgo.registry.door import look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RAW = statement()
DIGEST = look(RAW, "f.yaml").digest


def run(*words: str, **environment: str) -> Result:
    clear = {"GREENALGO_TOKEN": None, "ACTIONS_ID_TOKEN_REQUEST_URL": None, "GREENALGO_OIDC": None}
    return CliRunner().invoke(cli, list(words), env={**clear, **environment})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("served")
    (made / "footprint.yaml").write_bytes(RAW)
    (made / "invalid.yaml").write_bytes(statement(hours=-1))
    return made


@pytest.fixture(scope="module")
def url(folder: Path) -> Iterator[str]:
    """Serve a registry; what it logs goes to a file, so that no pipe fills up."""
    command = [sys.executable, "-m", "greenalgo", "registry", "serve", "--port", "0", "--closed"]
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--store", f"sqlite:///{folder}/registry.db"], stderr=errors, cwd=folder
        )
    try:
        for _ in range(200):
            text = log.read_text()
            if "serving at" in text:
                break
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.1)
        yield text.partition("serving at ")[2].split(" ")[0]
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def token(folder: Path, url: str) -> str:
    """Make a token, and submit a statement with it."""
    store = f"sqlite:///{folder}/registry.db"
    scopes = ("--scope", "submit", "--scope", "withdraw")
    made = run("registry", "token", "create", "--store", store, "--name", "test", *scopes)
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    (folder / "token").write_text(secret + "\n")
    done = run("submit", f"{folder}/footprint.yaml", "--to", url, "--token-file", f"{folder}/token",
               "--receipt", f"{folder}/receipt.json")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert done.stdout == f"{DIGEST}\n{url}/statements/{DIGEST}\n"
    assert "accepted; the receipt holds" in done.stderr
    assert secret not in done.output
    return secret


def test_the_same_again_is_one(folder: Path, url: str, token: str) -> None:
    again = run("submit", f"{folder}/footprint.yaml", "--to", f"{url}/", GREENALGO_TOKEN=token)
    assert (again.exit_code, again.stdout.split()[0]) == (0, DIGEST)
    assert "nothing to do" in again.stderr


def test_the_receipt_holds_offline_and_against_the_registry(
    folder: Path, url: str, token: str
) -> None:
    receipt = f"{folder}/receipt.json"
    assert json.loads((folder / "receipt.json").read_text())["digest"] == DIGEST
    offline = run("registry", "verify", "--receipt", receipt, f"{folder}/footprint.yaml")
    assert offline.exit_code == 0, offline.output
    online = run("registry", "verify", url, "--checkpoint", receipt)
    assert (online.exit_code, "verifies: " in online.stdout) == (0, True), online.output


def test_a_dry_run_and_an_invalid_file_send_nothing_for_good(
    folder: Path, url: str, token: str
) -> None:
    other = folder / "other.yaml"
    other.write_bytes(statement(hours=3))
    dry = run("submit", str(other), "--to", url, "--dry-run", GREENALGO_TOKEN=token)
    assert dry.exit_code == 0, dry.output
    assert dry.stdout.split()[1] == f"{url}/statements/{dry.stdout.split()[0]}"
    # Nobody listens there: an invalid file is refused before anybody is asked.
    bad = run("submit", f"{folder}/invalid.yaml", "--to", "http://127.0.0.1:9")
    assert (bad.exit_code, "invalid.yaml:10" in bad.stderr) == (1, True), bad.output


def test_a_snapshot_says_that_it_lacks_what_is_withheld(folder: Path, url: str, token: str) -> None:
    store = f"sqlite:///{folder}/registry.db"
    act = ("registry", "moderate", DIGEST[:12])
    assert run(*act, "quarantine", "--in", store, "--reason", "legal").exit_code == 0
    done = run("registry", "export", url, "-o", f"{folder}/partial")
    assert run(*act, "restore", "--in", store, "--reason", "settled").exit_code == 0
    assert done.exit_code == 0, done.output
    assert "without the words of 1 quarantined statement: it cannot be restored" in done.stderr
    back = run("registry", "import", f"{folder}/partial", "--to", f"{folder}/back")
    assert back.exit_code == 1
    assert "in the log, but not in the snapshot" in back.stderr


def test_it_is_read_like_any_store(folder: Path, url: str, token: str) -> None:
    for words in (["compare", DIGEST[:12], "--to", url], ["compare", "--to", url], ["registry", "check", url],
                  ["registry", "stats", url], ["registry", "export", url, "-o", f"{folder}/snapshot"]):  # fmt: skip
        done = run(*words)
        assert done.exit_code == 0, done.output
    copy = run("registry", "import", f"{folder}/snapshot", "--to", f"{folder}/copy")
    assert copy.exit_code == 0, copy.output
    same = run("registry", "verify", f"{folder}/copy", "--checkpoint", f"{folder}/receipt.json")
    assert same.exit_code == 0, same.output


def test_too_many_to_compare_are_not_fetched(
    url: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("greenalgo.cli.compare.MOST_FETCHED", 0)
    done = run("compare", "--to", url)
    assert (done.exit_code, "at most 0 are fetched" in done.stderr) == (1, True), done.output


def test_who_may_not_is_told_how(folder: Path, url: str, token: str) -> None:
    unknown = run("submit", f"{folder}/footprint.yaml", "--to", url)
    assert (unknown.exit_code, "GREENALGO_TOKEN" in unknown.stderr) == (1, True), unknown.output
    wrong = run("submit", f"{folder}/footprint.yaml", "--to", url, GREENALGO_TOKEN="gat_wrong")  # noqa: S106 - none
    assert (wrong.exit_code, "gat_wrong" in wrong.output) == (1, False), wrong.output


def test_it_is_withdrawn_by_its_owner(folder: Path, url: str, token: str) -> None:
    raw = statement(hours=5)
    (folder / "five.yaml").write_bytes(raw)
    assert run("submit", f"{folder}/five.yaml", "--to", url, GREENALGO_TOKEN=token).exit_code == 0
    digest = look(raw, "f.yaml").digest
    words = ["registry", "withdraw", digest[:16], "--from", url, "--reason", "counted a node twice"]
    assert run(*words).exit_code == 1
    done = run(*words, "--token-file", f"{folder}/token")
    assert (done.exit_code, "withdrawn" in done.stdout) == (0, True), done.output
    back = run("submit", f"{folder}/five.yaml", "--to", url, GREENALGO_TOKEN=token)
    assert (back.exit_code, "counted a node twice" in back.stderr) == (1, True), back.output


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["submit", "FILE", "--to", "http://127.0.0.1:9"], 4),
        (["submit", "FILE", "--to", "https://user:word@host"], 4),
        (["submit", "FILE", "--to", "ftp://host/x"], 2),
        (["submit", "FILE", "--to", "https://host", "--actor", "me"], 2),
        (["submit", "FILE", "--to", "here", "--token-file", "t"], 2),
        (["submit", "FILE", "--to", "https://host", "--token-file", "no-such-file"], 4),
        (["registry", "verify", "http://127.0.0.1:9"], 4),
        (
            [
                "registry",
                "withdraw",
                "0" * 64,
                "--from",
                "https://host",
                "--reason",
                "x",
                "--actor",
                "me",
            ],
            2,
        ),
        (["registry", "import", "FOLDER", "--to", "https://host"], 2),
        (["registry", "upgrade", "https://host"], 2),
        (["registry", "rebuild", "https://host"], 2),
        (["registry", "serve", "--port", "0", "--store", "https://host"], 2),
        (["compare", "--to", "http://127.0.0.1:9"], 4),
    ],
)
def test_what_goes_wrong_has_its_code(folder: Path, words: list[str], code: int) -> None:
    done = run(*[word.replace("FILE", f"{folder}/footprint.yaml") for word in words])
    assert done.exit_code == code, done.output
    assert "word@" not in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: no such file or directory"),
        (b"\xff\xfe", "cannot be read: it is no text in UTF-8"),
        (b"\n", "is empty\n  hint:     write the token into it"),
    ],
)
def test_a_token_file_says_why_it_is_none(
    content: bytes | None, says: str, tmp_path: Path, folder: Path
) -> None:
    token = tmp_path / "token"
    if content is not None:
        token.write_bytes(content)
    done = run(
        "submit", f"{folder}/footprint.yaml", "--to", "https://host", "--token-file", str(token)
    )
    assert (done.exit_code, f"the token file '{token}' {says}" in done.stderr) == (4, True), (
        done.output
    )


def test_the_http_library_is_for_urls_alone(folder: Path) -> None:
    code = (
        "import sys; from click.testing import CliRunner; from greenalgo.cli.main import cli; "
        f"r = CliRunner().invoke(cli, ['submit', {str(folder / 'footprint.yaml')!r}, '--to', "
        f"{str(folder / 'local')!r}]); assert r.exit_code == 0, r.output; "
        "assert 'httpx2' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
