"""Findings and reports as values."""

from __future__ import annotations

from greenalgo.findings import Finding, Report, Severity, by_severity


def test_a_finding_as_a_line() -> None:
    found = Finding("GA201", Severity.ERROR, "too high", file="a.yaml", line=3, column=7)
    assert str(found) == "a.yaml:3:7: error GA201: too high"
    assert str(Finding("GA201", Severity.NOTE, "too high")) == "note GA201: too high"
    assert found.docs.endswith("/rules/GA201")


def test_most_severe_first_then_by_place() -> None:
    note = Finding("GA302", Severity.NOTE, "n", line=1)
    late = Finding("GA201", Severity.ERROR, "e", line=9)
    early = Finding("GA202", Severity.ERROR, "e", line=2)
    warning = Finding("GA301", Severity.WARNING, "w", line=1)
    assert by_severity([note, late, warning, early]) == (early, late, warning, note)


def test_only_errors_make_a_report_invalid() -> None:
    warning = Finding("GA301", Severity.WARNING, "w")
    assert Report("a", (warning,)).valid
    assert not Report("a", (warning, Finding("GA201", Severity.ERROR, "e"))).valid
    assert not Report("a", unsupported=True).valid
    assert not Report("a", unreadable=True).valid


def test_severities_are_ordered_and_named() -> None:
    assert max(Severity) is Severity.ERROR
    assert [one.label for one in Severity] == ["note", "warning", "error"]
