"""The schema in JSON Schema draft-07, for editors that read nothing newer."""

from __future__ import annotations

from typing import Any

_SCHEMAS = ("items", "additionalProperties", "propertyNames")
_LISTS = ("oneOf", "anyOf", "allOf")


def draft07(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the same schema in draft-07.

    Only two things differ for the keywords that the statement's schema uses: definitions have
    another name, and draft-07 ignores what stands beside ``$ref``, so that the reference moves into
    an ``allOf`` where a description stands beside it.

    Args:
        schema: A JSON Schema 2020-12 that :mod:`greenalgo.schemas.compile` accepts.
    """
    bundle = _node(schema)
    head = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": schema["$id"] + "/draft-07",
        "$comment": f"Generated from {schema['$id']} for editors: do not edit.",
    }
    return head | {key: value for key, value in bundle.items() if key not in head}


def _node(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "$ref":
            reference = {"$ref": value.replace("#/$defs/", "#/definitions/")}
            if len(schema) == 1:
                return reference
            out["allOf"] = [reference]
        elif key == "$defs":
            out["definitions"] = {name: _node(child) for name, child in value.items()}
        elif key == "properties":
            out[key] = {name: _node(child) for name, child in value.items()}
        elif key in _SCHEMAS:
            out[key] = _node(value)
        elif key in _LISTS:
            out[key] = [_node(child) for child in value]
        else:
            out[key] = value
    return out
