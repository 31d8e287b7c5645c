"""Tables fit a width: long cells break, columns go, type shrinks, in that order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.errors import RenderError
from greenalgo.render.layout import PAGE, Column, Row, fit, text_columns, text_width, wrap
from greenalgo.render.types import Name, Number

RUN = Column("run", ("Run",), "l", 0, 5.0)
ENERGY = Column("energy", ("Energy", "(kWh)"))
PLACE = Column("place", ("Place",), "l", 3, 5.0)


def row(run: str, energy: str = "433.2", place: str = "Finland") -> Row:
    return Row(((Name(run),), (Number(energy),), (Name(place),)))


def test_what_fits_stays_as_it_is() -> None:
    table = fit([RUN, ENERGY, PLACE], [row("train")], 40)
    assert table.header == (("", "Energy", ""), ("Run", "(kWh)", "Place"))
    assert table.blocks[0].lines == (("train", "433.2", "Finland"),)
    assert (table.dropped, table.size, table.spec) == ((), "", "@{}lrl@{}")
    assert not table.loose


def test_a_long_name_breaks_between_words() -> None:
    table = fit(
        [RUN, ENERGY],
        [
            row("a run with a very long name")._replace(
                cells=((Name("a run with a very long name"),), ("1",))
            )
        ],
        10,
    )
    names = [line[0] for line in table.blocks[0].lines]
    assert " ".join(names) == "a run with a very long name"
    assert len(names) > 1
    assert table.loose


def test_a_table_longer_than_a_page_is_divided_between_rows() -> None:
    rows = [Row(((Name("a run with a long name"),), (Number("1"),))) for _ in range(60)]
    table = fit([RUN, ENERGY], [*rows, Row((("Total",), (Number("60"),)), "total")], 10)
    assert all(len(block.lines) > 1 for block in table.blocks[:-1])
    assert len(table.parts) > 1
    assert tuple(block for part in table.parts for block in part.blocks) == table.blocks
    assert all(part.height <= PAGE and part.header == table.header for part in table.parts)
    short = table._replace(blocks=table.blocks[:3])
    assert short.parts == (short,)


def test_the_parts_of_a_table_are_about_as_long_as_each_other() -> None:
    table = fit([RUN, ENERGY], [row(f"r{at}") for at in range(33)], 30)
    assert [len(part.blocks) for part in table.parts] == [17, 16]
    low = table._replace(page=20.0)
    assert [len(part.blocks) for part in low.parts] == [11, 11, 11]
    assert all(part.height <= 20 for part in low.parts)
    assert len(table._replace(page=60.0).parts) == 1
    assert [len(part.blocks) for part in table._replace(page=1.0).parts] == [1] * 33


def test_a_column_that_does_not_fit_is_left_out_and_named() -> None:
    table = fit([RUN, ENERGY, PLACE], [row("train", place="Kajaani")], 11)
    assert table.dropped == ("place",)


def test_a_narrow_column_stays_though_a_wide_one_that_matters_more_goes() -> None:
    wide = Column("hardware", ("Hardware",), "l", 2, 20.0)
    cells = (*row("train").cells, (Name("8 × NVIDIA A100-SXM4-40GB of the cluster"),))
    table = fit([RUN, ENERGY, PLACE, wide], [Row(cells)], 14)
    assert [column.key for column in table.columns] == ["run", "energy", "place"]
    assert table.dropped == ("hardware",)


def test_named_columns_are_never_left_out() -> None:
    table = fit([RUN, ENERGY, PLACE], [row("train", place="Kajaani")], 11, fixed=True)
    assert (table.dropped, table.size) == ((), "small")
    with pytest.raises(RenderError, match=r"run, energy, place need .* em"):
        fit([RUN, ENERGY, PLACE], [row("train")], 5, fixed=True)


def test_type_shrinks_before_an_input_is_lost() -> None:
    rows = [row("train", place="Kajaani")]
    assert fit([RUN, ENERGY, PLACE], rows, 11, keep=True).size == "small"
    assert fit([RUN, ENERGY, PLACE], rows, 9, keep=True).dropped == ("place",)


def test_digits_are_never_broken() -> None:
    table = fit([RUN, ENERGY], [Row((("x",), (Number("1\u2009234\u2009567"),)))], 12)
    assert table.blocks[0].lines == (("x", "1\u2009234\u2009567"),)


@given(st.text(alphabet="abc -_/W", max_size=80), st.floats(3, 20))
def test_wrap_keeps_every_character_and_the_width(text: str, width: float) -> None:
    pieces = wrap(Name(text, pointer="/x"), width)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert all(text_width(piece) <= width or len(piece) == 1 for piece in pieces)
    assert all(isinstance(piece, Name) and piece.pointer == "/x" for piece in pieces)


def test_wrap_takes_a_plain_label_and_leaves_markup_alone() -> None:
    assert wrap(Name("中文中文中文中文", "Zhong wen"), 4.0) == ("Zhong", "wen")
    marked = Name("Nguyễn Văn Hậu", r"Nguy\~{\^e}n Van Hau")
    assert wrap(marked, 2.0) == (marked,)


def test_text_columns_line_up() -> None:
    table = fit([RUN, ENERGY], [Row((("a",), ("1",))), Row((("Total",), ("12",)), "total")], 30)
    assert text_columns(table) == (
        "       Energy", "Run     (kWh)", "-------------", "a           1", "-------------", "Total      12",
    )  # fmt: skip
