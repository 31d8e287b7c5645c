"""Templates: strict keys, escaping by type, a place for every error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenalgo.errors import RenderError
from greenalgo.render.environment import environment, html_format, latex, markdown, plain, render
from greenalgo.render.types import Cite, Name, Number, Raw

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> str:
    (folder / "latex").mkdir()
    (folder / "latex" / "x.tex.j2").write_text(text, "utf-8")
    return str(folder)


def test_output_is_escaped_by_type(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "<< a >>|<< b >>|<< c >>|<< d >>|<< e >>|<< 3 >>"))
    keys = {
        "a": "x_y",
        "b": Number("1\u2009000"),
        "c": Raw(r"\x"),
        "d": Name("n_1"),
        "e": Cite(("k", "l")),
    }
    assert render(made, "latex/x.tex.j2", keys) == r"x\_y|1\,000|\x|n\_1|~\cite{k,l}|3"


def test_joined_cells_are_escaped_once(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "<< cells|row(' & ') >>"))
    assert render(made, "latex/x.tex.j2", {"cells": ("a&b", Number("1"))}) == r"a\&b & 1"


def test_a_missing_key_is_named_with_file_and_line(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "one\ntwo << nope >>\n"))
    with pytest.raises(RenderError, match=r"x\.tex\.j2:2: 'nope' is undefined") as caught:
        render(made, "latex/x.tex.j2", {})
    assert "templates.md" in caught.value.hint


def test_a_missing_attribute_is_named(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "\n\n<< n.colour >>"))
    with pytest.raises(RenderError, match=r"x\.tex\.j2:3: .*has no attribute 'colour'"):
        render(made, "latex/x.tex.j2", {"n": Name("x")})


def test_a_syntax_error_has_a_place(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "ok\n<% if %>"))
    with pytest.raises(RenderError, match=r"x\.tex\.j2:2: "):
        render(made, "latex/x.tex.j2", {})


def test_a_missing_template_is_named() -> None:
    with pytest.raises(RenderError, match="no template 'latex/none'"):
        render(environment(latex()), "latex/none", {})


def test_a_bare_float_does_not_print(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "<< x >>"))
    with pytest.raises(RenderError, match="float"):
        render(made, "latex/x.tex.j2", {"x": 0.1})


def test_a_template_cannot_reach_python(tmp_path: Path) -> None:
    made = environment(latex(), write(tmp_path, "<< ''.__class__.__mro__ >>"))
    with pytest.raises(RenderError):
        render(made, "latex/x.tex.j2", {})


def test_a_users_template_wins(tmp_path: Path) -> None:
    (tmp_path / "latex").mkdir()
    (tmp_path / "latex" / "header.tex.j2").write_text("% ours\n", "utf-8")
    made = environment(latex(), str(tmp_path))
    assert render(made, "latex/header.tex.j2", {}) == "% ours\n"


def test_other_formats_escape_their_own_specials() -> None:
    hostile = Name("<b> *x* | [y](z) _w_ & `c`")
    sentence = ("by ", hostile, " is ", Number("1\u2009000"), Cite(("b", "a")))
    order = {"a": 1, "b": 2}
    assert markdown(order).finalize(sentence) == (
        r"by \<b\> \*x\* \| \[y\](z) \_w\_ \& \`c\` is 1" "\u2009000 [1, 2]"
    )
    assert html_format(order).finalize(sentence) == (
        'by &lt;b&gt; *x* | [y](z) _w_ &amp; `c` is 1\u2009000 [<a href="#ref-a">1</a>, <a href="#ref-b">2</a>]'
    )
    assert plain(order).finalize(("a\x1b[31m", Cite(("a",)))) == "a[31m [1]"
