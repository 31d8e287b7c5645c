"""What leaves: BoAmps against its own schemas, a model card's metadata, a table that CodeCarbon's readers take."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign_files import imported
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from greenalgo import __version__, api
from greenalgo.errors import FormatError, UnknownNameError
from greenalgo.formats import FORMATS, Fate, export_statement

SCHEMAS = Path(__file__).parent / "boamps-1.1.0"
STATEMENT: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "Two runs",
    "subject": {"name": "Chess-7B", "kind": "model", "task": "chess", "parameters": 7e9, "url": "https://example.org/c"},
    "issued": "2024-06-30",
    "licence": "CC-BY-4.0",
    "runs": [
        {
            "id": "final", "phase": "training",
            "period": {"start": "2024-03-01T00:00:00", "end": "2024-03-01T10:00:00"},
            "hardware": [
                {"kind": "cpu", "model": "AMD EPYC 7742", "count": 2, "power_w": 200},
                {"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 8, "power_w": 350},
                {"kind": "memory", "memory_gb": 512},
            ],
            "hours": 10, "location": {"country": "FRA", "region": "Île-de-France"}, "pue": 1.2,
            "carbon_intensity_g_per_kwh": 57, "work": {"tokens": 1e9, "epochs": 1, "precision": "bf16"},
        },
        {
            "id": "eval", "phase": "evaluation",
            "hardware": [{"kind": "gpu", "model": "NVIDIA A100-SXM4-80GB", "count": 1, "power_w": 350}],
            "hours": 1, "location": {"country": "FRA"}, "pue": 1.2, "carbon_intensity_g_per_kwh": 57,
        },
    ],
}  # fmt: skip


BARE: dict[str, Any] = {"id": "a", "phase": "training", "location": {"country": "FRA"}}


@pytest.fixture(scope="module")
def filled() -> dict[str, Any]:
    return api.fill(STATEMENT)


def boamps_schema() -> Draft202012Validator:
    """Return the validator of a report; its parts refer to each other by addresses that are not fetched."""
    texts = [json.loads(path.read_text("utf-8")) for path in SCHEMAS.glob("*.json")]
    resources = [(text["id"], DRAFT202012.create_resource(text)) for text in texts]
    report = next(text for text in texts if text["title"] == "report")
    return Draft202012Validator(report, registry=Registry().with_resources(resources))


class TestBoamps:
    def test_the_report_is_valid_by_its_own_schema(self, filled: dict[str, Any]) -> None:
        report = json.loads(export_statement(filled, "boamps", "final").content)
        assert [error.message for error in boamps_schema().iter_errors(report)] == []
        assert report["measures"] == [
            {
                "measurementMethod": "greenalgo", "version": __version__, "powerConsumption": pytest.approx(33.9072),
                "measurementDuration": 36000, "measurementDateTime": "2024-03-01 00:00:00",
            }
        ]  # fmt: skip
        assert report["task"]["algorithms"][0]["parametersNumber"] == 7
        assert report["environment"] == {
            "country": "France", "location": "Île-de-France", "powerSourceCarbonIntensity": pytest.approx(57),
        }  # fmt: skip

    def test_the_schema_tells_a_report_without_a_task(self, filled: dict[str, Any]) -> None:
        report = json.loads(export_statement(filled, "boamps", "final").content)
        del report["task"]
        assert list(boamps_schema().iter_errors(report))

    def test_the_way_back(self, filled: dict[str, Any]) -> None:
        done = imported(export_statement(filled, "boamps", "final").content)
        [run] = done.data["runs"]
        final = filled["runs"][0]
        kept = ("name", "kind", "task", "parameters", "url")
        assert done.data["subject"] == {key: STATEMENT["subject"][key] for key in kept}
        assert run["energy_it_kwh"]["value"] == pytest.approx(33.9072)
        for field in ("hours", "phase", "location", "work"):
            assert run[field] == final[field], field
        counts = [(part["kind"], part.get("count")) for part in run["hardware"]]
        assert counts == [("cpu", None), ("gpu", 8), ("memory", None)]
        assert api.judge(done.data).level

    def test_a_share_of_a_component_comes_back(self) -> None:
        [final, _] = STATEMENT["runs"]
        shares = [{**part, "share": 0.25 * (at + 1)} for at, part in enumerate(final["hardware"])]
        shared = api.fill({**STATEMENT, "runs": [{**final, "hardware": shares}]})
        done = imported(export_statement(shared, "boamps").content)
        assert [part["share"] for part in done.data["runs"][0]["hardware"]] == [0.25, 0.5, 0.75]
        assert "runs[].hardware[].share" in {entry.to for entry in done.entries}

    @pytest.mark.parametrize(
        ("change", "run", "pointer"),
        [
            ({"subject": {"name": "x"}}, "final", "/subject"),
            (
                {"runs": [{**BARE, "hardware": [{"kind": "cpu", "energy_it_kwh": 1}]}]},
                None,
                "/runs/0/hardware/0",
            ),
            ({"runs": [{**BARE, "energy_it_kwh": 1}]}, None, "/runs/0"),
            ({}, None, "/runs"),
        ],
    )
    def test_what_is_required_and_not_declared_is_asked_for(
        self, change: dict[str, Any], run: str | None, pointer: str
    ) -> None:
        with pytest.raises(FormatError) as caught:
            export_statement(api.fill({**STATEMENT, **change}), "boamps", run)
        [finding] = caught.value.findings
        assert finding.pointer == pointer  # type: ignore[attr-defined]
        assert finding.hint  # type: ignore[attr-defined]


class TestModelCard:
    def test_grams_of_the_training_alone(self, filled: dict[str, Any]) -> None:
        written = export_statement(filled, "hf-card")
        card = yaml.safe_load(written.content)["co2_eq_emissions"]
        assert card["emissions"] == pytest.approx(33.9072 * 1.2 * 57)
        assert card["training_type"] == "pre-training"
        assert card["geographical_location"] == "Île-de-France, France"
        assert card["hardware_used"] == "2 x AMD EPYC 7742, 8 x NVIDIA A100-SXM4-80GB"
        server = {"power_scope": "node", "count": 2, "devices_per_node": 8, "power_w": 3000}
        nodes = {"kind": "gpu", "model": "A100"} | server
        of_nodes = api.fill({**STATEMENT, "runs": [{**STATEMENT["runs"][0], "hardware": [nodes]}]})
        said = yaml.safe_load(export_statement(of_nodes, "hf-card").content)["co2_eq_emissions"]
        assert said["hardware_used"] == "16 x A100"
        assert ("runs: eval", Fate.DROPPED) in [
            (entry.field, entry.fate) for entry in written.entries
        ]

    def test_a_small_number_is_a_plain_decimal(self) -> None:
        run = {
            "id": "a",
            "phase": "training",
            "energy_it_kwh": 1e-9,
            "pue": 1,
            "carbon_intensity_g_per_kwh": 12,
        }
        text = export_statement(api.fill({**STATEMENT, "runs": [run]}), "hf-card").content.decode()
        assert "emissions: 0.000000012\n" in text
        # What the Hub's reader makes of it.
        shown = str(yaml.safe_load(text)["co2_eq_emissions"]["emissions"])
        assert shown == "1.2e-08"  # so the text alone is what a reader may take apart
        assert re.findall(r"\d+\.\d+|\d+", text.partition("emissions: ")[2])[0] == "0.000000012"

    def test_no_training(self) -> None:
        with pytest.raises(FormatError, match="no run is of one"):
            export_statement(api.fill({**STATEMENT, "runs": [STATEMENT["runs"][1]]}), "hf-card")


class TestCodeCarbonTable:
    def test_a_row_a_run_with_the_pue_inside(self, filled: dict[str, Any]) -> None:
        rows = list(
            csv.DictReader(io.StringIO(export_statement(filled, "codecarbon").content.decode()))
        )
        assert [row["run_id"] for row in rows] == ["final", "eval"]
        first = rows[0]
        assert float(first["energy_consumed"]) == pytest.approx(33.9072 * 1.2)
        parts = [float(first[f"{kind}_energy"]) for kind in ("cpu", "gpu", "ram")]
        assert sum(parts) == pytest.approx(40.68864)
        assert (first["country_name"], first["duration"]) == ("France", "36000.0")
        assert first["gpu_model"] == "8 x NVIDIA A100-SXM4-80GB"

    def test_time_is_that_of_all_that_ran_and_water_that_nobody_gave_is_no_zero(self) -> None:
        again = {**STATEMENT["runs"][0], "repetitions": 3, "multiplier": 1.5}
        text = export_statement(api.fill({**STATEMENT, "runs": [again]}), "codecarbon").content
        [row] = csv.DictReader(io.StringIO(text.decode()))
        assert (row["duration"], row["water_consumed"]) == ("162000.0", "")

    def test_no_energy(self) -> None:
        bare = {
            **STATEMENT,
            "runs": [{"id": "a", "phase": "training"}],
            "reported": {"co2e_total_kg": 1},
        }
        filled = {
            **bare,
            "results": {"runs": {}, "tool": "greenalgo 0", "factor_set": "x", "totals": {}},
        }
        with pytest.raises(FormatError, match="do not follow"):
            export_statement(filled, "codecarbon")


def test_every_field_that_is_given_has_a_fate(filled: dict[str, Any]) -> None:
    for form in FORMATS:
        if form.write:
            fields = {entry.field for entry in export_statement(filled, form.name, "final").entries}
            assert {
                "issued",
                "subject.parameters",
                "runs[].hardware",
                "runs[].pue",
                "runs[].work",
            } <= fields, form.name


@pytest.mark.parametrize(("pue", "note"), [(1.0, "where none is set"), (1.2, "")])
def test_a_pue_that_codecarbon_cannot_tell_from_none_is_said(pue: float, note: str) -> None:
    data = api.without_results(STATEMENT) | {"runs": [STATEMENT["runs"][0] | {"pue": pue}]}
    (entry,) = (
        one
        for one in export_statement(api.fill(data), "codecarbon").entries
        if one.field == "runs[].pue"
    )
    assert note in entry.note
    assert bool(entry.note) == bool(note)


def test_unknown_names(filled: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError, match="there is no run 'x'; there are final, eval"):
        export_statement(filled, "boamps", "x")
    with pytest.raises(UnknownNameError, match="is read, not written"):
        export_statement(filled, "zeus")


@pytest.mark.parametrize(
    ("form", "pue"),
    # A PUE of 1 in a table of CodeCarbon's is one that nobody set.
    [("codecarbon", 1.2), ("impact-framework", 1.2), ("impact-framework", 1.0)],
)
def test_what_leaves_and_comes_back_says_the_same(form: str, pue: float) -> None:
    data = api.without_results(STATEMENT) | {"runs": [STATEMENT["runs"][0] | {"pue": pue}]}
    there = api.fill(data)
    back = api.fill(imported(export_statement(there, form).content).data)
    for field in ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"):
        assert back["results"]["totals"][field]["value"] == pytest.approx(
            there["results"]["totals"][field]["value"]
        ), field


class TestManifest:
    def test_a_component_a_run_and_the_framework_multiplies(self, filled: dict[str, Any]) -> None:
        manifest = yaml.safe_load(export_statement(filled, "impact-framework", "final").content)
        component = manifest["tree"]["children"]["final"]
        [observation] = component["inputs"]
        assert (observation["timestamp"], observation["duration"]) == ("2024-03-01T00:00:00", 36000)
        plugin = manifest["initialize"]["plugins"][component["pipeline"]["compute"][0]]
        product = 1.0
        for name in plugin["config"]["input-parameters"]:
            product *= observation[name]
        assert product / 1000 == pytest.approx(
            filled["results"]["runs"]["final"]["co2e_operational_kg"]["value"]
        )

    def test_a_run_without_a_start_is_asked_for_it(self, filled: dict[str, Any]) -> None:
        with pytest.raises(FormatError, match=r"requires period\.start of run 'eval'"):
            export_statement(filled, "impact-framework")
