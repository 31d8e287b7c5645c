from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from greenalgo.factors import FactorSet, open_set
from greenalgo.factors import sets as sets_module
from greenalgo.factors.diff import compare_sets

SET = Path(sets_module.__file__).parent / "sets" / "2026.11"


@pytest.fixture
def other(tmp_path: Path) -> FactorSet:
    """Return a set in which one value moved, one note changed, one row is new and one is gone."""
    copy = tmp_path / "2027.02"
    shutil.copytree(SET, copy)
    path = copy / "pue.csv"
    lines = path.read_text().splitlines(keepends=True)
    lines = [
        line.replace(",1.15,", ",1.265,", 1) if line.startswith("pue:aws:us-east-1:2025") else line
        for line in lines
    ]
    lines = [line for line in lines if not line.startswith("pue:aws:us-east-2:2025")]
    lines = [line.replace("global fleet", "the fleet") for line in lines]
    lines.append(lines[-1].replace("2025", "2099"))
    path.write_text("".join(lines))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["name"] = "2027.02"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return open_set(str(copy))


def test_a_set_does_not_differ_from_itself(factors: FactorSet) -> None:
    assert list(compare_sets(factors, factors)) == []


def test_rows_that_moved_came_and_went(factors: FactorSet, other: FactorSet) -> None:
    changes = {change.id: change for change in compare_sets(factors, other)}
    moved = changes["pue:aws:us-east-1:2025"]
    assert (moved.kind, moved.before, moved.after, moved.columns) == (
        "value",
        "1.15",
        "1.265",
        ("value",),
    )
    assert moved.relative == pytest.approx(0.1)
    assert changes["pue:aws:us-east-2:2025"].kind == "removed"
    assert changes["pue:world-average:2099"].kind == "added"
    fleet = changes["pue:aws:fleet:2025"]
    assert (fleet.kind, fleet.columns, fleet.relative) == ("text", ("note",), 0)
    assert {change.table for change in changes.values()} == {"pue"}
