r"""Venues: how wide their columns are, how they cite, and a preamble for a preview.

Widths were read from the classes with ``\typeout{\the\columnwidth}`` (TeX Live 2022); those of NeurIPS,
ICML and ACL from their style files' ``geometry`` (5.5 in; 3.25 in of 6.75 in; 7.7 cm of 16 cm), which are
not in TeX Live: their previews use ``article`` set to the same measures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import RenderError
from greenalgo.render.layout import PAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Points in an inch, as TeX counts them.
POINTS_PER_INCH = 72.27


class Style(NamedTuple):
    r"""A venue.

    Attributes:
        name: What ``--style`` takes.
        column_pt: Width of a column of text, in TeX points.
        page_pt: Width of the page's text block.
        font_pt: Size of the text.
        cite: The citation command for a citation in brackets.
        document_class: The class and its options, for the preview.
        preamble: More lines of the preview's preamble.
        before: Lines after ``\begin{document}`` (a class that needs front matter).
        bib_style: BibTeX style of the preview; empty where the class sets it.
        serif: The figure's labels are set in a serif face.
        two_columns: A wide table needs the starred float.
        page_em: What a page has for a table below its caption, in em of the text, in the document of the venue
            that has the least: 12 pt of ``article`` and ``elsarticle``, the manuscript of ``acmart``.
        setup: LaTeX that goes before a table, for what a class sets otherwise than others.
    """

    name: str
    column_pt: float
    page_pt: float
    font_pt: float = 10.0
    cite: str = r"\cite"
    document_class: str = r"\documentclass{article}"
    preamble: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    bib_style: str = "plain"
    serif: bool = True
    two_columns: bool = False
    page_em: float = PAGE
    setup: str = ""

    def width(self, where: str) -> float:
        """Return the width in points of ``column`` or ``page``."""
        return self.page_pt if where == "page" else self.column_pt


#: llncs sets columns so close that texts run into each other, and \footnotesize as large as \small.
_LNCS = r"\setlength{\tabcolsep}{6pt}\def\footnotesize{\fontsize{8}{9.5}\selectfont}"
#: So does REVTeX, whose preprints have a line and a half between the lines of a table, too.
_REVTEX = r"\setlength{\tabcolsep}{6pt}\linespread{1}\selectfont"
_NATBIB = r"\usepackage{natbib}"

_ALL = (
    Style("article", 345.0, 345.0),
    Style(
        "neurips", 397.48, 397.48, cite=r"\citep", bib_style="plainnat", page_em=57.0,
        preamble=(
            r"\usepackage[textwidth=5.5in,textheight=9in,top=1in]{geometry}", r"\usepackage{times}", _NATBIB,
        ),
    ),
    Style(
        "icml", 234.88, 487.82, cite=r"\citep", bib_style="plainnat", two_columns=True, page_em=57.0,
        document_class=r"\documentclass[twocolumn]{article}",
        preamble=(
            r"\usepackage[textwidth=6.75in,textheight=9in,top=1in,columnsep=.25in]{geometry}",
            r"\usepackage{times}", _NATBIB,
        ),
    ),
    Style(
        "acl", 219.08, 455.24, font_pt=11.0, cite=r"\citep", bib_style="plainnat", two_columns=True, page_em=53.0,
        document_class=r"\documentclass[11pt,twocolumn]{article}",
        preamble=(
            r"\usepackage[a4paper,textwidth=16cm,textheight=24.7cm,columnsep=.6cm]{geometry}",
            r"\usepackage{times}", _NATBIB,
        ),
    ),
    # The page of acmsmall (one column of 39.6 em): what is made for it fits sigconf's 56 em, too.
    Style(
        "acm", 241.15, 356.0, font_pt=9.0, two_columns=True, bib_style="ACM-Reference-Format", page_em=42.0,
        document_class=r"\documentclass[sigconf,nonacm]{acmart}",
        before=(r"\title{Preview}", r"\author{Author}", r"\affiliation{\institution{None}\country{None}}",
                r"\maketitle", r"\clearpage"),  # acmart places floats badly on its first page
    ),
    Style(
        "ieee", 252.0, 516.0, two_columns=True, bib_style="IEEEtran", page_em=58.0,
        document_class=r"\documentclass[conference]{IEEEtran}", before=(r"\title{Preview}", r"\maketitle"),
    ),
    # The page of a preprint (one column of 32.5 em): what is made for it fits the 52 em of two columns, too.
    Style(
        "elsevier", 252.0, 325.0, two_columns=True, bib_style="elsarticle-num",
        document_class=r"\documentclass[final,5p,twocolumn]{elsarticle}",
        before=(r"\begin{frontmatter}", r"\title{Preview}", r"\end{frontmatter}"),
    ),
    Style(
        "lncs", 347.12, 347.12, bib_style="splncs04", document_class=r"\documentclass{llncs}", page_em=46.0,
        setup=_LNCS,
        before=(r"\title{Preview}", r"\author{Author}", r"\institute{None}", r"\maketitle"),
    ),
    # The page of a preprint (one column of 39 em): what is made for it fits the 51 em of two columns, too.
    Style(
        "revtex", 246.0, 390.0, two_columns=True, bib_style="", page_em=46.0, setup=_REVTEX,
        document_class=r"\documentclass[aps,prl,twocolumn,nofootinbib]{revtex4-2}",
        before=(r"\title{Preview}", r"\maketitle"),
    ),
    Style(
        "nature", 253.2, 520.7, font_pt=9.0, two_columns=True, serif=False, bib_style="unsrtnat", page_em=68.0,
        document_class=r"\documentclass[9pt,twocolumn]{extarticle}",
        preamble=(
            r"\usepackage[a4paper,textwidth=183mm,textheight=247mm,columnsep=5mm]{geometry}",
            r"\usepackage[scaled]{helvet}", r"\renewcommand{\familydefault}{\sfdefault}",
            r"\usepackage[numbers,super]{natbib}",
        ),
    ),
)  # fmt: skip
#: Every style by name.
STYLES: Mapping[str, Style] = {style.name: style for style in _ALL}


def style(name: str) -> Style:
    """Return a style by name.

    Raises:
        RenderError: There is none; the hint lists them.
    """
    if name not in STYLES:
        raise RenderError(f"there is no style '{name}'", hint=f"styles are: {', '.join(STYLES)}")
    return STYLES[name]
