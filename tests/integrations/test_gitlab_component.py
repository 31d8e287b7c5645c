"""The GitLab component: GitLab's own schema accepts it, and its script does its work in a plain shell."""

from __future__ import annotations

import json
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
HEAD, JOBS = yaml.safe_load_all((ROOT / "templates" / "validate.yml").read_text(encoding="utf-8"))
INPUTS: dict[str, Any] = HEAD["spec"]["inputs"]


def filled(node: Any, values: dict[str, str]) -> Any:
    """Put inputs in, as GitLab does: in every text of the second document."""
    if isinstance(node, dict):
        return {filled(key, values): filled(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [filled(item, values) for item in node]
    if not isinstance(node, str):
        return node
    return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: values[match[1]], node)


def job(**inputs: str) -> dict[str, Any]:
    values = {name: spec["default"] for name, spec in INPUTS.items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    jobs: dict[str, Any] = filled(JOBS, values)
    (only,) = jobs.values()
    return dict(only)


def run(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the job's script line by line in one shell, with a pip that only notes its arguments."""
    programs = folder.parent / f"{folder.name}-bin"
    programs.mkdir()
    fake = programs / "python"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > pip-called\n', encoding="utf-8")
    fake.chmod(0o755)
    made = job(**inputs)
    path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-ec", "\n".join(made["script"])],
        cwd=folder,
        env={"PATH": path, **made["variables"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_input_is_described_and_used() -> None:
    text = json.dumps(JOBS)
    for name, spec in INPUTS.items():
        assert spec["description"]
        assert f"$[[ inputs.{name} ]]" in text
        assert spec["default"] in spec.get("options", [spec["default"]])
        assert re.search(spec.get("regex", ""), spec["default"])


def test_no_input_stands_in_the_script() -> None:
    assert "$[[" not in json.dumps(JOBS["$[[ inputs.job-name ]]"]["script"])


def test_gitlab_accepts_its_shape(tmp_path: Path) -> None:
    path = tmp_path / ".gitlab-ci.yml"
    path.write_text(yaml.safe_dump({"footprint": job()}), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("check-jsonschema"))]
    command += ["--builtin-schema", "vendor.gitlab-ci", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_valid_statement(tmp_path: Path) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path)
    done = run(tmp_path, paths="declared.yaml", require="L1", version="0.1.0")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "declared.yaml: valid, L1" in done.stdout
    assert json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8")) == []
    called = (tmp_path / "pip-called").read_text(encoding="utf-8").splitlines()
    assert called[-1] == "greenalgo==0.1.0"


def test_an_invalid_statement_fails_the_job_and_leaves_its_report(tmp_path: Path) -> None:
    shutil.copy(DATA / "wrong.yaml", tmp_path)
    done = run(tmp_path)
    assert done.returncode == 1
    assert "error GA" in done.stdout
    report = json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert report
    called = (tmp_path / "pip-called").read_text(encoding="utf-8").splitlines()
    assert called[-1] == "greenalgo"


def test_a_demand_that_is_not_met_is_in_the_report(tmp_path: Path) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path)
    assert run(tmp_path, paths="declared.yaml", require="L2").returncode == 1
    report = json.loads((tmp_path / "gl-code-quality-report.json").read_text(encoding="utf-8"))
    assert [issue["check_name"] for issue in report] == ["demand"]


@pytest.mark.parametrize("path", ["$(touch hacked)", "`touch hacked`", "; touch hacked"])
def test_a_path_is_never_run(tmp_path: Path, path: str) -> None:
    shutil.copy(DATA / "declared.yaml", tmp_path)
    assert run(tmp_path, paths=path).returncode == 4
    assert not (tmp_path / "hacked").exists()


def test_a_version_is_a_version() -> None:
    pattern = re.compile(INPUTS["version"]["regex"])
    assert all(pattern.search(version) for version in ("", "0.1.0", "1.0rc1"))
    assert not any(pattern.search(version) for version in ("latest", "1.0 --pre", "-r x", "1;2"))
