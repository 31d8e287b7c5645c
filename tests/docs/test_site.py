"""The site builds without a warning, holds the generated pages, and asks no other server for anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from greenalgo import SPEC_VERSION, resources
from greenalgo.cli.main import COMMANDS
from greenalgo.registry.service.api.contract import contract
from greenalgo.validate.rules.book import all_rules

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.docs


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--site-dir",
    ]  # --quiet hides warnings from --strict
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def read(site: Path, name: str) -> str:
    return (site / name).read_text("utf-8")


def test_the_house_style_reaches_every_page(site: Path) -> None:
    for page in site.rglob("*.html"):
        assert "stylesheets/colours.css" in page.read_text("utf-8"), page


def test_every_rule_has_a_page(site: Path) -> None:
    index = read(site, "reference/rules/index.html")
    for rule in all_rules():
        assert f'href="{rule.code}.html"' in index
        assert f"{rule.code}: " in read(site, f"reference/rules/{rule.code}.html")


def test_every_field_is_in_the_reference(site: Path) -> None:
    schema = json.loads(
        resources.read_text("schema", "statement", SPEC_VERSION, "statement.schema.json")
    )
    page = read(site, "reference/schema.html")
    fields = set(schema["properties"])
    for definition in schema["$defs"].values():
        fields |= set(definition.get("properties", ()))
    assert {field for field in fields if f"<code>{field}</code>" not in page} == set()


def test_every_command_is_in_the_reference(site: Path) -> None:
    page = read(site, "reference/cli.html")
    assert {command for command in COMMANDS if f">greenalgo {command}<" not in page} == set()


def test_every_address_of_the_api_is_in_the_reference_with_an_answer(site: Path) -> None:
    page = read(site, "reference/api.html")
    operations = [
        (method, path, operation)
        for path, item in contract()["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    ]
    assert len(operations) > 25
    # A CI service that nobody trusts here is the one example that is refused.
    refused = {"mint"}
    for method, path, operation in operations:
        name = operation["operationId"]
        section = page.partition(f'<h3 id="{name}">{method.upper()} {path}<')[2].partition("<h3")[0]
        status = re.search(r"<p>answers (\d{3}) ", section)
        assert status, name
        assert status[1] in operation["responses"], name
        assert (status[1][0] == "2") == (name not in refused), name
        assert "curl" in section


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r'<(?:script|img|iframe)[^>]*\bsrc="(?:https?:)?//[^"]*"|@import|url\(["\']?https?:'
    )
    sheet = re.compile(
        r'<link[^>]*rel="(?:stylesheet|preconnect|preload)"[^>]*href="(?:https?:)?//'
    )
    pages = list(site.rglob("*.html"))
    assert pages
    guilty = [
        page.name for page in pages
        if loads.search(page.read_text("utf-8")) or sheet.search(page.read_text("utf-8"))
    ]  # fmt: skip
    assert guilty == []


def test_every_command_is_in_the_readme_and_has_an_example(site: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [
        name
        for name in COMMANDS
        if f"`greenalgo {name}" not in readme and f"`{name}`" not in readme
    ] == []
    page = read(site, "reference/cli.html")
    helps = re.findall(r'<h3 id="[^"]*">greenalgo (\w+)<.*?<code>(.*?)</code>', page, re.DOTALL)
    assert {name for name, _ in helps} == set(COMMANDS)
    assert [name for name, text in helps if "Example" not in text] == []
