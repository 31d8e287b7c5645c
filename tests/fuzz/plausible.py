"""Documents that the schema accepts and nobody wrote, made from the schema itself.

Numbers are mostly of the size that their field's example has, texts are the schema's examples and some
hard ones, and run ids are few, so that references between the parts often lead somewhere.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import strategies as st

from greenalgo.schemas.load import load_schema
from greenalgo.schemas.walk import resolve

SCHEMA = load_schema()
IDS = ("a", "b", "final-training")
#: Names of printed figures, and one that is none.
FIGURES = ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg", "water_l", "nonsense")
#: Fields of an extension.
FOREIGN = ("hpc:queue", "x:y")
#: What authors write where any text may stand, and what looks like something else.
WORDS = (
    "NVIDIA A100-SXM4-80GB", "Intel Xeon E5-2630 v4", "A100", "google", "us-central1", "US-CA", "x",
    "Straße 7", "模型", "p\u0430ypal", "e\u0301", "\u202e", "\u00a0", "{{ x }}", "$(x)", "<b>", "a/b~c",
    "24.69 t", "1 %", "about 3-4 MWh", "0", "-", "#", "1e3", "NO", "1e999 kWh", "٣ kWh", "%", "\\input{x}",
)  # fmt: skip
#: Sizes that quantities have; in which field they land is left to chance.
SIZES = (
    0, 1e-300, 1e-12, 0.0001, 0.5, 0.63, 1, 1.0, 1.2, 2, 8, 57, 100, 250, 432, 475, 8760, 1082990,
    433196, 24690, 1e9, 2**53, 3.14e23, 1e300,
)  # fmt: skip
#: Fields of which most statements have most: without them nothing would be computed.
USUAL = frozenset(
    {"hardware", "hours", "device_hours", "count", "model", "power_w", "location", "country", "pue"}
    | {"carbon_intensity_g_per_kwh", "value", "reported"}
)
_NEVER = frozenset({"results", "$schema"})


def document(seed: int) -> dict[str, Any]:
    """Return a document of the newest version, without results; the same for the same seed."""
    made: dict[str, Any] = _Maker(Random(seed)).make(SCHEMA, "")  # noqa: S311 - no secret
    return {**made, "spec_version": "1.0"}


def documents() -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for documents.

    Hypothesis chooses the seed only: a statement takes hundreds of choices, and making a failing one
    smaller choice by choice takes minutes.
    """
    return st.integers(0, 2**32 - 1).map(document)


class _Maker:
    """Makes values for subschemas."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance

    def make(self, schema: dict[str, Any], name: str) -> Any:
        """Return a value that a subschema accepts."""
        examples = schema.get("examples", ())
        name = schema["$ref"].rpartition("/")[2] if "$ref" in schema else name
        schema = resolve(schema, SCHEMA["$defs"])
        if name == "run_id":
            return self._chance.choice(IDS)
        if "oneOf" in schema:
            branch = self._chance.choice(schema["oneOf"])
            return self.make({"examples": examples, **branch}, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._chance.choice(schema["enum"])
        kind = schema["type"]
        if kind == "object":
            return self._object(schema)
        if kind == "array":
            return self._array(schema)
        if kind == "boolean":
            return self._chance.random() < 0.5
        if kind == "string":
            return self._text(schema)
        return self._number(schema, examples, whole=kind == "integer")

    def _object(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "properties" not in schema:
            return self._open(schema)
        properties = {
            key: value for key, value in schema["properties"].items() if key not in _NEVER
        }
        needed = list(schema.get("required", ()))
        absent = False
        if "anyOf" in schema:  # a quantity has a value, or a reason why it has none
            absent = self._chance.random() < 0.2
            needed += schema["anyOf"][absent]["required"]
        keys = [
            key
            for key in properties
            if key in needed or self._chance.random() < (0.7 if key in USUAL else 0.12)
        ]
        least = schema.get("minProperties", 0)
        keys = keys if len(keys) >= least else list(properties)[:least]
        made = {key: self.make(properties[key], key) for key in keys}
        if absent:
            made["status"] = "not_assessed"
        elif "anyOf" in schema and made.get("status") == "not_assessed":
            made["status"] = "declared"
        return made

    def _open(self, schema: dict[str, Any]) -> dict[str, Any]:
        names = schema.get("propertyNames", {})
        pattern = resolve(names, SCHEMA["$defs"]).get("pattern", "")
        keys = FOREIGN if ":" in pattern else IDS if "A-Z" in pattern else FIGURES
        inner = schema.get("additionalProperties", {"type": "string"})
        chosen = self._chance.sample(keys, self._chance.randint(1, 2))
        return {key: self.make(inner, "") for key in chosen}

    def _array(self, schema: dict[str, Any]) -> list[Any]:
        least = max(schema.get("minItems", 0), 1)
        made = [
            self.make(schema["items"], "") for _ in range(self._chance.randint(least, least + 2))
        ]
        return list(dict.fromkeys(made)) if schema.get("uniqueItems") else made

    def _text(self, schema: dict[str, Any]) -> str:
        examples = list(schema.get("examples", ()))
        if "pattern" in schema or (examples and self._chance.random() < 0.6):
            return str(self._chance.choice(examples or IDS))
        text = self._chance.choice(WORDS)
        return text[: schema.get("maxLength", 1000)]

    def _number(self, schema: dict[str, Any], examples: Any, *, whole: bool) -> float:
        usual = [size for size in examples if isinstance(size, int | float)]
        sizes = usual if usual and self._chance.random() < 0.6 else [*SIZES, *usual]
        fitting = [size for size in sizes if self._fits(schema, size, whole=whole)]
        if not fitting:
            low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
            fitting = [low + 1 if whole or "maximum" not in schema else schema["maximum"]]
        size = self._chance.choice(fitting)
        if not whole and self._chance.random() < 0.2:
            bent = size * self._chance.choice((0.5, 0.999, 1.001, 1.02, 2, 1000))
            size = bent if self._fits(schema, bent, whole=False) else size
        return int(size) if whole else size

    @staticmethod
    def _fits(schema: dict[str, Any], size: float, *, whole: bool) -> bool:
        return (
            schema.get("minimum", size) <= size <= schema.get("maximum", size)
            and schema.get("exclusiveMinimum", -1) < size
            and size < schema.get("exclusiveMaximum", 1e308)
            and (not whole or (size % 1 == 0 and size <= 2**53))
            and (isinstance(size, float) or size <= 2**53)
        )
