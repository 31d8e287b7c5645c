"""``greenalgo validate``: verdicts, exit codes, directories, demands, bad input of every kind."""

from __future__ import annotations

import errno
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL

from greenalgo.cli.report import FORMATS
from greenalgo.resources import root

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]
    Snapshot = Callable[[str, str], None]


def test_a_valid_file(run: Run, snapshot: Snapshot) -> None:
    result = run("validate", "declared.yaml")
    assert result.exit_code == 0
    snapshot("validate-valid.txt", result.output)


def test_an_invalid_file(run: Run, snapshot: Snapshot) -> None:
    result = run("validate", "wrong.yaml")
    assert result.exit_code == 1
    snapshot("validate-invalid.txt", result.output)


def test_several_files_end_with_a_summary(run: Run, snapshot: Snapshot) -> None:
    result = run("validate", "declared.yaml", "wrong.yaml", "nosuch.yaml")
    assert result.exit_code == 1
    snapshot("validate-several.txt", result.output)


def test_a_file_named_twice_is_checked_once(run: Run) -> None:
    result = run("validate", "declared.yaml", "declared.yaml")
    assert result.output.count("declared.yaml: valid") == 1


def test_an_address_is_not_fetched(run: Run) -> None:
    result = run("validate", "https://example.org/footprint.yaml")
    assert result.exit_code == 4
    assert "nothing is fetched from a network: download it first" in result.output


def test_standard_input(run: Run, folder: Path) -> None:
    result = run("validate", "-", stdin=(folder / "declared.yaml").read_bytes())
    assert result.exit_code == 0
    assert result.output.startswith("-: valid, L1\n")


def test_no_path_is_a_usage_error(run: Run) -> None:
    result = run("validate")
    assert result.exit_code == 2
    assert "PATH" in result.stderr


BAD = {
    "empty": (b"", 1, "GA009"),
    "comments only": (b"# nothing yet\n", 1, "GA009"),
    "binary": (b"\x7fELF\x00\x01\x02", 1, "GA004"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 1, "GA004"),
    "Latin-1": (b'title: "Universit\xe4t"\n', 1, "GA005"),
    "UTF-16": (MINIMAL.encode("utf-16"), 1, "GA005"),
    "NaN": (MINIMAL.encode() + b"note: .nan\n", 1, "GA007"),
    "infinity": (MINIMAL.encode() + b"note: 1e999\n", 1, "GA007"),
    "huge integer": (MINIMAL.encode() + b"note: " + b"9" * 400 + b"\n", 1, "GA008"),
    "alias bomb": (
        b"a: &a [x, x]\n"
        + b"".join(b"%c: &%c [*%c, *%c]\n" % (98 + i, 98 + i, 97 + i, 97 + i) for i in range(9)),
        1,
        "GA013",
    ),
    "duplicate key": (MINIMAL.encode() + b"title: Another\n", 1, "GA012"),
    "tag": (MINIMAL.encode() + b"note: !!python/name:os.system x\n", 1, "GA014"),
    "merge key": (MINIMAL.encode() + b"<<: {note: x}\n", 1, "GA015"),
    "two documents": (MINIMAL.encode() + b"---\na: 1\n", 1, "GA016"),
    "tab": (b"runs:\n\t- id: x\n", 1, "GA019"),
    "a list": (b"- a\n", 1, "GA020"),
    "deep nesting": (b"a: " + b"[" * 5000 + b"]" * 5000 + b"\n", 1, "GA021"),
    "open quote": (b'title: "A run\n', 1, "GA010"),
    "broken JSON": (b'{"title": "A run",}', 1, "GA011"),
    "too large": (MINIMAL.encode() + b"#" * 300_000, 1, "GA003"),
    "newer major": (MINIMAL.replace("1.0", "2.0").encode(), 3, "GA902"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_one_clear_finding(run: Run, folder: Path, name: str) -> None:
    raw, code, rule = BAD[name]
    (folder / "bad.yaml").write_bytes(raw)
    result = run("validate", "bad.yaml")
    assert result.exit_code == code
    places = re.findall(r"^bad\.yaml(?::\d+:\d+)?: error (GA\d{3}): ", result.output, re.MULTILINE)
    assert places == [rule]
    assert result.output.replace("\n", "").isprintable()
    assert len(result.output) < 1500


def test_a_newer_minor_version_is_a_warning(run: Run, folder: Path) -> None:
    newer = (folder / "declared.yaml").read_text("utf-8").replace('"1.0"', '"1.9"')
    (folder / "newer.yaml").write_text(newer + "colour: green\n", encoding="utf-8")
    result = run("validate", "newer.yaml")
    assert result.exit_code == 0
    assert "newer.yaml: valid, L1 (2 warnings" in result.output
    assert "warning GA901" in result.output
    assert "warning GA101" in result.output


def test_a_missing_file_could_not_be_checked(run: Run) -> None:
    result = run("validate", "nosuch.yaml")
    assert result.exit_code == 4
    assert "nosuch.yaml: could not be checked" in result.output
    assert "GA001: there is no such file" in result.output


def test_an_unreadable_file_could_not_be_checked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def refuse(path: str, *how: int) -> int:
        if path == "declared.yaml":
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *how)

    monkeypatch.setattr(os, "open", refuse)
    result = run("validate", "declared.yaml")
    assert result.exit_code == 4
    assert "permission denied" in result.output


def test_a_pipe_is_not_waited_for(run: Run, folder: Path) -> None:
    os.mkfifo(folder / "pipe.yaml")
    assert run("validate", "pipe.yaml").exit_code == 4


def test_which_code_wins(run: Run, folder: Path) -> None:
    (folder / "major.yaml").write_text(MINIMAL.replace("1.0", "2.0"), encoding="utf-8")
    assert run("validate", "major.yaml", "nosuch.yaml", "declared.yaml").exit_code == 3
    assert run("validate", "major.yaml", "nosuch.yaml", "wrong.yaml").exit_code == 1
    assert run("validate", "nosuch.yaml", "declared.yaml").exit_code == 4


def test_the_conformance_suite_passes_and_fails_as_it_should(run: Run) -> None:
    examples = os.path.join(root("schema"), "statement", "1.0", "examples")
    passing = run("validate", os.path.join(examples, "pass"))
    assert passing.exit_code == 0
    assert "invalid" not in passing.output
    failing = json.loads(run("validate", "--format", "json", os.path.join(examples, "fail")).output)
    said = {
        file["file"]: {found["severity"] for found in file["findings"]} for file in failing["files"]
    }
    assert [name for name, found in said.items() if found <= {"note"}] == []
    assert sum("error" in found for found in said.values()) > 0.85 * len(said), "few are warnings"


class TestDirectories:
    def test_statements_below_are_found_and_the_rest_is_counted(
        self, run: Run, folder: Path, snapshot: Snapshot
    ) -> None:
        deep = folder / "papers" / "a"
        deep.mkdir(parents=True)
        (deep / "one.yml").write_text(MINIMAL, encoding="utf-8")
        (deep / "two.JSON").write_text(
            json.dumps(
                {
                    "spec_version": "1.0",
                    "title": "T",
                    "subject": {"name": "N"},
                    "runs": [{"id": "r", "phase": "analysis"}],
                }
            ),
            encoding="utf-8",
        )
        (deep / "config.yaml").write_text("colour: green\n", encoding="utf-8")
        (deep / "notes.md").write_text("spec_version: no\n", encoding="utf-8")
        (deep / "broken.yaml").write_text('spec_version: "1.0\n', encoding="utf-8")
        (deep / "no-version.yaml").write_text(
            "title: T\nsubject: {name: N}\nruns: [{id: r, phase: analysis}]\n", encoding="utf-8"
        )
        hidden = folder / "papers" / ".git"
        hidden.mkdir()
        (hidden / "old.yaml").write_text(MINIMAL, encoding="utf-8")
        result = run("validate", "papers")
        assert result.exit_code == 1
        snapshot("validate-directory.txt", result.output)

    def test_a_directory_without_statements_is_not_a_success(self, run: Run, folder: Path) -> None:
        (folder / "empty").mkdir()
        (folder / "empty" / "config.json").write_text("{}", encoding="utf-8")
        result = run("validate", "empty")
        assert result.exit_code == 4
        assert "this directory holds no statement" in result.output
        assert "1 YAML or JSON file without it" in result.output

    def test_a_link_to_a_directory_above_does_not_loop(self, run: Run, folder: Path) -> None:
        (folder / "sub").mkdir()
        (folder / "sub" / "up").symlink_to(folder, target_is_directory=True)
        (folder / "sub" / "one.yaml").write_text(MINIMAL, encoding="utf-8")
        result = run("validate", "sub")
        assert result.exit_code == 0
        assert result.output.count(": valid") == 1


class TestDemands:
    def test_a_level_that_is_reached(self, run: Run) -> None:
        assert run("validate", "--require", "L1", "declared.yaml").exit_code == 0

    def test_a_level_that_is_not_reached(self, run: Run, snapshot: Snapshot) -> None:
        result = run("validate", "--require", "L2", "declared.yaml")
        assert result.exit_code == 1
        snapshot("validate-require.txt", result.output)

    def test_the_verdict_stays(self, run: Run) -> None:
        result = run("validate", "--require", "L2", "--format", "json", "declared.yaml")
        file = json.loads(result.output)["files"][0]
        assert file["valid"] is True
        assert file["level"] == "L1"
        assert file["unmet"] == "L2 is required"

    @pytest.mark.parametrize(("least", "code"), [("error", 0), ("warning", 1), ("note", 1)])
    def test_fail_on(self, run: Run, folder: Path, least: str, code: int) -> None:
        text = (folder / "declared.yaml").read_text("utf-8").replace('"1.0"', '"1.9"')
        (folder / "warned.yaml").write_text(text, encoding="utf-8")
        result = run("validate", "--fail-on", least, "warned.yaml")
        assert result.exit_code == code
        assert ("but fails: --fail-on" in result.output) == bool(code)


class TestProfiles:
    def test_answers_are_listed_and_the_exit_code_stays(self, run: Run) -> None:
        result = run("validate", "--profile", "neurips", "declared.yaml")
        assert result.exit_code == 0
        assert re.search(
            r"^  neurips \(.*\): \d of \d questions answered$", result.output, re.MULTILINE
        )
        assert "          declare " in result.output

    def test_json_has_them_as_well(self, run: Run) -> None:
        output = run("validate", "--profile", "sci", "--format", "json", "declared.yaml").output
        profile = json.loads(output)["files"][0]["profile"]
        assert profile["id"] == "sci"
        assert all(q["answered"] == (not q["missing"]) for q in profile["questions"])

    def test_an_unknown_one_is_a_usage_error_that_lists_what_exists(self, run: Run) -> None:
        result = run("validate", "--profile", "nurips", "declared.yaml")
        assert result.exit_code == 2
        assert "did you mean 'neurips'? there are arr, boamps," in result.stderr

    def test_several_are_refused(self, run: Run) -> None:
        result = run("validate", "--profile", "neurips", "--profile", "sci", "declared.yaml")
        assert result.exit_code == 2
        assert "one profile at a time" in result.stderr

    @pytest.mark.parametrize("format_name", FORMATS)
    def test_every_format_takes_one(self, format_name: str, run: Run) -> None:
        result = run("validate", "--profile", "sci", "--format", format_name, "declared.yaml")
        assert result.exit_code == 0
        shown = format_name in ("text", "github", "markdown", "json", "jsonl")
        assert ("R: functional unit" in result.output) is shown

    def test_in_markdown_what_strangers_wrote_is_escaped(self, run: Run, folder: Path) -> None:
        text = (
            (folder / "declared.yaml")
            .read_text("utf-8")
            .replace("unit: epoch", "unit: '<b>[x](y)'")
        )
        (folder / "odd.yaml").write_text(text, encoding="utf-8")
        output = run("validate", "--profile", "sci", "--format", "markdown", "odd.yaml").output
        assert r"- [x] R: functional unit<br>One \<b\>\[x\](y) (" in output
        assert "- [ ] M: embodied emissions" in output

    def test_what_a_newer_minor_adds_is_no_wrong_shape(self, run: Run, folder: Path) -> None:
        text = (folder / "wrong.yaml").read_text("utf-8").replace('"1.0"', '"1.9"') + "new: 1\n"
        (folder / "newer.yaml").write_text(text, encoding="utf-8")
        result = run("validate", "--profile", "sci", "newer.yaml")
        assert "warning GA101" in result.output
        assert result.exit_code == 1
        assert "questions answered" in result.output

    def test_a_file_without_shape_is_left_out(self, run: Run, folder: Path) -> None:
        (folder / "bad.yaml").write_text("title: 1\n", encoding="utf-8")
        result = run("validate", "--profile", "neurips", "bad.yaml")
        assert result.exit_code == 1
        assert "questions answered" not in result.output


class TestColour:
    def test_none_without_a_terminal(self, run: Run) -> None:
        assert "\x1b" not in run("validate", "wrong.yaml").output

    def test_forced(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[31minvalid\x1b[0m" in run("validate", "wrong.yaml").output

    def test_no_color_wins(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b" not in run("validate", "wrong.yaml").output


def test_a_file_name_cannot_steer_the_terminal(run: Run, folder: Path) -> None:
    name = "a\x1b[2J\nb.yaml"
    (folder / name).write_text("title: 1\n", encoding="utf-8")
    output = run("validate", name).output
    assert "\x1b" not in output
    assert r"a\x1b[2J\nb.yaml: invalid" in output
