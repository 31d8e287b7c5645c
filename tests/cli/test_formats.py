"""Every format of the report: a snapshot, and what its readers ask for."""

from __future__ import annotations

import importlib
import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.cli.checking import validation
from greenalgo.cli.report import FORMATS
from greenalgo.cli.report.demands import all_findings
from greenalgo.cli.report.records import Checked, Demands, Session, count
from greenalgo.cli.report.sarif import uri
from greenalgo.findings import Finding, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

RAW = 'title: "Wärme 試験"   # note\npue: 12\nruns: []\n'.encode()
WARNING = Finding(
    "GA402", Severity.WARNING, "the PUE is 12", "/pue", expected="1 to 3", found="12",
    hint="Check the decimal point.", file="papers/a, b%.yaml", line=2, column=6,
)  # fmt: skip
ERROR = Finding(
    "GA104", Severity.ERROR, "'title' is <b>odd</b> & \x1b[31mred\nand on", "/title",
    file="papers/a, b%.yaml", line=1, column=8,
)  # fmt: skip
SESSION = Session(
    (
        Checked(Report("good.yaml", (), "L1", ("boundary.includes does not say what is counted",))),
        Checked(Report("papers/a, b%.yaml", (ERROR, WARNING)), RAW),
        Checked(
            Report(
                "gone.yaml",
                (Finding("GA001", Severity.ERROR, "there is no such file", file="gone.yaml"),),
                unreadable=True,
            )
        ),
        Checked(
            Report(
                "new.yaml",
                (Finding("GA902", Severity.ERROR, "schema 2.0 is not supported", "/spec_version",
                         file="new.yaml", line=1, column=15),),
                unsupported=True,
            ),
            b'spec_version: "2.0"\n',
        ),
    ),
    Demands("L2"),
    ("papers/config.yaml",),
)  # fmt: skip


def render(name: str, session: Session = SESSION) -> str:
    text: str = importlib.import_module(FORMATS[name]).render(session)
    return text


@pytest.mark.parametrize("name", FORMATS)
def test_snapshot(name: str, snapshot: Callable[[str, str], None]) -> None:
    snapshot(f"format-{name}.txt", render(name))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_steers_a_terminal(name: str) -> None:
    assert "\x1b" not in render(name)


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_prints_it(name: str, run: Callable[..., Result]) -> None:
    result = run("validate", "--format", name, "wrong.yaml", "declared.yaml")
    assert result.exit_code == 1
    assert "GA203" in result.output


@pytest.mark.parametrize("name", FORMATS)
def test_no_findings(name: str) -> None:
    session = Session((Checked(Report("good.yaml", (), "L2")),))
    assert "GA" not in render(name, session)


def test_coloured_text(snapshot: Callable[[str, str], None]) -> None:
    from greenalgo.cli.report import text

    snapshot("format-text-colour.txt", text.render(SESSION, colour=True))


def test_counts_add_up() -> None:
    counts = count(SESSION)
    assert counts.valid + counts.invalid + counts.unsupported + counts.unreadable == counts.files
    assert sum(counts.levels.values()) == counts.valid
    assert counts.errors + counts.warnings + counts.notes == 4


def test_json_and_json_lines_agree() -> None:
    document = json.loads(render("json"))
    *files, summary = [json.loads(line) for line in render("jsonl").splitlines()]
    assert [{key: file[key] for key in file if key != "kind"} for file in files] == document[
        "files"
    ]
    assert document["summary"].items() <= summary.items()


def test_json_names_every_key_of_the_contract() -> None:
    document = json.loads(render("json"))
    assert document.keys() == {"format_version", "tool", "schema", "factor_set", "files", "summary"}
    file = document["files"][1]
    assert {"file", "valid", "level", "missing", "findings"} <= file.keys()
    assert file["findings"][0].keys() == {
        "code", "severity", "message", "file", "line", "column", "pointer", "expected", "found",
        "hint", "docs",
    }  # fmt: skip
    assert document["summary"]["exit_code"] == 1


class TestSarif:
    log: dict[str, Any] = json.loads(render("sarif"))
    results: list[dict[str, Any]] = log["runs"][0]["results"]

    def test_version(self) -> None:
        assert self.log["version"] == "2.1.0"
        assert len(self.log["runs"]) == 1

    def test_every_result_points_at_its_rule(self) -> None:
        rules = self.log["runs"][0]["tool"]["driver"]["rules"]
        for result in self.results:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]

    def test_places_are_relative_and_escaped(self) -> None:
        place = self.results[1]["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "papers/a%2C%20b%25.yaml"
        assert place["region"] == {"startLine": 1, "startColumn": 8}

    def test_a_result_keeps_its_fingerprint_when_lines_move(self) -> None:
        moved = Checked(Report("new.yaml", (WARNING._replace(line=99),)))
        other = json.loads(render("sarif", Session((moved,))))["runs"][0]["results"][0]
        same = next(result for result in self.results if result["ruleId"] == "GA402")
        assert other["partialFingerprints"] == same["partialFingerprints"]

    def test_what_strangers_wrote_is_no_link(self) -> None:
        hostile = WARNING._replace(message="see [this](http://example.org)")
        log = json.loads(render("sarif", Session((Checked(Report("a.yaml", (hostile,))),))))
        text = log["runs"][0]["results"][0]["message"]["text"]
        assert text.startswith(r"see [this\](http://example.org)")

    def test_paths(self) -> None:
        assert uri("./a/../b.yaml") == "b.yaml"
        assert uri("-") == "stdin"
        assert uri("/elsewhere/b c.yaml") == "file:///elsewhere/b%20c.yaml"


class TestGitHub:
    lines: list[str] = render("github").splitlines()

    def test_the_most_severe_come_first(self) -> None:
        commands = [
            line.split(" ")[0] for line in self.lines if line.startswith(("::e", "::w", "::n"))
        ]
        assert commands == ["::error"] * 4 + ["::warning"]

    def test_data_and_properties_are_escaped(self) -> None:
        (line,) = [line for line in self.lines if line.startswith("::warning")]
        assert "file=papers/a%2C b%25.yaml,line=2,col=6,title=GA402::" in line
        (error,) = [line for line in self.lines if "title=GA104" in line]
        assert error.endswith(r"\x1b[31mred\nand on")
        assert line.endswith("%0Afound: 12%0Ahint: Check the decimal point.")

    def test_the_log_cannot_give_commands(self) -> None:
        (begin,) = [line for line in self.lines if line.startswith("::stop-commands::")]
        token = begin.rpartition("::")[2]
        assert self.lines.index(f"::{token}::") > self.lines.index(begin) + 5

    def test_the_step_summary_gets_the_whole_report(
        self, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        path = tmp_path / "summary.md"
        path.write_text("before\n", encoding="utf-8")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
        run("validate", "--format", "github", "wrong.yaml")
        text = path.read_text("utf-8")
        assert text.startswith("before\n### greenalgo")
        assert "GA203" in text

    def test_a_summary_that_cannot_be_written_changes_no_verdict(
        self, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/such/folder/summary.md")
        for file, code in (("declared.yaml", 0), ("wrong.yaml", 1)):
            result = run("validate", "--format", "github", file)
            assert result.exit_code == code
            assert "summary.md' cannot be written: no such file or directory\n" in result.stderr

    def test_a_long_summary_is_cut_because_github_drops_it(
        self, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> None:
        assert validation._SUMMARY == 1024 * 1024, "what GitHub takes for a step"
        monkeypatch.setattr(validation, "_SUMMARY", 2000)
        path = tmp_path / "summary.md"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
        text = (tmp_path / "wrong.yaml").read_text("utf-8")
        for number in range(20):
            (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
        for _ in range(2):
            run("validate", "--format", "github", ".")
            assert 1500 < path.stat().st_size <= 2000
            assert path.read_text("utf-8").endswith("\n\n*The rest is in the log of this step.*\n")


def test_gitlab_has_what_it_needs_and_fingerprints_differ() -> None:
    twice = Session((Checked(Report("a.yaml", (WARNING, WARNING))),))
    issues = json.loads(render("gitlab", twice))
    assert len({issue["fingerprint"] for issue in issues}) == 2
    for issue in json.loads(render("gitlab")):
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert issue["location"]["lines"]["begin"] >= 1
    named = Session((Checked(Report("x", (WARNING._replace(file="./papers/a, b%.yaml"),))),))
    (issue,) = json.loads(render("gitlab", named))
    assert issue["location"]["path"] == "papers/a, b%.yaml", "a path, and no URI"


def test_junit_is_xml_and_its_counts_are_right() -> None:
    suites = ET.fromstring(render("junit"))  # noqa: S314 - our own output
    (suite,) = suites
    cases = list(suite)
    assert int(suite.attrib["tests"]) == len(cases) == 4
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 2
    assert int(suite.attrib["errors"]) == len(suite.findall("testcase/error")) == 2


def test_an_unmet_demand_is_a_finding_for_formats_that_know_only_findings() -> None:
    codes = [found.code for found in all_findings(SESSION)]
    assert codes == ["demand", "GA104", "GA402", "GA001", "GA902"]
