"""The generator: exact, in step with the schema, and loud about what it does not know."""

from __future__ import annotations

import subprocess
import sys
from math import inf, nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from greenalgo.schemas.checks import Pattern
from greenalgo.schemas.compile import SchemaError, generate
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.walk import failures

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES: list[Any] = [
    None, True, False, 0, 1, 1.0, 2, 2.5, -1, 10**400, -(10**400), 2.4999999999999996, inf,
    "", "a", "ab", "abc", "é", [], ["a"], ["a", "a"],
    ["a", "b", "c"], [1], {}, {"a": 1}, {"a": "x"}, {"b": 1}, {"a": 1, "b": 1}, {"B": 1}, {"a": None},
]  # fmt: skip
SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "object"},
    {"type": "array"},
    {"type": "string"},
    {"type": "number"},
    {"type": "integer"},
    {"type": "boolean"},
    {"enum": ["a", "ab"]},
    {"const": "a"},
    {"type": "string", "minLength": 1, "maxLength": 2},
    {"minLength": 1, "pattern": "^a"},
    {"minimum": 0, "maximum": 2},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2.5},
    {"type": "integer", "minimum": 1},
    {"exclusiveMinimum": 1, "maximum": 2},
    {"minItems": 1, "maxItems": 2, "items": {"type": "string"}},
    {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
    {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True},
    {"required": ["a"], "minProperties": 2},
    {"type": "object", "properties": {"a": {"type": "integer"}}},
    {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
    {"type": "object", "additionalProperties": False},
    {"type": "object", "additionalProperties": {"type": "integer"}},
    {"type": "object", "additionalProperties": True},
    {"additionalProperties": True, "uniqueItems": False},
    {"propertyNames": {"pattern": "^[a-z]$"}},
    {"anyOf": [{"required": ["a"]}, {"type": "string"}]},
    {"oneOf": [{"required": ["a"], "type": "object"}, {"required": ["b"], "type": "object"}]},
    {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 1}]},
    {"oneOf": [{"type": "integer"}, {"type": "string"}]},
    {"$ref": "#/$defs/x", "minimum": 1, "$defs": {"x": {"type": "integer"}}},
    {"properties": {"_any": {"type": "integer"}, "any": {"type": "string"}, "a": {"const": "x"}}},
    # Two places that would give two tables the same name.
    {
        "properties": {
            "a_b": {"type": "object", "properties": {"c": {"type": "string"}}},
            "a": {"type": "object", "properties": {"b": {"type": "object", "properties": {}}}},
        }
    },
]


def _accept(schema: dict[str, Any]) -> Callable[[Any], bool]:
    space: dict[str, Any] = {}
    exec(generate(schema), space)  # noqa: S102 - the generated code is what is tested
    accept: Callable[[Any], bool] = space["accept"]
    return accept


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_compiled_and_walked_as_jsonschema_reads_it(schema: dict[str, Any]) -> None:
    accept, oracle = _accept(schema), Draft202012Validator(schema)
    for value in VALUES:
        assert accept(value) is oracle.is_valid(value), value
        assert (not failures(schema, value)) is oracle.is_valid(value), value


@pytest.mark.parametrize(
    "schema",
    [
        {"format": "uri"},
        {"type": "object", "patternProperties": {}},
        {"properties": {"a": {"not": {}}}},
        {"items": {"if": {}}},
        {"type": ["string", "null"]},
        {"type": "null"},
        {"enum": [1]},
        {"const": None},
        {"type": "string", "minimum": 1},
        {"type": "array", "uniqueItems": True},
        {"uniqueItems": True, "items": {"type": "object"}},
        {"$ref": "https://example.org/other"},
        {"$ref": "#/$defs/absent"},
        {"maximum": True},
        {"maximum": 1e17},
        {"pattern": r"(?=a)"},
        {"oneOf": [{"dependentRequired": {}}]},
    ],
    ids=str,
)
def test_what_is_not_known_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        generate(schema)


def test_a_property_may_be_called_like_an_annotation() -> None:
    schema = {"type": "object", "properties": {"title": {"type": "string"}}}
    other = {"type": "object", "properties": {"title": {"type": "integer"}}}
    both = _accept({"properties": {"a": schema, "b": other}})
    assert both({"a": {"title": "x"}, "b": {"title": 1}})
    assert not both({"a": {"title": 1}})
    assert not both({"b": {"title": "x"}})


def test_not_a_number_is_within_no_bounds() -> None:
    assert _accept({"type": "number"})(nan)
    assert not _accept({"type": "number", "minimum": 0})(nan)
    assert not _accept({"type": "number", "exclusiveMaximum": 0})(nan)
    assert not _accept({"type": "integer"})(nan)


def test_texts_that_fitted_a_pattern_are_remembered_and_forgotten() -> None:
    check = Pattern("^[a-z]+[0-9]+\\Z")
    for _ in range(2):
        for number in range(1500):
            assert check.holds(f"a{number}")
            assert not check.holds(f"{number}a")
    assert check.holds("a" * 10_000 + "1")
    assert 0 < len(check.known) < 1000
    assert all(len(text) < 10 for text in check.known)


def test_the_committed_module_is_what_the_schema_gives() -> None:
    package = Path(sys.modules[generate.__module__].__file__ or "").parent
    assert (package / "accept_1_0.py").read_text(encoding="utf-8") == generate(load_schema("1.0"))


def test_accepting_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from greenalgo.schemas.versions import accept, check_version\n"
        "assert not accept({})\n"
        "print(*sorted(sys.modules))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"json", "jsonschema", "dataclasses", "pathlib", "inspect", "difflib", "yaml"}
    # A name that the interpreter itself loads at its start (site, .pth files) does not count.
    start = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not (heavy & set(out.stdout.split())) - set(start.stdout.split())
