"""Load, fill, judge: what programs call."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo import api
from greenalgo.errors import CannotCheckError, InvalidStatementError, UnsupportedVersionError

if TYPE_CHECKING:
    from pathlib import Path

DATA: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "T",
    "subject": {"name": "N"},
    "runs": [
        {
            "id": "a",
            "phase": "training",
            "hours": 10,
            "hardware": [{"kind": "gpu", "count": 8, "power_w": 300}],
            "location": {"country": "FRA"},
            "pue": 1.2,
            "carbon_intensity_g_per_kwh": 50,
        }
    ],
}
TEXT = b'spec_version: "1.0"\ntitle: T\nsubject: {name: N}\nruns: [{id: a, phase: training}]\n'


def test_load_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "footprint.yaml"
    path.write_bytes(TEXT)
    assert api.load(str(path)).data == api.loads(TEXT).data


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotCheckError, match="nowhere"):
        api.load(str(tmp_path / "nowhere.yaml"))


def test_a_text_that_is_no_yaml() -> None:
    with pytest.raises(InvalidStatementError) as caught:
        api.loads(b"runs: [", "broken.yaml")
    [found] = caught.value.findings
    assert str(found).startswith("broken.yaml:")


def test_fill_leaves_its_argument_alone() -> None:
    data = copy.deepcopy(DATA)
    filled = api.fill(data)
    assert data == DATA
    assert api.without_results(filled) == DATA
    # 8 x 10 h x 300 W = 24 kWh; x 1.2 x 50 g = 1.44 kg
    found = filled["results"]["totals"]
    assert found["energy_it_kwh"]["value"] == 24
    assert found["co2e_operational_kg"]["value"] == pytest.approx(1.44)


def test_fill_computes_beside_a_printed_figure_that_does_not_follow() -> None:
    filled = api.fill(DATA | {"reported": {"energy_it_kwh": 99}})
    assert filled["results"]["level"] == "L0"
    assert filled["results"]["totals"]["energy_it_kwh"]["value"] == 24


def test_fill_refuses_an_invalid_input() -> None:
    data = copy.deepcopy(DATA)
    data["runs"][0]["pue"] = 0.5
    with pytest.raises(InvalidStatementError) as caught:
        api.fill(data)
    assert [getattr(found, "code", "") for found in caught.value.findings] == ["GA401"]


def test_fill_refuses_a_gap_with_its_place() -> None:
    data = copy.deepcopy(DATA)
    del data["runs"][0]["hours"]
    with pytest.raises(InvalidStatementError) as caught:
        api.fill(data)
    [found] = caught.value.findings
    assert (getattr(found, "code", ""), getattr(found, "pointer", "")) == (
        "GA303",
        "/runs/0/hardware/0",
    )


def test_fill_document_places_findings() -> None:
    text = TEXT.replace(b"phase: training", b"phase: training, pue: 0.5")
    with pytest.raises(InvalidStatementError) as caught:
        api.fill_document(api.loads(text, "f.yaml"))
    assert str(caught.value.findings[0]).startswith("f.yaml:4:")


def test_a_newer_major_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError):
        api.fill(DATA | {"spec_version": "2.0"})
