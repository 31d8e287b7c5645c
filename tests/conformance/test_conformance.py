"""Every example of the schema gets the verdict that it must get: the engine, then the command."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from conformance_cases import EXAMPLES, Failing, failing, passing

from greenalgo.findings import Finding, Severity
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.versions import accept, check_version
from greenalgo.sources import parse, parse_fast
from greenalgo.validate.engine import check_bytes, check_path
from greenalgo.validate.structure import RULES, structure_findings

if TYPE_CHECKING:
    from pathlib import Path

PASS = passing()
FAIL = failing()


def _id(case: Path | Failing) -> str:
    return case.path.parent.name if isinstance(case, Failing) else case.name


def _data(path: Path) -> Any:
    document = parse(path.read_bytes(), path.name)
    assert not isinstance(document, Finding), document
    return document.data


@pytest.mark.parametrize("path", PASS, ids=_id)
def test_a_passing_case_has_the_structure(path: Path) -> None:
    data = _data(path)
    assert check_version(data) is None
    assert structure_findings(data) == []
    assert accept(data)


@pytest.mark.parametrize("path", PASS, ids=_id)
def test_a_passing_case_is_valid(path: Path) -> None:
    report = check_path(str(path))
    assert [str(f) for f in report.findings if f.severity == Severity.ERROR] == []
    assert report.valid
    assert report.level


@pytest.mark.parametrize("case", FAIL, ids=_id)
def test_a_failing_case_raises_its_findings(case: Failing) -> None:
    report = check_path(str(case.path))
    found = sorted((finding.code, finding.pointer) for finding in report.findings)
    if case.structural:
        assert found == case.expected
    else:
        assert set(case.expected) <= set(found)
    wrong = {f.code for f in report.findings if f.severity == Severity.ERROR}
    assert wrong <= {code for code, _pointer in case.expected}
    for finding in report.findings:
        assert finding.line > 0, finding
        assert finding.column > 0, finding


@pytest.mark.parametrize("case", [c for c in FAIL if c.structural], ids=_id)
def test_the_fast_path_never_accepts_a_failing_case(case: Failing) -> None:
    data = parse_fast(case.path.read_bytes(), case.path.name)
    assert data is None or check_version(data) is not None or not accept(data)


def test_a_newer_minor_is_read_with_warnings() -> None:
    raw = (EXAMPLES / "pass" / "minimal.yaml").read_bytes().replace(b'"1.0"', b'"1.9"')
    report = check_bytes(raw + b"new_field: 1\n", "newer.yaml")
    assert report.valid
    assert not report.unsupported
    assert [finding.code for finding in report.findings] == ["GA901", "GA101"]


def test_every_structural_code_has_a_case() -> None:
    cased = {code for case in FAIL for code, _pointer in case.expected}
    warned_only = {"GA901"}  # a warning: no case can fail by it
    assert {rule.code for rule in RULES} - warned_only <= cased


def test_every_field_occurs_in_a_passing_case() -> None:
    schema = load_schema("1.0")
    used: set[tuple[str, str]] = set()

    def use(node: dict[str, Any], value: Any, name: str) -> None:
        if "$ref" in node:
            name = node["$ref"].rpartition("/")[2]
            node = schema["$defs"][name]
        for branch in node.get("oneOf", ()):
            use(branch, value, name)
        if isinstance(value, dict):
            for key, child in value.items():
                if key in node.get("properties", {}):
                    used.add((name, key))
                    use(node["properties"][key], child, f"{name}.{key}")
                elif isinstance(node.get("additionalProperties"), dict):
                    use(node["additionalProperties"], child, name)
        if isinstance(value, list) and "items" in node:
            for child in value:
                use(node["items"], child, name)

    declared: set[tuple[str, str]] = set()

    def declare(node: dict[str, Any], name: str) -> None:
        for key, child in node.get("properties", {}).items():
            declared.add((name, key))
            declare(child, f"{name}.{key}")
        for branch in node.get("oneOf", ()):
            declare(branch, name)
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), dict):
                declare(node[key], name)

    declare(schema, "")
    for name, definition in schema["$defs"].items():
        declare(definition, name)
    for path in PASS:
        use(schema, _data(path), "")
    assert len(declared) > 250
    assert sorted(declared - used) == []


def test_the_command_agrees() -> None:
    command = [sys.executable, "-m", "greenalgo", "validate"]
    run = subprocess.run([*command, *map(str, PASS)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    ordinary = [case for case in FAIL if case.path.parent.name != "newer-major"]
    paths = [str(case.path) for case in ordinary]
    run = subprocess.run(
        [*command, "--format", "json", *paths], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, run.stderr
    said = run.stdout
    assert json.loads(said)
    for case in ordinary:
        assert all(code in said for code, _pointer in case.expected), case.path
    newer = EXAMPLES / "fail" / "newer-major" / "footprint.yaml"
    run = subprocess.run([*command, str(newer)], capture_output=True, text=True, check=False)
    assert run.returncode == 3, run.stdout + run.stderr
