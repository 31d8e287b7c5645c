"""Claims of conformance, and strings that belong to no figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.glance.bounds import FIGURE_FIELDS, UNIT_FIELDS
from greenalgo.schemas.load import load_schema
from greenalgo.validate.engine import judge

if TYPE_CHECKING:
    from greenalgo.findings import Finding

NOT_FIGURES = {"boundary", "as_printed", "source", "note", "unit", "quantity", "run", "co2e_basis"}


def statement(**more: Any) -> dict[str, Any]:
    run = {
        "id": "train",
        "phase": "training",
        "hours": 10,
        "hardware": [{"kind": "gpu", "model": "NVIDIA T4", "count": 4, "power_w": 70}],
        "location": {"country": "FRA", "facility": "hpc"},
        "pue": {"value": 1.2, "source": "operator"},
        "carbon_intensity_g_per_kwh": {"value": 70, "source": "grid operator"},
    }
    return {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [run], **more}


def found(data: dict[str, Any], code: str) -> list[Finding]:
    return [finding for finding in judge(data).findings if finding.code == code]


def test_the_figures_are_those_of_the_schema() -> None:
    definitions = load_schema("1.0")["$defs"]
    assert definitions["figures"]["properties"].keys() - NOT_FIGURES == FIGURE_FIELDS
    assert definitions["unit_figures"]["properties"].keys() - NOT_FIGURES == UNIT_FIELDS


def test_a_string_under_a_misspelt_key_is_found() -> None:
    reported = {"energy_it_kwh": 2.8, "as_printed": {"energy_kw": "2.8 kWh"}}
    [finding] = found(statement(reported=reported), "GA217")
    assert finding.pointer == "/reported/as_printed/energy_kw"
    assert "energy_kwh" in finding.expected
    reported["as_printed"] = {"energy_it_kwh": "2.8 kWh"}
    assert found(statement(reported=reported), "GA217") == []


def test_a_claim_that_is_met_is_silent() -> None:
    assert found(statement(conforms_to=["boamps"]), "GA531") == []


def test_a_claim_that_is_not_met_names_what_is_missing() -> None:
    [finding] = found(statement(conforms_to=["boamps", "sci"]), "GA531")
    assert finding.pointer == "/conforms_to/1"
    assert finding.message.startswith("3 of 5 questions of Software Carbon Intensity")
    assert finding.expected.startswith("boundary.includes (and ")


def test_a_claim_to_an_unknown_profile_is_a_warning() -> None:
    [finding] = found(statement(conforms_to=["neurips-2031"]), "GA530")
    assert "there are arr, boamps" in finding.message
    assert judge(statement(conforms_to=["neurips-2031"])).level == "L1"
