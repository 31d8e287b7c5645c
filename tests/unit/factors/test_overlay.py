from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from greenalgo.errors import FactorError, UnknownNameError
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
    (("format",), 2, "format: 1"),
    (("name",), None, "'name'"),
    (("source",), "me", "'source'"),
    (("source", "key"), 'a"b', "'key' of source"),
    (("colour",), "green", "unknown key 'colour'"),
    (("pue",), {"value": 1}, "not a list"),
    (("pue", 0, "value"), 0.9, "below 1"),
    (("pue", 0, "value"), "1.1", "must be a number"),
    (("pue", 0, "year"), "2026", "must be a year"),
    (("carbon_intensity", 0, "lower"), 22, "excludes"),
    (("carbon_intensity", 0, "value"), -1, "at least 0"),
    (("carbon_intensity", 0, "location"), "Atlantis", "not the id of a place"),
    (("carbon_intensity", 0, "boundary"), "marginal", "lifecycle or direct"),
    (("processors", 0, "kind"), "fpga", "cpu, gpu or accelerator"),
    (("processors", 0, "watts"), 3, "unknown key 'watts'"),
]


@pytest.mark.parametrize(("path", "value", "message"), BROKEN)
def test_a_wrong_document_is_refused(
    factors: FactorSet, path: tuple[str | int, ...], value: object, message: str
) -> None:
    with pytest.raises(FactorError, match=message):
        overlay(factors, broken(path, value))


@pytest.mark.parametrize("document", [[], "text", None, {**MINE, "pue": [1.1]}])
def test_what_is_not_a_mapping_is_refused(factors: FactorSet, document: object) -> None:
    with pytest.raises(FactorError, match="not a mapping"):
        overlay(factors, document)


def test_an_unknown_constant_is_refused(factors: FactorSet) -> None:
    with pytest.raises(UnknownNameError):
        overlay(factors, broken(("constants", 0, "id"), "pi"))


@pytest.mark.parametrize(
    ("path", "value"),
    [(path, value) for path, value, _ in BROKEN if value not in (0.9, 22, "Atlantis")],
)
def test_the_schema_refuses_what_the_reader_refuses(
    path: tuple[str | int, ...], value: object
) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken(path, value), SCHEMA)
