"""The way of ``validate FILE...`` without click: the same words, and few imports."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cli_cases import DATA

from greenalgo.cli.checking import accept
from greenalgo.errors import CannotCheckError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

#: What a valid file must not pay for.
NEVER = {
    "click", "jsonschema", "yaml", "dataclasses", "pathlib", "inspect", "importlib.metadata",
    "difflib", "argparse", "hashlib",
}  # fmt: skip
#: What no validation may import, whatever it finds.
HEAVY = {
    "pandas", "numpy", "matplotlib", "jinja2", "pybtex", "starlette", "fastapi", "flask", "uvicorn",
    "http.server", "dask", "requests", "jsonschema",
}  # fmt: skip
WARNED = "pue: {value: 3.5, lower: 3.4, upper: 3.6, status: metered, source: operator}"


def modules_after(*arguments: str) -> set[str]:
    """The modules that the command has imported when it ends."""
    script = (
        "import os, sys; from greenalgo.__main__ import main; sys.argv[0] = 'greenalgo'\n"
        "def leave(code=0): sys.__stderr__.write('\\n'.join(sys.modules)); sys.__stderr__.flush(); end(0)\n"
        "end = os._exit; os._exit = leave\n"
        "try: main()\n"
        "except SystemExit: leave()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    return set(done.stderr.splitlines())


def tops(modules: set[str]) -> set[str]:
    return modules | {name.partition(".")[0] for name in modules}


def test_a_valid_file_imports_nothing_that_explains(folder: Path) -> None:
    # A name that the factor set does not know makes it look for similar ones, with difflib.
    text = (folder / "declared.yaml").read_text("utf-8")
    known = text.replace("Example GPU", "NVIDIA A100-SXM4-80GB")
    (folder / "known.yaml").write_text(known, encoding="utf-8")
    loaded = modules_after("validate", "known.yaml")
    assert "greenalgo.validate.engine" in loaded
    assert tops(loaded) & (NEVER | HEAVY) == set()


def test_a_place_inside_a_country_is_looked_up_without_the_rules(folder: Path) -> None:
    text = (folder / "declared.yaml").read_text("utf-8")
    inside = text.replace("country: FRA", "country: FRA, region: FR-IDF")
    inside = inside.replace("Example GPU", "NVIDIA A100-SXM4-80GB")
    (folder / "inside.yaml").write_text(inside, encoding="utf-8")
    loaded = modules_after("validate", "inside.yaml")
    assert "greenalgo.validate.lookups" in loaded
    assert not loaded & {"greenalgo.validate.rules", "greenalgo.footprint", "greenalgo.statement"}
    assert tops(loaded) & (NEVER | HEAVY) == set()


def test_a_directory_of_valid_files_imports_nothing_that_explains(folder: Path) -> None:
    text = (folder / "declared.yaml").read_text("utf-8")
    (folder / "valid").mkdir()
    (folder / "valid" / "known.yaml").write_text(
        text.replace("Example GPU", "NVIDIA A100-SXM4-80GB"), encoding="utf-8"
    )
    loaded = modules_after("validate", "valid")
    assert "greenalgo.cli.checking.bulk" in loaded
    assert tops(loaded) & (NEVER | HEAVY) == set()


def test_a_file_with_warnings_imports_nothing_heavy(folder: Path) -> None:
    text = (folder / "declared.yaml").read_text("utf-8")
    start = text.index("pue: ")
    end = text.index("\n", start)
    (folder / "warned.yaml").write_text(text[:start] + WARNED + text[end:], encoding="utf-8")
    loaded = modules_after("validate", "warned.yaml")
    assert "yaml" in loaded  # positions were needed
    assert tops(loaded) & HEAVY == set()


@pytest.mark.parametrize(
    "arguments", [["--fail-on", "note", "."], ["--format", "json", "wrong.yaml"]]
)
def test_the_whole_command_imports_nothing_heavy_either(arguments: list[str]) -> None:
    loaded = modules_after("validate", *arguments)
    assert "click" in loaded
    assert tops(loaded) & HEAVY == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["declared.yaml"],
        ["wrong.yaml"],
        ["declared.yaml", "wrong.yaml", "nosuch.yaml"],
        ["nosuch.yaml"],
        ["."],
        ["*.yaml", "--jobs", "2"],
        ["--jobs", "1", "wrong.yaml", "."],
        ["nosuch/", "declared.yaml", "--jobs", "01"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("colour", ["0", "1"])
def test_both_ways_say_the_same(
    arguments: list[str],
    colour: str,
    run: Callable[..., Result],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FORCE_COLOR", colour)
    code = accept(arguments)
    fast = capsys.readouterr()
    slow = run("validate", *arguments)
    assert (code, *fast) == (slow.exit_code, slow.stdout, slow.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["-"],
        [".", "-"],
        ["--jobs", "2"],
        [".", "--jobs"],
        [".", "--jobs", "0"],
        [".", "--jobs", "²"],
        [".", "--jobs", "two"],
        [".", "--jobs", "9" * 5000],
        [".", "--jobs=2"],
        [".", "--jobs", "2", "--jobs", "3"],
        [".", "--jobs", "2", "--format", "json"],
    ],
)
def test_what_is_left_to_the_whole_command(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert accept(arguments) is None
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (RuntimeError("surprise"), 70, "Error: internal error (RuntimeError: surprise)."),
        (CannotCheckError("too bad"), 4, "Error: too bad\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted.\n"),
    ],
)
def test_many_files_meet_a_surprise(
    error: BaseException,
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def surprise(*_: object) -> None:
        raise error

    monkeypatch.setattr("greenalgo.cli.checking.targets.sources", surprise)
    assert accept(["."]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(words)


def test_a_surprise_is_left_to_the_whole_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr("greenalgo.cli.checking.file.check_file", surprise)
    assert accept(["declared.yaml"]) is None


def test_an_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("greenalgo.cli.checking.file.check_file", interrupt)
    assert accept(["declared.yaml"]) == 130
    words = "\nInterrupted: 0 of 1 file was checked, 0 invalid so far.\n"
    assert capsys.readouterr() == ("", words)


def test_the_command_itself(folder: Path) -> None:
    command = [sys.executable, "-m", "greenalgo", "validate"]
    done = subprocess.run([*command, "declared.yaml"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("declared.yaml: valid, L1\n")
    done = subprocess.run([*command, "wrong.yaml"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [["validate", "wrong.yaml"], ["explain", "--list"], ["schema"], ["--help"], ["fill", "--help"]],
)
def test_a_closed_pipe_is_silent(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "greenalgo", *arguments],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        cwd=DATA,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
