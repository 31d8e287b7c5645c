"""What editors find: the entry for SchemaStore, the modeline, and the draft-07 bundle that both name."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from greenalgo.schemas.versions import ACCEPT, NEWEST

ROOT = Path(__file__).parents[2]
ENTRY: dict[str, Any] = json.loads((ROOT / "schema" / "schemastore.json").read_text("utf-8"))
ADDRESS = {"type": "string", "format": "uri", "pattern": "^https://"}
#: What SchemaStore's own catalogue asks of an entry (src/schemas/json/schema-catalog.json there).
SHAPE = {
    "type": "object",
    "required": ["name", "url", "description"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "fileMatch": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
        "url": ADDRESS,
        "versions": {"type": "object", "additionalProperties": ADDRESS},
    },
}


def bundle(version: str) -> dict[str, Any]:
    path = ROOT / "schema" / "statement" / version / "statement.draft-07.schema.json"
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def test_the_entry_has_the_shape_of_the_catalogue() -> None:
    Draft4Validator(SHAPE).validate(ENTRY)
    assert not Draft4Validator(SHAPE).is_valid({**ENTRY, "url": "http://example.org"})
    assert "\n" not in ENTRY["name"] + ENTRY["description"]


def test_the_addresses_are_those_of_the_bundles() -> None:
    assert ENTRY["url"] == bundle(NEWEST)["$id"]
    assert ENTRY["versions"] == {version: bundle(version)["$id"] for version in ACCEPT}
    assert bundle(NEWEST)["$schema"] == "http://json-schema.org/draft-07/schema#"


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("footprint.greenalgo.yaml", True),
        ("bloom.footprint.yml", True),
        ("bloom.footprint.json", True),
        ("footprint.yaml", False),  # too generic for a catalogue that everybody shares
        ("footprint.py", False),
    ],
)
def test_the_names_of_files(name: str, matches: bool) -> None:
    assert any(fnmatch(name, pattern) for pattern in ENTRY["fileMatch"]) is matches


def test_what_init_writes_names_the_bundle() -> None:
    command = [str(Path(sys.executable).with_name("greenalgo")), "init", "-o", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    first = text.splitlines()[0]
    modeline = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
    assert modeline is not None, first
    assert modeline[1] == bundle(NEWEST)["$id"]


def shown(title: str) -> str:
    """Return the block of this title on the page for editors."""
    page = (ROOT / "docs" / "how-to" / "editors.md").read_text("utf-8")
    match = re.search(rf'```\w+ title="{re.escape(title)}"\n(.*?)```', page, re.DOTALL)
    assert match is not None, title
    return match[1]


def test_the_task_of_vs_code_matches_what_is_printed() -> None:
    (task,) = json.loads(shown(".vscode/tasks.json"))["tasks"]
    command = [str(Path(sys.executable).with_name(task["command"])), task["args"][0]]
    wrong = ROOT / "tests" / "cli" / "data" / "wrong.yaml"
    text = subprocess.run(
        [*command, str(wrong)], capture_output=True, text=True, check=False
    ).stdout
    pattern = task["problemMatcher"]["pattern"]
    found = [match for line in text.splitlines() if (match := re.match(pattern["regexp"], line))]
    assert len(found) == 1, text
    assert found[0][pattern["file"]] == str(wrong)
    assert found[0][pattern["severity"]] == "error"
    assert found[0][pattern["code"]].startswith("GA2")
    assert int(found[0][pattern["line"]]) > 1
    assert found[0][pattern["message"]]


def test_the_settings_of_vs_code_name_the_file_that_the_page_writes() -> None:
    (name,) = json.loads(shown(".vscode/settings.json"))["yaml.schemas"]
    page = (ROOT / "docs" / "how-to" / "editors.md").read_text("utf-8")
    assert f"greenalgo schema --draft draft-07 -o {name.removeprefix('./')}" in page


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("footprint.yaml", True),
        ("bloom.footprint.yml", True),
        ("footprint.greenalgo.yaml", True),
        ("mkdocs.yml", False),
        ("footprints.yaml", False),
    ],
)
def test_the_pattern_of_vim(name: str, matches: bool) -> None:
    pattern = re.search(r"=~# '([^']+)'", shown("~/.vim/after/ftplugin/yaml.vim"))
    assert pattern is not None
    ours = pattern[1].replace(r"\%(", "(").replace(r"\)", ")").replace(r"\?", "?")
    assert (re.search(ours, name) is not None) is matches
