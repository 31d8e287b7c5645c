"""Why a document is not valid: every failure, at the place where it is.

The same keywords as :mod:`greenalgo.schemas.compile`, read from the schema itself. Where a value
may take one of several forms, the failure is reported inside the form that the author chose, not as
"valid under none of them". (``jsonschema`` knows more, and takes eight starts of Python to import;
the tests hold both against it.)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.schemas.patterns import python_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator


class Failure(NamedTuple):
    """One keyword that a value does not satisfy.

    Attributes:
        path: Keys and indices from the document to the value.
        keyword: The keyword of JSON Schema.
        limit: What the schema says there; for ``additionalProperties`` the unknown key, for
            ``required`` the missing one, for ``type`` the list of types that would do, for
            ``propertyNames`` the bad key.
        value: What was found.
        schema: The subschema, with its references resolved, that the value was held against.
    """

    path: tuple[str | int, ...]
    keyword: str
    limit: Any
    value: Any
    schema: dict[str, Any]


def failures(schema: dict[str, Any], data: Any) -> list[Failure]:
    """Return every failure of a document, in the document's order.

    Args:
        schema: A JSON Schema 2020-12 that :func:`greenalgo.schemas.compile.generate` accepts.
        data: JSON values.
    """
    return list(_walk(schema, schema.get("$defs", {}), data, ()))


def resolve(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a subschema with its reference followed; what stands beside it is kept."""
    if "$ref" not in schema:
        return schema
    target = resolve(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return target | {key: value for key, value in schema.items() if key != "$ref"}


def json_type(value: Any) -> str:
    """Return the JSON type of a value; a number without a fraction is an integer."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "integer" if value % 1 == 0 else "number"
    for kind, name in ((str, "string"), (list, "array"), (dict, "object")):
        if isinstance(value, kind):
            return name
    return type(value).__name__  # no JSON value: no schema has this type


def _walk(
    schema: dict[str, Any],
    definitions: dict[str, Any],
    value: Any,
    path: tuple[str | int, ...],
) -> Iterator[Failure]:
    schema = resolve(schema, definitions)
    found = json_type(value)
    wanted = schema.get("type")
    if wanted is not None and found != wanted and (found, wanted) != ("integer", "number"):
        yield Failure(path, "type", [wanted], value, schema)
        return
    words = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if words is not None and (found != "string" or value not in words):
        yield Failure(path, "enum", words, value, schema)
        return
    if found == "object":
        yield from _object(schema, definitions, value, path)
    elif found == "array":
        yield from _array(schema, definitions, value, path)
    elif found == "string":
        yield from _string(schema, value, path)
    elif found in ("integer", "number"):
        yield from _number(schema, value, path)
    for keyword in ("oneOf", "anyOf"):
        if keyword in schema:
            yield from _choice(schema, keyword, definitions, value, path)


def _object(
    schema: dict[str, Any],
    definitions: dict[str, Any],
    value: dict[str, Any],
    path: tuple[str | int, ...],
) -> Iterator[Failure]:
    for name in schema.get("required", ()):
        if name not in value:
            yield Failure(path, "required", name, value, schema)
    if len(value) < schema.get("minProperties", 0):
        yield Failure(path, "minProperties", schema["minProperties"], value, schema)
    properties = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    names = schema.get("propertyNames", True)
    for key, child in value.items():
        if names is not True and any(_walk(names, definitions, key, ())):
            yield Failure((*path, key), "propertyNames", key, child, names)
        if key in properties:
            yield from _walk(properties[key], definitions, child, (*path, key))
        elif rest is False:
            yield Failure((*path, key), "additionalProperties", key, child, schema)
        elif rest is not True:
            yield from _walk(rest, definitions, child, (*path, key))


def _array(
    schema: dict[str, Any],
    definitions: dict[str, Any],
    value: list[Any],
    path: tuple[str | int, ...],
) -> Iterator[Failure]:
    if len(value) < schema.get("minItems", 0):
        yield Failure(path, "minItems", schema["minItems"], value, schema)
    if len(value) > schema.get("maxItems", len(value)):
        yield Failure(path, "maxItems", schema["maxItems"], value, schema)
    if "items" in schema:
        for index, item in enumerate(value):
            yield from _walk(schema["items"], definitions, item, (*path, index))
    if schema.get("uniqueItems"):
        for index, item in enumerate(value):
            if item in value[:index]:
                yield Failure((*path, index), "uniqueItems", value.index(item), item, schema)


def _string(schema: dict[str, Any], value: str, path: tuple[str | int, ...]) -> Iterator[Failure]:
    if len(value) < schema.get("minLength", 0):
        yield Failure(path, "minLength", schema["minLength"], value, schema)
    elif len(value) > schema.get("maxLength", len(value)):
        yield Failure(path, "maxLength", schema["maxLength"], value, schema)
    elif "pattern" in schema and not re.search(python_pattern(schema["pattern"]), value):
        yield Failure(path, "pattern", schema["pattern"], value, schema)


def _number(schema: dict[str, Any], value: float, path: tuple[str | int, ...]) -> Iterator[Failure]:
    # "not in" rather than "outside": not-a-number satisfies no bound.
    inside = {
        "minimum": value >= schema.get("minimum", value),
        "exclusiveMinimum": "exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"],
        "maximum": value <= schema.get("maximum", value),
        "exclusiveMaximum": "exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"],
    }
    for keyword, holds in inside.items():
        if keyword in schema and not holds:
            yield Failure(path, keyword, schema[keyword], value, schema)
            return


def _choice(
    schema: dict[str, Any],
    keyword: str,
    definitions: dict[str, Any],
    value: Any,
    path: tuple[str | int, ...],
) -> Iterator[Failure]:
    branches = [resolve(branch, definitions) for branch in schema[keyword]]
    found = [list(_walk(branch, definitions, value, path)) for branch in branches]
    passed = sum(not errors for errors in found)
    if passed == 1 or (passed and keyword == "anyOf"):
        return
    if not all("type" in branch for branch in branches) or passed:
        yield Failure(path, keyword, branches, value, schema)
        return
    right = [
        (_kinship(branch, value), errors)
        for branch, errors in zip(branches, found, strict=True)
        if not (errors[0].keyword == "type" and errors[0].path == path)
    ]
    if right:
        yield from max(right, key=lambda pair: pair[0])[1]
    else:
        yield Failure(path, "type", [branch["type"] for branch in branches], value, schema)


def _kinship(branch: dict[str, Any], value: Any) -> int:
    """Say how much a value looks like a form: how many of its keys the form knows."""
    if not isinstance(value, dict):
        return 0
    return sum(key in branch.get("properties", {}) for key in value)
