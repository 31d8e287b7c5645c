"""The compiled check, the walk, the prose and two foreign validators never disagree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from schema_mutations import SCHEMA, documents, mutated, plain

from everyday import first
from greenalgo.schemas.compile import ANNOTATIONS
from greenalgo.schemas.draft07 import draft07
from greenalgo.schemas.patterns import python_pattern
from greenalgo.schemas.versions import accept
from greenalgo.schemas.walk import failures
from greenalgo.validate.messages import findings

if TYPE_CHECKING:
    from collections.abc import Iterator


def _pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    """Read patterns as ECMA-262 does: jsonschema hands them to `re` as they are."""
    if isinstance(value, str) and not re.search(python_pattern(pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


_extend: Any = extend
NEW = _extend(Draft202012Validator, {"pattern": _pattern})(SCHEMA)
OLD = _extend(Draft7Validator, {"pattern": _pattern})(draft07(SCHEMA))


def _leaves(errors: Any) -> Iterator[ValidationError]:
    for error in errors:
        yield error
        yield from _leaves(error.context)


def _keywords(node: Any) -> set[str]:
    """Return every validating keyword that the schema uses."""
    if isinstance(node, list):
        return set().union(*map(_keywords, node))
    if not isinstance(node, dict):
        return set()
    names = set(node) - ANNOTATIONS
    children = [
        child for key, child in node.items() if key not in ("properties", "$defs", "examples")
    ]
    for key in ("properties", "$defs"):
        children += node.get(key, {}).values()
    return names.union(*map(_keywords, children))


def test_examples() -> None:
    for document in documents():
        assert accept(document) == NEW.is_valid(document) == OLD.is_valid(document), plain(document)
        assert accept(document) == (not failures(SCHEMA, document)), plain(document)


@pytest.mark.parametrize("seed", first(range(2)))
def test_mutated_documents(seed: int) -> None:
    verdicts = {True: 0, False: 0}
    for document in mutated(seed, 600):
        verdict = accept(document)
        verdicts[verdict] += 1
        assert NEW.is_valid(document) == verdict, plain(document)
        assert OLD.is_valid(document) == verdict, plain(document)
        assert (not failures(SCHEMA, document)) == verdict, plain(document)
    assert min(verdicts.values()) > 50  # neither verdict is a rarity


@pytest.mark.slow
def test_every_keyword_is_reached() -> None:
    reached: set[str] = set()
    said: set[str] = set()
    for document in mutated(11, 2000):
        found = failures(SCHEMA, document)
        reached.update(failure.keyword for failure in found)
        out = findings(found, SCHEMA)
        said.update(finding.code for finding in out)
        assert bool(found) == bool(out), plain(document)
    structural = {"properties", "items", "$ref", "oneOf"}  # they lead on, and never fail themselves
    const_is_reported_as = {"const": "enum"}
    assert {const_is_reported_as.get(k, k) for k in _keywords(SCHEMA)} - structural == reached
    assert said == {f"GA{number}" for number in range(101, 114)} | {"GA020"}


def test_each_failure_is_where_jsonschema_sees_one() -> None:
    at_parent = ("additionalProperties", "propertyNames")
    for document in mutated(12, 400):
        places = {tuple(error.absolute_path) for error in _leaves(NEW.iter_errors(document))}
        for failure in failures(SCHEMA, document):
            one_up = failure.keyword in (*at_parent, "uniqueItems")
            assert (failure.path[:-1] if one_up else failure.path) in places, plain(document)


def test_numbers_that_are_whole_or_are_not() -> None:
    base: dict[str, Any] = {
        "spec_version": "1.0",
        "title": "t",
        "subject": {"name": "s"},
        "runs": [{"id": "a", "phase": "training", "repetitions": 1}],
    }
    for value, verdict in ((1, True), (1.0, True), (True, False), (1.5, False), ("1", False)):
        base["runs"][0]["repetitions"] = value
        assert accept(base) == NEW.is_valid(base) == (not failures(SCHEMA, base)) == verdict, value
    for value in (float("nan"), float("inf")):
        base["runs"][0]["repetitions"] = value
        assert not accept(base)
        assert failures(SCHEMA, base)
