"""The reference of the schema: every property with type, unit, meaning and example."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What the end of a field's name says about its unit; the longest that fits wins.
UNITS = {
    "_g_per_kwh": "gCO2e/kWh", "_l_per_kwh": "L/kWh", "_w_per_gb": "W/GB", "_kwh": "kWh", "_kg": "kg",
    "_l": "L", "_w": "W", "_gb": "GB", "_g": "g", "_wh": "Wh", "_hz": "Hz", "_s": "s", "_years": "years",
    "_percent": "%", "hours": "h", "pue": "1",
}  # fmt: skip


def page(schema: Mapping[str, Any]) -> str:
    """Write the page of a schema.

    Args:
        schema: The JSON Schema of a statement.
    """
    version = schema["$id"].rpartition("/")[2]
    lines = [
        f"# The statement: every field of schema {version}",
        "",
        "Generated from `schema/statement/"
        + version
        + "/statement.schema.json`. A field marked with * "
        "is required where its block is given. `greenalgo schema` prints the schema itself.",
        "",
        (
            "A **quantity** is a number, or a mapping with `value`, `lower`, `upper`, `level`, `status`, "
            "`source` and `note`; a quantity that nobody worked out is `{status: not_assessed, reason: ...}`."
        ),
        "",
        "## statement { #statement }",
        "",
        *_table(schema),
    ]
    for name, definition in sorted(schema["$defs"].items()):
        lines += ["", f"## {name} {{ #{name} }}", "", definition.get("description", ""), ""]
        lines += _definition(definition)
    return "\n".join(lines) + "\n"


def _definition(definition: Mapping[str, Any]) -> Iterator[str]:
    mapping = definition
    for branch in definition.get("oneOf", ()):
        if branch.get("type") == "object":
            mapping = branch
    if "properties" in mapping:
        if mapping is not definition:
            yield f"{_kind(definition)}. The mapping has:"
            yield ""
        yield from _table(mapping)
    else:
        yield f"Type: {_kind(definition)}."
        if "pattern" in definition:
            yield ""
            yield f"Form: `{definition['pattern']}`"


def _table(mapping: Mapping[str, Any]) -> Iterator[str]:
    required = mapping.get("required", ())
    yield "| Field | Type | Unit | Meaning | Example |"
    yield "|---|---|---|---|---|"
    for name, field in mapping["properties"].items():
        star = " *" if name in required else ""
        cells = (
            f"`{name}`{star}",
            _kind(field),
            unit(name),
            field.get("description", ""),
            _example(field),
        )
        yield (
            "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
        )


def unit(name: str) -> str:
    """Return the unit that a field's name gives; empty for none."""
    for end in sorted(UNITS, key=len, reverse=True):
        if name.endswith(end):
            return UNITS[end]
    return ""


def _kind(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if "enum" in field:
        return "one of " + ", ".join(f"`{word}`" for word in field["enum"])
    if "const" in field:
        return f"the word `{field['const']}`"
    if "properties" in field:
        return "mapping"
    for several in ("oneOf", "anyOf"):
        if several in field:
            return " or ".join(dict.fromkeys(_kind(branch) for branch in field[several]))
    kind = field.get("type", "any")
    if kind == "array":
        return f"list of {_kind(field.get('items', {}))}"
    if kind == "object":
        return "mapping"
    if kind in ("number", "integer"):
        return f"{kind}{_bounds(field)}"
    return "text" if kind == "string" else str(kind)


def _bounds(field: Mapping[str, Any]) -> str:
    words = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    said = [f"{sign} {field[key]}" for key, sign in words.items() if key in field]
    return f" {', '.join(said)}" if said else ""


def _example(field: Mapping[str, Any]) -> str:
    examples = field.get("examples", ())
    return f"`{json.dumps(examples[0], ensure_ascii=False)}`" if examples else ""
