"""The chain of migrations: pure, logged, complete, forwards only."""

from __future__ import annotations

import copy
import itertools
from typing import Any

import pytest

from greenalgo.errors import GreenalgoError, UnsupportedVersionError
from greenalgo.schemas import migrate as module
from greenalgo.schemas.load import load_schema
from greenalgo.schemas.migrate import (
    DRAFT,
    NEXT,
    STEPS,
    Step,
    migrate,
    number_of,
    readdressed,
    targets,
)
from greenalgo.schemas.versions import ACCEPT, NEWEST
from greenalgo.statement.digest import digest

MINIMAL: dict[str, Any] = {
    "spec_version": "1.0",
    "title": "A minimal statement",
    "subject": {"name": "My analysis"},
    "runs": [{"id": "analysis", "phase": "analysis"}],
}
TOOL = "greenalgo 9.9.9"


def test_nothing_to_do() -> None:
    migration = migrate(MINIMAL, tool=TOOL)
    assert migration.data is MINIMAL
    assert migration.log == ()
    assert (migration.source, migration.target) == ("1.0", NEWEST)


def test_a_step_is_logged_with_the_digest_of_what_it_read() -> None:
    before = copy.deepcopy(MINIMAL)
    migration = migrate(before, NEXT, tool=TOOL)
    assert before == MINIMAL
    assert migration.log == (f"1.0 -> 1.1 by {TOOL}; was sha256:{digest(MINIMAL)}",)
    assert migration.data == {
        **MINIMAL,
        "spec_version": "1.1",
        "provenance": {"migrations": list(migration.log)},
    }


def test_an_older_log_is_kept() -> None:
    before = {**MINIMAL, "provenance": {"migrations": ["by hand"], "citation": "x2022"}}
    after = migrate(before, NEXT, tool=TOOL).data["provenance"]
    assert after["citation"] == "x2022"
    assert after["migrations"][0] == "by hand"
    assert len(after["migrations"]) == 2
    assert before["provenance"]["migrations"] == ["by hand"]


def test_a_longer_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(data: dict[str, Any]) -> dict[str, Any]:
        data["runs"][0]["id"] = "renamed"
        return data

    steps = (
        Step("0.8", "0.9", lambda data: data),
        Step("0.9", "1.0", rename),
        Step("1.0", "1.1", lambda data: data),
    )
    monkeypatch.setitem(ACCEPT, "0.8", lambda _data: True)
    before = {**MINIMAL, "spec_version": "0.8"}
    migration = migrate(before, "1.0", tool=TOOL, steps=steps)
    assert [entry[:10] for entry in migration.log] == ["0.8 -> 0.9", "0.9 -> 1.0"]
    assert migration.data["runs"][0]["id"] == "renamed"
    assert before["runs"][0]["id"] == "analysis"  # a step may edit what it is given
    assert digest(before) in migration.log[0]


def test_never_backwards() -> None:
    with pytest.raises(GreenalgoError, match=r"no way from schema 1\.1 to 1\.0"):
        migrate({**MINIMAL, "spec_version": "1.1"}, "1.0", tool=TOOL)


def test_a_newer_major_is_refused() -> None:
    with pytest.raises(UnsupportedVersionError, match=r"2\.0"):
        migrate({**MINIMAL, "spec_version": "2.0"}, tool=TOOL)


def test_a_step_that_breaks_a_statement_is_found_out() -> None:
    def drop(data: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in data.items() if key != "title"}

    with pytest.raises(GreenalgoError, match=r"not valid in schema 1\.1 at / \(required\)"):
        migrate(MINIMAL, NEXT, tool=TOOL, steps=(Step("1.0", "1.1", drop),))


def test_the_chain_reaches_every_version_and_the_draft() -> None:
    versions = [*ACCEPT, DRAFT]
    assert [(step.source, step.target) for step in STEPS] == list(itertools.pairwise(versions))
    assert targets() == (*ACCEPT, NEXT)
    assert number_of(NEXT) == DRAFT
    assert number_of("1.0") == "1.0"
    assert load_schema(NEXT)["$id"] == module.URI + DRAFT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://w3id.org/greenalgo/statement/1.0", "https://w3id.org/greenalgo/statement/1.1"),
        (
            "https://w3id.org/greenalgo/statement/1.0/draft-07",
            "https://w3id.org/greenalgo/statement/1.1/draft-07",
        ),
        ("https://w3id.org/greenalgo/statement/1.00", "https://w3id.org/greenalgo/statement/1.00"),
        ("schema.json", "schema.json"),
    ],
)
def test_addresses(text: str, expected: str) -> None:
    assert readdressed(text, "1.0", "1.1") == expected


def test_the_address_in_the_document_follows() -> None:
    data = {"$schema": "https://w3id.org/greenalgo/statement/1.0", **MINIMAL}
    after = migrate(data, NEXT, tool=TOOL).data
    assert after["$schema"] == "https://w3id.org/greenalgo/statement/1.1"
