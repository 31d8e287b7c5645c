"""``greenalgo badge``: what it says of which file, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_cases import MINIMAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result


def message(result: Result) -> str:
    return str(json.loads(result.stdout)["message"])


def test_a_valid_statement(run: Callable[..., Result]) -> None:
    result = run("badge", "declared.yaml", "--format", "json")
    assert result.exit_code == 0
    assert message(result) == "L1 · 15.5 kg CO2e"
    svg = run("badge", "declared.yaml")
    assert "<title>compute footprint: L1 · 15.5 kg CO2e</title>" in svg.stdout
    assert run("badge", "declared.yaml").stdout_bytes == svg.stdout_bytes


def test_a_filled_statement_says_the_same(run: Callable[..., Result]) -> None:
    before = run("badge", "declared.yaml").stdout
    assert run("fill", "declared.yaml", "--in-place").exit_code == 0
    assert run("badge", "declared.yaml").stdout == before


def test_a_picture_of_another_kind_is_not_made(run: Callable[..., Result]) -> None:
    result = run("badge", "declared.yaml", "-o", "badge.png")
    assert result.exit_code == 2
    assert "'badge.png' ends in none of .svg, .json" in result.stderr
    assert not Path("badge.png").exists()
    assert run("badge", "declared.yaml", "-o", "badge.png", "--format", "svg").exit_code == 0


def test_nothing_to_compute(run: Callable[..., Result]) -> None:
    result = run("badge", "-", "--format", "json", stdin=MINIMAL)
    assert (result.exit_code, message(result)) == (0, "L0 · CO2e not computable")


def test_an_invalid_statement_is_said_to_be(run: Callable[..., Result]) -> None:
    result = run("badge", "wrong.yaml", "--format", "json")
    assert result.exit_code == 1
    assert message(result) == "invalid"
    assert json.loads(result.stdout)["isError"] is True
    assert "error GA" in result.stderr


@pytest.mark.parametrize("raw", ["a: [", "%PDF-1.7"])
def test_what_is_no_statement_at_all(run: Callable[..., Result], raw: str) -> None:
    Path("a.yaml").write_text(raw, encoding="utf-8")
    result = run("badge", "a.yaml", "--format", "json")
    assert (result.exit_code, message(result)) == (1, "invalid")


def test_a_newer_major(run: Callable[..., Result]) -> None:
    result = run("badge", "-", "--format", "json", stdin=MINIMAL.replace('"1.0"', '"2.0"'))
    assert (result.exit_code, message(result)) == (3, "unsupported version")


def test_a_file_that_cannot_be_read_gets_none(run: Callable[..., Result]) -> None:
    result = run("badge", "nowhere.yaml", "-o", "badge.svg")
    assert result.exit_code == 4
    assert not Path("badge.svg").exists()


def test_the_name_of_the_file_chooses_the_format(run: Callable[..., Result]) -> None:
    assert run("badge", "declared.yaml", "-o", "a.json").stderr == "a.json: L1 · 15.5 kg CO2e\n"
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["schemaVersion"] == 1
    run("badge", "declared.yaml", "-o", "a.svg")
    assert Path("a.svg").read_text(encoding="utf-8").startswith("<svg ")
    run("badge", "declared.yaml", "-o", "b.json", "--format", "svg")
    assert Path("b.json").read_text(encoding="utf-8").startswith("<svg ")
