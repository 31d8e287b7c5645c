"""What a document leaves out: only what it gives itself counts as given."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from comparison_cases import document

from greenalgo.registry.comparison.omissions import facts_of, fields_of, given, omissions, shares

#: What :func:`comparison_cases.document` gives.
GIVEN = {
    "hardware model", "number of devices", "hours", "power", "country of the computers", "PUE",
    "carbon intensity",
}  # fmt: skip


def fields(**options: Any) -> set[str]:
    facts = facts_of(document("A", **options))
    return {name for name, said in facts.items() if said is True}


def test_a_document_gives_what_it_says() -> None:
    assert fields() == GIVEN
    facts = facts_of(document("A"))
    assert (facts["phase"], facts["hardware"], facts["country"]) == ("training", "gpu", "FRA")


def test_the_order_of_runs_makes_no_other_phase() -> None:
    (run,) = document("A").data["runs"]
    runs = [{**run, "id": phase, "phase": phase} for phase in ("fine_tuning", "training")]
    orders = (runs, runs[::-1])
    assert {facts_of(document("A", runs=order))["phase"] for order in orders} == {
        "training + fine_tuning"
    }


@pytest.mark.parametrize("status", ["imputed", "default"])
def test_what_somebody_else_put_in_is_not_given(status: str) -> None:
    assert fields(run={"pue": {"value": 1.5, "status": status}}) == GIVEN - {"PUE"}


def test_an_explicit_absence_is_not_given() -> None:
    absent = {"status": "not_assessed", "reason": "nobody looked"}
    assert fields(run={"pue": absent}) == GIVEN - {"PUE"}
    assert not given(absent)
    assert not given("")
    assert given(0)


@pytest.mark.parametrize(
    ("run", "added"),
    [
        ({"water": {"wue_l_per_kwh": 1}}, {"water"}),
        (
            {"hardware": [{"kind": "gpu", "model": "NVIDIA T4", "count": 1, "energy_it_kwh": 2}]},
            {"energy"},
        ),
        ({"embodied": [{"item": "server", "co2e_kg": 1}]}, {"embodied emissions"}),
        ({"outcome": "failed"}, {"failed runs"}),
        ({"outcome": "aborted"}, {"failed runs"}),
        ({"outcome": "exploratory"}, {"exploratory runs"}),
        ({"pue": {"value": 1.5, "lower": 1.2, "upper": 1.8}}, {"an interval"}),
        ({"energy_it_kwh": 5}, {"energy"}),
    ],
)
def test_what_a_run_adds(run: dict[str, Any], added: set[str]) -> None:
    assert fields(run=run) == GIVEN | added


@pytest.mark.parametrize(
    ("top", "added"),
    [
        ({"reported": {"energy_kwh": 5}}, {"energy"}),
        ({"reported": {"co2e_kg": 5, "boundary": "it"}}, {"CO2e", "what the figures cover"}),
        ({"reported": {"co2e_kg": 5, "boundary": "unknown"}}, {"CO2e"}),
        ({"reported": {"runs": {"r": {"water_l": 5}}}}, {"water"}),
        ({"boundary": {"failed_runs": "none"}}, {"failed runs"}),
        ({"functional_units": [{"unit": "u", "quantity": 1}]}, {"a functional unit"}),
        ({"results": {"totals": {"energy_it_kwh": {"value": 1, "lower": 0}}}}, set()),
    ],
)
def test_what_a_statement_adds(top: dict[str, Any], added: set[str]) -> None:
    assert fields(**top) == GIVEN | added


def test_shares_are_of_the_statements_of_a_group() -> None:
    rows = [
        document("A"),
        document("B", run={"pue": None}),
        document("C", run={"phase": "inference"}),
    ]
    frame = omissions(pd.DataFrame([facts_of(row) for row in rows]))
    assert "PUE" in fields_of(frame)
    whole = shares(frame)
    assert whole.loc["all", "statements"] == 3
    assert whole.loc["all", "PUE"] == pytest.approx(1 / 3)
    split = shares(frame, "phase")
    assert list(split.index) == ["training", "inference"]
    assert list(split["PUE"]) == [0.5, 0]
