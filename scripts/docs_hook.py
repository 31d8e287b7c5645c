"""What MkDocs calls: adds the pages that follow from the code, and puts the pages in order.

The reference of schema, rules, commands and both APIs is written while the site is built, so that it
cannot be out of date.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

# MkDocs loads this file by its path; its neighbours are found like this.
sys.path.insert(0, str(Path(__file__).parent))

from docs_pages import api_page, cli_page, http_page, rules_pages, schema_page
from greenalgo import SPEC_VERSION, resources

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

#: Title of a section, its folder, and the pages that come first; the others follow by name.
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Tutorial", "tutorial", ("index.md",)),
    ("How-to", "how-to", ("validate-in-ci.md", "pre-commit.md", "fill-in-place.md", "paper.md")),
    ("Reference", "reference", ("schema.md", "cli.md", "exit-codes.md", "rules/index.md")),
    ("Explanation", "explanation", ("why.md", "method.md", "levels.md", "comparison.md")),
    ("Development", "development", ()),
)


def generated() -> dict[str, str]:
    """Return path (below docs/) to Markdown of every page that follows from the code."""
    text = resources.read_text("schema", "statement", SPEC_VERSION, "statement.schema.json")
    pages = {
        "reference/schema.md": schema_page.page(json.loads(text)),
        "reference/cli.md": cli_page.page(),
        "reference/python-api.md": api_page.page(),
        "reference/api.md": http_page.page(),
    }
    rules = {f"reference/rules/{name}": page for name, page in rules_pages.pages().items()}
    return {**pages, **rules}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages and write the navigation."""
    for path, content in generated().items():
        files.append(File.generated(config, path, content=content))
    config.nav = navigation([file.src_uri for file in files.documentation_pages()])
    return files


def navigation(pages: list[str]) -> list[Any]:
    """Put pages into sections, the named ones first."""
    tree: list[Any] = [{"Home": "index.md"}]
    for title, folder, first in SECTIONS:
        inside = {page for page in pages if page.startswith(f"{folder}/")}
        inside -= {page for page in inside if page.startswith("reference/rules/GA")}
        named = [f"{folder}/{name}" for name in first if f"{folder}/{name}" in inside]
        tree.append({title: [*named, *sorted(inside - set(named))]})
    return tree
