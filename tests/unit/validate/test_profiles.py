"""Profiles: what a statement answers, and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenalgo.errors import UnknownNameError
from greenalgo.resources import root
from greenalgo.validate.answers import ANSWERS, PHASES
from greenalgo.validate.explain import make_case
from greenalgo.validate.profiles import Question, check_profile, profile_names

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
        assert question["answer"]
        assert set(question["answer"]) <= ANSWERS.keys()
        assert question["needs"]
        for need in question["needs"]:
            assert need["of"] in ("statement", "run", "component", "primary", "total", "result")
            assert need["any"]
            assert need["say"]
            assert ("at" in need) is (need["of"] in ("total", "result"))
            assert need.get("runs", "training") in PHASES


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
    (found,) = missing(statement(run), "sci")["embodied"]
    assert found.endswith("(not_assessed does not do here) (missing in train)")


def test_parts_of_another_run_are_not_asked() -> None:
    data = statement(RUN)
    data["runs"].append({"id": "warm-up", "phase": "training", "part_of": "train"})
    assert missing(data, "boamps") == missing(statement(RUN), "boamps")


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="neurips") as caught:
        check_profile(make_case(statement(RUN)), "icml")
    assert "arr" in caught.value.candidates


def test_the_memory_of_cpus_is_that_of_all() -> None:
    cpus = {"kind": "cpu", "model": "Xeon", "count": 2, "memory_gb": 64, "power_w": 100}
    asked = question(statement(RUN | {"hardware": [cpus]}), "neurips", "memory")
    assert asked.answer == "Xeon 64 GB."


def question(data: dict[str, Any], profile: str, name: str) -> Question:
    checked = check_profile(make_case(data), profile)
    return next(question for question in checked.questions if question.id == name)


EVERY: dict[str, Any] = {
    **RUN,
    "measurement": {"method": "nvml", "instrument": "NVML 12"},
    "work": {"flops": 3.5e20},
    "carbon_intensity_g_per_kwh": {"value": 57, "year": 2024},
    "carbon_intensity_market_g_per_kwh": {"value": 0, "source": "contract"},
    "embodied": {"status": "not_assessed", "reason": "no vendor figure"},
}
MORE: dict[str, Any] = {
    "subject": {"name": "Net", "parameters": 7_000_000_000},
    "boundary": {"includes": ["GPUs"], "failed_runs": "none", "exploratory_runs": "excluded"},
    "period": {"start": "2024-01-01", "end": "2024-02-01"},
    "functional_units": [{"unit": "prompt", "quantity": 1000}],
}


# 4 x 70 W x 10 h = 2.8 kWh; x 1.2 = 3.36 kWh; x 57 g = 191.5 g
@pytest.mark.parametrize(
    ("profile", "name", "words"),
    [
        ("neurips", "workers", "4 x NVIDIA T4. France (hpc)."),
        ("neurips", "memory", "NVIDIA T4 16 GB each."),
        ("neurips", "per-run", "10 h, 40 device-hours and 2.8 kWh."),
        ("neurips", "total", "All runs together: 40 device-hours and 2.8 kWh of IT energy."),
        (
            "neurips",
            "beyond",
            "Failed runs: there were none. Exploratory runs: there were such runs, and they are not included.",
        ),
        ("arr", "parameters", "7,000,000,000 parameters."),
        ("arr", "budget", "40 device-hours in total."),
        ("hf-card", "emissions", "191.5"),
        ("hf-card", "training_type", "pre-training"),
        ("eu-gpai", "energy", "0.0028 MWh of IT energy. Included: GPUs."),
        (
            "eu-gpai",
            "energy-method",
            "nvml NVML 12; count x hours x power_w / 1000 (modelled).",
        ),
        ("eu-gpai", "flops", "3.5 x 10^20 FLOP."),
        ("eu-gpai", "time", "10 h, 40 device-hours and 1.667 hardware-days."),
        ("ghg", "period", "2024-01-01 to 2024-02-01."),
        ("ghg", "energy", "3.36 kWh of facility energy."),
        ("ghg", "location-based", "0.1915 kg CO2e, location-based. At 57 g/kWh (2024)."),
        ("ghg", "market-based", "0 kg CO2e, market-based. At 0 g/kWh."),
        ("ghg", "embodied", "Not assessed: no vendor figure."),
        ("sci", "intensity", "At 57 g/kWh (2024)."),
        ("sci", "functional-unit", "One prompt (0.0028 kWh and 0.0001915 kg CO2e each)."),
        ("boamps", "task", "training. Net."),
    ],
)
def test_an_answer_has_the_numbers(profile: str, name: str, words: str) -> None:
    found = question(statement(EVERY, **MORE), profile, name)
    assert found.answer == words
    assert not found.missing


@pytest.mark.parametrize("profile", profile_names())
def test_nothing_is_made_up(profile: str) -> None:
    data = statement({"id": "train", "phase": "analysis"})
    checked = check_profile(make_case(data), profile)
    assert {one.id for one in checked.questions if one.answer} <= {"task"}
    for one in checked.questions:
        assert bool(one.missing) is (one.id != "task"), one
        assert bool(one.pointers) is bool(one.missing)


def test_where_it_would_stand() -> None:
    parts = [{"kind": "gpu", "model": "NVIDIA T4"}, {"kind": "cpu", "count": 2}]
    data = statement({**RUN, "hardware": parts})
    assert question(data, "neurips", "memory").pointers == (
        "/runs/0/hardware/0/memory_gb",
        "/runs/0/hardware/1/memory_gb",
    )
    assert question(data, "hf-card", "hardware_used").pointers == (
        "/runs/0/hardware/1/model",
        "/runs/0/hardware/0/count",
    )
    assert question(data, "sci", "embodied").pointers == ("/runs/0/embodied",)
    assert question(data, "sci", "functional-unit").pointers == ("/functional_units",)


def test_questions_on_training_ask_nothing_of_other_runs() -> None:
    data = statement(EVERY, **MORE)
    data["runs"].append({"id": "serve", "phase": "inference"})
    assert not question(data, "eu-gpai", "flops").missing
    assert not question(data, "hf-card", "emissions").missing
    assert question(data, "eu-gpai", "inference").pointers == ("/runs/1/hardware",)


def test_explicit_absence_answers_only_where_it_may() -> None:
    absent = {"status": "not_assessed", "reason": "nobody looked"}
    data = statement(
        {**EVERY, "carbon_intensity_market_g_per_kwh": absent, "hours": absent}, **MORE
    )
    assert question(data, "ghg", "market-based").missing
    assert question(data, "neurips", "per-run").missing


def test_the_factor_of_a_ghg_report_has_its_year() -> None:
    data = statement({**EVERY, "carbon_intensity_g_per_kwh": 57}, **MORE)
    assert question(data, "ghg", "location-based").pointers == (
        "/runs/0/carbon_intensity_g_per_kwh/year",
    )
    del data["runs"][0]["carbon_intensity_g_per_kwh"]  # looked up, with its year
    assert not question(data, "ghg", "location-based").missing


def test_cores_are_no_processors() -> None:
    cores = {
        "kind": "cpu",
        "model": "AMD EPYC 7763",
        "count": 12,
        "power_w": 4,
        "power_scope": "core",
    }
    data = statement({**EVERY, "hardware": [cores]})
    assert question(data, "neurips", "workers").answer.startswith("12 cores of AMD EPYC 7763")


def test_runs_that_say_the_same_are_named_once() -> None:
    data = statement(EVERY)
    data["runs"] += [{**RUN, "id": "again"}, {**RUN, "id": "other", "hours": 20}]
    assert question(data, "neurips", "workers").answer.startswith("4 x NVIDIA T4. ")
    assert question(data, "neurips", "per-run").answer == (
        "train and again: 10 h, 40 device-hours and 2.8 kWh; "
        "other: 20 h, 80 device-hours and 5.6 kWh."
    )
