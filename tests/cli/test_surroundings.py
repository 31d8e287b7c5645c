"""What surrounds the command: full disks, closed streams, permissions, names that are no text."""

from __future__ import annotations

import difflib
import errno
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NoReturn
from xml.etree import ElementTree as ET

import pytest
from cli_cases import MINIMAL

from everyday import first
from greenalgo import api
from greenalgo.cli.report import FORMATS
from greenalgo.cli.report.frame import WIDTH, frame
from greenalgo.errors import FactorError
from greenalgo.factors import open_set
from privileges import without_privileges

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

COMMAND = [sys.executable, "-m", "greenalgo"]
WRONG = MINIMAL.replace("title", "titel")


def call(*arguments: str, before: tuple[str, ...] | list[str] = (), **options: Any) -> Any:
    return subprocess.run(
        [*before, *COMMAND, *arguments], capture_output="stdout" not in options, text=True, check=False,
        timeout=60, **options,
    )  # fmt: skip


class TestOutput:
    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
    @pytest.mark.parametrize(
        "arguments",
        [
            ("validate", "a.yaml"),
            ("validate", "a.yaml", "--format", "json"),
            ("validate", ".", "--jobs", "2"),
            ("--version",),
            ("--help",),
            ("fill", "a.yaml"),
        ],
    )
    def test_a_full_disk_is_said_in_a_line(self, arguments: tuple[str, ...], folder: Path) -> None:
        (folder / "a.yaml").write_text(MINIMAL, encoding="utf-8")
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = call(*arguments, stdout=full, stderr=subprocess.PIPE)
        assert result.returncode == 4
        assert (
            result.stderr == "Error: standard output cannot be written: no space left on device\n"
        )

    @pytest.mark.parametrize(("text", "code"), [(MINIMAL, 0), (WRONG, 1)])
    @pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", ">&- <&-"])
    def test_closed_streams_change_no_exit_code(
        self, text: str, code: int, closed: str, folder: Path
    ) -> None:
        (folder / "a.yaml").write_text(text, encoding="utf-8")
        for more in ("", "--format json"):
            line = f'"$0" -m greenalgo validate a.yaml {more} {closed}'
            result = subprocess.run(
                ["/bin/sh", "-c", line, sys.executable], check=False, stderr=subprocess.PIPE
            )
            assert (result.returncode, result.stderr) == (code, b"")


class TestPermissions:
    def test_a_closed_directory_does_not_hide_the_others(self, folder: Path) -> None:
        before = without_privileges()
        below = folder / "all"
        (below / "closed").mkdir(parents=True)
        (below / "open").mkdir()
        (below / "open" / "a.yaml").write_text(MINIMAL, encoding="utf-8")
        (below / "closed").chmod(0)
        try:
            result = call("validate", "all", before=before)
            alone = call("validate", "all/closed", "--format", "json", before=before)
        finally:
            (below / "closed").chmod(0o700)
        assert result.returncode == 4
        assert "all/open/a.yaml: valid" in result.stdout
        assert "error GA001: the directory cannot be listed: permission denied" in result.stdout
        assert [file["status"] for file in json.loads(alone.stdout)["files"]] == ["unreadable"]

    def test_a_protected_file_is_not_fixed(self, folder: Path) -> None:
        path = folder / "a.yaml"
        path.write_text(WRONG, encoding="utf-8")
        path.chmod(0o444)
        result = call("validate", "a.yaml", "--fix", before=without_privileges())
        assert result.returncode == 4
        assert "'a.yaml': it is write-protected" in result.stderr
        assert path.read_text("utf-8") == WRONG
        assert [one.name for one in folder.glob("*a.yaml*")] == ["a.yaml"]


class TestNames:
    @pytest.fixture
    def odd(self, folder: Path) -> str:
        name = os.fsdecode(b"caf\xff.yaml")
        try:
            (folder / name).write_text(WRONG, encoding="utf-8")
        except OSError:
            pytest.skip("names are text on this file system")
        return name

    @pytest.mark.parametrize("format_name", FORMATS)
    def test_a_name_that_is_no_text(self, format_name: str, odd: str, folder: Path) -> None:
        result = subprocess.run(
            [*COMMAND, "validate", odd, "--format", format_name], capture_output=True, check=False
        )
        assert (result.returncode, result.stderr) == (1, b"")
        text = result.stdout.decode()
        assert "GA101" in text
        if format_name in ("json", "sarif", "gitlab"):
            json.loads(text)
        if format_name == "junit":
            ET.fromstring(text)  # noqa: S314 - our own
        if format_name == "sarif":
            assert "caf%FF.yaml" in text

    def test_it_can_be_fixed(self, odd: str, folder: Path) -> None:
        result = subprocess.run(
            [*COMMAND, "validate", odd, "--fix"], capture_output=True, check=False
        )
        assert result.returncode == 0, result.stderr
        assert (folder / odd).read_text("utf-8") == MINIMAL


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_statement_of_powershell_in_a_directory_is_not_passed_over(
    encoding: str, run: Run, folder: Path
) -> None:
    below = folder / "windows"
    below.mkdir()
    (below / "a.yaml").write_text(MINIMAL, encoding=encoding)
    (below / "other.yaml").write_text("colour: green\n", encoding=encoding)
    result = run("validate", "windows")
    assert result.exit_code == 1
    assert "a.yaml:1:1: error GA005: the text is in UTF-16 or UTF-32" in result.stdout
    assert "1 other file skipped" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    first((("compare", "a.yaml", "--figure", "out.svg"), ("paper", "a.yaml", "-o", "out"))),
)
def test_a_home_that_cannot_be_written_is_no_news(arguments: tuple[str, ...], folder: Path) -> None:
    (folder / "declared.yaml").rename(folder / "a.yaml")
    home = folder / "home"
    home.mkdir(mode=0o555)
    keep = {name: value for name, value in os.environ.items() if name != "MPLCONFIGDIR"}
    result = call(*arguments, before=without_privileges(), env={**keep, "HOME": str(home)})
    assert (result.returncode, result.stderr) == (0, "")


class TestFrame:
    @pytest.mark.parametrize(
        ("before", "cells"),
        [
            ("name: x", 7),
            ("name: \t", 7),
            ("\u65e5\u672c", 4),  # two cells each
            ("e\u0301", 1),  # combining
            ("\u0915\u0947", 1),  # a vowel sign: combining, though of class 0
            ("a\ufe0f", 1),  # a variation selector
            ("\u200d", 6),  # shown as an escape
            ("\u202e", 6),
            ("\x1b[31m", 8),
        ],
    )
    def test_the_caret_stands_under_its_character(self, before: str, cells: int) -> None:
        row, caret = frame(f"{before}|".encode(), 1, len(before) + 1)
        assert caret == "      | " + " " * cells + "^"
        assert row.endswith("|")

    @pytest.mark.parametrize("char", ["x", "\u65e5"])
    @pytest.mark.parametrize("at", [0, 1, 59, 61, 99, 100, 101, 500, 999])
    def test_a_long_line_is_cut_to_what_fits(self, char: str, at: int) -> None:
        text = char * at + "|" + char * (999 - at)
        row, caret = frame(text.encode(), 1, at + 1)
        size = 2 if char > "~" else 1
        shown = row.removeprefix("    1 | ").removesuffix("...")
        left = shown.removeprefix("...").partition("|")[0]
        lead = 3 * shown.startswith("...")
        assert len(caret) - 1 == 8 + lead + size * len(left)
        assert size * (len(shown) - lead - 1) + 1 <= WIDTH
        assert shown.startswith("...") == (len(left) < at)

    @pytest.mark.parametrize(
        ("columns", "room"), [("60", 46), ("80", 66), ("200", 100), ("12", 24), ("0", 100)]
    )
    def test_a_frame_fits_its_terminal(
        self, columns: str, room: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", columns)
        text = f"{'x' * 300}|{'y' * 300}".encode()
        assert len(frame(text, 1, 301)[0]) == 8 + 6 + WIDTH, "a file or a pipe breaks no line"
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        row, caret = frame(text, 1, 301)
        assert row[caret.index("^")] == "|"
        assert len(row) == 8 + 6 + room
        assert frame(b"hours: 10", 1, 8) == ["    1 | hours: 10", f"      | {' ' * 7}^"]


class TestManyFindings:
    def test_a_text_is_divided_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        raw = b"title: x\n" * 1000
        frame(raw, 1, 1)
        monkeypatch.setattr("re.split", None)  # dividing it again would fail
        assert frame(raw, 1000, 8)[0].endswith("title: x")

    def test_a_name_is_looked_for_among_few_and_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compared = []
        real = difflib.get_close_matches

        def count(word: str, possible: list[str], *, n: int, cutoff: float) -> list[str]:
            compared.append(len(possible))
            return real(word, possible, n=n, cutoff=cutoff)

        monkeypatch.setattr(difflib, "get_close_matches", count)
        for _ in range(3):
            with pytest.raises(FactorError) as caught:
                open_set().processor("NVIDIA A100 SMX4 80GB of old", kind="gpu")
            assert "gpu:nvidia:a100-sxm4-80-gb" in str(caught.value.candidates)
        assert len(compared) == 1
        assert compared[0] <= 200


@pytest.mark.parametrize(
    "arguments",
    [
        ("whatif", "a.yaml", "--place", "FRA", "-o", "./a.yaml"),
        ("migrate", "a.yaml", "--to", "next", "-o", "link.svg"),
        ("badge", "a.yaml", "--format", "svg", "-o", "./a.yaml"),
        ("compare", "b.yaml", "a.yaml", "-o", "a.yaml"),
        ("compare", "b.yaml", "a.yaml", "--figure", "link.svg"),
    ],
)
def test_what_is_read_is_not_written_over(
    arguments: tuple[str, ...], folder: Path, run: Run
) -> None:
    for name in ("a.yaml", "b.yaml"):
        (folder / name).write_text(MINIMAL, encoding="utf-8")
    (folder / "link.svg").symlink_to("a.yaml")
    result = run(*arguments)
    assert (result.exit_code, "is what is read: writing would destroy it" in result.stderr) == (
        2,
        True,
    )
    assert (folder / "a.yaml").read_text(encoding="utf-8") == MINIMAL


@pytest.mark.parametrize("form", first(("text", "json", "csv", "markdown", "latex", "bibtex")))
def test_a_name_that_the_locale_has_not_is_compared(form: str, folder: Path) -> None:
    declared = json.dumps(api.load(str(folder / "declared.yaml")).data)
    (folder / "déclaré.yaml").write_text(declared, encoding="utf-8")
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    result = call("compare", "déclaré.yaml", "--format", form, env={**os.environ, **plain})
    assert (result.returncode, result.stderr) == (0, "")


READERS = ("validate", "fill", "explain", "whatif --pue 1.1", "compare", "migrate", "import", "badge",
           "export --to codecarbon", "submit --to here", "paper -o out")  # fmt: skip


@pytest.mark.parametrize("command", READERS)
def test_an_empty_name_is_said_to_be_one(command: str, run: Run) -> None:
    result = run(*command.split(), "")
    assert result.exit_code == 4
    assert "the name of the file is empty" in result.output
    assert "is a variable of the script not set?" in result.output


@pytest.mark.parametrize(
    "command",
    ["fill a.yaml", "whatif a.yaml --pue 1.1", "badge a.yaml", "migrate a.yaml", "compare a.yaml",
     "export a.yaml --to codecarbon", "import march.txt", "schema", "init", "paper a.yaml"],
)  # fmt: skip
def test_an_empty_name_to_write_to_is_a_wrong_call(command: str, run: Run, folder: Path) -> None:
    (folder / "declared.yaml").rename(folder / "a.yaml")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run(*command.split(), "-o", "")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the name of a file to write is empty" in result.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_ctrl_c_before_there_is_a_command_has_the_same_code(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def strike(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.Group.parse_args", strike)
    result = run("schema")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "\nInterrupted.\n")


def test_an_error_of_the_system_names_the_file_even_an_empty_one(run: Run) -> None:
    result = run("jobs", "", "--cpu", "AMD EPYC 7763", "--place", "DEU")
    assert result.exit_code == 4
    assert result.stderr == "Error: cannot read or write '': no such file or directory\n"


@pytest.mark.parametrize(
    "command",
    [
        "jobs march.txt --cpu-power 5 --gpu-power 300 --place FRA --since",
        "jobs march.txt --cpu-power 5 --gpu-power 300 --place FRA --until",
        "submit declared.yaml --to new --supersedes",
        "submit declared.yaml --to new --receipt",
        "registry publisher add github --repository-id 1 --owner-id 2 --workflow a.yml --ref",
        "registry publisher add github --repository-id 1 --owner-id 2 --workflow a.yml --issuer",
        "registry token create --name x --scope submit --renews",
        "paper declared.yaml -o new --templates",
        "fill declared.yaml --policy",
        "whatif declared.yaml --pue 1.1 --policy",
    ],
)
def test_an_empty_value_is_not_taken_for_none_given(command: str, run: Run, folder: Path) -> None:
    before = {path.name for path in folder.iterdir()}
    result = run(*command.split(), "")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "empty" in result.stderr or "there is no policy ''" in result.stderr
    assert {path.name for path in folder.iterdir()} == before


def test_a_receipt_does_not_replace_the_statement(run: Run, folder: Path) -> None:
    before = (folder / "declared.yaml").read_bytes()
    result = run("submit", "declared.yaml", "--to", "new", "--receipt", "./declared.yaml")
    assert (result.exit_code, "is what is read" in result.stderr) == (2, True)
    assert (folder / "declared.yaml").read_bytes() == before


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="no such names here")
def test_a_receipt_may_go_to_a_pipe_of_the_shell(run: Run) -> None:
    reader, writer = os.pipe()
    result = run("submit", "declared.yaml", "--to", "new", "--receipt", f"/dev/fd/{writer}")
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert (result.exit_code, json.load(pipe)["digest"]) == (0, result.stdout[:64])


def test_a_snapshot_replaces_an_older_one_whole_or_not_at_all(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def fail_at_the_second(file: int) -> None:
        synced.append(file)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    text = (folder / "declared.yaml").read_text("utf-8").partition("reported:")[0]
    (folder / "other.yaml").write_text(text.replace("hours: 100", "hours: 90"), "utf-8")
    assert run("submit", "declared.yaml", "--to", "records").exit_code == 0
    assert run("registry", "export", "records", "-o", "snapshot").exit_code == 0
    before = {path.name: path.read_bytes() for path in (folder / "snapshot").iterdir()}
    assert run("submit", "other.yaml", "--to", "records").exit_code == 0
    monkeypatch.setattr("os.fsync", fail_at_the_second)
    result = run("registry", "export", "records", "-o", "snapshot")
    assert (result.exit_code, "no space left on device" in result.stderr) == (4, True)
    assert {path.name: path.read_bytes() for path in (folder / "snapshot").iterdir()} == before
