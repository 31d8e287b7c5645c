"""Statements side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.comparison import compare, comparison_figure, comparison_table
from greenalgo.render.environment import environment, latex, render
from greenalgo.render.styles import style
from greenalgo.render.types import Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.render.context import View


def test_what_is_not_comparable_is_named(make_view: Callable[[str], View]) -> None:
    rows = compare(
        [make_view("bloom"), make_view("bloom"), make_view("project"), make_view("quote")]
    )
    assert [bool(row.differs) for row in rows] == [False, False, True, True]
    assert "level L2, not L1" in rows[2].differs
    assert (
        "covers evaluation, fine-tuning, hyper-parameter search and training, not training"
        in rows[2].differs
    )
    assert "no emissions can be computed from what it declares" in rows[3].differs


def test_the_table_has_both_columns_and_a_note_for_each_letter(
    make_view: Callable[[str], View],
) -> None:
    table = comparison_table(
        compare([make_view("bloom"), make_view("project"), make_view("quote")]), 60
    )
    assert [column.title for column in table.columns] == [
        "Computation", "Level", "CO₂e as reported (t)", "CO₂e harmonised (t)", "Energy harmonised (MWh)",
    ]  # fmt: skip
    first = [block.joined for block in table.blocks]
    assert first[0][0] == ("BLOOM-176B",)
    assert first[0][2] == ("24.69",)
    assert first[0][3] == ("29.63",)
    assert first[1][0] == ("Boreal-7B (a)",)
    assert first[2][3] == ("–",)
    assert len(table.notes) == 2


@pytest.mark.parametrize("count", [26, 27])
def test_more_than_a_page_holds_is_refused(make_view: Callable[[str], View], count: int) -> None:
    views = [make_view("bloom"), *(make_view("project") for _ in range(count))]
    with pytest.raises(
        RenderError, match=f"{count} statements beside yours are longer than a page"
    ):
        comparison_table(compare(views), 25)


@pytest.mark.parametrize("kind", ["pdf", "svg"])
def test_the_figure_is_deterministic_and_leaves_out_what_has_no_number(
    make_view: Callable[[str], View], kind: str
) -> None:
    rows = compare(
        [make_view("bloom"), make_view("project"), make_view("quote"), make_view("hostile")]
    )
    first = comparison_figure(rows, style("article"), kind=kind)
    assert first == comparison_figure(rows, style("article"), kind=kind)


def test_the_template_prints_the_notes(make_view: Callable[[str], View]) -> None:
    table = comparison_table(compare([make_view("bloom"), make_view("project")]), 34.5)
    keys = {"table": table, "tool": "greenalgo", "digest": "", "factor_set": ""}
    text = render(environment(latex()), "latex/comparison.tex.j2", keys)
    assert "\\raggedright\n(a) covers evaluation, fine-tuning, " in text
    assert "Boreal-7B (a) &" in text


def test_a_figure_with_the_pue_is_not_ranked_with_one_without(
    make_view: Callable[[str], View],
) -> None:
    first = make_view("bloom")
    bare = first._replace(quoted=first.quoted._replace(boundary="it"))
    whole = first._replace(quoted=first.quoted._replace(boundary="facility"))
    silent = first._replace(quoted=first.quoted._replace(boundary=""))
    words = "only one of them reports with the PUE"
    assert words in compare([bare, whole])[1].differs
    assert words in compare([whole, bare])[1].differs
    assert compare([bare, silent])[1].differs == compare([whole, whole])[1].differs == ()


def test_a_name_of_others_that_cannot_be_printed_is_written_as_code_points(
    make_view: Callable[[str], View],
) -> None:
    first = make_view("bloom")
    theirs = first._replace(subject=Name("日本-7B"))
    labelled = first._replace(subject=Name("日本", "Nippon"))
    names = [row.name for row in compare([first, theirs, labelled])]
    assert names == ["BLOOM-176B", "[U+65E5 U+672C]-7B", "日本"]
    assert names[2].latex == "Nippon"
    assert compare([theirs, first])[0].name == "日本-7B"  # the author can add a latex_label
