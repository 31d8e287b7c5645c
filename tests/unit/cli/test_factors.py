from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenalgo.cli.main import cli
from greenalgo.factors import sets


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["factors", *arguments])


def test_show_prints_a_card() -> None:
    result = run("show", "NVIDIA", "A100-SXM4-80GB")
    assert result.exit_code == 0
    assert "power_w     400\n" in result.stdout
    assert "embodied:gpu:nvidia:a100-sxm4-80-gb" in result.stdout


def test_show_prints_json_with_numbers() -> None:
    result = run("show", "France", "--year", "2022", "--format", "json")
    data = json.loads(result.stdout)
    assert (data["table"], data["value"], data["unit"], data["year"]) == (
        "carbon-intensity",
        78.54,
        "g/kWh",
        2022,
    )
    assert data["related"][0]["table"] == "water"
    processor = json.loads(run("show", "EPYC 7763", "--format", "json").stdout)
    assert (processor["id"], processor["power_w"], processor["cores"]) == (
        "cpu:amd:epyc-7763",
        280,
        64,
    )
    assert "related" not in processor


def test_show_prints_csv() -> None:
    rows = list(
        csv.DictReader(
            io.StringIO(run("show", "us-west-2", "--year", "2025", "--format", "csv").stdout)
        )
    )
    assert [row["table"] for row in rows] == ["carbon-intensity", "pue", "wue", "water"]


def test_show_takes_the_boundary() -> None:
    assert (
        "value     1.2\n" in run("show", "Quebec", "--boundary", "direct", "--year", "2022").stdout
    )


@pytest.mark.parametrize(
    ("name", "candidate"),
    [("A100", "gpu:nvidia:a100-sxm4-80-gb"), ("Frnace", "FRA  France"), ("zzzzzz", "search")],
)
def test_show_exits_with_1_and_names_candidates(name: str, candidate: str) -> None:
    result = run("show", name)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert name in result.stderr
    assert candidate in result.stderr
    assert "Traceback" not in result.stderr


def test_search() -> None:
    result = run("search", "epyc", "7763")
    assert result.stdout.splitlines()[1].split()[:2] == ["processors", "cpu:amd:epyc-7763"]
    data = json.loads(run("search", "epyc 7763", "--format", "json").stdout)
    assert [row["id"] for row in data] == ["cpu:amd:epyc-7763"]
    nothing = run("search", "qqqq")
    assert (nothing.exit_code, nothing.stdout) == (1, "")


def test_list_in_three_forms() -> None:
    table = run("list", "pue").stdout.splitlines()
    rows = list(csv.DictReader(io.StringIO(run("list", "pue", "--format", "csv").stdout)))
    data = json.loads(run("list", "pue", "--format", "json").stdout)
    assert len(table) - 1 == len(rows) == len(data)
    assert table[0].split() == ["id", "name", "value", "lower", "upper", "unit", "year", "source"]
    assert {"id", "licence", "note"} <= set(rows[0])
    assert isinstance(data[0]["value"], float)


def test_list_of_an_unknown_table_names_those_that_exist() -> None:
    result = run("list", "prices")
    assert result.exit_code == 2
    assert "carbon-intensity" in result.stderr


def test_sources() -> None:
    assert "ember2026" in run("sources").stdout
    assert run("sources", "--bibtex").stdout.startswith("@")
    assert any(
        row["id"] == "ember2026" for row in json.loads(run("sources", "--format", "json").stdout)
    )


def test_diff_of_a_set_with_itself() -> None:
    assert run("diff", "2026.11", "2026.11").stdout == "nothing differs\n"
    assert json.loads(run("diff", "2026.11", "2026.11", "--format", "json").stdout) == []


@pytest.mark.parametrize(
    "arguments", [("diff", "2026.11", "1999.1"), ("list", "pue", "--set", "1999.1")]
)
def test_an_unknown_set_is_a_wrong_call(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "there is no factor set '1999.1'; this installation has 2026.11" in result.stderr


@pytest.mark.parametrize("form", ["json", "csv"])
def test_programs_get_utf8_whatever_the_terminal_takes(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "greenalgo", "factors", "search", "Ceará", "--format", form],
        env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=True,
    )  # fmt: skip
    assert "Ceará" in done.stdout.decode("utf-8")


STATEMENT = """\
spec_version: "1.0"
title: A job on a rented machine
subject: {name: job, kind: simulation}
runs:
  - id: job
    phase: simulation
    hours: 10
    hardware: [{kind: gpu, model: Tesla T4, count: 1}]
    location: {country: USA, provider: aws, provider_region: us-east-1}
    period: {start: "2025-01-01", end: "2025-01-02"}
"""


def test_diff_says_which_statements_move(tmp_path: Path) -> None:
    (tmp_path / "statements").mkdir()
    (tmp_path / "statements" / "job.yaml").write_text(STATEMENT)
    (tmp_path / "statements" / "broken.yaml").write_text("a: [")
    newer = tmp_path / "2027.02"
    shutil.copytree(Path(sets.__file__).parent / "sets" / "2026.11", newer)
    table = newer / "pue.csv"
    rows = table.read_text().splitlines(keepends=True)
    table.write_text(
        "".join(_doubled(row) if row.startswith("pue:aws:us-east-1:") else row for row in rows)
    )
    result = run(
        "diff",
        "2026.11",
        str(newer),
        "--statements",
        str(tmp_path / "statements"),
        "--format",
        "json",
    )
    assert result.exit_code == 0
    moved = {
        row["id"].partition("#")[2]: row
        for row in json.loads(result.stdout)
        if row["table"] == "statements"
    }
    assert moved["energy_facility_kwh"]["relative"] == pytest.approx(1)
    assert "energy_it_kwh" not in moved
    assert "broken.yaml: not computed" in result.stderr


@pytest.mark.parametrize(("name", "code"), [("nosuch.yaml", 4), ("broken.yaml", 1)])
def test_diff_fails_where_a_statement_that_is_named_is_not_computed(
    name: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "broken.yaml").write_text("a: [")
    result = run("diff", "2026.11", "2026.11", "--statements", str(tmp_path / name))
    assert (result.exit_code, result.stdout) == (code, "nothing differs\n")
    assert f"{name}: not computed" in result.stderr


def _doubled(row: str) -> str:
    cells = row.split(",")
    return ",".join([*cells[:5], *(str(float(cell) * 2) for cell in cells[5:8]), *cells[8:]])


@pytest.mark.parametrize("command", ["search", "show", "list", "sources", "diff"])
def test_every_help_has_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "Example:" in result.stdout
    assert "greenalgo factors" in result.stdout.split("Example:")[1]
