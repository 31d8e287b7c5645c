"""The breakdown figure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.context import view as make
from greenalgo.render.figures import alt_text, bars, breakdown, what_is_drawn
from greenalgo.render.styles import style

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.render.context import View

ARTICLE = style("article")


def test_one_run_shows_its_components_and_the_whole(make_view: Callable[[str], View]) -> None:
    shown = bars(make_view("bloom"))
    assert [bar.label for bar in shown] == [
        "GPU: NVIDIA A100-SXM4-80GB", "Cooling and power supply", "Total",
    ]  # fmt: skip
    assert shown[1].total.number == pytest.approx(519835.2 - 433196)
    assert shown[2].co2e.number == pytest.approx(29630.6064)


def test_the_segments_of_a_bar_add_up_to_it(make_view: Callable[[str], View]) -> None:
    for bar in bars(make_view("project")):
        assert sum(size for _, size in bar.segments) == pytest.approx(bar.total.number)


def test_many_runs_are_grouped_by_phase_and_outcome(make_view: Callable[[str], View]) -> None:
    view = make_view("project")
    many = view._replace(runs=view.runs * 4)
    assert [bar.label for bar in bars(many)] == [
        "training, 4 runs", "training (failed), 4 runs", "hyper-parameter search (exploratory), 4 runs",
        "fine-tuning, 4 runs", "evaluation, 4 runs",
    ]  # fmt: skip
    one_more = many._replace(runs=(*many.runs, many.runs[0]._replace(phase="analysis")))
    assert bars(one_more)[-1].label == "analysis, 1 run"
    assert sum(bar.total.number for bar in bars(many)) == pytest.approx(
        4 * view.totals.energy.number
    )


@pytest.mark.parametrize("name", ["bloom", "project", "chip", "quote", "hostile"])
def test_bytes_are_the_same_every_time_and_type_is_embedded(
    make_view: Callable[[str], View], name: str
) -> None:
    first = breakdown(make_view(name), ARTICLE)
    assert first == breakdown(make_view(name), ARTICLE)
    assert first.startswith(b"%PDF")
    assert b"CreationDate" not in first
    assert b"/Type3" not in first
    assert b"/TrueType" in first or b"/CIDFontType2" in first


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_other_formats(make_view: Callable[[str], View], kind: str, start: bytes) -> None:
    made = breakdown(make_view("bloom"), ARTICLE, kind=kind)
    assert made.startswith(start)
    assert made == breakdown(make_view("bloom"), ARTICLE, kind=kind)
    assert not re.search(rb"20\d\d-\d\d-\d\dT", made)


def test_labels_of_authors_are_not_mathematics_and_may_be_transliterated(
    filled: Callable[[str], dict[str, Any]],
) -> None:
    document = filled("project")
    document["runs"][0].update(name="$x_1$ 最終", latex_label=r"Nguy\~{\^e}n")
    view = make(document, "")
    assert bars(view)[0].label == "Nguyễn"
    assert breakdown(view, ARTICLE).startswith(b"%PDF")


def test_width_is_the_columns(make_view: Callable[[str], View]) -> None:
    for where, points in (("column", 241.15), ("page", 356.0)):
        made = breakdown(make_view("bloom"), style("acm"), where=where, kind="svg")
        found = re.search(rb'width="([\d.]+)pt"', made)
        assert found
        assert float(found[1]) == pytest.approx(points * 72 / 72.27, rel=1e-3)


def test_alt_text_and_axis_say_what_is_drawn(make_view: Callable[[str], View]) -> None:
    assert "Total: 519.8\u00a0MWh" in alt_text(make_view("bloom"))
    assert what_is_drawn(make_view("chip")) == "IT energy"
    assert alt_text(make_view("quote")) == "No energy was assessed, so there is nothing to draw."
