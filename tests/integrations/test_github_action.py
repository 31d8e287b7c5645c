"""``action.yml``: nothing in a script is an expression, everything is pinned, and the scripts do their work."""

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
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}
DATA = ROOT / "tests" / "cli" / "data"


def tool(name: str) -> str | None:
    """Return a program of this environment, or one on the path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def run(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step's script as a runner does, with defaults for what it reads."""
    (step,) = (step for step in STEPS if step.get("name") == name)
    inputs = {key: spec["default"] for key, spec in ACTION["inputs"].items()}
    values = {
        variable: inputs[match[1]] if match else ""
        for variable, text in step["env"].items()
        for match in [re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", text)]
    }
    values |= {"PYTHON": sys.executable, "RUNNER_TEMP": str(folder), "PATH": os.environ["PATH"]}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env={**values, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_no_script_holds_an_expression() -> None:
    assert SCRIPTS.keys() == {"Install greenalgo", "Validate"}
    for script in SCRIPTS.values():
        assert "${{" not in script


def test_inputs_reach_the_scripts_through_the_environment_only() -> None:
    mentioned = re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    given = [text for step in STEPS for text in step.get("env", {}).values() if "inputs." in text]
    assert len(mentioned) == len(given) == len(ACTION["inputs"])
    for step in STEPS:
        for variable in step.get("env", {}):
            assert f"${variable}" in step["run"], "what is handed over is used"


def test_what_is_used_is_pinned_by_its_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    for reference in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", reference)


def test_no_secret_and_no_token() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert "permissions: contents: read" in text
    assert not re.search(r"secrets\.|github\.token|GITHUB_TOKEN", text)


def test_github_accepts_its_shape() -> None:
    command = [tool("check-jsonschema") or "", "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(tool("zizmor") is None, reason="zizmor is not installed (pip install zizmor)")
def test_zizmor_has_nothing_to_say() -> None:
    command = [tool("zizmor") or "", "--offline", "--no-progress"]
    workflows = sorted(map(str, (ROOT / ".github" / "workflows").glob("*.yml")))
    for arguments in (["--persona", "pedantic", str(ROOT / "action.yml")], workflows):
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_valid_statement(tmp_path: Path) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path / "my footprint.yaml")
    summary = tmp_path / "summary.md"
    done = run(
        "Validate", tmp_path, PATHS="my footprint.yaml\r\n\n", REQUIRE="L1",
        GITHUB_STEP_SUMMARY=str(summary),
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "my footprint.yaml: valid, L1" in done.stdout
    assert "my footprint.yaml" in summary.read_text(encoding="utf-8")


def test_an_invalid_statement_is_annotated(tmp_path: Path) -> None:
    shutil.copy(DATA / "wrong.yaml", tmp_path)
    summary = tmp_path / "summary.md"
    done = run("Validate", tmp_path, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert re.search(
        r"^::error file=wrong\.yaml,line=\d+,col=\d+,title=GA", done.stdout, re.MULTILINE
    )
    assert "wrong.yaml" in summary.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"REQUIRE": "L2"}, 1),
        ({"FAIL_ON": "warning"}, 0),
        ({"PROFILE": "neurips"}, 0),
        ({"PROFILE": "nonsense"}, 2),
        ({"REQUIRE": "L1 --format json"}, 2),
        ({"PATHS": "--help"}, 4),
        ({"PATHS": "$(touch hacked)\n`touch hacked`\n; touch hacked"}, 4),
        ({"PATHS": ""}, 2),
    ],
)
def test_inputs(tmp_path: Path, inputs: dict[str, str], code: int) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path)
    done = run("Validate", tmp_path, **{"PATHS": "declared.yaml", **inputs})
    assert done.returncode == code, done.stdout + done.stderr
    assert not (tmp_path / "hacked").exists()


def test_a_module_of_the_checkout_is_not_imported(tmp_path: Path) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path)
    for name in ("greenalgo.py", "yaml.py", "click.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('hijacked')\n", encoding="utf-8")
    done = run("Validate", tmp_path, PATHS="declared.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def fake_pip(folder: Path) -> str:
    """Return a stand-in for Python that prints what it was called with, and the folder's name not."""
    fake = folder / "python"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    fake.chmod(0o755)
    return str(fake)


@pytest.mark.parametrize(
    ("version", "requirement"),
    [("", "/the/action"), ("0.1.0", "greenalgo==0.1.0"), ("1.0rc1", "greenalgo==1.0rc1")],
)
def test_what_is_installed(tmp_path: Path, version: str, requirement: str) -> None:
    done = run(
        "Install greenalgo", tmp_path, PYTHON=fake_pip(tmp_path), ACTION="/the/action",
        VERSION=version,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    called = done.stdout.splitlines()
    assert called[:3] == ["-m", "pip", "install"]
    assert called[-4:] == ["--target", f"{tmp_path}/greenalgo", "--", requirement]


@pytest.mark.parametrize(
    "version", ["latest", "0.1.0 evil", "0.1.0; touch hacked", "--pre", "0.1.0\n--pre", "1.0 @ x"]
)
def test_what_is_no_version_is_refused(tmp_path: Path, version: str) -> None:
    done = run("Install greenalgo", tmp_path, PYTHON=fake_pip(tmp_path), VERSION=version)
    assert done.returncode == 2
    assert done.stdout.startswith("::error ")
    assert not (tmp_path / "hacked").exists()
