"""``.pre-commit-hooks.yaml``: it takes the right files, and pre-commit runs it where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "cli" / "data"
(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
FOUND = Path(sys.executable).with_name("pre-commit")
PRE_COMMIT = str(FOUND) if FOUND.exists() else shutil.which("pre-commit")


@pytest.mark.parametrize(
    "name",
    [
        "footprint.yaml",
        "footprint.yml",
        "paper/footprint.json",
        "bloom.footprint.yaml",
        "runs/2024-footprint.yml",
        "footprint.greenalgo.yaml",
        "a_footprint.json",
    ],
)
def test_files_that_are_statements(name: str) -> None:
    assert re.search(HOOK["files"], name)


@pytest.mark.parametrize(
    "name", ["footprint.yaml.orig", "footprint.py", "footprints.yaml", "myfootprint.yaml", "a.yaml"]
)
def test_files_that_are_none(name: str) -> None:
    assert not re.search(HOOK["files"], name)


def test_the_command_is_ours() -> None:
    assert HOOK["id"] == "greenalgo-validate"
    assert HOOK["language"] == "python"
    assert HOOK["entry"] == "greenalgo validate"
    done = subprocess.run(
        [str(Path(sys.executable).with_name("greenalgo")), "validate", str(DATA / "declared.yaml")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def run(folder: Path, **statements: str) -> subprocess.CompletedProcess[str]:
    """Run the hook over a new repository with these statements, without installing anything."""
    # "system" takes the command from the path: "python" would build greenalgo from a package index.
    local: dict[str, Any] = {**HOOK, "language": "system"}
    config = {"repos": [{"repo": "local", "hooks": [local]}]}
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    for name, text in statements.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PRE_COMMIT_HOME": str(folder / ".cache")}
    return subprocess.run(
        [PRE_COMMIT or "", "run", "--all-files", "--verbose"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(
    PRE_COMMIT is None, reason="pre-commit is not installed (pip install pre-commit)"
)
class TestRun:
    def test_a_valid_statement_passes(self, tmp_path: Path) -> None:
        right = (DATA / "declared.yaml").read_text(encoding="utf-8")
        done = run(tmp_path, **{"footprint.yaml": right, "other.yaml": "a: 1\n"})
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Passed" in done.stdout
        assert "footprint.yaml: valid, L1" in done.stdout
        assert "other.yaml" not in done.stdout

    def test_an_invalid_statement_stops_the_commit(self, tmp_path: Path) -> None:
        right = (DATA / "declared.yaml").read_text(encoding="utf-8")
        wrong = (DATA / "wrong.yaml").read_text(encoding="utf-8")
        done = run(tmp_path, **{"footprint.yaml": right, "b.footprint.yml": wrong})
        assert done.returncode == 1
        assert "b.footprint.yml: invalid" in done.stdout
        assert "error GA" in done.stdout

    def test_nothing_to_check(self, tmp_path: Path) -> None:
        done = run(tmp_path, **{"other.yaml": "a: 1\n"})
        assert done.returncode == 0
        assert "no files to check" in done.stdout
