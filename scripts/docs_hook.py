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

from docs_pages import api_page, cli_page, formats_page, http_page, rules_pages, schema_page
from greenalgo import SPEC_VERSION, resources

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

#: Title of a section, its folder, and its pages in order; what no section names follows in the folder's last one.
SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Tutorial", "tutorial", ("index.md",)),
    (
        "Write a statement",
        "how-to",
        (
            "from-a-tracker.md", "fill-in-place.md", "measured-energy.md", "shared-nodes.md", "cloud-runs.md",
            "failed-runs.md", "quoted-figures.md", "editors.md", "fix.md", "migrate.md",
        ),
    ),
    (
        "Put it into a paper",
        "how-to",
        (
            "paper.md", "paper-gallery.md", "paper-checklists.md", "paper-anonymous.md", "cite.md", "badge.md",
        ),
    ),
    ("Check", "how-to", ("validate-in-ci.md", "pre-commit.md", "bulk.md")),
    ("Compare and publish", "how-to", ("compare.md", "submit.md", "verify.md")),
    (
        "Run a registry",
        "how-to",
        ("run-a-registry.md", "tokens.md", "sign-in.md", "moderate.md", "snapshots.md"),
    ),
    (
        "Factors",
        "reference",
        tuple(
            f"factors/{name}.md"
            for name in (
                "index", "carbon-intensity", "processors", "facilities", "other-tables", "policies",
                "user-factors", "comparison", "release",
            )
        ),
    ),
    ("Reference", "reference", ("schema.md", "cli.md", "formats.md", "exit-codes.md", "rules/index.md")),
    ("Explanation", "explanation", ("why.md", "method.md", "levels.md", "comparison.md")),
    ("Development", "development", ()),
)  # fmt: skip


def generated() -> dict[str, str]:
    """Return path (below docs/) to Markdown of every page that follows from the code."""
    text = resources.read_text("schema", "statement", SPEC_VERSION, "statement.schema.json")
    pages = {
        "reference/schema.md": schema_page.page(json.loads(text)),
        "reference/cli.md": cli_page.page(),
        "reference/formats.md": formats_page.page(),
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
    named = {f"{folder}/{name}" for _, folder, names in SECTIONS for name in names}
    last = {folder: title for title, folder, _ in SECTIONS}
    for title, folder, names in SECTIONS:
        inside = [f"{folder}/{name}" for name in names]
        if title == last[folder]:
            others = {page for page in pages if page.startswith(f"{folder}/")} - named
            inside += sorted(page for page in others if not page.startswith("reference/rules/GA"))
        tree.append({title: inside})
    return tree
