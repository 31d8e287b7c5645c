"""From a filled statement to the files of a paper, in memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.render import figures
from greenalgo.render.bibliography import Author, bibliography, statement_key
from greenalgo.render.comparison import compare, comparison_figure, comparison_table
from greenalgo.render.context import view as make_view
from greenalgo.render.environment import environment, latex, render
from greenalgo.render.macros import macros
from greenalgo.render.pieces import PIECES, checklist_text, model_card, piece
from greenalgo.render.prose import limitations, methods
from greenalgo.render.styles import style as find_style
from greenalgo.render.tables import inputs_table, statement_table
from greenalgo.render.types import Cite, Raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from greenalgo.render.comparison import Compared
    from greenalgo.render.context import View
    from greenalgo.render.styles import Style
    from greenalgo.render.types import Prose

#: Room on a screen, in em.
_SCREEN_EM = 110.0
_SAFE_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class Options(NamedTuple):
    r"""How to render.

    Attributes:
        style: The venue.
        columns: Columns of the table; empty for what fits.
        width: Width of the tables and the figure: ``column`` or ``page``.
        layout: ``rows``, ``record`` or ``auto``.
        folder: Folder that the files go to, as seen from the paper; so the appendix finds its figure.
        templates: A user's template directory; empty for ours.
        sources: BibTeX of the factor set's sources.
        biblatex: Write the entry types of biblatex.
        siunitx: Write numbers as ``\num{}``, for a paper that loads siunitx.
        checklists: Checklists to answer, too.
        pieces: Forms outside LaTeX to write, too.
        figures: Formats of the figure beside PDF.
        places: Names of countries by code.
        beside: Other filled statements, for the comparison table and figure.
    """

    style: str = "article"
    columns: tuple[str, ...] = ()
    width: str = "column"
    layout: str = "auto"
    folder: str = ""
    templates: str = ""
    sources: str = ""
    biblatex: bool = False
    siunitx: bool = False
    checklists: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    beside: tuple[Mapping[str, Any], ...] = ()


def render_paper(
    filled: Mapping[str, Any], digest: str, options: Options | None = None
) -> dict[str, bytes]:
    """Render everything that a paper needs.

    Args:
        filled: A filled statement.
        digest: Its digest, 64 hex digits; empty to leave it out.
        options: How.

    Returns:
        File name to bytes: ``table.tex``, ``figure.pdf``, ``macros.tex``, ``paragraph.tex``,
        ``footprint.bib``, ``appendix.tex``. The same input gives the same bytes.

    Raises:
        RenderError: A character cannot be set, columns do not fit, a template is broken, a source is
            unknown.
    """
    chosen = options or Options()
    # Text first: a name that cannot be set is told by its code point before a figure meets it.
    files = render_text(filled, digest, chosen)
    view, style = make_view(filled, digest, chosen.places), find_style(chosen.style)
    rows = _compared(view, chosen) if chosen.beside else ()
    for kind in ("pdf", *chosen.figures):
        files[f"figure.{kind}"] = figures.breakdown(view, style, where=chosen.width, kind=kind)
        if rows:
            files[f"comparison.{kind}"] = comparison_figure(
                rows, style, where=chosen.width, kind=kind
            )
    return dict(sorted(files.items()))


def render_text(
    filled: Mapping[str, Any], digest: str, options: Options | None = None
) -> dict[str, bytes]:
    """Render all but the figure; as :func:`render_paper`."""
    chosen = options or Options()
    style = find_style(chosen.style)
    view = make_view(filled, digest, chosen.places)
    context = _context(view, style, chosen)
    made = environment(latex(style.cite, siunitx=chosen.siunitx), chosen.templates)
    floats = {**context, "references": _references(context)}
    files = {
        f"{name}.tex": render(made, f"latex/{name}.tex.j2", keys).encode("ascii")
        for name, keys in (
            ("table", context), ("macros", context), ("paragraph", context), ("appendix", floats),
        )
    }  # fmt: skip
    if chosen.beside:
        table = comparison_table(_compared(view, chosen), style.width(chosen.width) / style.font_pt)
        keys = {**context, "table": table._replace(setup=style.setup)}
        text = render(made, "latex/comparison.tex.j2", keys)
        files["comparison.tex"] = text.encode("ascii")
    cited = cited_keys((context["methods"], context["limitations"]))
    bib = _header(view) + bibliography(
        view, cited, sources=chosen.sources, authors=_authors(filled), biblatex=chosen.biblatex
    )
    files["footprint.bib"] = bib.encode("ascii")
    wide = _wide(view, context, chosen) if chosen.pieces else {}
    for name in chosen.pieces:
        files[PIECES[name]] = piece(name, view, wide, bib, chosen.templates)
    for name in chosen.checklists:
        files[f"checklist-{name}.md"] = checklist_text(name, view, chosen.templates)
    return files


def _compared(view: View, options: Options) -> tuple[Compared, ...]:
    return compare([view, *(make_view(other, "", options.places) for other in options.beside)])


def _authors(filled: Mapping[str, Any]) -> tuple[Author, ...]:
    return tuple(
        Author(
            person["name"], person.get("latex_label", ""), f"/authors/{at}/name", "orcid" in person
        )
        for at, person in enumerate(filled.get("authors", ()))
        if person.get("name")
    )


def preview(style_name: str, templates: str = "") -> bytes:
    """Write a document that inputs the appendix, for ``--pdf``."""
    style = find_style(style_name)
    made = environment(latex(style.cite), templates)
    lines = {
        "document_class": Raw(style.document_class),
        "preamble": tuple(map(Raw, style.preamble)),
        "before": tuple(map(Raw, style.before)),
        "bib_style": Raw(style.bib_style),
    }
    return render(made, "latex/preview.tex.j2", lines).encode("ascii")


def cited_keys(parts: Iterable[object]) -> set[str]:
    """Collect the keys that nested prose cites."""
    found: set[str] = set()
    for part in parts:
        if isinstance(part, Cite):
            found.update(part.keys)
        elif isinstance(part, tuple):
            found |= cited_keys(part)
    return found


def _context(view: View, style: Style, options: Options) -> dict[str, Any]:
    points = style.width(options.width)
    em = points / style.font_pt
    table = statement_table(view, em, columns=options.columns, layout=options.layout)
    wide = style.two_columns and options.width == "page"
    inputs, inputs_wide = None, wide
    if view.assessed and len(view.runs) > 1:
        inputs = inputs_table(view, em)
        if inputs.dropped and style.two_columns and not wide:
            inputs, inputs_wide = inputs_table(view, style.page_pt / style.font_pt), True
    return {
        "view": view,
        "tool": view.tool,
        "digest": view.digest,
        "factor_set": view.factor_set,
        "table": table._replace(setup=style.setup, page=style.page_em),
        "inputs": inputs and inputs._replace(setup=style.setup, page=style.page_em),
        "macros": macros(view),
        "methods": (*methods(view), *_cited(view)),
        "limitations": limitations(view),
        "figure": view.assessed,
        "intervals": bool(view.totals.energy.range() or view.totals.energy_it.range()),
        "alt": figures.alt_text(view),
        "caption": _caption(view),
        "star": Raw("*" if wide else ""),
        "place": Raw("tbp" if style.two_columns else "htbp"),
        "inputs_star": Raw("*" if inputs_wide else ""),
        "folder": Raw(options.folder) if _SAFE_FOLDER.fullmatch(options.folder) else "",
        "references": "",
        "drawn": figures.what_is_drawn(view),
        "describe": style.name == "acm",
        "style": style,
    }


def _wide(view: View, context: Mapping[str, Any], options: Options) -> dict[str, Any]:
    """Return the context with a table that no paper's width limits."""
    table = statement_table(view, _SCREEN_EM, columns=options.columns, layout=options.layout)
    rules = {"l": Raw(":--"), "r": Raw("--:")}
    return {**context, "table": table, "inputs": None, "rules": rules, "card": model_card(view)}


def _cited(view: View) -> tuple[Prose, ...]:
    """Return the sentences that cite the reference data and the statement itself."""
    found: list[Prose] = []
    if view.sources:
        found.append(("Reference data are from", Cite(tuple(sorted(view.sources))), "."))
    if view.digest:
        found.append(
            (
                "The statement itself can be checked and recomputed",
                Cite((statement_key(view),)),
                ".",
            )
        )
    return tuple(found)


def _references(context: Mapping[str, Any]) -> Raw:
    """Point to the floats of the appendix."""
    parts = [r"Table~\ref{tab:footprint} has the figures"]
    if context["inputs"]:
        parts.append(r"Table~\ref{tab:footprint-inputs} what they follow from")
    if context["figure"]:
        parts.append(r"Figure~\ref{fig:footprint} where the energy went")
    return Raw(", ".join(parts) + ".")


def _caption(view: View) -> str:
    if not view.assessed:
        return "Published figures, as printed."
    totals, found = view.totals, []
    if totals.energy.assessed:
        found.append("energy at the facility (IT energy × PUE)")
    elif totals.energy_it.assessed:
        found.append("IT energy")
    if totals.co2e.assessed:
        found.append("operational, location-based emissions")
    what = " and ".join(found)
    clauses = [what[:1].upper() + what[1:]]
    if view.intervals:
        clauses.append("intervals in brackets")
    return "; ".join((*clauses, f"level {view.level}, factor set {view.factor_set}."))


def _header(view: View) -> str:
    parts = [f"% Made by {view.tool}"]
    if view.digest:
        parts.append(f"statement sha256:{view.digest}")
    if view.factor_set:
        parts.append(f"factor set {view.factor_set}")
    return ", ".join(parts) + ".\n\n"
