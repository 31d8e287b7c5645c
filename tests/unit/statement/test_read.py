"""From a document to records: pointers, defaults, years, absences."""

from __future__ import annotations

from typing import Any

import pytest

from greenalgo.findings import escape
from greenalgo.statement import Quantity, from_document
from greenalgo.statement.quantity import Absent, read_quantity


def document(**run: Any) -> dict[str, Any]:
    base = {"id": "a", "phase": "training"} | run
    return {"spec_version": "1.0", "title": "T", "subject": {"name": "N"}, "runs": [base]}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (None, None),
        (0, Quantity(0, 0, 0, at="/x")),
        (1.5, Quantity(1.5, 1.5, 1.5, at="/x")),
        ({"value": 2}, Quantity(2, 2, 2, at="/x")),
        (
            {"value": 2, "upper": 3, "status": "metered", "source": "log"},
            Quantity(2, 2, 3, "metered", "log", "/x", has_status=True),
        ),
        ({"status": "not_assessed", "reason": "r"}, Absent("r", "/x")),
    ],
)
def test_a_quantity(node: Any, expected: Any) -> None:
    assert read_quantity(node, "/x") == expected


def test_defaults_of_a_run() -> None:
    [run] = from_document(document()).runs
    assert (run.outcome, run.repetitions, run.hardware, run.embodied) == ("reported", 1, (), ())
    assert (run.pue, run.water, run.work, run.part_of) == (None, None, None, "")


@pytest.mark.parametrize(
    ("more", "years"),
    [
        ({}, (0, 0)),
        ({"issued": "2023-01-02"}, (0, 2023)),
        ({"issued": "2023-01-02", "period": {"start": "2021-05", "end": "2022-01"}}, (2022, 2022)),
    ],
)
def test_the_date_of_the_statement_chooses_a_factor_and_judges_none(
    more: dict[str, Any], years: tuple[int, int]
) -> None:
    [run] = from_document(document() | more).runs
    assert (run.year, run.factor_year) == years


@pytest.mark.parametrize(
    ("kinds", "primary"),
    [
        (("cpu", "gpu", "memory", "accelerator"), ("gpu", "accelerator")),
        (("memory", "cpu", "node"), ("cpu",)),
        (("memory", "node"), ("node",)),
        (("memory", "storage"), ("memory", "storage")),
    ],
)
def test_whose_hours_device_hours_are(kinds: tuple[str, ...], primary: tuple[str, ...]) -> None:
    [run] = from_document(document(hardware=[{"kind": kind} for kind in kinds])).runs
    assert tuple(part.kind for part in run.primary) == primary


def test_figures_of_runs_inherit_the_boundary() -> None:
    data = document()
    data["reported"] = {
        "boundary": "it",
        "runs": {"a": {"hours": 1}, "b": {"hours": 1, "boundary": "facility"}},
        "per_functional_unit": [{"unit": "image", "energy_wh": 1}],
    }
    reported = from_document(data).reported
    assert reported.whole is None
    assert [block.boundary for block in reported.runs.values()] == ["it", "facility"]
    assert reported.per_unit[0].boundary == "it"
    assert reported.runs["a"].figures["hours"].at == "/reported/runs/a/hours"


def test_a_figure_that_was_not_assessed_is_no_figure() -> None:
    data = document()
    data["reported"] = {"energy_kwh": {"status": "not_assessed", "reason": "r"}, "hours": 2}
    whole = from_document(data).reported.whole
    assert whole is not None
    assert list(whole.figures) == ["hours"]


def test_pointers_are_escaped() -> None:
    assert escape("a/b~c") == "a~1b~0c"
