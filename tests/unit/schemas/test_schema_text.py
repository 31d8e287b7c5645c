"""Every field of the schema says what it is, in which unit, and shows an example that is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from greenalgo.schemas.load import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = load_schema("1.0")


def _properties(node: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _properties(child, f"{pointer}/{index}")
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        if key == "properties":
            for name, field in child.items():
                # The field of a branch that only narrows another declaration is no field of its own.
                if "/anyOf/" not in pointer:
                    yield f"{pointer}/{name}".removeprefix("/$defs/"), field
                yield from _properties(field, f"{pointer}/{name}")
        elif key != "examples":
            yield from _properties(child, f"{pointer}/{key}")


PROPERTIES = list(_properties(SCHEMA))
IDS = [pointer for pointer, _field in PROPERTIES]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert len(PROPERTIES) > 250
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("field", [field for _pointer, field in PROPERTIES], ids=IDS)
def test_a_field_has_a_description_and_an_example(field: dict[str, Any]) -> None:
    assert field.get("description", "").endswith((".", ")")), field
    assert field.get("examples"), field


@pytest.mark.parametrize("field", [field for _pointer, field in PROPERTIES], ids=IDS)
def test_an_example_is_valid(field: dict[str, Any]) -> None:
    validator = Draft202012Validator({"$defs": SCHEMA["$defs"]} | field)
    for example in field.get("examples", ()):
        assert [error.message for error in validator.iter_errors(example)] == []


@pytest.mark.parametrize(
    ("ending", "unit"),
    [("_kwh", "kWh"), ("_kg", "kg"), ("_w", " W"), ("_l", " L"), ("_gb", "GB"), ("hours", "(h)")],
)
def test_a_description_names_the_unit(ending: str, unit: str) -> None:
    fields = [(p, f) for p, f in PROPERTIES if p.endswith(ending) and "propert" not in p]
    assert fields
    for pointer, field in fields:
        assert unit in field["description"], pointer
