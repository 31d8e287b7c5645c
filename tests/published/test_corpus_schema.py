"""Every statement of the corpus is valid, cited, and one of a kind."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pybtex.database import parse_file

ROOT = Path(__file__).parents[2]
STATEMENTS = ROOT / "registry" / "statements"
FILES = sorted(STATEMENTS.glob("*.yaml"))
SCHEMA = json.loads(
    (ROOT / "schema" / "statement" / "1.0" / "statement.schema.json").read_text("utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BIBLIOGRAPHY = parse_file(str(STATEMENTS / "corpus.bib"))


def load(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)


DOCUMENTS = {path.stem: load(path) for path in FILES}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_follows_the_schema(name: str) -> None:
    errors = [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(DOCUMENTS[name])]
    assert errors == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_says_where_its_figures_come_from(name: str) -> None:
    document = DOCUMENTS[name]
    assert document["provenance"]["citation"] in BIBLIOGRAPHY.entries
    assert document["licence"] == "CC-BY-4.0"
    assert document["reported"]["source"]


def test_every_entry_of_the_bibliography_is_cited() -> None:
    cited = {document["provenance"]["citation"] for document in DOCUMENTS.values()}
    assert cited == set(BIBLIOGRAPHY.entries)


def test_a_document_has_one_entry_in_the_bibliography() -> None:
    fields = [entry.fields for entry in BIBLIOGRAPHY.entries.values()]
    for part in ("eprint", "doi"):
        named = [entry[part].lower() for entry in fields if part in entry]
        assert sorted(named) == sorted(set(named))


def test_no_two_statements_have_the_same_title() -> None:
    titles = [document["title"] for document in DOCUMENTS.values()]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_printed_figures_stand_beside_their_numbers(name: str) -> None:
    reported = DOCUMENTS[name]["reported"]
    blocks = [reported, *reported.get("runs", {}).values()]
    blocks += reported.get("per_functional_unit", [])
    for block in blocks:
        assert set(block.get("as_printed", {})) <= set(block)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_fit_a_terminal(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > 120] == []


def test_relations_within_the_corpus_name_files_that_exist() -> None:
    named = {
        relation["statement"]
        for document in DOCUMENTS.values()
        for relation in document.get("relations", ())
        if relation["statement"].endswith(".yaml")
    }
    assert named
    assert {path.name for path in FILES} >= named


def test_comments_name_files_that_exist() -> None:
    names = {path.name for path in FILES}
    for path in FILES:
        comments = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        named = set(re.findall(r"[a-z0-9-]+\.yaml", " ".join(comments)))
        assert named <= names, path.name


def test_statements_that_a_script_writes_say_so() -> None:
    heads = {path.stem: path.read_text("utf-8").split("\n", 2)[1] for path in FILES}
    written = {name for name, head in heads.items() if head.startswith("# Written by scripts/")}
    assert 150 < len(written) < len(FILES) - 40


def test_the_readme_points_at_files_that_exist() -> None:
    text = (STATEMENTS.parent / "README.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9-]+\.yaml)`", text))
    assert len(named) > 10
    assert named <= {path.name for path in FILES}
    assert f"{len(FILES)} of them" in text


def names(part: str) -> set[tuple[str, str]]:
    """The names under a key, wherever it stands, each with the file that has it."""

    def of(value: Any) -> list[str]:
        if isinstance(value, dict):
            here = [value[part]] if isinstance(value.get(part), str) else []
            return here + [name for item in value.values() for name in of(item)]
        return [name for item in value for name in of(item)] if isinstance(value, list) else []

    return {(found, name) for name, document in DOCUMENTS.items() for found in of(document["runs"])}


@pytest.mark.parametrize("part", ["provider", "site", "instrument", "model"])
def test_a_name_is_spelled_one_way(part: str) -> None:
    spellings: dict[str, set[str]] = {}
    for found, _ in names(part):
        spellings.setdefault(re.sub(r"[^a-z0-9]", "", found.lower()), set()).add(found)
    assert [sorted(group) for group in spellings.values() if len(group) > 1] == []


def test_a_provider_has_one_name() -> None:
    others = {"gcp", "google cloud", "azure", "amazon", "alphabet", "facebook"}
    assert {(found, name) for found, name in names("provider") if found.lower() in others} == set()


def test_a_model_of_hardware_is_of_one_kind() -> None:
    kinds: dict[str, set[str]] = {}
    for document in DOCUMENTS.values():
        for run in document["runs"]:
            for component in run.get("hardware", ()):
                if "model" in component:
                    kinds.setdefault(component["model"], set()).add(component["kind"])
    assert {model: kind for model, kind in kinds.items() if len(kind) > 1} == {}


def test_a_model_of_hardware_is_a_name() -> None:
    generic = re.compile(
        r"(intel |amd |nvidia |arm )?(cpu|gpu|processor|accelerator)", re.IGNORECASE
    )
    assert {item for item in names("model") if generic.fullmatch(item[0])} == set()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_identifiers_are_those_of_a_document(name: str) -> None:
    subject = DOCUMENTS[name]["subject"]
    assert re.fullmatch(r"\d{4}\.\d{5}", subject.get("arxiv", "0000.00000"))
    # a DOI of ACM without a second part is that of the whole volume
    assert not re.fullmatch(r"10\.1145/\d+", subject.get("doi", ""))
