"""The two commands on machines that lack something: each says what, in a sentence."""

from __future__ import annotations

import builtins
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from distributions import ROOT

import greenalgo
import setup_venv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TOOLS = ROOT / "scripts" / "install_test_tools.sh"


def test_an_old_python_is_turned_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(SystemExit, match="1"):
        setup_venv.check_interpreter()
    told = capsys.readouterr().err
    assert "this is Python 3.9" in told
    assert "3.11 or newer" in told
    assert "make PYTHON=" in told


def test_a_python_without_ensurepip_is_turned_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "ensurepip":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SystemExit, match="1"):
        setup_venv.check_interpreter()
    assert "apt install python3." in capsys.readouterr().err


def test_this_python_is_good_enough() -> None:
    setup_venv.check_interpreter()


def run_tools(
    folder: Path, environment: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the install script on a machine that has nothing but bash and id."""
    for name in ("bash", "id"):
        found = shutil.which(name)
        assert found
        if not (folder / name).exists():
            (folder / name).symlink_to(found)
    command = [str(folder / "bash"), str(TOOLS), *arguments]
    return subprocess.run(
        command,
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_tools_are_named_and_end_ci(tmp_path: Path) -> None:
    done = run_tools(tmp_path, {"CI": "true"})
    assert done.returncode == 1
    assert "pdflatex" in done.stderr
    assert "apt install texlive-latex-extra" in done.stderr


def test_missing_tools_are_named_and_let_a_user_go_on(tmp_path: Path) -> None:
    done = run_tools(tmp_path, {})
    assert done.returncode == 0
    assert "pdflatex" in done.stderr
    assert "make test-fast" in done.stderr


def test_missing_tools_are_listed_one_a_line(tmp_path: Path) -> None:
    done = run_tools(tmp_path, {}, "--missing")
    assert done.returncode == 0
    assert {
        "pdflatex",
        "biber",
        "pdftotext",
        "chromium",
        "cc",
        "Python.h",
        "ssh-keygen",
        "curl",
    } <= set(done.stdout.splitlines())


def test_root_installs_what_is_missing(tmp_path: Path) -> None:
    written = tmp_path / "asked.txt"
    for name, script in (
        ("apt-get", f'echo "$@" >> "{written}"'),
        ("id", "echo 0"),
    ):
        (tmp_path / name).write_text(f"#!/bin/bash\n{script}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    done = run_tools(tmp_path, {"CI": "true"})
    asked = written.read_text("utf-8").splitlines()
    assert asked[0] == "update -qq"
    assert asked[1].startswith("install -y -qq --no-install-recommends texlive-latex-extra ")
    # The apt-get of this test installs nothing, and CI must not go on as if it had.
    assert done.returncode == 1
    assert "pdflatex" in done.stderr


def test_one_version_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\nversion: {greenalgo.__version__}\n" in citation
    assert greenalgo.__version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_hook_runs_a_command_on_files_named_footprint() -> None:

    text = (ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")

    assert "entry: greenalgo validate\n" in text
    pattern = re.search(r"^  files: (.*)$", text, re.MULTILINE)
    assert pattern
    files = re.compile(pattern[1])
    for name in (
        "footprint.yaml",
        "paper/footprint.yml",
        "bloom.footprint.yaml",
        "a-footprint.json",
    ):
        assert files.search(name), name
    for name in ("footprint.yaml.bak", "carbonfootprint.yaml", "footprint.md"):
        assert not files.search(name), name


def test_ci_calls_what_people_call() -> None:
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    steps = re.search(r"^for step in (.*); do$", script, re.MULTILINE)
    assert steps
    assert steps[1].split() == ["test", "lint", "types", "contracts", "docs"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"\n{step}:" in makefile for step in steps[1].split())


def test_actions_are_pinned_by_commit() -> None:
    used = [
        line.split("uses:")[1].split("#")[0].strip()
        for path in (ROOT / "action.yml", *(ROOT / ".github" / "workflows").glob("*.yml"))
        for line in path.read_text("utf-8").splitlines()
        if re.match(r"\s*(- )?uses:", line)
    ]
    assert used
    assert [name for name in used if not re.search(r"@[0-9a-f]{40}$", name)] == []
