"""Text to LaTeX: it prints exactly the text, and does nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.errors import RenderError
from greenalgo.render import escape
from greenalgo.render.types import Name, Number, Raw


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("plain", "plain"),
        ("a_b & 5%", r"a\_b \& 5\%"),
        ("#{}~^\\", r"\#\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}"),
        ("$x$", r"$\mathdollar$x$\mathdollar$"),
        ("[x]*", r"{[}x{]}{*}"),
        ("^^5c", r"\textasciicircum{}\textasciicircum{}5c"),
        ("a--b", r"a-\kern0pt-b"),
        ("O'Brien''s", r"O'Brien'\kern0pt's"),
        ("a\n\t b", "a b"),
        ("CO₂e × 2", r"CO$_2$e $\times$ 2"),
        ("Zoë", r"Zo{\"{e}}"),
        ("naïve", r"na{\"{\i}}ve"),
        ("Ångström", r"\r{A}ngstr{\"{o}}m"),
        ("Łódź", r"{\L}{\'{o}}d{\'{z}}"),
        ("Şahin", r"{\c{S}}ahin"),
        ("αβ", r"$\alpha$$\beta$"),
        ("ώ", r"$\acute{\omega}$"),
        ("ΐ", r"$\acute{\ddot{\iota}}$"),
        ("Ό", r"{\'{O}}"),
        ("ﬁt", "fit"),
    ],
)
def test_text(source: str, expected: str) -> None:
    assert escape.text(source) == expected


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\x00", "\x1b", "\u00ad"]
)
def test_characters_that_hide_text_are_dropped(hidden: str) -> None:
    assert escape.text(f"a{hidden}b") == "ab"


@pytest.mark.parametrize(
    "name", ["Nguyễn", "Hậu", "Đặng", "Bảo", "ở", "Ổ", "Ằ", "ữ", "ą", "ș", "Þór", "ð"]
)
def test_names_that_need_stacking_have_a_native_form_and_a_drawn_one(name: str) -> None:
    written = escape.text(name)
    assert written.isascii()
    assert r"\ifdefined\Umathcode" in written
    assert r"\ifdefined" not in escape.bibtex(name)
    assert written.count("{") == written.count("}")
    # An \edef of a class (natbib's labels) must not meet an alignment or a size command.
    assert not re.search(r"\\ooalign|\\tiny|\\raisebox|fontencoding", written)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("中文", "U+4E2D"),
        ("Ж", "U+0416"),
        ("🌱", "U+1F331"),
        ("א", "U+05D0"),
        ("\ue000", "U+E000"),
        ("ŋ", "U+014B"),
    ],
)
def test_other_characters_are_refused_by_code_point(source: str, code: str) -> None:
    with pytest.raises(RenderError, match=re.escape(code)) as caught:
        escape.text(source, pointer="/runs/0/name")
    assert caught.value.pointer == "/runs/0/name"
    assert "latex_label" in caught.value.hint


@pytest.mark.parametrize("pointer", ["/title", "/functional_units/0/unit", "/runs/0/location", ""])
def test_a_label_is_not_advised_where_the_schema_has_none(pointer: str) -> None:
    with pytest.raises(RenderError, match="'4 × 昇'") as caught:
        escape.text("4\u00a0× 昇", pointer=pointer)
    assert caught.value.hint.startswith("write it in Latin or Greek letters")


def test_a_label_may_have_accents_and_letters() -> None:
    assert escape.label(r"Nguy\~{\^e}n") == r"{Nguy\~{\^e}n}"
    assert escape.label("8\u00a0×\u00a0" + r"\'A") == r"{8~$\times$~\'A}"
    assert escape.label(r"\L{}\'od\'z") == r"{\L{}\'od\'z}"
    assert escape.label("Zhongwen_1") == r"Zhongwen\_1"


@pytest.mark.parametrize(
    "bad",
    [
        r"\input{x}", r"\csname x\endcsname", r"a\\[2cm]", r"\'e} \def", r"{\'e", r"\write18{x}", r"\^^5c",
        r"\'e & x", r"\'e % x", r"\'e #1", r"\'$x$", r"\oe\relax", r"\'e_", "\\'e\n\n\\par", r"\uppercase{x}",
    ],
)  # fmt: skip
def test_a_label_may_hold_nothing_else(bad: str) -> None:
    with pytest.raises(RenderError, match="latex_label"):
        escape.label(bad)


def test_a_name_prefers_its_label() -> None:
    assert escape.finalize(Name("中文", "Zhongwen")) == "Zhongwen"


def test_a_long_word_of_a_name_may_break() -> None:
    assert r"\allowbreak{}" in escape.finalize(Name("a" * 40))
    assert r"\allowbreak{}" not in escape.finalize(Name("final-training"))
    assert escape.finalize(Name("meta_llama/Llama_3.1_405B")).count(r"\allowbreak{}") == 5


@pytest.mark.parametrize(
    ("digits", "expected"),
    [
        ("433\u2009196", r"433\,196"),
        ("480–870", "480{--}870"),
        ("2.4×10⁻⁹", r"$2.4\times10^{-9}$"),
        ("1×10¹² (0.9–1.1)", r"$1\times10^{12}$ (0.9{--}1.1)"),
        ("29.63\u00a0t", "29.63~t"),
        ("3\u00a0µJ", r"3~$\mu$J"),
    ],
)
def test_number(digits: str, expected: str) -> None:
    assert escape.finalize(Number(digits)) == expected


def test_siunitx_wraps_every_numeral() -> None:
    assert (
        escape.siunitx(Number("433\u2009196 (2.4×10⁻⁹–5)"))
        == r"\num{433196} (\num{2.4e-9}{--}\num{5})"
    )


@pytest.mark.parametrize("value", [1.5, None, True, ["x"], b"x"])
def test_what_has_no_type_of_ours_is_refused(value: object) -> None:
    with pytest.raises(RenderError):
        escape.finalize(value)


def test_raw_passes() -> None:
    assert escape.finalize(Raw(r"\alpha")) == r"\alpha"


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=["Cs"]), max_size=60))
def test_no_control_sequence_but_ours(source: str) -> None:
    try:
        written = escape.text(source)
    except RenderError:
        return
    assert written.isascii()
    allowed = (
        r"\\(textbackslash|textasciitilde|textasciicircum|textless|textgreater|textbar|textsuperscript|kern"
        r"|mathdollar|mathsection|mathparagraph|mathsterling|ifdefined|Umathcode|else|fi|char|leavevmode"
        r"|hbox|hss|raise|rlap|vrule|partial|ll|gg|pm|times|div|cdot|circ|mu|scriptscriptstyle"
        r"|lhook|prime|to|grave|acute|hat|tilde|bar|breve|dot|ddot|check|ss|ae|AE|oe|OE|aa|AA|i|j|l|L|o|O|u|v|H|c|d|b|r|k|dj|DJ|dh|DH|th|TH)(?![A-Za-z])"
    )
    rest = re.sub(allowed, "", written)
    rest = re.sub(r"\\[{}&#_%'`^~=.\",]", "", rest)
    assert "\\" not in rest
    assert written.count(r"\{") == source.count("{")
