"""A file that a user writes for greenalgo, held against its JSON Schema, in the file's own words."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo.findings import to_pointer

if TYPE_CHECKING:
    from jsonschema import ValidationError

_TYPES = {
    "object": "a mapping of keys to values", "array": "a list", "string": "a text", "number": "a number",
    "integer": "a whole number",
}  # fmt: skip


def problems_of(document: Any, schema: str, whole: str) -> list[tuple[str, str]]:
    """Return everything that is wrong with a document: JSON pointer and sentence of each.

    Args:
        document: The document, as read.
        schema: Path of its JSON Schema; where a value has a ``pattern``, ``description`` says what it must be.
        whole: What the document is called, such as ``the factor file``.
    """
    # Imported here: it takes as long as seven starts of Python, and only who writes such a file pays.
    from jsonschema import Draft202012Validator

    with open(schema, encoding="utf-8") as file:
        validator = Draft202012Validator(json.load(file))
    errors = sorted(validator.iter_errors(document), key=lambda error: str(error.json_path))
    return [(to_pointer(tuple(error.absolute_path)), _said(error, whole)) for error in errors]


def _said(error: ValidationError, whole: str) -> str:
    """Return what is wrong, in the document's own words."""
    field = next(
        (f"'{part}'" for part in reversed(error.absolute_path) if isinstance(part, str)), ""
    )
    name = field or whole
    value: Any = error.instance
    schema: Any = error.schema
    allowed: Any = error.validator_value
    found = json.dumps(value, ensure_ascii=False, default=str)
    match error.validator:
        case "additionalProperties":
            known = schema["properties"]
            unknown = ", ".join(f"'{key}'" for key in value if key not in known)
            return f"unknown key {unknown}; known here are {', '.join(known)}"
        case "required":
            # One error for each key; its own message begins with the key.
            return f"{error.message.removesuffix(' is a required property')} is missing"
        case "type":
            kinds = allowed if isinstance(allowed, list) else [allowed]
            return f"{name} must be {' or '.join(_TYPES[kind] for kind in kinds)}; found {found}"
        case "enum":
            return f"{name} must be one of {', '.join(map(str, allowed))}; found {found}"
        case "const":
            return f"{name} must be {allowed}; found {found}"
        case "minimum" | "maximum":
            least = "at least" if error.validator == "minimum" else "at most"
            return f"{name} must be {least} {allowed}; found {found}"
        case "pattern":
            return f"{name} must be {schema['description']}; found {found}"
        case _:
            return str(error.message)
