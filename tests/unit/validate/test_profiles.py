"""Profiles: what a statement answers, and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenalgo.errors import UnknownNameError
from greenalgo.resources import root
from greenalgo.validate.explain import make_case
from greenalgo.validate.profiles import check_profile, profile_names

RUN: dict[str, Any] = {
    "id": "train",
    "phase": "training",
    "hours": 10,
    "hardware": [{"kind": "gpu", "model": "NVIDIA T4", "count": 4, "power_w": 70, "memory_gb": 16}],
    "location": {"country": "FRA", "facility": "hpc"},
    "pue": 1.2,
    "carbon_intensity_g_per_kwh": 57,
}


def statement(run: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "spec_version": "1.0",
        "title": "A paper",
        "subject": {"name": "Net"},
        "runs": [run],
        **more,
    }


def missing(data: dict[str, Any], profile: str) -> dict[str, tuple[str, ...]]:
    checked = check_profile(make_case(data), profile)
    return {question.id: question.missing for question in checked.questions if question.missing}


def test_the_seven_profiles_of_the_design_exist() -> None:
    assert set(profile_names()) == {"neurips", "arr", "hf-card", "eu-gpai", "ghg", "sci", "boamps"}


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_is_well_formed(name: str) -> None:
    path = Path(root("schema")) / "vocab" / "profiles" / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["id"] == name
    assert data.keys() == {"id", "title", "version", "citation", "questions"}
    ids = [question["id"] for question in data["questions"]]
    assert len(set(ids)) == len(ids) > 0
    for question in data["questions"]:
        assert question["needs"]
        for need in question["needs"]:
            assert need["of"] in ("statement", "run", "component", "primary", "total")
            assert need["any"]
            assert need["say"]


def test_a_full_statement_answers_neurips() -> None:
    boundary = {"failed_runs": "none", "exploratory_runs": "none"}
    checked = check_profile(make_case(statement(RUN, boundary=boundary)), "neurips")
    assert checked.complete
    assert len(checked.questions) == 5


def test_what_is_missing_is_named_with_its_run() -> None:
    found = missing(statement({**RUN, "location": {"country": "FRA"}}), "neurips")
    assert found.keys() == {"workers", "beyond"}
    assert "location.provider" in found["workers"][0]
    assert "missing in train" in found["workers"][0]


def test_device_hours_of_the_run_stand_for_the_count() -> None:
    part = {"kind": "gpu", "model": "NVIDIA T4", "power_w": 70}
    run = {**RUN, "hardware": [part], "device_hours": 40}
    assert "hardware_used" not in missing(statement(run), "hf-card")
    del run["device_hours"]
    assert "hardware_used" in missing(statement(run), "hf-card")


def test_not_assessed_answers_ghg_but_not_sci() -> None:
    run = {**RUN, "embodied": {"status": "not_assessed", "reason": "no vendor figure"}}
    assert "embodied" not in missing(statement(run), "ghg")
    assert missing(statement(run), "sci")["embodied"] == (
        "embodied items from which a figure follows (not_assessed does not do here)",
    )


def test_parts_of_another_run_are_not_asked() -> None:
    data = statement(RUN)
    data["runs"].append({"id": "warm-up", "phase": "training", "part_of": "train"})
    assert missing(data, "boamps") == missing(statement(RUN), "boamps")


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="neurips") as caught:
        check_profile(make_case(statement(RUN)), "icml")
    assert "arr" in caught.value.candidates
