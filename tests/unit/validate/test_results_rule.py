"""The stored results: any changed number is found, and so is a level that nobody reached."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from rule_cases import RUN, codes, findings, statement

from greenalgo import api
from greenalgo.schemas.versions import accept

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOKED_UP = {
    "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8}],
    "pue": None,
    "carbon_intensity_g_per_kwh": None,
    "water": {"wue_l_per_kwh": 0.5, "ewif_l_per_kwh": 2},
}
FILLED = api.fill(
    statement(LOOKED_UP, {}, functional_units=[{"unit": "image", "quantity": 1e6, "run": "a"}])
)


def numbers(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, dict):
        for key, child in node.items():
            yield from numbers(child, (*path, key))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from numbers(child, (*path, index))
    elif isinstance(node, (int, float)):
        yield path


NUMBERS = [path for path in numbers(FILLED["results"]) if path[-1] != "year"]


def changed(path: tuple[Any, ...], value: Any = None) -> dict[str, Any]:
    data = copy.deepcopy(FILLED)
    node = data["results"]
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = node[path[-1]] * 1.001 + 1e-6 if value is None else value
    return data


def test_a_filled_statement_is_valid_and_clean() -> None:
    assert accept(FILLED)
    assert "GA211" not in codes(FILLED)
    assert api.judge(FILLED).level == "L1"


def test_filling_again_changes_nothing() -> None:
    assert api.fill(FILLED) == FILLED


@pytest.mark.parametrize("path", NUMBERS, ids=lambda path: "/".join(str(key) for key in path))
def test_every_changed_number_is_found(path: tuple[Any, ...]) -> None:
    found = findings(changed(path), "GA211")
    assert len(found) == 1
    assert found[0].pointer.startswith("/results/")


def test_the_size_is_in_the_message() -> None:
    [found] = findings(changed(("totals", "energy_it_kwh", "upper"), 1e6), "GA211")
    assert found.pointer == "/results/totals/energy_it_kwh/upper"
    assert "totals/energy_it_kwh/upper is 1,000,000, recomputation gives" in found.message
    assert "times too high" in found.message


def test_a_level_that_was_not_reached_is_found() -> None:
    [found] = findings(changed(("level",), "L2"), "GA211")
    assert found.message == "the results say level L2, the statement reaches L1"
    assert findings(changed(("level",), "L0"), "GA211") == []


def test_another_policy_is_found() -> None:
    found = findings(changed(("policy",), "nobody-1999"), "GA211")
    assert found[0].pointer == "/results/policy"


def test_another_wording_is_not_an_error() -> None:
    path = ("totals", "energy_it_kwh", "trace", "formula")
    assert findings(changed(path, "energy_it_kwh = all of them"), "GA211") == []


def test_an_unknown_set_is_a_warning_and_no_level() -> None:
    data = changed(("factor_set_sha256",), "0" * 64)
    assert "GA304" in codes(data)
    assert api.judge(data).level == "L0"


def test_an_unknown_set_excuses_no_number_that_needs_no_set() -> None:
    filled = api.fill(statement())
    filled["results"]["factor_set"] = "2031.01"
    assert codes(filled) == ["GA304"]
    filled["results"]["totals"]["co2e_operational_kg"] |= {"value": 1, "lower": 1, "upper": 1}
    assert set(codes(filled)) == {"GA304", "GA211"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hours", 11),
        ("pue", {"value": 1.21, "source": "operator"}),
        ("carbon_intensity_g_per_kwh", {"value": 51, "source": "x"}),
        ("hardware", [RUN["hardware"][0] | {"count": 9}]),
        ("repetitions", 2),
    ],
)
def test_a_changed_input_makes_results_stale(field: str, value: Any) -> None:
    filled = api.fill(statement())
    filled["runs"][0][field] = value
    assert "GA211" in codes(filled)


def test_a_missing_and_a_foreign_quantity_are_found() -> None:
    filled = api.fill(statement())
    del filled["results"]["totals"]["device_hours"]
    [found] = findings(filled, "GA211")
    assert found.message == "device_hours is missing from the results"
    filled = api.fill(statement())
    filled["results"]["totals"]["water_l"] = {
        "value": 0,
        "lower": 0,
        "upper": 0,
        "status": "declared",
    }
    filled["results"]["totals"]["water_l"]["trace"] = {"method": "x", "formula": "y", "inputs": []}
    assert findings(filled, "GA211")[0].message == "nothing in the statement gives water_l"
