"""``greenalgo explain``: a derivation that can be redone by hand, and the rule book."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL

from greenalgo.render.symbols import amount, digits, steps, unit_of
from greenalgo.validate.rules.book import all_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]

_UNIT = re.compile(r" (?:kWh|W/GB|W|g/kWh|L/kWh|kg|GB|FLOP/s|FLOP|h|L)\b")


def test_a_snapshot(run: Run, snapshot: Callable[[str, str], None]) -> None:
    result = run("explain", "declared.yaml")
    assert result.exit_code == 0
    snapshot("explain.txt", result.stdout)


def test_every_step_can_be_redone(run: Run, folder: Path) -> None:
    """Each line of numbers, computed as it stands, gives the line below it."""
    (folder / "more.yaml").write_text(
        MINIMAL.replace(
            "  - {id: analysis, phase: analysis}",
            "  - id: a\n    phase: training\n    repetitions: 3\n    multiplier: 1.5\n"
            "    hardware:\n      - {kind: cpu, count: 4, power_w: 11.7, power_scope: core, memory_gb: 64, "
            "utilisation: 0.8, share: 0.5}\n"
            "    hours: 7\n    pue: 1.3\n    carbon_intensity_g_per_kwh: 57\n"
            "    water: {wue_l_per_kwh: 1.8, ewif_l_per_kwh: 2.5}\n"
            "    embodied: [{item: server, co2e_kg: 2500, lifetime_hours: 35040, hours: 7}]\n"
            "  - id: b\n    phase: training\n"
            "    hardware: [{kind: gpu, count: 8, power_w: 400, peak_flops_per_s: 3.12e14}]\n"
            "    work: {flops: 4.5e20, model_flops_utilisation: 0.4}\n"
            "    pue: 1.1\n    carbon_intensity_g_per_kwh: 20\n",
        ),
        encoding="utf-8",
    )
    output = run("explain", "more.yaml").stdout
    steps_seen = 0
    for block in re.sub(r"\n +\+ ", " + ", output).split("\n\n"):
        lines = [line.strip() for line in block.splitlines()]
        shown = [line[2:] for line in lines if line.startswith("= ")]
        if len(shown) == 2:
            formula = _UNIT.sub("", shown[0]).replace(" x ", " * ")
            result = float(_UNIT.sub("", shown[1]))
            assert eval(formula, {}) == pytest.approx(result, rel=1e-8)  # noqa: S307 - digits only
            steps_seen += 1
    assert steps_seen >= 15


def test_a_filled_statement_and_standard_input(run: Run, folder: Path) -> None:
    plain = run("explain", "declared.yaml").stdout
    run("fill", "declared.yaml", "--in-place")
    assert run("explain", "declared.yaml").stdout == plain
    raw = (folder / "declared.yaml").read_bytes()
    assert run("explain", "-", stdin=raw).stdout == plain.replace("declared.yaml:", "-:")


def test_what_was_put_in_is_listed_with_its_source(run: Run, folder: Path) -> None:
    (folder / "d.yaml").write_text(
        MINIMAL.replace(
            "{id: analysis, phase: analysis}",
            "{id: a, phase: training, hours: 10, location: {country: FRA}, "
            "hardware: [{kind: gpu, model: NVIDIA A100-SXM4-80GB, count: 8}]}",
        ),
        encoding="utf-8",
    )
    output = run("explain", "d.yaml").stdout
    tail = output[output.index("Values that were put in for the author") :]
    assert "runs/0/pue: " in tail
    assert "runs/0/carbon_intensity_g_per_kwh: " in tail
    assert tail.count("    factor ") == tail.count("; source ") >= 3
    assert "    NVIDIA A100 SXM4 80 GB, 2020; " in tail
    assert "    France 2024; " in tail
    assert "Sources of the methods and factors" in tail
    assert "not in the bibliographies" not in tail


def test_what_could_not_be_computed_is_said(run: Run, folder: Path) -> None:
    (folder / "gap.yaml").write_text(
        MINIMAL.replace("phase: analysis", "phase: analysis, energy_it_kwh: 5, pue: 1.2"),
        encoding="utf-8",
    )
    output = run("explain", "gap.yaml").stdout
    assert "What could not be computed" in output
    assert "line 5: neither a carbon intensity nor a location is declared" in output


def test_an_inconsistent_statement_is_explained_all_the_same(run: Run) -> None:
    result = run("explain", "wrong.yaml")
    assert result.exit_code == 0
    assert "= 310.8 kWh" in result.stdout
    assert "The statement has 1 error: greenalgo validate wrong.yaml" in result.stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [(MINIMAL + "colour: green\n", 1), ("[1]", 1), (MINIMAL.replace("1.0", "2.0"), 3)],
)
def test_a_statement_without_shape_is_refused(run: Run, folder: Path, text: str, code: int) -> None:
    (folder / "bad.yaml").write_text(text, encoding="utf-8")
    result = run("explain", "bad.yaml")
    assert result.exit_code == code
    assert result.stdout == ""


def test_a_missing_file(run: Run) -> None:
    assert run("explain", "nosuch.yaml").exit_code == 4


class TestRules:
    def test_a_snapshot(self, run: Run, snapshot: Callable[[str, str], None]) -> None:
        snapshot("explain-GA203.txt", run("explain", "GA203").stdout)

    @pytest.mark.parametrize("code", [rule.code for rule in all_rules()])
    def test_every_rule_can_be_explained(self, run: Run, code: str) -> None:
        output = run("explain", code.lower()).stdout
        assert output.startswith(f"{code}: ")
        for part in ("Why", "Example", "Fix", f"https://w3id.org/greenalgo/rules/{code}"):
            assert part in output

    def test_the_list_has_all_of_them(self, run: Run) -> None:
        output = run("explain", "--list").stdout
        assert re.findall(r"^  (GA\d{3}) ", output, re.MULTILINE) == [r.code for r in all_rules()]

    def test_an_unknown_code_is_a_usage_error_with_suggestions(self, run: Run) -> None:
        result = run("explain", "GA299")
        assert result.exit_code == 2
        assert "there is no rule 'GA299'; the nearest are GA2" in result.stderr

    @pytest.mark.parametrize("arguments", [[], ["--list", "GA203"]])
    def test_usage(self, run: Run, arguments: list[str]) -> None:
        assert run("explain", *arguments).exit_code == 2


class TestSymbols:
    @pytest.mark.parametrize(
        ("value", "text"),
        [
            (0, "0"),
            (433196, "433196"),
            (29630.6064, "29630.6064"),
            (1082990000000.0, "1082990000000"),
            (4.5e20, "4.5e20"),
            (1 / 3, "0.3333333333"),
            (2.4e-9, "2.4e-9"),
            (0.1 + 0.2, "0.3"),
        ],
    )
    def test_digits(self, value: float, text: str) -> None:
        assert digits(value) == text

    @pytest.mark.parametrize(
        ("name", "unit"),
        [
            ("energy_it_kwh", "kWh"), ("carbon_intensity_g_per_kwh", "g/kWh"), ("power_w", "W"),
            ("power_w_per_gb", "W/GB"), ("hours", "h"), ("device_hours", "h"), ("pue", ""),
            ("peak_flops_per_s", "FLOP/s"), ("co2e_kg", "kg"), ("count", ""), ("water_l", "L"),
            ("wue_l_per_kwh", "L/kWh"),
        ],
    )  # fmt: skip
    def test_units(self, name: str, unit: str) -> None:
        assert unit_of(name) == unit

    def test_a_name_takes_its_inputs_in_order(self) -> None:
        inputs = [{"name": "hours", "value": 1}, {"name": "hours", "value": 2}]
        assert steps("device_hours = hours + hours", inputs)[-1].strip() == "= 1 h + 2 h"

    def test_a_long_sum_is_broken_before_its_plus_signs(self) -> None:
        inputs = [{"name": "energy_it_kwh", "value": 1234567.25 + i} for i in range(20)]
        lines = steps("energy_it_kwh = sum of runs", inputs)
        assert max(map(len, lines)) <= 100
        assert sum(line.count("kWh") for line in lines[1:]) == 20

    def test_amount(self) -> None:
        assert amount("power_w", 400) == "400 W"
