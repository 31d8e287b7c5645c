from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import factor_docs

if TYPE_CHECKING:
    from greenalgo.factors import FactorSet

PAGES = sorted(factor_docs.PAGES.glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_holds_what_the_set_holds(factors: FactorSet, page: object) -> None:
    text = page.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert factor_docs.fill(text, factor_docs.blocks(factors)) == text, "run scripts/factor_docs.py"


def test_every_plot_that_a_page_shows_exists() -> None:
    shown = {
        name
        for page in PAGES
        for name in re.findall(r"\]\(([a-z-]+\.svg)\)", page.read_text(encoding="utf-8"))
    }
    assert len(shown) >= 4
    assert shown == {path.name for path in factor_docs.PAGES.glob("*.svg")}


def test_every_table_has_a_page(factors: FactorSet) -> None:
    text = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [name for name in factors.tables() if f"`{name}`" not in text] == []
