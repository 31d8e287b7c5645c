"""Whatever is wrong with a statement, each command says so; none fails by itself."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from schema_mutations import mutated

from everyday import first
from greenalgo.api import fill
from greenalgo.cli.codes import INTERNAL
from greenalgo.cli.main import cli

if TYPE_CHECKING:
    from pathlib import Path

FILE = "footprint.json"
COMMANDS = (
    f"validate {FILE} --format json",
    f"validate {FILE} --profile neurips",
    f"validate {FILE} --fix",
    f"fill {FILE}",
    f"explain {FILE}",
    f"paper {FILE} -o paper",
    f"whatif {FILE} --pue 1.1",
    f"export {FILE} --to boamps",
    f"badge {FILE}",
    f"compare {FILE} --format csv --runs",
    f"compare {FILE} --per unit",
    f"submit {FILE} --to sqlite:///registry.db --dry-run",
    f"migrate {FILE}",
)

DOCUMENT: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "T",
    "subject": {"name": "N", "task": "text classification"},
    "runs": [
        {
            "id": "a",
            "phase": "inference",
            "energy_facility_kwh": 2,
            "location": {"country": "FRA"},
            "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 1}],
            "hours": 10,
        }
    ],
}


@pytest.mark.parametrize("seed", first(range(6)))
def test_a_nearly_right_statement(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = random.Random(seed)  # noqa: S311 - reproducible choices, no secret
    codes: Counter[int] = Counter()
    for document in mutated(seed, 25):
        if isinstance(document, dict) and source.random() < 0.3:
            document["spec_version"] = "1.9"
        (tmp_path / FILE).write_text(json.dumps(document), "utf-8")
        for command in source.sample(COMMANDS, 4):
            done = CliRunner().invoke(cli, command.split())
            assert done.exit_code != INTERNAL, (command, document, done.output)
            codes[done.exit_code] += 1
    assert codes[0] > 5, codes
    assert codes[1] > 5, codes


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    "reported",
    [
        5,
        {"as_printed": []},
        {"energy_it_kwh": {"value": "x"}},
        {"runs": [1]},
        {"runs": {"a": 1}},
        {"per_functional_unit": 5},
        {
            "per_functional_unit": [
                {"unit": "prompt", "energy_wh": 1, "as_printed": {"energy_wh": True}}
            ]
        },
    ],
)
def test_printed_figures_of_a_wrong_form(
    reported: object, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures that do not follow stop no computation; a wrong form does."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_text(json.dumps({**DOCUMENT, "reported": reported}), "utf-8")
    done = CliRunner().invoke(cli, command.split())
    assert done.exit_code == 1, done.output
    assert "GA10" in done.output


def test_results_that_do_not_follow_are_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    filled = fill(DOCUMENT)
    for wrong in (5, {"totals": 5}, _changed(filled)):
        (tmp_path / FILE).write_text(json.dumps({**DOCUMENT, "results": wrong}), "utf-8")
        done = CliRunner().invoke(cli, ["paper", FILE, "-o", "paper"])
        assert done.exit_code == 1, done.output
        assert f"{FILE}:1:" in done.output
        assert not (tmp_path / "paper").exists()


def _changed(filled: dict[str, Any]) -> dict[str, Any]:
    """Return results of which somebody changed a total by hand."""
    results: dict[str, Any] = copy.deepcopy(filled["results"])
    results["totals"]["energy_facility_kwh"]["value"] = 1
    return results


@pytest.mark.parametrize(
    "added", first((5, "5 MWh", {"value": 5}, [5], {"status": "not_assessed", "reason": "r"}))
)
def test_a_field_of_a_newer_version_stops_nothing(
    added: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer minor version only adds: its fields are named, and left out of the arithmetic."""
    monkeypatch.chdir(tmp_path)
    document = {
        **DOCUMENT,
        "functional_units": [{"unit": "prompt", "quantity": 1000}],
        "reported": {"per_functional_unit": [{"unit": "prompt", "energy_wh": 2}]},
    }
    newer = copy.deepcopy(fill(document)) | {"spec_version": "1.9"}
    for place in _mappings(newer):
        place["energy_mwh"] = added
    newer["reported"]["as_printed"] = {"energy_mwh": "2e-3 MWh"}
    (tmp_path / FILE).write_text(json.dumps(newer), "utf-8")
    for command in COMMANDS:
        done = CliRunner().invoke(cli, command.split())
        assert done.exit_code == 0, (command, done.output)


def _mappings(node: object) -> list[dict[str, Any]]:
    """Return the mappings of a document whose keys the schema names."""
    if isinstance(node, list):
        return [found for item in node for found in _mappings(item)]
    if not isinstance(node, dict):
        return []
    inner: list[dict[str, Any]] = []
    for key, value in node.items():
        found = _mappings(value)
        # Its keys are the ids of runs.
        inner += found[1:] if key == "runs" and isinstance(value, dict) else found
    return [node, *inner]


@pytest.mark.parametrize(
    "relations",
    [5, [5], [{"kind": {}, "statement": "x"}], [{"kind": "supersedes", "statement": 1e300}]],
)
def test_relations_of_a_wrong_form_are_none(
    relations: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.json").write_text(json.dumps(DOCUMENT), "utf-8")
    (tmp_path / FILE).write_text(json.dumps({**DOCUMENT, "relations": relations}), "utf-8")
    done = CliRunner().invoke(cli, ["compare", "good.json", FILE, "--format", "csv"])
    assert done.exit_code == 1, done.output
    assert "good," in done.output
    assert "GA10" in done.output
