"""The script that writes the corpus: what it reads, merges, writes and leaves alone."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml

import encode_published as script

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = (
    "key,paper,model,phase,field,functional_unit,hardware,n_devices,device_hours,wall_hours,"
    "avg_power_W_per_device,power_basis,memory_GB,PUE,location,carbon_intensity_g_per_kWh,"
    "energy_includes_PUE,reported_energy,reported_co2e,reported_water,notes,evidence,evidence_type,"
    "imputed_fields"
)
ROW = (
    "a-model,OpenBA: a paper,A model 15B,training,NLP,whole job,A100-80GB,,38214,,400,TDP,,1.1,,385,"
    "y,17MWh,6.5t,,,secondary text: Table 4,primary,avg_power;PUE"
)


@pytest.mark.parametrize(
    ("text", "value", "half"),
    [
        ("85.7MWh", "85700", "50"),
        ("26lb", "11.79340162", "0.226796185"),
        ("0.10Wh", "0.0001", "0.000005"),
        ("1,921kL", "1921000", "500"),
    ],
)
def test_a_printed_figure_is_read_exactly(text: str, value: str, half: str) -> None:
    figure = script.printed(text)
    assert figure is not None
    assert figure.value == Decimal(value)
    assert figure.half == Decimal(half)


def test_nothing_printed_is_nothing() -> None:
    assert script.printed("") is None


def test_patches_reach_into_lists_and_null_deletes() -> None:
    base = {"runs": [{"id": "a", "pue": {"value": 1.2}, "hours": 3}], "tags": ["x"]}
    patch = {"runs": [{"pue": {"source": "Table 1"}, "hours": None}], "tags": ["y", "z"]}
    assert script.merge(base, patch) == {
        "runs": [{"id": "a", "pue": {"value": 1.2, "source": "Table 1"}}],
        "tags": ["y", "z"],
    }


def test_an_absence_replaces_a_quantity() -> None:
    absent = {"status": "not_assessed", "reason": "Not given."}
    assert script.merge({"pue": {"value": 1, "source": "x"}}, {"pue": absent}) == {"pue": absent}


def test_patterns_come_first_and_the_key_last() -> None:
    rows = {
        "a-*": {"set": {"phase": "x"}, "patch": {"note": "all"}},
        "a-1": {"patch": {"note": "one"}},
        "b-*": {"skip": "no"},
    }
    entry = script.recipe("a-1", rows)
    assert entry.columns == {"phase": "x"}
    assert entry.patch == {"note": "one"}
    assert entry.settings == {}


def test_two_patches_keep_the_nulls_that_delete() -> None:
    assert script.merge_patches({"a": {"b": 1}}, {"a": {"c": None}}) == {"a": {"b": 1, "c": None}}


def test_keys_are_ordered_and_the_note_is_last() -> None:
    assert list(script.ordered({"note": "n", "zeta": 1, "value": 2}, ["value", "note"])) == [
        "value",
        "zeta",
        "note",
    ]


def encode(folder: Path) -> str:
    table = folder / "published.csv"
    table.write_text(f"{COLUMNS}\n{ROW}\n", "utf-8")
    command = [sys.executable, script.__file__]
    return subprocess.run(
        [*command, "--from", str(table), "-o", str(folder)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_a_row_becomes_a_statement_and_the_same_bytes_again(tmp_path: Path) -> None:
    assert "1 written" in encode(tmp_path)
    path = tmp_path / "a-model.yaml"
    text = path.read_text("utf-8")
    document = yaml.safe_load(text)
    assert document["reported"]["energy_facility_kwh"] == 17000
    assert document["runs"][0]["hardware"][0]["power_w"]["status"] == "imputed"
    assert document["provenance"]["citation"] == "openba2023"
    assert "1 unchanged" in encode(tmp_path)
    assert path.read_text("utf-8") == text


def test_a_file_that_a_person_wrote_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a-model.yaml"
    path.write_text("title: mine\n", "utf-8")
    assert "1 kept, written by hand" in encode(tmp_path)
    assert path.read_text("utf-8") == "title: mine\n"
