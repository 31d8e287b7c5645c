"""``greenalgo import --check``: a statement against the files that it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli_cases import CODECARBON as HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

ROW = (
    "2024-03-1{day}T10:00:00,{name},{name},3600,0.232,0.06,{gpu},0.02,{all},Germany,DEU,3.2.6,AMD EPYC 7742,"
    "2 x NVIDIA A100-SXM4-80GB,256,machine,1.0\n"
)
BASE = ROW.format(day=1, name="base", gpu="0.5", all="0.58")
LARGE = ROW.format(day=2, name="large", gpu="0.6", all="0.68")
BY_HAND = """\
  - id: by-hand
    phase: development
    hours: 3
    energy_it_kwh: 0.3
    location: {country: DEU}
    pue: 1.3
reported:
"""


@pytest.fixture
def statement(folder: Path, run: Run) -> Path:
    (folder / "emissions.csv").write_text(HEADER + BASE + LARGE, encoding="utf-8")
    assert run("import", "emissions.csv", "-o", "footprint.yaml").exit_code == 0
    return folder / "footprint.yaml"


def change(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def check(run: Run, *options: str) -> Result:
    return run("import", "emissions.csv", "--check", "footprint.yaml", *options)


@pytest.mark.usefixtures("statement")
def test_what_was_imported_follows(run: Run) -> None:
    result = check(run)
    assert (result.exit_code, result.stdout) == (
        0,
        "footprint.yaml: follows from the files (2 runs)\n",
    )
    assert result.stderr == ""


def test_what_an_author_adds_is_not_held_against_the_files(statement: Path, run: Run) -> None:
    change(
        statement,
        ("    location:", "    pue: {value: 1.2, source: operator}\n    location:"),
        ("reported:\n", BY_HAND),
    )
    result = check(run)
    assert result.exit_code == 0, result.output
    assert result.stderr == "footprint.yaml: not held against the files: run by-hand\n"


def test_a_figure_that_was_typed_does_not_follow(statement: Path, run: Run) -> None:
    change(statement, ("value: 0.5\n", "value: 0.55\n"))
    result = check(run)
    assert (result.exit_code, result.stdout) == (
        1,
        "footprint.yaml: does not follow from the files (2 runs)\n",
    )
    assert (
        "error GA616: the files give 0.58 kWh of IT energy for run 'base', the statement 0.63"
        in result.stderr
    )
    assert "run 'large'" not in result.stderr


def test_hours_are_held_too(statement: Path, run: Run) -> None:
    change(statement, ("hours: 1\n", "hours: 0.9\n"))
    result = check(run)
    assert result.exit_code == 1
    assert "the files give 1 h for run 'base', the statement 0.9 (-10.0 %)" in result.stderr
    assert result.stderr.count("GA616") == 2
    assert "device-hours" not in result.stderr


def test_renamed_runs_are_held_as_a_whole(statement: Path, run: Run) -> None:
    change(statement, ("id: base", "id: one"), ("id: large", "id: two"), ("    base:", "    one:"))
    change(statement, ("    large:", "    two:"))
    assert check(run).exit_code == 0
    change(statement, ("value: 0.5\n", "value: 0.55\n"))
    result = check(run)
    assert result.exit_code == 1
    assert (
        "the files give 1.26 kWh of IT energy for runs 'base', 'large', the statement 1.31 for runs 'one', 'two'"
        in result.stderr
    )


def test_a_multiplier_and_repetitions_are_understood(statement: Path, run: Run) -> None:
    text = statement.read_text("utf-8")
    statement.write_text(text[: text.index("reported:")] + text[text.index("provenance:") :])
    change(statement, ("    location:", "    multiplier: 3\n    location:"))
    assert check(run).exit_code == 0
    change(statement, ("multiplier: 3\n", "repetitions: 2\n"))
    result = check(run)
    assert result.exit_code == 1
    assert (
        "the files give 0.58 kWh of IT energy for run 'base', the statement 1.16" in result.stderr
    )


def test_a_file_that_has_grown_is_another_file(folder: Path, statement: Path, run: Run) -> None:
    (folder / "emissions.csv").write_text(
        HEADER + BASE + LARGE + ROW.format(day=3, name="huge", gpu="0.7", all="0.78")
    )
    result = check(run)
    assert result.exit_code == 1
    assert (
        "error GA614: 'emissions.csv' is not the file that the statement was made from"
        in result.stderr
    )
    assert "warning GA617: the files have run 'huge', the statement has not" in result.stderr
    assert str(statement.name) in result.stdout


def test_files_that_are_not_named_or_not_given_are_pointed_out(
    folder: Path, statement: Path, run: Run
) -> None:
    (folder / "emissions.csv").rename(folder / "other.csv")
    text = statement.read_text("utf-8")
    named = "provenance: {files: [{path: emissions.csv}]}\n"
    statement.write_text(text[: text.index("provenance:")] + named)
    result = run("import", "other.csv", "--check", "footprint.yaml")
    assert result.exit_code == 0, result.output
    assert "warning GA615: the statement does not name 'other.csv'" in result.stderr
    assert "warning GA615: 'emissions.csv' was not given" in result.stderr
    (folder / "other.csv").rename(folder / "emissions.csv")
    assert "warning GA615: the statement names 'emissions.csv' without a hash" in check(run).stderr


def test_sums_are_held_against_sums_and_against_rows(folder: Path, run: Run) -> None:
    again = BASE.replace("2024-03-11", "2024-03-14").replace("base,base", "base,again")
    (folder / "emissions.csv").write_text(HEADER + BASE + again, encoding="utf-8")
    assert run("import", "emissions.csv", "--sum", "-o", "footprint.yaml").exit_code == 0
    assert check(run, "--sum").exit_code == 0


def test_hardware_without_an_energy_is_held_by_its_hours(folder: Path, run: Run) -> None:
    (folder / "emissions.csv").write_text(
        "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
        "3600.0\t1:00:00\t100.0\t200.0\t90.0\t95.0\t0.0\t0.0\t150.0\t5400.0\n"
    )
    assert run("import", "emissions.csv", "-o", "footprint.yaml").exit_code == 0
    assert check(run).exit_code == 0


@pytest.mark.usefixtures("statement")
def test_bad_calls_and_bad_statements(folder: Path, run: Run) -> None:
    both = check(run, "-o", "x.yaml")
    assert (both.exit_code, "--check writes nothing" in both.stderr) == (2, True)
    missing = run("import", "emissions.csv", "--check", "nothing.yaml")
    assert (missing.exit_code, "there is no such file" in missing.stderr) == (4, True)
    invalid = run("import", "emissions.csv", "--check", "emissions.csv")
    assert (invalid.exit_code, "a statement is a mapping" in invalid.stderr) == (1, True)
    assert not (folder / "x.yaml").exists()
