"""The numbers of a statement as its page has them: of what each is, and at which boundary."""

from __future__ import annotations

from typing import Any

import pytest
from web_cases import VALID

from greenalgo.registry.service.pages import facts, words
from greenalgo.registry.service.pages.statement import fill
from greenalgo.sources.fast import parse_fast


def numbers(**changed: Any) -> facts.Numbers:
    """Return the numbers of the valid statement, with other fields of its run."""
    data = parse_fast(VALID.encode(), "valid.yaml")
    assert isinstance(data, dict)
    units = [{"unit": "answer", "quantity": 1000, "run": "main"}]
    reported = changed.pop("reported", {})
    data["runs"][0] |= changed
    data |= {"functional_units": units, "reported": reported}
    return facts.numbers(*fill(data), "", words.countries())


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ({"kind": "gpu", "count": 8}, "8\u00a0× GPU, 350\u00a0W each (metered)"),
        ({"kind": "cpu", "count": 8, "power_scope": "core"}, "350\u00a0W a core (metered)"),
        ({"kind": "gpu", "count": 8, "power_scope": "job"}, "350\u00a0W for the job (metered)"),
        ({"kind": "gpu", "count": 8, "power_scope": "node"}, "350\u00a0W a node (metered)"),
    ],
)  # fmt: skip
def test_a_power_says_what_it_is_the_power_of(part: dict[str, Any], shown: str) -> None:
    found = numbers(hardware=[{**part, "power_w": {"value": 350, "status": "metered"}}])
    assert shown in found.runs[0].parts[0]


def test_it_energy_stands_above_where_no_other_is_known() -> None:
    missing = {"status": "not_assessed", "reason": "The chip's alone."}
    found = numbers(pue=missing)
    assert [(what, one.text) for what, one in found.headline] == [("IT energy", "28\u00a0kWh")]
    assert [(what, one.text) for what, one in found.rates[0].totals] == [
        ("IT energy", "28\u00a0Wh")
    ]
    assert [what for what, _ in numbers().rates[0].totals] == [
        "Facility energy",
        "Operational CO₂e",
    ]


@pytest.mark.parametrize(
    ("printed", "what", "follows", "covers"),
    [
        ({"boundary": "device", "energy_wh": 28}, "energy", "28\u00a0Wh", "the devices alone"),
        ({"boundary": "facility", "energy_wh": 34}, "energy", "33.6\u00a0Wh", "the facility, with PUE"),
        ({"boundary": "it", "co2e_g": 2}, "CO₂e", "", "IT equipment, without PUE"),
        ({"co2e_basis": "market", "co2e_g": 0}, "CO₂e", "", "not stated, market-based"),
        ({"boundary": "facility", "co2e_g": 2}, "CO₂e", "1.915\u00a0g", "the facility, with PUE"),
    ],
)  # fmt: skip
def test_a_printed_rate_stands_beside_what_follows_at_its_boundary(
    printed: dict[str, Any], what: str, follows: str, covers: str
) -> None:
    block = {"per_functional_unit": [{"unit": "answer", "run": "main", **printed}]}
    (pair,) = numbers(reported=block).pairs
    assert (pair.what, pair.follows.text, pair.covers) == (f"{what} per answer", follows, covers)


def test_a_time_covers_no_equipment() -> None:
    block = {"boundary": "it", "hours": 10, "energy_it_kwh": 28}
    assert {pair.what: pair.covers for pair in numbers(reported=block).pairs} == {
        "wall-clock time": "", "IT energy": "IT equipment, without PUE",
    }  # fmt: skip
