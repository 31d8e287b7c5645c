from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from greenalgo.errors import FactorFileError
from greenalgo.factors import FactorSet
from greenalgo.factors import overlay as overlay_module
from greenalgo.factors.overlay import overlay

SCHEMA = json.loads((Path(overlay_module.__file__).parent / "user-factors.schema.json").read_text())
MINE: dict[str, Any] = {
    "format": 1,
    "name": "my-cluster",
    "source": {"key": "mycluster2026", "title": "Meters of my cluster", "author": "{Me}", "year": 2026},
    "carbon_intensity": [{"location": "FRA", "year": 2026, "value": 21, "lower": 18, "upper": 25}],
    "processors": [
        {"name": "Frobnicator 9", "kind": "accelerator", "power_w": 123, "aliases": ["Frob9"], "year": 2025},
        {"name": "NVIDIA A100-SXM4-80GB", "kind": "gpu", "power_w": 350, "memory_gb": 80},
    ],
    "pue": [{"provider": "My Cluster", "year": 2026, "value": 1.07}],
    "wue": [{"provider": "aws", "region": "us-east-1", "year": 2026, "value": 0.5}],
    "constants": [{"id": "memory-power-w-per-gb", "value": 0.2, "lower": 0.1, "upper": 0.3}],
}  # fmt: skip


@pytest.fixture
def mine(factors: FactorSet) -> FactorSet:
    return overlay(factors, MINE)


def test_a_users_rows_come_first_and_say_so(factors: FactorSet, mine: FactorSet) -> None:
    intensity = mine.carbon_intensity("France", year=2026)
    assert (intensity.value, intensity.lower, intensity.source) == (21, 18, "mycluster2026")
    assert (intensity.status, intensity.licence) == ("user", "LicenseRef-User")
    assert intensity.how == "alias; from the user's own factors"
    assert mine.processor("frob9").power_w == 123
    assert mine.processor("Frobnicator 9").how == "exact; from the user's own factors"
    assert mine.processor("8x A100-SXM4-80GB").power_w == 350
    assert mine.pue("my cluster", year=2026).value == 1.07
    assert mine.wue("AWS", "us-east-1", 2026).value == 0.5
    assert mine.constant("memory-power-w-per-gb").value == 0.2
    assert factors.constant("memory-power-w-per-gb").value == 0.3725


def test_other_rows_stay(factors: FactorSet, mine: FactorSet) -> None:
    assert mine.carbon_intensity("DEU", year=2023) == factors.carbon_intensity("DEU", year=2023)
    assert mine.processor("AMD EPYC 7763") == factors.processor("AMD EPYC 7763")
    assert mine.pue("aws", "us-east-1", 2025) == factors.pue("aws", "us-east-1", 2025)
    assert mine.policy().values.keys() == factors.policy().values.keys()
    assert mine.policy().values["utilisation-cpu"] == factors.policy().values["utilisation-cpu"]


def test_a_users_constant_takes_the_place_of_a_default(mine: FactorSet) -> None:
    memory = mine.policy().values["memory-w-per-gb"]
    assert (memory.value, memory.upper, memory.source) == (0.2, 0.3, "mycluster2026")
    assert memory.how == "exact; from the user's own factors"


def test_the_name_and_the_hash_tell_the_sets_apart(factors: FactorSet, mine: FactorSet) -> None:
    assert mine.name == "2026.11+my-cluster"
    assert len(mine.sha256) == 64
    other = copy.deepcopy(MINE)
    other["carbon_intensity"][0]["value"] = 22
    assert len({factors.sha256, mine.sha256, overlay(factors, other).sha256}) == 3


def test_the_source_reaches_the_bibliography(mine: FactorSet) -> None:
    assert "title = {Meters of my cluster}" in mine.bibtex(["mycluster2026", "ember2026"])


def test_a_pack_of_others_data_names_its_licence(factors: FactorSet) -> None:
    pack = {**MINE, "name": "zones", "licence": "ODbL-1.0"}
    jsonschema.validate(pack, SCHEMA)
    assert overlay(factors, pack).carbon_intensity("FRA", year=2026).licence == "ODbL-1.0"


def test_the_schema_accepts_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(MINE, SCHEMA)


def broken(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document = copy.deepcopy(MINE)
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return document


BROKEN = [
    (("format",), 2, "/format", "'format' must be 1; found 2"),
    (("name",), None, "", "'name' is missing"),
    (("source",), "me", "/source", "'source' must be a mapping of keys to values; found \"me\""),
    (("source", "key"), 'a"b', "/source/key", "a text without comma, quote, tab or line break"),
    (("source", "title"), "a}, b = {c", "/source/title", "braces come in pairs"),
    (("colour",), "green", "", "unknown key 'colour'; known here are format, name"),
    (("pue",), {"value": 1}, "/pue", "'pue' must be a list"),
    (("pue", 0), 1.1, "/pue/0", "'pue' must be a mapping of keys to values; found 1.1"),
    (("pue", 0, "value"), 0.9, "/pue/0", "a PUE is at least 1; found 0.9"),
    (("pue", 0, "value"), "1.1", "/pue/0/value", 'must be a number; found "1.1"'),
    (("pue", 0, "year"), "2026", "/pue/0/year", "must be a whole number"),
    (("pue", 0, "year"), 26, "/pue/0/year", "must be at least 1900; found 26"),
    (("pue", 0, "note"), "two\nlines", "/pue/0/note", "a text without tab or line break"),
    (("carbon_intensity", 0, "lower"), 22, "/carbon_intensity/0", "22 to 25 excludes the value 21"),
    (("carbon_intensity", 0, "value"), -1, "/carbon_intensity/0/value", "at least 0"),
    (
        ("carbon_intensity", 0, "location"),
        "Atlantis",
        "/carbon_intensity/0",
        "not the id of a place",
    ),
    (
        ("carbon_intensity", 0, "boundary"),
        "marginal",
        "/carbon_intensity/0/boundary",
        "lifecycle, direct",
    ),
    (
        ("processors", 0, "kind"),
        "fpga",
        "/processors/0/kind",
        'cpu, gpu, accelerator; found "fpga"',
    ),
    (("processors", 0, "watts"), 3, "/processors/0", "unknown key 'watts'"),
    (("constants", 0, "id"), "pi", "/constants/0", "pi"),
]


@pytest.mark.parametrize(("path", "value", "pointer", "message"), BROKEN)
def test_a_wrong_document_is_refused(
    factors: FactorSet, path: tuple[str | int, ...], value: object, pointer: str, message: str
) -> None:
    with pytest.raises(FactorFileError) as caught:
        overlay(factors, broken(path, value))
    ((at, words),) = caught.value.problems
    assert at == pointer
    assert message in words


@pytest.mark.parametrize("document", [[], "text", None])
def test_what_is_not_a_mapping_is_refused(factors: FactorSet, document: object) -> None:
    with pytest.raises(FactorFileError, match="the factor file must be a mapping"):
        overlay(factors, document)


def test_everything_that_is_wrong_is_said_at_once(factors: FactorSet) -> None:
    document = broken(("pue", 0, "value"), 0.9)
    document["carbon_intensity"][0]["location"] = "Atlantis"
    with pytest.raises(FactorFileError) as caught:
        overlay(factors, document)
    assert [at for at, _ in caught.value.problems] == ["/carbon_intensity/0", "/pue/0"]


def test_names_in_any_script_are_found(factors: FactorSet) -> None:
    document = copy.deepcopy(MINE)
    document["processors"][0]["name"] = "寒武纪 思元370"
    document["pue"][0] |= {"provider": "Universität Köln", "region": "Süd"}
    mine = overlay(factors, document)
    assert mine.processor("寒武纪 思元370").power_w == 123
    assert mine.pue("Universität Köln", "Süd", 2026).value == 1.07


def test_every_missing_key_is_said_once(factors: FactorSet) -> None:
    with pytest.raises(FactorFileError) as caught:
        overlay(factors, {"format": 1})
    assert list(caught.value.problems) == [("", "'name' is missing"), ("", "'source' is missing")]
