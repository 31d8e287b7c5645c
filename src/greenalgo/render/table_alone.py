"""The table of a statement alone, for a service: it loads neither matplotlib nor pybtex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenalgo.render.context import view as make_view
from greenalgo.render.environment import environment, latex, render
from greenalgo.render.styles import style as find_style
from greenalgo.render.tables import statement_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def render_table(
    filled: Mapping[str, Any], digest: str, places: Iterable[tuple[str, str]] = ()
) -> bytes:
    """Render ``table.tex`` as :func:`greenalgo.render.bundle.render_paper` does for an article.

    Args:
        filled: A filled statement.
        digest: Its digest.
        places: Names of countries by code.

    Raises:
        RenderError: A character cannot be set, or columns do not fit.
    """
    style = find_style("article")
    view = make_view(filled, digest, places)
    keys = {
        "view": view,
        "tool": view.tool,
        "digest": view.digest,
        "factor_set": view.factor_set,
        "table": statement_table(view, style.width("column") / style.font_pt),
    }
    return render(environment(latex(style.cite)), "latex/table.tex.j2", keys).encode("ascii")
