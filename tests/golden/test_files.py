"""Golden, coarse grain: whole files, as an author gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.bundle import Options, render_text

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = "0123456789abcdef" * 4
FILES = ("appendix.tex", "footprint.bib", "macros.tex", "paragraph.tex", "table.tex")


@pytest.mark.parametrize("name", ["bloom", "project", "quote"])
def test_article(
    statements: dict[str, Any], sources: str, golden: Callable[[str, str], None], name: str
) -> None:
    files = render_text(statements[name], DIGEST, Options(folder="paper", sources=sources))
    for file in FILES:
        golden(f"files/{name}/{file}", files[file].decode("ascii"))


@pytest.mark.parametrize("style", ["acm", "acl"])
def test_two_columns(
    statements: dict[str, Any], sources: str, golden: Callable[[str, str], None], style: str
) -> None:
    files = render_text(statements["project"], DIGEST, Options(style=style, sources=sources))
    golden(f"files/project-{style}/appendix.tex", files["appendix.tex"].decode("ascii"))


def test_other_forms(
    statements: dict[str, Any], sources: str, golden: Callable[[str, str], None]
) -> None:
    options = Options(
        sources=sources,
        pieces=("markdown", "html", "model-card", "plain", "csv"),
        checklists=("neurips", "arr", "eu-gpai"),
    )
    files = render_text(statements["project"], DIGEST, options)
    for name in sorted(set(files) - set(FILES)):
        golden(f"files/project/{name}", files[name].decode("utf-8"))
