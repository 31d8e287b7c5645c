"""The corpus as a court: the verdict on every statement is the one that its facts call for.

``expectations.csv`` has a line for every statement, or for every finding where it has some:

* ``key`` and ``check_status``: the row of the table of facts, and whether its printed figures follow
  from its printed inputs, worked out by hand before any rule existed;
* ``code``, ``pointer``, ``size``: the finding that must be raised; empty where there must be none;
* ``recomputed_over_printed``: the size again, from the table and not from greenalgo.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from greenalgo import api

HERE = Path(__file__).parent
STATEMENTS = HERE.parents[1] / "registry" / "statements"
with (HERE / "expectations.csv").open(encoding="utf-8", newline="") as table:
    LINES = list(csv.DictReader(table))
BY_STATEMENT: dict[str, list[dict[str, str]]] = defaultdict(list)
for line in LINES:
    BY_STATEMENT[line["statement"]].append(line)
FOUND = [line for line in LINES if line["code"]]
MEASURED = [line for line in FOUND if line["recomputed_over_printed"]]


@cache
def findings(statement: str) -> tuple[api.Finding, ...]:
    report = api.check_path(str(STATEMENTS / f"{statement}.yaml"))
    return tuple(found for found in report.findings if found.severity > api.Severity.NOTE)


def name(line: dict[str, str]) -> str:
    return f"{line['statement']}{line['pointer']}"


def test_every_statement_is_judged() -> None:
    assert set(BY_STATEMENT) == {path.stem for path in STATEMENTS.glob("*.yaml")}


@pytest.mark.parametrize("statement", BY_STATEMENT)
def test_the_arithmetic_is_judged_as_expected(statement: str) -> None:
    found = {(f.code, f.pointer) for f in findings(statement) if f.code.startswith("GA2")}
    wanted = {
        (line["code"], line["pointer"])
        for line in BY_STATEMENT[statement]
        if line["code"].startswith("GA2")
    }
    assert found == wanted


@pytest.mark.parametrize("line", FOUND, ids=name)
def test_the_finding_names_its_size(line: dict[str, str]) -> None:
    messages = [
        f.message
        for f in findings(line["statement"])
        if (f.code, f.pointer) == (line["code"], line["pointer"])
    ]
    assert len(messages) == 1
    assert line["size"] in messages[0]


@pytest.mark.parametrize("line", MEASURED, ids=name)
def test_the_size_is_that_of_the_table(line: dict[str, str]) -> None:
    found = next(f for f in findings(line["statement"]) if f.pointer == line["pointer"])
    ratio = float(found.expected.replace(",", "")) / float(found.found.replace(",", ""))
    assert ratio == pytest.approx(float(line["recomputed_over_printed"]), rel=0.01)


@pytest.mark.parametrize("statement", BY_STATEMENT)
def test_inconsistent_rows_fail_and_consistent_ones_pass(statement: str) -> None:
    status = BY_STATEMENT[statement][0]["check_status"]
    errors = [
        str(f)
        for f in findings(statement)
        if f.code.startswith("GA2") and f.severity == api.Severity.ERROR
    ]
    if status.startswith("inconsistent"):
        assert errors
    elif status.startswith("consistent"):
        assert errors == []
