"""Golden, fine grain: one tabular, one paragraph, so that a change shows where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.context import view
from greenalgo.render.environment import environment, latex, render
from greenalgo.render.prose import limitations, methods
from greenalgo.render.tables import inputs_table, statement_table

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY = ["bloom", "project", "chip", "quote", "hostile"]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(("width", "em"), [("narrow", 24.0), ("text", 34.5), ("page", 51.0)])
def test_tabular(
    statements: dict[str, Any], golden: Callable[[str, str], None], name: str, width: str, em: float
) -> None:
    table = statement_table(view(statements[name], ""), em)
    golden(
        f"tabular/{name}-{width}.tex",
        render(environment(latex()), "latex/tabular.tex.j2", {"table": table}),
    )


def test_inputs(statements: dict[str, Any], golden: Callable[[str, str], None]) -> None:
    table = inputs_table(view(statements["project"], ""), 51.0)
    golden(
        "tabular/project-inputs.tex",
        render(environment(latex()), "latex/tabular.tex.j2", {"table": table}),
    )


@pytest.mark.parametrize("name", EVERY)
def test_sentences(
    statements: dict[str, Any], golden: Callable[[str, str], None], name: str
) -> None:
    seen = view(statements[name], "")
    keys = {"methods": methods(seen), "limitations": limitations(seen), "references": ""}
    golden(f"sentences/{name}.tex", render(environment(latex()), "latex/sentences.tex.j2", keys))
