"""``greenalgo export``: exit codes, where it writes, and what it says on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

STATEMENT = """\
spec_version: "1.0"
title: A run
subject: {name: Chess-7B, kind: model}
runs:
  - id: final
    phase: training
    hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8, power_w: 350}]
    hours: 10
    location: {country: FRA}
    pue: 1.2
    carbon_intensity_g_per_kwh: 50
"""


@pytest.fixture(autouse=True)
def file(folder: Path) -> Path:
    path = folder / "footprint.yaml"
    path.write_text(STATEMENT, encoding="utf-8")
    return path


def test_to_standard_output_with_the_losses_beside_it(run: Run) -> None:
    result = run("export", "footprint.yaml", "--to", "hf-card")
    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout)["co2_eq_emissions"]["emissions"] == 1680
    assert result.stderr.startswith("footprint.yaml: written as hf-card\n")
    assert "  dropped    runs[].hours, runs[].pue, " in result.stderr
    assert run("export", "-", "--to", "hf-card", stdin=STATEMENT).stdout == result.stdout


def test_to_a_file_and_a_report(run: Run) -> None:
    result = run(
        "export", "footprint.yaml", "--to", "codecarbon", "-o", "emissions.csv", "--report", "-"
    )
    fates = {field["field"]: field["fate"] for field in json.loads(result.stdout)["fields"]}
    assert fates["runs[].pue"] == "kept"
    assert Path("emissions.csv").read_text("utf-8").count("\n") == 2
    assert (
        run("export", "footprint.yaml", "--to", "codecarbon", "-o", "emissions.csv").exit_code == 2
    )
    assert (
        run(
            "export", "footprint.yaml", "--to", "codecarbon", "-o", "emissions.csv", "--force"
        ).exit_code
        == 0
    )
    assert run("export", "footprint.yaml", "--to", "codecarbon", "--report", "-").exit_code == 2


def test_what_the_target_requires_is_asked_for_with_its_line(run: Run) -> None:
    result = run("export", "footprint.yaml", "--to", "boamps", "-o", "report.json")
    assert result.exit_code == 1
    assert result.stderr.startswith(
        "footprint.yaml:3:10: error GA613: BoAmps requires the family of the task\n"
    )
    assert "nothing was written" in result.stderr
    assert not Path("report.json").exists()


def test_exit_codes(run: Run, file: Path) -> None:
    assert run("export", "no-such.yaml", "--to", "hf-card").exit_code == 4
    assert run("export", "footprint.yaml", "--to", "hf").exit_code == 2
    assert run("export", "footprint.yaml", "--to", "zeus").exit_code == 2
    assert run("export", "footprint.yaml", "--to", "hf-card", "--run", "x").exit_code == 2
    assert run("export", "footprint.yaml").exit_code == 2
    file.write_text(STATEMENT.replace("pue: 1.2", "pue: 0.2"), encoding="utf-8")
    result = run("export", "footprint.yaml", "--to", "hf-card")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "footprint.yaml:10:10: error GA401" in result.stderr


def test_the_statement_is_never_overwritten(run: Run, file: Path) -> None:
    done = run("export", "footprint.yaml", "--to", "hf-card", "-o", "./footprint.yaml", "--force")
    assert (done.exit_code, "./footprint.yaml is what is read" in done.stderr) == (2, True)
    assert file.read_text(encoding="utf-8") == STATEMENT
