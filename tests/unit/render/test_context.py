"""The view of a filled statement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.context import (
    CONTEXT_VERSION,
    Factor,
    Part,
    Partial,
    PerUnit,
    Run,
    View,
    view,
)
from greenalgo.render.reported import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


def test_an_unfilled_statement_is_refused(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    del document["results"]
    with pytest.raises(RenderError, match="no results") as caught:
        view(document, "")
    assert "greenalgo fill" in caught.value.hint


def test_what_was_used_wins_over_what_was_declared(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    inputs = document["results"]["runs"]["final-training"]["energy_facility_kwh"]["trace"]["inputs"]
    inputs[1].update(value=1.3, lower=1.3, upper=1.3, status="default")
    assert view(document, "").runs[0].pue[1:5] == (1.3, 1.3, 1.3, "default")


def test_declared_inputs_show_where_nothing_was_computed(
    filled: Callable[[str], dict[str, Any]],
) -> None:
    document = filled("bloom")
    document["results"]["runs"] = {}
    run = view(document, "").runs[0]
    assert run.pue.number == 1.2
    assert run.carbon_intensity.number == 57
    assert not run.energy.assessed


def test_absence_keeps_its_reason(make_view: Callable[[str], View]) -> None:
    water = make_view("bloom").totals.water
    assert (water.assessed, water.reason) == (False, "no WUE is declared")
    assert water.text() == "not assessed"


def test_defaults_are_listed_once(make_view: Callable[[str], View]) -> None:
    listed = [(name, amount.number) for name, amount in make_view("project").defaults]
    assert listed == [("PUE", 1.56)]


def test_a_name_carries_its_label_and_place(filled: Callable[[str], dict[str, Any]]) -> None:
    document = filled("bloom")
    document["runs"][0].update(name="最終学習", latex_label="Saishu gakushu")
    name = view(document, "").runs[0].name
    assert (name, name.latex, name.pointer) == ("最終学習", "Saishu gakushu", "/runs/0/name")


def test_the_version_of_the_keys_is_there(make_view: Callable[[str], View]) -> None:
    assert make_view("bloom").version == CONTEXT_VERSION == "1"


def test_every_key_is_documented() -> None:
    page = (ROOT / "docs" / "reference" / "templates.md").read_text("utf-8")
    for kind in (View, Run, Part, Partial, PerUnit, Factor):
        names = {name for name in dir(kind) if not name.startswith("_")} - {"count", "index"}
        assert {name for name in names if f"`{name}`" not in page} == set(), kind.__name__


def test_quoted_figures_are_in_base_units(make_view: Callable[[str], View]) -> None:
    figures = make_view("quote").quoted.figures
    first = figures[0]
    assert (first.of, first.what, first.printed) == (
        "per median text prompt",
        "Energy",
        "0.24 Wh",
    )
    assert figures[0].amount.number == pytest.approx(0.00024)
    assert figures[3].amount.number == pytest.approx(2.4e-9 / 3.6e6)


@pytest.mark.parametrize(
    ("basis", "words"), [("market", "Market-based CO₂e"), ("net", "Net CO₂e"), ("location", "CO₂e")]
)
def test_a_quoted_figure_says_its_carbon_basis(basis: str, words: str) -> None:
    row = {"unit": "prompt", "run": "r", "co2e_g": 0.03, "co2e_basis": basis}
    found = quoted({"runs": [{"id": "r"}], "reported": {"per_functional_unit": [row]}})
    assert [figure.what for figure in found.figures] == [words]


def test_a_part_says_what_its_power_is_of(filled: Callable[[str], dict[str, Any]]) -> None:
    statement = filled("bloom")
    statement["runs"][0]["hardware"][0] |= {
        "power_scope": "node",
        "count": 48,
        "devices_per_node": 8,
    }
    [part] = view(statement, "").runs[0].parts
    assert (part.power_scope, part.number) == ("node", 384)


def test_only_the_quote_is_not_assessed(make_view: Callable[[str], View]) -> None:
    assert {name: make_view(name).assessed for name in ("bloom", "project", "chip", "quote")} == {
        "bloom": True, "project": True, "chip": True, "quote": False,
    }  # fmt: skip
