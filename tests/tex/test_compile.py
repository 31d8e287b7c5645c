"""A generated appendix compiles untouched: no error, no overfull box, no undefined reference."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo import api
from greenalgo.render.bundle import Options, preview, render_paper
from greenalgo.render.styles import STYLES
from greenalgo.render.tex import compile_tex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

pytestmark = pytest.mark.tex

DIGEST = "0123456789abcdef" * 4
EVERY = ["bloom", "project", "chip", "quote", "hostile"]

# Documents that authors have: class, packages, what goes before the text, how the references come.
DOCUMENTS = {
    "article-t1": r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{lmodern}",
    "article-hyperref": r"\documentclass{article}\usepackage{hyperref}",
    # What babel's German does to the double quote.
    "active-quote": r"\documentclass{article}\AtBeginDocument{\catcode34=13 }",
    "article-natbib": r"\documentclass{article}\usepackage{natbib}",
    "article-siunitx-physics": r"\documentclass{article}\usepackage{siunitx}\usepackage{amsmath}",
    "acmsmall": r"\documentclass[acmsmall,nonacm]{acmart}",
    "acmart-manuscript": r"\documentclass[manuscript,review,nonacm]{acmart}",
    "revtex-preprint": r"\documentclass[aps,prl,preprint]{revtex4-2}",
    "acmart-review": r"\documentclass[sigconf,review,anonymous,nonacm]{acmart}",
    "ieee-journal": r"\documentclass[journal]{IEEEtran}",
    "elsevier-preprint": r"\documentclass[preprint,12pt]{elsarticle}",
    "revtex-one-column": r"\documentclass[aps,pre,onecolumn]{revtex4-2}",
    "lncs": r"\documentclass[runningheads]{llncs}",
    "two-column": r"\documentclass[twocolumn]{article}\usepackage{natbib,amsmath}",
}
STYLE_OF = {
    "acmsmall": "acm", "acmart-review": "acm", "ieee-journal": "ieee", "elsevier-preprint": "elsevier",
    "revtex-one-column": "revtex", "lncs": "lncs", "two-column": "acl", "acmart-manuscript": "acm",
    "revtex-preprint": "revtex",
}  # fmt: skip
BIB_STYLE = {
    "article-natbib": "plainnat", "two-column": "plainnat", "acmsmall": "ACM-Reference-Format",
    "acmart-review": "ACM-Reference-Format", "revtex-one-column": "", "revtex-preprint": "",
    "acmart-manuscript": "ACM-Reference-Format",
}  # fmt: skip


_BALANCE = re.compile(r"Overfull \\vbox \([01]\.\d+pt too high\) has occurred while")
# acmart prints a running head, so it needs a title.
_HEAD = r"\title{T}\author{A}\affiliation{\institution{I}\country{C}}\maketitle"
BODY = {"acmsmall": _HEAD, "acmart-manuscript": _HEAD}


def document(head: str, body: str, bib_style: str = "plain") -> bytes:
    style = rf"\bibliographystyle{{{bib_style}}}" if bib_style else ""
    start = r"\usepackage{booktabs,graphicx}\begin{document}"
    return f"{head}{start}{body}{style}\\bibliography{{footprint}}\\end{{document}}".encode("ascii")


def of_runs(
    bloom: dict[str, Any], count: int, name: str = "final-training-of-the-largest-model-"
) -> dict[str, Any]:
    """Fill a statement of as many runs."""
    runs = [{**bloom["runs"][0], "id": f"{name}{n}"} for n in range(count)]
    return api.with_results(
        api.loads(json.dumps({**api.without_results(bloom), "runs": runs}).encode())
    )


@pytest.fixture
def clean(statements: dict[str, Any], sources: str) -> Callable[..., None]:
    """Compile an appendix and assert that the log is clean, but for what the class does by itself."""

    def check(name: str, main: bytes, options: Options, engine: str = "pdflatex") -> None:
        files: Mapping[str, bytes] = render_paper(
            statements[name], DIGEST, options._replace(sources=sources)
        )
        compiled = compile_tex({**files, "main.tex": main}, "main.tex", engine=engine)
        assert compiled.pdf.startswith(b"%PDF")
        if compiled.unclean:
            empty = {**files, "appendix.tex": b"Text\\nocite{*}.", "main.tex": main}
            own = set(compile_tex(empty, "main.tex", engine=engine).unclean)
            # acmart balances the columns of the last page, to within two points.
            ours = {line for line in set(compiled.unclean) - own if not _BALANCE.match(line)}
            assert ours == set()

    return check


@pytest.mark.parametrize("style", list(STYLES))
@pytest.mark.parametrize("name", ["project", "hostile"])
def test_every_style(clean: Callable[..., None], name: str, style: str) -> None:
    clean(name, preview(style), Options(style=style))


@pytest.mark.parametrize("style", ["acm", "ieee", "acl"])
def test_page_width(clean: Callable[..., None], style: str) -> None:
    clean("project", preview(style), Options(style=style, width="page"))


@pytest.mark.parametrize("style", ["article", "lncs"])
def test_columns_that_need_the_smallest_type(clean: Callable[..., None], style: str) -> None:
    columns = ("run", "phase", "hardware", "energy_it", "water")
    clean("project", preview(style), Options(style=style, columns=columns))


@pytest.mark.parametrize("name", ["bloom", "chip", "quote"])
@pytest.mark.parametrize("style", ["article", "acl"])
def test_every_statement(clean: Callable[..., None], name: str, style: str) -> None:
    clean(name, preview(style), Options(style=style))


@pytest.mark.parametrize(("style", "count"), [*((style, 60) for style in STYLES), ("article", 400)])
def test_many_runs_are_divided_into_tables_that_a_page_holds(
    statements: dict[str, Any], style: str, count: int
) -> None:
    filled = of_runs(statements["bloom"], count)
    files = render_paper(filled, DIGEST, Options(style=style))
    compiled = compile_tex({**files, "main.tex": preview(style)}, "main.tex")
    assert not [line for line in compiled.unclean if "too large" in line]
    assert b"Table~\\ref{tab:footprint}, continued." in files["appendix.tex"]
    assert b"% Longer than a page" in files["table.tex"]


@pytest.mark.parametrize(
    "kind",
    ["acmsmall", "acmart-manuscript", "elsevier-preprint", "revtex-preprint"],
)
def test_the_document_of_a_style_that_has_the_least_room_holds_its_tables(
    statements: dict[str, Any], kind: str
) -> None:
    filled = of_runs(statements["bloom"], 40, "r")
    files = render_paper(filled, DIGEST, Options(style=STYLE_OF.get(kind, "article")))
    body = BODY.get(kind, "") + r"\input{appendix}\clearpage"
    main = document(DOCUMENTS[kind], body, BIB_STYLE.get(kind, "plain"))
    compiled = compile_tex({**files, "main.tex": main}, "main.tex")
    assert not [line for line in compiled.unclean if "too large" in line or "vbox" in line]


def test_nothing_of_a_preview_is_over_the_edge_of_the_page(statements: dict[str, Any]) -> None:
    filled = of_runs(statements["bloom"], 20)
    files = render_paper(filled, DIGEST, Options(style="revtex"))
    compiled = compile_tex({**files, "main.tex": preview("revtex")}, "main.tex")
    text = subprocess.run(
        ["pdftotext", "-", "-"], input=compiled.pdf, capture_output=True, check=True
    ).stdout.decode()
    assert "FIG. 1. Facility energy" in text
    assert text.count("[4]") == 2


@pytest.mark.parametrize("engine", ["lualatex", "xelatex"])
@pytest.mark.parametrize("style", ["article", "acm", "elsevier", "lncs", "revtex"])
def test_unicode_engines(clean: Callable[..., None], style: str, engine: str) -> None:
    clean("hostile", preview(style), Options(style=style), engine)


@pytest.mark.parametrize("kind", list(DOCUMENTS))
def test_documents_that_authors_have(clean: Callable[..., None], kind: str) -> None:
    body = BODY.get(kind, "") + r"\input{appendix}"
    main = document(DOCUMENTS[kind], body, BIB_STYLE.get(kind, "plain"))
    clean("project", main, Options(style=STYLE_OF.get(kind, "article")))


@pytest.mark.parametrize("biblatex", [False, True])
@pytest.mark.parametrize("name", ["project", "hostile"])
def test_biblatex(clean: Callable[..., None], name: str, biblatex: bool) -> None:
    main = (
        rb"\documentclass{article}\usepackage[style=authoryear]{biblatex}\addbibresource{footprint.bib}"
        rb"\usepackage{booktabs,graphicx}\begin{document}\emergencystretch=3em "
        rb"\input{appendix}\printbibliography\end{document}"
    )
    clean(name, main, Options(biblatex=biblatex))


def test_the_pieces_by_themselves(clean: Callable[..., None]) -> None:
    body = (
        r"\input{macros}\input{macros}We used \gaEnergy{} (\gaEnergyInterval), that is \gaCOtwoKg{} kg, on "
        r"\gaDeviceHours{} device-hours (\gaWater, \gaPUE, \gaCarbonIntensity, \gaLevel, \gaFactorSet)."
        r"\begin{table}\caption{Mine}\centering\input{table}\end{table}\input{paragraph}"
    )
    clean("project", document(r"\documentclass{article}", body), Options())


def test_siunitx(clean: Callable[..., None]) -> None:
    main = document(
        r"\documentclass{article}\usepackage{siunitx}", r"\input{appendix}\input{macros}\gaEnergy"
    )
    clean("project", main, Options(siunitx=True))


def test_a_record_in_a_narrow_column(clean: Callable[..., None]) -> None:
    clean("project", preview("acl"), Options(style="acl", layout="record"))


def test_pgf_figure(statements: dict[str, Any]) -> None:
    files = render_paper(statements["bloom"], DIGEST, Options(figures=("pgf",)))
    main = rb"\documentclass{article}\usepackage{pgf}\begin{document}\noindent\input{figure.pgf}\end{document}"
    compiled = compile_tex({"figure.pgf": files["figure.pgf"], "main.tex": main}, "main.tex")
    assert compiled.unclean == ()


@pytest.mark.parametrize("style", ["article", "acm", "ieee", "lncs"])
def test_a_comparison_compiles(statements: dict[str, Any], style: str) -> None:
    beside = tuple(statements[name] for name in ("project", "chip"))
    files = render_paper(statements["bloom"], DIGEST, Options(style=style, beside=beside))
    body = r"\noindent\input{comparison}\par\noindent\includegraphics{comparison}"
    main = document(
        STYLES[style].document_class, BODY.get("acmsmall" if style == "acm" else "", "") + body, ""
    )
    compiled = compile_tex(
        {**files, "main.tex": main.replace(rb"\bibliography{footprint}", b"")}, "main.tex"
    )
    assert compiled.pdf.startswith(b"%PDF")
    assert not [
        line for line in compiled.unclean if "Overfull" in line and not _BALANCE.match(line)
    ]
