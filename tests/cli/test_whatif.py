"""``greenalgo whatif``: the table, the machine's formats, and what is refused."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def test_text(run: Callable[..., Result], snapshot: Callable[[str, str], None]) -> None:
    before = Path("declared.yaml").read_bytes()
    result = run(
        "whatif",
        "declared.yaml",
        "--carbon-intensity",
        "700",
        "--carbon-intensity",
        "4",
        "--pue",
        "1.1",
    )
    assert result.exit_code == 0
    snapshot("whatif.txt", result.stdout)
    assert Path("declared.yaml").read_bytes() == before


def test_every_combination_once(run: Callable[..., Result]) -> None:
    result = run(
        "whatif", "declared.yaml", "--pue", "1", "--pue", "1.5", "--carbon-intensity", "10",
        "--carbon-intensity", "20", "--format", "csv", "-o", "all.csv",
    )  # fmt: skip
    assert (result.exit_code, result.stdout) == (0, "")
    rows = list(csv.DictReader(io.StringIO(Path("all.csv").read_text("utf-8"))))
    names = ["PUE 1, 10 g/kWh", "PUE 1, 20 g/kWh", "PUE 1.5, 10 g/kWh", "PUE 1.5, 20 g/kWh"]
    assert [row["scenario"] for row in rows] == ["as declared", *names]
    carbon = [float(row["co2e_operational_kg_value"]) for row in rows[1:]]
    assert carbon == pytest.approx([carbon[0], 2 * carbon[0], 1.5 * carbon[0], 3 * carbon[0]])
    assert float(rows[4]["co2e_times"]) == pytest.approx(
        carbon[3] / float(rows[0]["co2e_operational_kg_value"])
    )


def test_json_names_the_factors(run: Callable[..., Result]) -> None:
    result = run("whatif", "declared.yaml", "--place", "SWE", "--format", "json")
    declared, sweden = json.loads(result.stdout)["scenarios"]
    assert declared["change"] == {}
    assert declared["co2e_times"] == 1
    assert sweden["change"] == {"place": {"country": "SWE"}}
    (factor,) = (one for one in sweden["factors"] if one["table"] == "carbon-intensity")
    assert factor["id"].startswith("ci:SWE:")
    assert factor["licence"]
    assert sweden["carbon_intensity_g_per_kwh"] == [factor["value"]]


def test_what_is_missing_is_said(run: Callable[..., Result]) -> None:
    text = Path("declared.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if "carbon_intensity" not in line]
    without = "\n".join(line for line in lines if "location" not in line)
    result = run("whatif", "-", "--place", "SWE", stdin=without)
    assert result.exit_code == 0
    declared, sweden = result.stdout.splitlines()[3:5]
    assert declared.split()[-2:] == ["-", "-"]
    assert sweden.split()[-1] == "-"
    assert "-" not in sweden.split()[:-1]
    assert "neither a carbon intensity nor a location is declared" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "say what to change: --place, --pue or --carbon-intensity"),
        (("--place", "Swedn"), "no place is called 'Swedn'; the nearest are SWE"),
        (("--place", "aws/moon-1"), "no region of aws is called 'moon-1'"),
        (("--pue", "0.9"), "0.9 is not in the range x>=1"),
        (("--pue", "nan"), "take finite numbers"),
        (("--carbon-intensity", "inf"), "take finite numbers"),
        (("--pue", "1.1", "--run", "trian"), "no run has the id 'trian'; there are "),
        (("--pue", "1.1", "--policy", "none"), "--policy"),
        (("--pue", "1.1", "--factors", "none"), "--factors"),
        (
            (*("--place", "SWE") * 40, *("--pue", "1.1") * 40),
            "these are more than 1000 scenarios",
        ),
    ],
)
def test_a_wrong_call(run: Callable[..., Result], arguments: tuple[str, ...], words: str) -> None:
    result = run("whatif", "declared.yaml", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr


def test_an_invalid_statement(run: Callable[..., Result]) -> None:
    text = Path("declared.yaml").read_text("utf-8").replace("value: 1.2,", "value: 0.2,", 1)
    Path("bad.yaml").write_text(text, encoding="utf-8")
    result = run("whatif", "bad.yaml", "--place", "SWE")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "bad.yaml:" in result.stderr
    assert "Error: bad.yaml is invalid" in result.stderr


def test_a_file_that_is_not_there(run: Callable[..., Result]) -> None:
    assert run("whatif", "none.yaml", "--place", "SWE").exit_code == 4
