"""Out and back: what a format both writes and reads comes back as it was, wherever it has a place for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from everyday import often
from greenalgo.factors import open_set
from greenalgo.footprint import compute, to_results
from greenalgo.formats import export_statement, import_sources, of_bytes
from greenalgo.statement import from_document

SIZES = st.floats(1e-6, 1e6, allow_nan=False)
RUNS = st.fixed_dictionaries(
    {
        "hours": st.floats(1e-3, 1e5),
        "location": st.sampled_from(
            [{"country": code} for code in ("FRA", "DEU", "USA", "BRA", "JPN")]
        ),
        "pue": st.floats(1.01, 2.5),
        "carbon_intensity_g_per_kwh": st.floats(1, 1200),
        "hardware": st.tuples(SIZES, SIZES, SIZES, st.integers(1, 64)).map(
            lambda drawn: [
                {"kind": "cpu", "model": "AMD EPYC 7742", "count": 1, "energy_it_kwh": drawn[0]},
                {
                    "kind": "gpu",
                    "model": "NVIDIA A100 SXM4 80 GB",
                    "count": drawn[3],
                    "energy_it_kwh": drawn[1],
                },
                {"kind": "memory", "memory_gb": 64, "energy_it_kwh": drawn[2]},
            ]
        ),
    }
)
BASE: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "A run",
    "subject": {"name": "x", "task": "y"},
}


FACTORS = open_set()


def filled(data: dict[str, Any]) -> dict[str, Any]:
    """Fill a statement without judging it: what is drawn need not be plausible."""
    policy = FACTORS.policy()
    results = to_results(compute(from_document(data), FACTORS, policy), FACTORS, policy, "L0")
    return {**data, "results": results}


def way(run: dict[str, Any], form: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the filled statement, and the statement that came back."""
    data = {**BASE, "runs": [{"id": "a", "phase": "training", **run}]}
    results = filled(data)
    written = export_statement(results, form)
    return results, import_sources([of_bytes(written.content, "file")]).data


def totals(data: dict[str, Any]) -> dict[str, float]:
    return {name: found["value"] for name, found in data["results"]["totals"].items()}


@given(RUNS)
@settings(max_examples=often(60))
def test_a_table_of_codecarbon_gives_the_same_totals(run: dict[str, Any]) -> None:
    before, after = way(run, "codecarbon")
    expected, found = totals(before), totals(filled(after))
    for name in ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"):
        assert found[name] == pytest.approx(expected[name], rel=1e-9), name
    [back] = after["runs"]
    assert back["hours"] == pytest.approx(run["hours"], rel=1e-9)
    assert back["location"] == run["location"]
    assert back["hardware"][1]["count"] == run["hardware"][1]["count"]


@given(RUNS)
@settings(max_examples=often(60))
def test_a_boamps_report_gives_the_same_energy(run: dict[str, Any]) -> None:
    before, after = way(run, "boamps")
    [back] = after["runs"]
    assert back["energy_it_kwh"]["value"] == pytest.approx(
        totals(before)["energy_it_kwh"], rel=1e-9
    )
    assert back["carbon_intensity_g_per_kwh"]["value"] == pytest.approx(
        run["carbon_intensity_g_per_kwh"], rel=1e-9
    )
    assert (back["phase"], back["location"]) == ("training", run["location"])
