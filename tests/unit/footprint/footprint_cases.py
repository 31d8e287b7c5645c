"""Statements in a few lines, for the tests of the arithmetic."""

from __future__ import annotations

from typing import Any

from greenalgo.factors import open_set
from greenalgo.footprint import Footprint, Missing, Result, compute
from greenalgo.statement import from_document

PLACE = {"location": {"country": "FRA"}, "pue": 1.2, "carbon_intensity_g_per_kwh": 50}
ABSENT = {"status": "not_assessed", "reason": "nobody looked"}


def statement(*runs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a document; each run gets id, phase and place where it has none."""
    named = [
        {"id": f"r{index}", "phase": "training"} | PLACE | run for index, run in enumerate(runs)
    ]
    return {
        "spec_version": "1.0",
        "title": "T",
        "subject": {"name": "N"},
        "runs": [{key: value for key, value in run.items() if value is not None} for run in named],
        **more,
    }


def footprint(*runs: dict[str, Any], **more: Any) -> Footprint:
    """Compute a statement with the newest set and its own policy."""
    factors = open_set()
    return compute(from_document(statement(*runs, **more)), factors, factors.policy())


def totals(*runs: dict[str, Any], **more: Any) -> dict[str, float]:
    """Return the totals that are numbers."""
    found = footprint(*runs, **more).totals
    return {name: one.value for name, one in found.items() if isinstance(one, Result)}


def result(run: dict[str, Any], name: str, **more: Any) -> Result:
    """Return a quantity of the first run, which has it."""
    found = footprint(run, **more).runs[0].outcomes[name]
    assert isinstance(found, Result), found
    return found


def absence(run: dict[str, Any], name: str, **more: Any) -> str:
    """Return why the first run has no such quantity."""
    found = footprint(run, **more).runs[0].outcomes[name]
    assert isinstance(found, Missing), found
    return found.reason
