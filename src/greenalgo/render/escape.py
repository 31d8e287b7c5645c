r"""Text to LaTeX that says exactly that text, in every engine and font encoding.

The output is ASCII and needs no package: it compiles with pdfLaTeX in OT1 and T1 and with LuaLaTeX and
XeLaTeX. What cannot be set so is refused by code point, never replaced by a question mark.

Ways in that are closed (each was seen to work on some generator): the ten specials; ``[`` and ``*``
after ``\\``, which read them as their own argument; ``^^5c``, which TeX reads as a backslash before it
looks at anything else; ligatures that change a name (``--``, ``?```, ``,,``); control, bidirectional
and zero-width characters, which hide text from the reader of the source.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexencode import get_builtin_uni2latex_dict

from greenalgo.errors import RenderError
from greenalgo.render.types import Name, Number, Raw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# `\$`, `\S` and `\dag` come from TS1 since LaTeX 2020, as bitmaps where no cm-super is installed; the signs of
# mathematics do not.
_ASCII: Mapping[str, str] = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"$\mathdollar$", "&": r"\&", "#": r"\#", "_": r"\_",
    "%": r"\%", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", '"': "{''}", "`": r"{\kern0pt`}", "[": "{[}", "]": "{]}", "*": "{*}",
}  # fmt: skip

_SYMBOLS: Mapping[str, str] = {
    "\u200b": r"\allowbreak{}",
    "\u00a0": "~", "\u2009": r"\,", "\u202f": r"\,", "\u2010": "-", "\u2011": "-", "\u2013": "{--}",
    "\u2014": "{---}", "\u2018": "{`}", "\u2019": "{'}", "\u201c": "{``}", "\u201d": "{''}", "\u201e": "{,,}",
    "\u201a": "{,}", "«": r"$\ll$", "»": r"$\gg$", "…": r"\dots{}", "§": r"$\mathsection$", "¶": r"$\mathparagraph$",
    "†": r"$\dagger$",
    "‡": r"$\ddagger$", "©": "(c)", "®": r"\textsuperscript{R}", "™": r"\textsuperscript{TM}",
    "£": r"$\mathsterling$", "€": "EUR", "°": r"$^\circ$", "¡": r"{!`}", "¿": r"{?`}",
    "¼": "1/4", "½": "1/2", "¾": "3/4",
    "\u2212": "$-$", "±": r"$\pm$", "×": r"$\times$", "÷": r"$\div$", "·": r"$\cdot$", "•": r"$\bullet$",
    "≈": r"$\approx$", "≤": r"$\leq$", "≥": r"$\geq$", "≠": r"$\neq$", "∞": r"$\infty$", "→": r"$\to$",
    "←": r"$\leftarrow$", "√": r"$\surd$", "∼": r"$\sim$", "µ": r"$\mu$", "Ω": r"$\Omega$", "Å": r"\r{A}",
    "ß": r"{\ss}", "æ": r"{\ae}", "Æ": r"{\AE}", "œ": r"{\oe}", "Œ": r"{\OE}", "ø": r"{\o}", "Ø": r"{\O}",
    "ł": r"{\l}", "Ł": r"{\L}", "ı": r"{\i}", "ﬁ": "fi", "ﬂ": "fl", "ª": "$^a$", "º": "$^o$",
    "⁻": "$^{-}$", "⁺": "$^{+}$",
    **{sup: f"$^{n}$" for n, sup in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
    **{sub: f"$_{n}$" for n, sub in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip

# Letters that OT1 does not have: native in the Unicode engines, put together elsewhere. Taking them from
# T1 would bring bitmap fonts into a paper, and microtype then stops.
_DRAWN: Mapping[str, tuple[str, str]] = {
    "đ": (r"\dj", r"d\kern-.3em\raise1.17ex\hbox{\vrule height.045em width.3em}"),
    "Đ": (r"\DJ", r"\rlap{\kern.02em\raise.74ex\hbox{\vrule height.045em width.3em}}D"),
    "ð": (r"\dh", r"\rlap{\kern.12em\raise1.25ex\hbox{\vrule height.045em width.3em}}$\partial$"),
    "þ": (r"\th", r"\rlap{l}p"),
    "Þ": (r"\TH", r"\rlap{\raise-.2ex\hbox{P}}I\kern.32em"),
}

_TEXT_ACCENTS: Mapping[str, str] = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=", "\u0306": r"\u",
    "\u0307": r"\.", "\u0308": r"\"", "\u030a": r"\r", "\u030b": r"\H", "\u030c": r"\v",
}  # fmt: skip
# What is drawn (Vietnamese, mostly) takes the accents of mathematics: they stack; biber leaves them alone,
# where it turns the commands of text into characters that pdfLaTeX lacks; and a class may expand them, as
# natbib does with the authors of an author-year label.
_SIGNS: Mapping[str, str] = {
    "\u0300": r"\grave", "\u0301": r"\acute", "\u0302": r"\hat", "\u0303": r"\tilde", "\u0304": r"\bar",
    "\u0306": r"\breve", "\u0307": r"\dot", "\u0308": r"\ddot", "\u030c": r"\check",
}  # fmt: skip
_CEDILLA, _HORN, _HOOK = "\u0327", "\u031b", "\u0309"
# Signs under a letter: dot, comma, ogonek.
_UNDER: Mapping[str, tuple[str, str]] = {
    "\u0323": ("-.5ex", "."),
    "\u0326": ("-.45ex", r"$\scriptscriptstyle,$"),
    "\u0328": ("-.42ex", r"\kern.15em$\scriptscriptstyle\lhook$"),
}
_MATH_ACCENTS: Mapping[str, str] = {"\u0301": r"\acute", "\u0308": r"\ddot"}

_LABEL = re.compile(
    r"""(?P<accent>\\(?:['`^"~=.]|(?:[uvHcdbrkt]|[ij]|[lLoO]|ss|ae|AE|oe|OE|aa|AA|dj|DJ|dh|DH|th|TH)(?![A-Za-z])))"""
    r"""|(?P<plain>[A-Za-z0-9 \u00a0.,:;()/+=!?@×'{}-]+?)|(?P<other>\\.|.)""",
    re.DOTALL,
)
#: Names that may have a ``latex_label`` beside them.
_LABELLED = re.compile(
    r"/subject/name|/authors/\d+/name|/runs/\d+/(name|id)|/runs/\d+/hardware/\d+/model"
)
# A zero-width space is dropped from what authors write, so it can stand for a break here.
_BREAK = "\u200b"
_LONGEST = 16
_NUMBER = re.compile(r"(?P<digits>[\d.]+)×10(?P<sign>⁻?)(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)")
_NUMERAL = re.compile(r"(?P<digits>\d[\d.\u2009]*)(?:×10(?P<power>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
_SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def text(value: str, *, pointer: str = "") -> Raw:
    """Escape a string for LaTeX.

    White space collapses to one space; control and format characters (bidirectional overrides,
    zero-width spaces, soft hyphens) are dropped.

    Args:
        value: Anything that an author wrote.
        pointer: Where it stands in the statement, for the error.

    Returns:
        ASCII that prints ``value`` and does nothing else.

    Raises:
        RenderError: A character has no form that every engine prints (Chinese, Cyrillic, emoji…).
    """
    if value.isascii() and value.isalnum():
        return Raw(value)
    return Raw(_escape(clean(value), pointer))


def printable(value: str) -> str:
    """Write what :func:`text` refuses as code points: ``[U+65E5 U+672C]``."""
    if value.isascii() or isinstance(value, Number):
        return value
    return with_code_points(_clusters(unicodedata.normalize("NFC", clean(value))), _is_known)


def with_code_points(clusters: Iterable[str], is_known: Callable[[str], bool]) -> str:
    """Join characters, those that are not known as code points in brackets."""
    parts = []
    for known, group in groupby(clusters, is_known):
        plain = "".join(group)
        points = " ".join(f"U+{ord(char):04X}" for char in plain)
        parts.append(plain if known else f"[{points}]")
    return "".join(parts)


def _is_known(cluster: str) -> bool:
    try:
        _cluster(cluster, cluster, "", native=True)
    except RenderError:
        return False
    return True


def label(value: str, *, pointer: str = "") -> Raw:
    r"""Check a ``latex_label``: plain text, or text with accents and letters such as ``Nguy\~{\^e}n``.

    Args:
        value: The label.
        pointer: Where it stands in the statement, for the error.

    Returns:
        The label as it stands; escaped, where it has no backslash.

    Raises:
        RenderError: It holds anything but accents, letters and balanced braces: a label is a name, and a
            command in it would run in the reader's LaTeX.
    """
    if "\\" not in value:
        return text(value, pointer=pointer)
    depth = 0
    for token in _LABEL.finditer(value):
        depth += {"{": 1, "}": -1}.get(token[0], 0)
        if token.lastgroup == "other" or depth < 0:
            raise RenderError(
                f"'{token[0]}' is not allowed in the latex_label '{clean(value)}'",
                pointer=pointer,
                hint=r"use letters, digits, braces, accents (\'e, \~{\^e}) and letters (\o, \ss, \L) only",
            )
    if depth:
        raise RenderError(
            f"the braces of the latex_label '{clean(value)}' do not match", pointer=pointer
        )
    return Raw("{" + value.replace("×", r"$\times$").replace("\u00a0", "~") + "}")


def readable(value: Name) -> str:
    """Write a name for output that is not LaTeX but has LaTeX's letters: a figure's labels."""
    if not value.latex:
        return clean(value)
    return str(LatexNodes2Text().latex_to_text(value.latex)) if "\\" in value.latex else value.latex


def clean(value: str) -> str:
    """Drop control and format characters and collapse white space, in any output format."""
    spaced = "".join(
        " " if char.isspace() and char not in "\u00a0\u2009\u202f" else char for char in value
    )
    visible = (char for char in spaced if unicodedata.category(char) not in {"Cc", "Cf"})
    return re.sub(" +", " ", "".join(visible))


def name(value: Name) -> Raw:
    """Escape a name, or take its ``latex_label``; a long word may break, so that no line is overfull."""
    if value.latex:
        return label(value.latex, pointer=value.pointer)
    words = (_breakable(word) for word in clean(value).strip().split(" "))
    return Raw(_escape(" ".join(words), value.pointer))


def _breakable(word: str) -> str:
    """Mark where a word longer than :data:`_LONGEST` may break: after a separator, or anywhere."""
    if len(word) <= _LONGEST:
        return word
    marked = re.sub(r"(?<=[_/.:=,;])(?=.)", _BREAK, word)
    return _BREAK.join(
        _BREAK.join(piece[at : at + _LONGEST] for at in range(0, len(piece), _LONGEST))
        for piece in marked.split(_BREAK)
    )


def number(value: Number) -> Raw:
    r"""Write rounded digits for LaTeX: ``433\,196``, ``$2.4\times10^{-9}$``, ``480--560``."""
    parts: list[str] = []
    start = 0
    for match in _NUMBER.finditer(value):
        parts.append(_escape(value[start : match.start()], ""))
        sign = "-" if match["sign"] else ""
        power = match["power"].translate(_SUPERSCRIPT)
        parts.append(rf"${match['digits']}\times10^{{{sign}{power}}}$")
        start = match.end()
    parts.append(_escape(value[start:], ""))
    return Raw("".join(parts))


def siunitx(value: Number) -> Raw:
    r"""Write rounded digits with siunitx: every numeral becomes ``\num{}``, which the paper sets up."""
    parts: list[str] = []
    start = 0
    for match in _NUMERAL.finditer(value):
        parts.append(_escape(value[start : match.start()], ""))
        digits = match["digits"].replace("\u2009", "")
        power = (match["power"] or "").translate(_SUPERSCRIPT)
        parts.append(rf"\num{{{digits}{f'e{power}' if power else ''}}}")
        start = match.end()
    parts.append(_escape(value[start:], ""))
    return Raw("".join(parts))


def finalize(value: object) -> Raw:
    """Escape what a template prints, by its type.

    Args:
        value: ``Raw`` passes, ``Number`` is set as digits, other text is escaped, an integer is written.

    Raises:
        RenderError: A template prints something else. A bare float is such a thing: it would print 16
            digits, so it has to go through :mod:`greenalgo.render.numbers` first.
    """
    if isinstance(value, Raw):
        return value
    if isinstance(value, Number):
        return number(value)
    if isinstance(value, Name):
        return name(value)
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Raw(str(value))
    raise RenderError(
        f"a template prints a {type(value).__name__}: text, a rounded number or an integer is expected",
        hint="print one of the documented keys (docs/reference/templates.md)",
    )


def bibtex(value: str, *, pointer: str = "") -> Raw:
    r"""Escape a string for the value of a BibTeX field: as :func:`text`, with every part braced.

    BibTeX counts braces before TeX sees them, so an unbalanced ``\{`` would end the entry.
    """
    # BibTeX cuts a label at 500 characters, so a letter takes no more than one form here.
    escaped = _escape(clean(value).strip(), pointer, native=False)
    return Raw(escaped.replace(r"\{", r"{\textbraceleft}").replace(r"\}", r"{\textbraceright}"))


def _escape(plain: str, pointer: str, *, native: bool = True) -> str:
    parts: list[str] = []
    before = ""
    for cluster in _clusters(unicodedata.normalize("NFC", plain)):
        if cluster == before and cluster in "-',":
            parts.append(r"\kern0pt")  # "--" is two hyphens in a name, not a dash
        parts.append(_cluster(cluster, plain, pointer, native=native))
        before = cluster
    return "".join(parts)


def _clusters(value: str) -> list[str]:
    """Split into characters with the combining marks that follow them, decomposed."""
    clusters: list[str] = []
    for char in value:
        if unicodedata.combining(char) and clusters:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _cluster(cluster: str, whole: str, pointer: str, *, native: bool) -> str:
    if cluster in _ASCII:
        return _ASCII[cluster]
    if cluster in _SYMBOLS:
        return _SYMBOLS[cluster]
    if cluster in _DRAWN:
        letter, drawn = _DRAWN[cluster]
        return (
            _either(letter, rf"\leavevmode\hbox{{{drawn}}}") if native else rf"{{\hbox{{{drawn}}}}}"
        )
    if cluster.isascii():
        return cluster
    decomposed = unicodedata.normalize("NFD", cluster)
    written = _accented(decomposed[0], decomposed[1:])
    if written is None:
        raise _refusal(cluster, whole, pointer)
    if native and r"\hbox" in written and len(cluster) == 1:
        # By decimal code point: the double quote of TeX's hexadecimal is a command in babel's German.
        return _either(rf"\char{ord(cluster)} ", written)
    return written


def _either(native: str, drawn: str) -> str:
    """Print a letter natively where the engine knows Unicode, put together otherwise."""
    return rf"{{\ifdefined\Umathcode{native}\else{drawn}\fi}}"


def _accented(base: str, marks: str) -> str | None:
    """Write a letter with its marks, or return None where no engine-independent form exists."""
    if "GREEK" in unicodedata.name(base, ""):
        written = get_builtin_uni2latex_dict().get(ord(base), "")
        if written.startswith(r"\ensuremath{"):
            inner = written.removeprefix(r"\ensuremath{").removesuffix("}")
            for mark in marks:
                if mark not in _MATH_ACCENTS:
                    return None
                inner = f"{_MATH_ACCENTS[mark]}{{{inner}}}"
            return f"${inner}$"
        base = written
    if not (len(base) == 1 and base.isascii() and base.isalpha()):
        letter = _SYMBOLS.get(base, "")
        return _latin(letter[1:-1], marks) if letter.startswith("{\\") and marks else None
    return _latin(base, marks)


def _latin(letter: str, marks: str) -> str | None:
    """Put marks on a Latin letter: one accent by its command, all else drawn."""
    if len(marks) == 1 and marks in _TEXT_ACCENTS:
        return f"{{{_TEXT_ACCENTS[marks]}{{{_dotless(letter)}}}}}"
    if marks == _CEDILLA:
        return rf"{{\c{{{letter}}}}}"
    above = [mark for mark in marks if mark in _SIGNS or mark == _HOOK]
    if any(mark not in above and mark not in _UNDER and mark != _HORN for mark in marks):
        return None
    drawn = rf"\hbox{{{_dotless(letter) if above else letter}}}"
    wide = ".75em" if letter.isupper() else ".5em"
    for mark in above:
        if mark in _SIGNS:
            drawn = f"{_SIGNS[mark]}{{{drawn}}}"
    drawn = f"${drawn}$" if any(mark in _SIGNS for mark in above) else drawn
    for mark in marks:
        if mark in _UNDER:
            lift, sign = _UNDER[mark]
        elif mark == _HOOK:
            lift = (".95ex", "1.5ex", "1.6ex", "2.2ex")[2 * (len(above) - 1) + letter.isupper()]
            sign = r"$\scriptscriptstyle?$"
        else:
            continue
        drawn = rf"\rlap{{\raise{lift}\hbox to{wide}{{\hss{sign}\hss}}}}{drawn}"
    if _HORN in marks:
        drawn += rf"\kern-.04em\raise{'.8ex' if letter.isupper() else '.4ex'}\hbox{{$\scriptscriptstyle\prime$}}"
    return rf"{{\leavevmode{drawn}}}"


def _dotless(letter: str) -> str:
    return rf"\{letter}" if letter in {"i", "j"} else letter


def _refusal(cluster: str, whole: str, pointer: str) -> RenderError:
    names = ", ".join(f"U+{ord(char):04X} {unicodedata.name(char, 'unnamed')}" for char in cluster)
    shown, hint = clean(whole).replace("\u00a0", " "), "write it in Latin or Greek letters"
    if _LABELLED.fullmatch(pointer):
        hint = "add `latex_label` beside it, with the text to print in LaTeX"
    return RenderError(
        f"'{shown}' has a character that LaTeX cannot print in every engine: {names}",
        pointer=pointer,
        hint=f"{hint} (a transliteration, say)",
    )
