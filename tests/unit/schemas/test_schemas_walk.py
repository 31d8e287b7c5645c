"""Each failure is reported once, inside the form that the author chose."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.schemas.walk import failures, json_type

FORMS = {
    "oneOf": [
        {"type": "number", "minimum": 0},
        {
            "type": "object",
            "properties": {"value": {"type": "number"}},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "properties": {"status": {"const": "no"}, "why": {"type": "string"}},
            "required": ["status", "why"],
            "additionalProperties": False,
        },
    ]
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, []),
        (-1, [((), "minimum", 0)]),
        ("1", [((), "type", ["number", "object", "object"])]),
        ({"vlaue": 1}, [(("vlaue",), "additionalProperties", "vlaue")]),
        ({"value": "1"}, [(("value",), "type", ["number"])]),
        ({"status": "no"}, [((), "required", "why")]),
        ({"status": "on", "why": "x"}, [(("status",), "enum", ["no"])]),
    ],
)
def test_a_form_is_chosen(value: Any, expected: list[Any]) -> None:
    found = [(failure.path, failure.keyword, failure.limit) for failure in failures(FORMS, value)]
    assert found == expected


def test_two_forms_at_once_is_a_failure_of_its_own() -> None:
    schema = {"oneOf": [{"type": "integer"}, {"type": "number"}]}
    assert [failure.keyword for failure in failures(schema, 1)] == ["oneOf"]


def test_one_value_fails_once() -> None:
    schema = {"type": "string", "minLength": 3, "pattern": "^b"}
    assert [failure.keyword for failure in failures(schema, "a")] == ["minLength"]
    assert [failure.keyword for failure in failures({"minimum": 2, "maximum": 1}, 0)] == ["minimum"]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "integer"),
        (1.5, "number"),
        (float("nan"), "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
        ((), "tuple"),
    ],
)
def test_json_type(value: Any, name: str) -> None:
    assert json_type(value) == name
