"""``greenalgo paper``: what it writes, what it checks, what it says."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from greenalgo.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["appendix.tex", "figure.pdf", "footprint.bib", "macros.tex", "paragraph.tex", "table.tex"]
STATEMENT = """\
spec_version: "1.0"
title: BLOOM final training
subject: {name: BLOOM-176B, kind: model}
authors: [{name: A. Author}]
runs:
  - id: final-training
    phase: training
    hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 384, power_w: {value: 400, status: vendor_reported}}]
    device_hours: 1082990
    location: {country: FRA, site: Jean Zay}
    pue: {value: 1.2, source: operator}
    carbon_intensity_g_per_kwh: {value: 57, basis: location, year: 2022, source: the paper}
"""


@pytest.fixture
def statement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "footprint.yaml").write_text(STATEMENT, "utf-8")
    return "footprint.yaml"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["paper", *arguments])


def test_it_fills_and_writes_six_files(statement: str, tmp_path: Path) -> None:
    result = run(statement, "-o", "paper")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines() == [f"paper/{name}" for name in NAMES]
    assert sorted(path.name for path in (tmp_path / "paper").iterdir()) == NAMES
    assert r"\renewcommand{\gaCOtwo}{29.63~t}" in (tmp_path / "paper" / "macros.tex").read_text()
    assert r"\IfFileExists{paper/figure.pdf}" in (tmp_path / "paper" / "appendix.tex").read_text()


def test_a_filled_file_differs_only_in_its_digest(statement: str, tmp_path: Path) -> None:
    run(statement, "-o", "paper")
    assert CliRunner().invoke(cli, ["fill", statement, "-o", "filled.yaml"]).exit_code == 0
    first = {name: (tmp_path / "paper" / name).read_bytes() for name in NAMES}
    run("filled.yaml", "-o", "paper")
    for name in NAMES:
        second = (tmp_path / "paper" / name).read_bytes()
        assert without_digest(second) == without_digest(first[name]), name
    assert run("filled.yaml", "-o", "paper", "--check").exit_code == 0


def without_digest(content: bytes) -> bytes:
    plain = content.replace(rb"\allowbreak{}", b"")
    return re.sub(rb"footprint-[0-9a-f]{8}|[0-9a-f]{64}", b"", plain)


def test_check_notices_every_way_to_be_stale(statement: str, tmp_path: Path) -> None:
    assert run(statement, "-o", "paper", "--check").exit_code == 1
    run(statement, "-o", "paper")
    clean = run(statement, "-o", "paper", "--check")
    assert (clean.exit_code, clean.output) == (0, "")
    (tmp_path / "paper" / "figure.pdf").unlink()
    (tmp_path / statement).write_text(STATEMENT.replace("57", "58"), "utf-8")
    stale = run(statement, "-o", "paper", "--check")
    assert stale.exit_code == 1
    assert "paper/figure.pdf: missing" in stale.stderr
    assert "paper/table.tex: differs from the statement" in stale.stderr
    assert not (tmp_path / "paper" / "figure.pdf").exists()


def test_anonymous_leaves_out_and_says_so(statement: str, tmp_path: Path) -> None:
    result = run(statement, "-o", "jean-zay-paper", "--anonymous", "--also", "markdown")
    assert result.exit_code == 0
    assert "Left out for double-blind review:" in result.stderr
    assert "site" in result.stderr
    for name in ("appendix.tex", "footprint.bib", "footprint.md", "table.tex"):
        text = (tmp_path / "jean-zay-paper" / name).read_text("utf-8")
        assert "BLOOM" not in text
        assert "zay" not in text.casefold()
        assert "sha256" not in text


def test_own_bib_gets_what_it_lacks(statement: str, tmp_path: Path) -> None:
    own = tmp_path / "refs.bib"
    own.write_text("@misc{mine,\n  title = {Mine},\n}\n", "utf-8")
    run(statement, "-o", "paper", "--bib", "refs.bib")
    first = own.read_text("utf-8")
    assert first.startswith("@misc{mine,")
    assert "@misc{greenalgo," in first
    run(statement, "-o", "paper", "--bib", "refs.bib")
    assert own.read_text("utf-8") == first


@pytest.mark.parametrize(
    ("own", "code", "says"),
    [
        (
            "latin.bib",
            4,
            "latin.bib:2: byte 0xE9 is not UTF-8\n  hint:     save the file as UTF-8 text",
        ),
        ("folder", 4, "'folder' is not a file"),
        ("pipe", 4, "'pipe' is not a file"),
        ("footprint.yaml", 2, "footprint.yaml is what is read"),
        ("paper/footprint.bib", 2, "paper/footprint.bib cannot hold both"),
        ("", 2, "the name of a file to write is empty"),
    ],
)
def test_own_bib_that_cannot_be_had_costs_no_file(
    own: str, code: int, says: str, statement: str, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "latin.bib").write_bytes(b"@misc{mine,\n  title = {\xe9},\n}\n")
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    result = run(statement, "-o", "paper", "--bib", own)
    assert (result.exit_code, says in result.stderr) == (code, True), result.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_bib_that_cannot_be_written_leaves_no_folder(statement: str, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    for folder in ("new/deep", "old"):
        result = run(statement, "-o", folder, "--bib", "nowhere/refs.bib")
        assert (result.exit_code, "no such file" in result.stderr) == (4, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["footprint.yaml", "old"]


def test_own_bib_may_be_in_the_new_folder(statement: str, tmp_path: Path) -> None:
    assert run(statement, "-o", "paper", "--bib", "paper/refs.bib").exit_code == 0
    assert "@misc{greenalgo," in (tmp_path / "paper" / "refs.bib").read_text("utf-8")


@pytest.mark.parametrize("folder", ["taken", "taken/paper", "taken/deep/paper"])
def test_a_file_in_place_of_the_folder_is_named(
    folder: str, statement: str, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("mine", "utf-8")
    result = run(statement, "-o", folder)
    assert (result.exit_code, "'taken' is a file" in result.stderr) == (4, True), result.output
    assert "name a folder with -o" in result.stderr


def test_templates_that_are_not_there_are_not_passed_over(statement: str) -> None:
    result = run(statement, "-o", "paper", "--templates", "mine")
    assert (result.exit_code, "there is no directory 'mine'" in result.stderr) == (2, True)


def test_columns_and_layout(statement: str, tmp_path: Path) -> None:
    run(statement, "-o", "paper", "--columns", "run,energy,co2e", "--layout", "rows")
    assert "Run & (MWh) & (t)" in (tmp_path / "paper" / "table.tex").read_text()
    wrong = run(statement, "-o", "paper", "--columns", "run,colour")
    assert wrong.exit_code != 0
    assert "no column 'colour'" in wrong.output


def test_a_character_that_cannot_be_set_is_told_without_a_traceback(
    statement: str, tmp_path: Path
) -> None:
    (tmp_path / statement).write_text(STATEMENT.replace("BLOOM-176B", "盘古"), "utf-8")
    result = run(statement, "-o", "paper")
    assert result.exit_code != 0
    assert "footprint.yaml:3:17: '" in result.output
    assert "U+76D8" in result.output
    assert "latex_label" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "paper").exists()


def test_a_file_that_is_not_there(statement: str) -> None:
    result = run("nothing.yaml", "-o", "paper")
    assert result.exit_code == 4
    assert "Traceback" not in result.output


@pytest.mark.tex
def test_pdf(statement: str, tmp_path: Path) -> None:
    result = run(statement, "-o", "paper", "--pdf")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[-1] == "paper/preview.pdf"
    assert (tmp_path / "paper" / "preview.pdf").read_bytes().startswith(b"%PDF")


def test_beside_compares_under_one_factor_set(statement: str, tmp_path: Path) -> None:
    other = STATEMENT.replace("BLOOM-176B", "Another model").replace(
        "phase: training", "phase: search"
    )
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "other.yaml").write_text(other, "utf-8")
    (tmp_path / "published" / "broken.yaml").write_text(
        other.replace("count: 384, ", "n: 1, "), "utf-8"
    )
    result = run(statement, "-o", "paper", "--beside", "published")
    assert result.exit_code == 0, result.output
    assert "Not compared: published/broken.yaml:" in result.stderr
    assert {"paper/comparison.pdf", "paper/comparison.tex"} <= set(result.stdout.splitlines())
    table = (tmp_path / "paper" / "comparison.tex").read_text()
    assert table.count("29.63") == 2
    assert "Another model (a)" in table
    assert "(a) covers hyper-parameter search, not training." in table
    assert run(statement, "-o", "paper", "--beside", "published", "--check").exit_code == 0


def test_beside_a_file_that_is_invalid_is_an_error(statement: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(STATEMENT.replace("count: 384, ", "n: 1, "), "utf-8")
    result = run(statement, "-o", "paper", "--beside", "broken.yaml")
    assert result.exit_code == 1
    assert "GA101" in result.stderr
    assert not (tmp_path / "paper").exists()
