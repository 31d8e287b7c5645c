"""The draft in ``statement/next/`` proves the path: it adds only, and all that was valid arrives there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from greenalgo.findings import Severity
from greenalgo.schemas.compile import ANNOTATIONS, generate
from greenalgo.schemas.draft07 import draft07
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.migrate import DRAFT, NEXT, migrate
from greenalgo.schemas.versions import ACCEPT, NEWEST, accept
from greenalgo.schemas.walk import failures, resolve
from greenalgo.sources import Document, parse
from greenalgo.validate.engine import check_bytes
from greenalgo.validate.messages import findings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
STATEMENTS = ROOT / "schema" / "statement"
DRAFTED = load_schema(NEXT)
RELEASED = sorted(
    path for version in ACCEPT for path in (STATEMENTS / version / "examples" / "pass").iterdir()
)
CORPUS = sorted((ROOT / "registry" / "statements").glob("*.yaml"))


def compiled(schema: dict[str, Any]) -> Any:
    """Return the compiled check of a schema that is not committed."""
    names: dict[str, Any] = {}
    exec(compile(generate(schema), "next", "exec"), names)  # noqa: S102 - our own generator's text
    return names["accept"]


NEXT_ACCEPT = compiled(DRAFTED)
FOREIGN: Any = Draft202012Validator(DRAFTED)


def data_of(path: Path) -> dict[str, Any]:
    document = parse(path.read_bytes(), path.name)
    assert isinstance(document, Document), document
    return dict(document.data)


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_released_example_arrives_in_the_draft(path: Path) -> None:
    before = data_of(path)
    assert accept(before)
    after = migrate(before, NEXT, tool="greenalgo 0.1.0").data
    assert after["spec_version"] == DRAFT
    assert NEXT_ACCEPT(after)
    assert FOREIGN.is_valid(after)
    assert failures(DRAFTED, after) == []
    assert accept(before), "the statement of the older version is still there, and still valid"


def test_the_whole_corpus_arrives_in_the_draft() -> None:
    assert len(CORPUS) > 200
    for path in CORPUS:
        after = migrate(data_of(path), NEXT, tool="greenalgo 0.1.0").data
        assert NEXT_ACCEPT(after), path


@pytest.mark.parametrize(
    "path", sorted((STATEMENTS / NEXT / "examples" / "pass").iterdir()), ids=lambda path: path.stem
)
def test_a_new_example(path: Path) -> None:
    data = data_of(path)
    assert data["spec_version"] == DRAFT
    assert NEXT_ACCEPT(data)
    assert FOREIGN.is_valid(data)
    assert not accept({**data, "spec_version": NEWEST}), "it shows what is new"
    report = check_bytes(path.read_bytes(), path.name)
    assert report.valid, "today's greenalgo reads it with warnings"
    assert {found.code for found in report.findings} >= {"GA901", "GA101"}


@pytest.mark.parametrize(
    "folder",
    sorted((STATEMENTS / NEXT / "examples" / "fail").iterdir()),
    ids=lambda path: path.name,
)
def test_a_new_example_that_fails(folder: Path) -> None:
    (path,) = folder.glob("footprint.*")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    data = data_of(path)
    found = findings(failures(DRAFTED, data), DRAFTED)
    assert [finding.code for finding in found] == expected["codes"]
    assert [finding.pointer for finding in found] == expected["pointers"]
    assert all(finding.severity == Severity.ERROR for finding in found)
    assert not NEXT_ACCEPT(data)
    assert not FOREIGN.is_valid(data)


def test_the_draft_is_a_schema_and_has_a_bundle_for_editors() -> None:
    Draft202012Validator.check_schema(DRAFTED)
    assert draft07(DRAFTED)["$id"].endswith(f"/{DRAFT}/draft-07")


def losses(old: Any, new: Any, at: str) -> Iterator[str]:
    """Yield what a schema no longer accepts that an older one accepted.

    The comparison is of form, not of meaning: it may call a harmless change a loss, never the other
    way round. A place that was a mapping may become a choice whose first branch is that mapping.
    """
    old = resolve(old, OLD["$defs"])
    new = resolve(new, DRAFTED["$defs"])
    if "oneOf" in new and "oneOf" not in old:
        new = resolve(new["oneOf"][0], DRAFTED["$defs"])
    for key, value in old.items():
        place = f"{at}/{key}"
        if key in ANNOTATIONS:
            continue
        if key not in new:
            yield place
        elif key == "properties":
            yield from (f"{place}/{name}" for name in value.keys() - new[key].keys())
            for name in value.keys() & new[key].keys():
                yield from losses(value[name], new[key][name], f"{place}/{name}")
        elif key == "enum":
            yield from (f"{place}: {word}" for word in value if word not in new[key])
        elif key == "required":
            yield from (f"{place}: {name} is new" for name in set(new[key]) - set(value))
        elif key in ("oneOf", "anyOf"):
            for index, branch in enumerate(value):
                yield from losses(branch, new[key][index], f"{place}/{index}")
        elif key in ("items", "additionalProperties", "propertyNames") and isinstance(value, dict):
            yield from losses(value, new[key], place)
        elif new[key] != value:
            yield place
    yield from (f"{at}: {key} is new" for key in new.keys() - old.keys() - ANNOTATIONS)


OLD = load_schema(NEWEST)


def test_the_draft_only_adds() -> None:
    assert sorted(losses(OLD, DRAFTED, "")) == []


def test_a_loss_would_be_noticed() -> None:
    narrower = json.loads(json.dumps(OLD))
    narrower["properties"]["title"]["maxLength"] = 10
    narrower["required"].append("authors")
    del narrower["properties"]["licence"]
    assert sorted(losses(OLD, narrower, "")) == [
        "/properties/licence",
        "/properties/title/maxLength",
        "/required: authors is new",
    ]
