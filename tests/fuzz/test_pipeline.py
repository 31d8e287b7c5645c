"""Whatever the schema accepts goes through everything: a verdict or an exception of ours, never a crash."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plausible import documents

from everyday import often
from greenalgo import api
from greenalgo.cli.derivation import derive
from greenalgo.errors import GreenalgoError, InvalidStatementError
from greenalgo.findings import Finding, Severity
from greenalgo.footprint import to_results
from greenalgo.render.badge import of_level, to_svg
from greenalgo.schemas.migrate import NEXT, migrate
from greenalgo.schemas.versions import accept
from greenalgo.sources.dump import to_yaml
from greenalgo.validate.rules.book import all_rules

ROOT = Path(__file__).parents[2]
CODES = {rule.code: rule for rule in all_rules()}
EVERYDAY = settings(
    max_examples=often(120),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
JUNK: list[Any] = [
    None, True, -1, 0, 1.5, 1e308, 2**53, 5e-324, "", "x", "1.0", "\u202e", "a" * 6000, [], [[]], {},
    {"value": 1}, {"value": -1}, {"status": "not_assessed"}, {"value": 1, "lower": 2, "upper": 0},
]  # fmt: skip


def check_finding(found: Finding, raw: bytes) -> None:
    assert found.code in CODES, found
    assert found.severity <= CODES[found.code].severity or found.severity == Severity.ERROR, found
    assert 1 <= found.line <= raw.count(b"\n") + 1, found
    assert found.column >= 1, found
    assert found.message, found
    for words in (found.message, found.expected, found.found, found.hint):
        # The reports make the rest harmless; a control character has no business in a statement.
        assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f]", words), (found, words)


def through(data: dict[str, Any], *, as_json: bool) -> api.Report:
    """Send a document through everything that a command does with one."""
    name = "a.json" if as_json else "a.yaml"
    raw = (json.dumps(data, indent=1) if as_json else to_yaml(data)).encode()
    report = api.check_bytes(raw, name)
    for found in report.findings:
        check_finding(found, raw)
    assert report.valid == bool(report.level)
    document = api.loads(raw, name)
    if not accept(document.data):
        return report
    case = api.make_case(document.data)
    results = to_results(case.footprint, case.factors, case.policy, report.level or "invalid")
    assert derive(document, results, case)
    total = None if case.footprint.gaps else results["totals"].get("co2e_operational_kg")
    assert to_svg(of_level(report.level, total))
    try:
        migrate(document.data, NEXT, tool="greenalgo 0.1.0")
        filled = api.fill_document(document)
    except GreenalgoError:
        return report
    assert accept(filled)
    again = api.check_bytes(to_yaml(filled).encode(), "filled.yaml")
    assert not [f for f in again.findings if f.pointer.startswith("/results")], again.findings
    return report


@EVERYDAY
@given(documents(), st.booleans())
def test_plausible_documents(data: dict[str, Any], as_json: bool) -> None:
    assert accept(data)
    report = through(data, as_json=as_json)
    assert not [found for found in report.findings if found.code[:3] in ("GA0", "GA1")]


@EVERYDAY
@given(
    documents(), st.lists(st.tuples(st.integers(0), st.sampled_from(JUNK)), min_size=1, max_size=3)
)
def test_documents_with_junk_in_them(data: dict[str, Any], junk: list[tuple[int, Any]]) -> None:
    for at, value in junk:
        places = list(_places(data))
        parent, key = places[at % len(places)]
        parent[key] = copy.deepcopy(value)
    through(data, as_json=False)


FILLED = [
    api.fill(data)
    for path in sorted((ROOT / "schema" / "statement" / "1.0" / "examples" / "pass").glob("*.yaml"))
    if not (data := api.load(str(path)).data).get("results")
    and not api.make_case(data).footprint.gaps
]


@EVERYDAY
@given(
    st.sampled_from(FILLED),
    st.lists(
        st.tuples(st.integers(0), st.sampled_from([*JUNK, 1e-300, 1e300])), min_size=1, max_size=3
    ),
)
def test_filled_documents_with_junk_in_them(
    filled: dict[str, Any], junk: list[tuple[int, Any]]
) -> None:
    data = copy.deepcopy(filled)
    for at, value in junk:
        places = list(_places(data["results"]))
        parent, key = places[at % len(places)]
        parent[key] = copy.deepcopy(value)
    through(data, as_json=True)


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Return every place of a document as what holds it and its key there."""
    if not isinstance(node, dict | list):
        return []
    items = list(node.items() if isinstance(node, dict) else enumerate(node))
    return [(node, key) for key, _ in items] + [
        place for _, child in items for place in _places(child)
    ]


def huge(**reported: Any) -> dict[str, Any]:
    """Return a statement whose energy is beyond every number, with a ratio to what it reports."""
    return {
        "spec_version": "1.0",
        "title": "Beyond numbers",
        "subject": {"name": "x"},
        "runs": [
            {
                "id": "a",
                "phase": "training",
                "hardware": [{"kind": "gpu", "count": 1, "power_w": 1e300}],
                "hours": 1e300,
                "pue": 1.2,
                "carbon_intensity_g_per_kwh": 57,
            }
        ],
        **({"reported": reported} if reported else {}),
    }


def test_a_result_beyond_every_number_is_refused() -> None:
    through(huge(), as_json=False)
    with pytest.raises(InvalidStatementError, match="larger than any number"):
        api.fill(huge())


def test_ratios_beyond_every_number() -> None:
    data = huge(energy_it_kwh=1e-300)
    data["runs"][0] |= {"hours": 1, "pue": 1e300, "energy_it_kwh": 1e-300}
    data["runs"][0]["hardware"][0]["power_w"] = 1e-300
    for figure in ("energy_it_kwh", "energy_facility_kwh", "co2e_operational_kg"):
        for value in (1e-300, 1e300, 0):
            through({**data, "reported": {"boundary": "it", figure: value}}, as_json=False)


@pytest.mark.parametrize("co2e", [0, 1e-320])
@pytest.mark.parametrize("intensity", [0, 57])
def test_reported_emissions_of_nothing(co2e: float, intensity: float) -> None:
    data = huge(energy_it_kwh=1000, co2e_operational_kg=co2e)
    data["runs"][0] |= {"hours": 1, "carbon_intensity_g_per_kwh": intensity}
    through(data, as_json=True)


def test_printed_powers_of_ten_beyond_every_number() -> None:
    for text in ("1e999 kWh", "1e-999 kWh", f"{'9' * 190}e240 kWh", "5 x 10^400 kWh"):
        printed = {"energy_it_kwh": 1, "as_printed": {"energy_it_kwh": text}}
        through(huge(**printed), as_json=False)
