"""Structural failures in the document's own words: one cause, one finding, a hint that helps."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from greenalgo.findings import Finding, Severity, to_pointer
from greenalgo.schemas.versions import accept
from greenalgo.validate.structure import RULES, structure_findings

BASE: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "t",
    "subject": {"name": "s"},
    "runs": [{"id": "a", "phase": "training", "hardware": [{"kind": "gpu"}]}],
}


def _one(field: str, value: Any, place: str = "run") -> Finding:
    """Return the one finding of a document with one field set."""
    data = copy.deepcopy(BASE)
    run = data["runs"][0]
    target = {"run": run, "hardware": run["hardware"][0], "top": data, "subject": data["subject"]}
    target[place][field] = value
    assert not accept(data)
    (finding,) = structure_findings(data)
    assert finding.severity == Severity.ERROR
    return finding


@pytest.mark.parametrize(
    ("place", "key", "meant"),
    [
        ("run", "gpu_hours", "device_hours"),
        ("run", "GPU hours", "device_hours"),
        ("run", "PUE", "pue"),
        ("run", "energy", "energy_it_kwh or energy_facility_kwh"),
        ("run", "carbon_intensity", "carbon_intensity_g_per_kwh"),
        ("run", "runtime", "hours"),
        ("run", "locaton", "location"),
        ("hardware", "gpus", "count"),
        ("hardware", "n_gpus", "count"),
        ("hardware", "quantity", "count"),
        ("hardware", "tdp", "power_w"),
        ("hardware", "TDP", "power_w"),
        ("hardware", "power", "power_w"),
        ("hardware", "name", "model"),
        ("hardware", "utilization", "utilisation"),
        ("hardware", "memory", "memory_gb"),
        ("top", "date", "issued"),
        ("top", "license", "licence"),
        ("subject", "params", "parameters"),
    ],
)
def test_an_unknown_key_gets_a_suggestion(place: str, key: str, meant: str) -> None:
    finding = _one(key, 1, place)
    assert finding.code == "GA101"
    assert finding.at_key
    assert (finding.found, finding.expected) == (key, meant)
    assert finding.hint.startswith("did you mean")


@pytest.mark.parametrize(
    ("place", "key", "hint"),
    [
        ("run", "country", "'country' belongs under 'location'"),
        ("run", "count", "'count' belongs under 'hardware' or 'embodied'"),
        ("run", "co2", "'co2e_operational_kg' belongs under 'reported'"),
        ("run", "tdp", "'power_w' belongs under 'hardware'"),
        ("subject", "runs", "'runs' belongs under the top level or 'reported'"),
        ("hardware", "units", "leave it out: the unit is in the field's name"),
        ("hardware", "zzz", "its fields are: kind, model"),
        ("top", "zzz", "see `greenalgo schema`"),
        ("top", "tags", "fields of your own go under 'extensions'"),
        ("run", "energy_it_mwh", "did you mean 'energy_it_kwh'? Give it in kWh, not in MWh"),
    ],
)
def test_an_unknown_key_gets_a_direction(place: str, key: str, hint: str) -> None:
    assert _one(key, 1, place).hint.startswith(hint)


@pytest.mark.parametrize(
    ("place", "field", "value", "hint"),
    [
        ("hardware", "count", "384 GPUs", "write 384"),
        ("hardware", "count", "1,082", "write 1082, without quotes"),
        ("hardware", "power_w", "400", "write 400, without quotes"),
        ("hardware", "power_w", "0.4 kW", "write 400"),
        ("hardware", "power_w", "~400 W", "write 400"),
        ("hardware", "power_w", "300-400 W", "lower: 300, upper: 400}"),
        ("hardware", "power_w", "400 ± 20 W", "write {value: 400, lower: 380, upper: 420}"),
        ("hardware", "power_w", "n/a", "write {status: not_assessed, reason: why}"),
        ("hardware", "power_w", "400 GB", "the unit is in the field's name"),
        ("hardware", "utilisation", "63 %", "write 0.63"),
        ("run", "pue", "1,2", "with a point for decimals"),
        ("run", "energy_it_kwh", "1.2 MWh", "write 1200"),
        ("run", "carbon_intensity_g_per_kwh", "0.057 kgCO2e/kWh", "write 57"),
        ("run", "hours", "3 days", "write 72"),
        ("run", "location", "France", "write {country: FRA}"),
        ("run", "location", "Jean Zay", "write {site: Jean Zay}"),
        ("run", "hardware", {"kind": "gpu"}, "each entry with a dash"),
        ("run", "pue", [1.2], "take it out of the list"),
        ("run", "repetitions", 1.5, "write a whole number"),
        ("top", "authors", ["A. Author"], "write {name: A. Author}"),
        ("top", "subject", "BLOOM", "write {name: BLOOM}"),
        ("top", "issued", 2022, 'put it in quotes: "2022"'),
        ("top", "spec_version", 1, 'put it in quotes: "1.0"'),
        ("top", "spec_version", 1.0, 'put it in quotes: "1.0"'),
        (
            "subject",
            "arxiv",
            2211.02001,
            'put it in quotes: "2211.02001" (check that no final zero',
        ),
        ("subject", "commit", 448100, "put it in quotes, digit by digit as it is"),
        ("subject", "commit", 8226600.0, "put it in quotes, digit by digit as it is"),
        ("subject", "parameters", "176 billion", "write 176000000000"),
        ("run", "measurement", {"method": "pdu", "pue_included": "no"}, "write false"),
        ("run", "measurement", {"method": "pdu", "covers": "gpu"}, "write ['gpu']"),
    ],
)
def test_a_wrong_type_says_what_to_write(place: str, field: str, value: Any, hint: str) -> None:
    finding = _one(field, value, place)
    assert finding.code == "GA103"
    assert hint in finding.hint


@pytest.mark.parametrize(
    ("place", "field", "value", "meant"),
    [
        ("run", "phase", "pre-training", "training"),
        ("run", "phase", "trainig", "training"),
        ("run", "phase", "Fine-Tuning", "fine_tuning"),
        ("run", "outcome", "success", "reported"),
        ("hardware", "kind", "TPU", "accelerator"),
        ("hardware", "kind", "RAM", "memory"),
        ("hardware", "power_scope", "server", "node"),
        ("hardware", "power_w", {"value": 1, "status": "measured"}, "metered or counter"),
        ("run", "carbon_intensity_g_per_kwh", {"value": 1, "basis": "market-based"}, "market"),
        ("run", "measurement", {"method": "codecarbon"}, "tracker"),
    ],
)
def test_a_word_gets_a_suggestion(place: str, field: str, value: Any, meant: str) -> None:
    finding = _one(field, value, place)
    assert finding.code == "GA104"
    assert finding.expected == meant
    assert "did you mean" in finding.hint


def test_a_word_without_a_near_one_gets_the_list() -> None:
    finding = _one("kind", "zzz", "hardware")
    assert finding.hint.startswith("It is one of: gpu, cpu")
    assert _one("kind", 3, "hardware").message == "'kind' cannot be 3"


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        (0, "GA105", "'pue' is 0; it must be more than 0"),
        (-1.5, "GA105", "'pue' is -1.5; it must be more than 0"),
        (None, "GA113", "'pue' has nothing after it"),
        ({}, "GA111", "'pue' has no value"),
        ({"lower": 1.1}, "GA111", "'pue' has an interval but no value"),
        ({"status": "not_assessed"}, "GA111", "'pue' is not assessed without a reason"),
        ({"reason": "x"}, "GA111", "'pue' has a reason but no value"),
        ({"status": "metered", "reason": "x"}, "GA111", "'pue' has a reason but no value"),
        ({"vlaue": 1.2}, "GA101", "'pue' has no field 'vlaue'"),
        ({"status": "not assessed", "reason": "x"}, "GA104", "'status' cannot be 'not assessed'"),
        ({"value": 1, "level": 95}, "GA106", "'level' is 95; it is a fraction from 0 to 1"),
        ({"value": 1, "level": 1}, "GA106", "'level' is 1; it is a fraction from 0 to 1"),
        ({"value": 1, "level": 0}, "GA105", "'level' is 0; it must be more than 0"),
        ({"value": 1, "source": ""}, "GA108", "'source' is empty"),
    ],
)
def test_a_quantity_gives_one_finding(value: Any, code: str, message: str) -> None:
    finding = _one("pue", value)
    assert (finding.code, finding.message) == (code, message)


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("issued", "2022/11/3", "write 2022-11-03"),
        ("issued", "2022-3", "write 2022-03"),
        ("issued", "03/11/2022", ""),
        ("issued", "2022-11-03\n", "write 2022-11-03"),
        ("authors", [{"name": "x", "orcid": "0000000218250097"}], "write 0000-0002-1825-0097"),
        ("authors", [{"name": "x", "orcid": "12"}], ""),
        ("subject", {"name": "x", "doi": "doi:10.1002/advs.1"}, "write 10.1002/advs.1"),
        ("subject", {"name": "x", "arxiv": "arXiv:2211.02001v2"}, 'write "2211.02001v2"'),
        ("subject", {"name": "x", "url": "example.org/a"}, "write https://example.org/a"),
        ("subject", {"name": "x", "url": "no address"}, ""),
        ("subject", {"name": "x", "commit": "0A1B2C3D"}, "write 0a1b2c3d"),
        ("spec_version", "v1", 'write "1.0"'),
        ("spec_version", "1.0.0", 'write "1.0"'),
        (
            "provenance",
            {"files": [{"path": "x", "sha256": "sha256:" + "AB" * 32}]},
            "write " + "ab" * 32,
        ),
        ("runs", [{"id": "final training!", "phase": "training"}], "write final-training"),
    ],
)
def test_a_wrong_form_gets_the_right_one(field: str, value: Any, hint: str) -> None:
    finding = _one(field, value, "top")
    assert finding.code == "GA107"
    assert finding.hint == hint


@pytest.mark.parametrize(
    ("country", "code"),
    [("FR", "FRA"), ("france", "FRA"), ("UK", "GBR"), ("U.S.A.", "USA"), ("Narnia", "")],
)
def test_a_country_gets_its_code(country: str, code: str) -> None:
    assert _one("location", {"country": country}).hint == (f"write {code}" if code else "")


def test_a_misspelt_required_key_is_not_also_missing() -> None:
    data = copy.deepcopy(BASE)
    data["runs"][0]["phse"] = data["runs"][0].pop("phase")
    assert [finding.code for finding in structure_findings(data)] == ["GA101"]
    data["offsets"] = [{"amount": 3}]
    data["reported"] = {"claims": [{"metric": "energy", "value": 0.5}]}
    found = [(finding.code, finding.expected) for finding in structure_findings(data)]
    assert found == [("GA101", "phase"), ("GA101", "co2e_kg"), ("GA101", "ratio")]


def test_a_comma_in_a_flow_mapping_is_named() -> None:
    finding = _one("pue", {"value": 1.2, "source": "operator", "mean of 2022": None})
    assert "put it in quotes" in finding.hint


def test_what_is_not_a_mapping_is_no_statement() -> None:
    others: list[Any] = [[], "x", 3, None, True]
    for other in others:
        (finding,) = structure_findings(other)
        assert (finding.code, finding.pointer) == ("GA020", "")


def test_an_unknown_key_of_a_newer_minor_is_a_warning() -> None:
    data: dict[str, Any] = copy.deepcopy(BASE) | {
        "spec_version": "1.7",
        "new_field": 1,
        "title": "",
    }
    found = {finding.code: finding.severity for finding in structure_findings(data)}
    assert found == {"GA101": Severity.WARNING, "GA108": Severity.ERROR}


@pytest.mark.parametrize("text", ["\x1b[31mred", "x" * 5000, "a\nb"])
def test_what_is_quoted_is_short_and_plain(text: str) -> None:
    for place, field, value in (
        ("run", text, 1),
        ("run", "pue", text),
        ("run", "phase", text),
        ("run", "location", text),
        ("run", "hardware", text),
        ("run", "measurement", {"method": "pdu", "covers": text}),
        ("top", "subject", text),
        ("subject", "doi", "10.1000/a" + text + " b"),
        ("top", "reported", {"runs": {text + " ": {"energy_it_kwh": 1}}}),
        ("top", "extensions", [{"uri": "https://x.org", "fields": {text: 1}}]),
    ):
        finding = _one(field, value, place)
        assert finding.message.isprintable()
        assert finding.hint.isprintable()
        assert len(finding.message) < 300


def test_pointers_are_escaped() -> None:
    assert to_pointer(("runs", 0, "a/b~c")) == "/runs/0/a~1b~0c"
    finding = _one("a/b", 1)
    assert finding.pointer == "/runs/0/a~1b"


def test_every_rule_is_documented() -> None:
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    for rule in RULES:
        assert all(rule), rule.code
        assert not rule.title.endswith(".")
        assert rule.what.endswith((".", ")"))
        assert rule.why.endswith(".")


@pytest.mark.parametrize(
    "data",
    [
        {"version": "3", "services": {}, "volumes": {}},
        {"name": "left-pad", "version": "1.0.0", "scripts": {}, "dependencies": {}},
        {"colour": "green"},
    ],
)
def test_what_is_no_statement_is_said_once(data: dict[str, Any]) -> None:
    (found,) = structure_findings(data)
    assert (found.code, found.pointer) == ("GA102", "")
    assert found.message.startswith("this is no statement")
    assert next(iter(data)) in found.found


@pytest.mark.parametrize("data", [{}, {"titel": "T"}, {"Runs": []}, {"services": 1, "runs": []}])
def test_what_is_meant_to_be_one_gets_every_finding(data: dict[str, Any]) -> None:
    assert len(structure_findings(data)) > 2
