"""Hours that an author says were not assessed are an absence, not a gap."""

from __future__ import annotations

from typing import Any

from greenalgo.validate.engine import judge


def statement(hours: dict[str, Any] | None) -> dict[str, Any]:
    run: dict[str, Any] = {
        "id": "training",
        "phase": "training",
        "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8, "power_w": 400}],
        "location": {"country": "FRA"},
        "pue": 1.2,
        "carbon_intensity_g_per_kwh": 57,
    }
    if hours is not None:
        run["hours"] = hours
    return {"spec_version": "1.0", "title": "A", "subject": {"name": "A"}, "runs": [run]}


def codes(hours: dict[str, Any] | None) -> list[str]:
    return [found.code for found in judge(statement(hours)).findings]


def test_missing_hours_are_a_gap() -> None:
    assert "GA303" in codes(None)


def test_hours_not_assessed_are_an_absence() -> None:
    absent = {"status": "not_assessed", "reason": "The model card does not say."}
    verdict = judge(statement(absent))
    assert "GA303" not in [found.code for found in verdict.findings]
    assert verdict.level == "L0"
