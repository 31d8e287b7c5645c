"""The tables behind "did you mean" name only fields and words that exist, and each slip once."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from greenalgo.schemas.load import load_schema
from greenalgo.validate import words

SCHEMA = load_schema("1.0")


def _collect(node: Any, key: str) -> set[str]:
    if isinstance(node, list):
        return set().union(*(_collect(child, key) for child in node))
    if not isinstance(node, dict):
        return set()
    return set(node.get(key, ())).union(*(_collect(child, key) for child in node.values()))


def test_every_suggested_field_is_one() -> None:
    fields = _collect({k: v for k, v in SCHEMA.items() if k != "examples"}, "properties")
    assert {meant for row in words.KEYS.values() for meant in row} <= fields


def test_every_suggested_word_is_one() -> None:
    assert {meant for row in words.VALUES.values() for meant in row} <= _collect(SCHEMA, "enum")


def test_a_slip_stands_in_one_line_and_in_normal_form() -> None:
    source = inspect.getsource(words)
    written = [word for line in source.splitlines() if "<-" in line and "meant" not in line
               for word in line.partition("<-")[2].split()]  # fmt: skip
    assert len(written) == len(words.KEYS) + len(words.VALUES)
    for word in (*words.KEYS, *words.VALUES, *words.COUNTRIES, *words.ADVICE):
        assert words.normal(word) == word


def test_country_codes_are_alpha_3() -> None:
    assert all(len(c) == 3 and c.isupper() and c.isascii() for c in words.COUNTRIES.values())


@pytest.mark.parametrize(
    ("field", "text", "size"),
    [
        ("co2e_kg", "t", 1000),
        ("co2e_kg", "lb", 0.45359237),
        ("energy_it_kwh", "MWh", 1000),
        ("energy_wh", "kWh", 1000),
        ("energy_j", "mJ", 1e-3),
        ("water_ml", "L", 1000),
        ("power_w", "kW", 1000),
        ("memory_gb", "TB", 1000),
        ("carbon_intensity_g_per_kwh", "kg/kWh", 1000),
        ("device_hours", "days", 24),
    ],
)
def test_units_are_multiples_of_the_field_s(field: str, text: str, size: float) -> None:
    table = next(table for ending, table in words.UNITS if field.endswith(ending))
    assert table[text] == pytest.approx(size, rel=1e-12)


@pytest.mark.parametrize(
    ("word", "stem", "unit"),
    [
        ("energy_it_kwh", "energyit", "kWh"),
        ("carbon_intensity_g_per_kwh", "carbonintensity", "g/kWh"),
        ("Power_kW", "power", "kW"),
        ("kwh", "kwh", ""),
        ("pue", "pue", ""),
    ],
)
def test_split_unit(word: str, stem: str, unit: str) -> None:
    assert words.split_unit(word) == (stem, unit)
