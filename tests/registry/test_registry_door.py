"""The door: the same verdict as validate, level L1, one entry for one statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from registry_cases import statement

from greenalgo.errors import RegistryError
from greenalgo.registry.door import draft_of, look, submit
from greenalgo.statement.digest import digest
from greenalgo.validate.engine import check_bytes

if TYPE_CHECKING:
    from greenalgo.registry.store import Store

BARE = b'{"spec_version": "1.0", "title": "T", "subject": {"name": "S"}, "runs": [{"id": "r", "phase": "training"}]}'


@pytest.mark.parametrize(
    "raw",
    [
        statement(),
        statement(extra="reported: {energy_it_kwh: 320}\n"),
        statement(extra="reported: {energy_it_kwh: 999}\n"),
        statement(extra="nonsense: 1\n"),
        statement(extra="title: twice\n"),
        b"[]",
        b"\xff",
        b"",
        BARE,
        statement().replace(b'"1.0"', b'"9.0"'),
    ],
)
def test_the_verdict_is_the_validators(raw: bytes) -> None:
    judged = look(raw, "footprint.yaml")
    assert judged.report == check_bytes(raw, "footprint.yaml")
    assert judged.fit == (judged.report.level in ("L1", "L2"))
    assert bool(judged.digest) == judged.report.valid


def test_a_low_level_is_not_fit_and_its_needs_are_named() -> None:
    judged = look(BARE, "f.json")
    assert (judged.report.level, judged.fit) == ("L0", False)
    assert judged.report.missing
    with pytest.raises(RegistryError, match="not fit"):
        draft_of(judged, BARE, "f.json")


def test_notation_leaves_no_trace_in_the_digest() -> None:
    as_json = (
        b'{"runs":[{"phase":"training","id":"training","hardware":[{"count":8.0,"kind":"gpu",'
        b'"model":"NVIDIA A100-SXM4-80GB","power_w":400}],"hours":1e2,"location":{"country":"FRA"},'
        b'"pue":1.20,"carbon_intensity_g_per_kwh":57}],"subject":{"kind":"model","name":"Chess-7B"},'
        b'"title":"Training of Chess-7B","spec_version":"1.0"}'
    )
    assert look(as_json, "f.json").digest == look(statement(), "f.yaml").digest


def test_the_digest_is_that_of_the_statement() -> None:
    from greenalgo.api import loads

    assert look(statement(), "f.yaml").digest == digest(loads(statement()).data)


def give(store: Store, raw: bytes, **options: object) -> object:
    return submit(store, look(raw, "f.yaml"), raw, "f.yaml", **options)  # type: ignore[arg-type]


def test_the_same_statement_twice_is_one(store: Store) -> None:
    raw = statement()
    first = submit(store, look(raw, "f.yaml"), raw, "f.yaml", actor="a")
    again = b"# Another comment.\n" + raw
    second = submit(store, look(again, "f.yaml"), again, "f.yaml", actor="b")
    assert (first.known, second.known) == (False, True)
    assert (first.digest, first.permalink) == (second.digest, second.permalink)
    assert second.state.actor == "a"
    assert len(store.log().events) == 1


def test_a_dry_run_writes_nothing_and_refuses_the_same(store: Store) -> None:
    raw = statement()
    outcome = submit(store, look(raw, "f.yaml"), raw, "f.yaml", dry_run=True)
    assert (outcome.known, outcome.event) == (False, None)
    assert store.log().events == ()
    with pytest.raises(RegistryError, match="not in this registry"):
        give(store, raw, supersedes="0" * 64, dry_run=True)


@pytest.mark.parametrize("before", ["", "sha256:"])
def test_relations_say_what_is_superseded(store: Store, before: str) -> None:
    first = submit(store, look(statement(), "f.yaml"), statement(), "f.yaml")
    relation = f"relations: [{{kind: supersedes, statement: '{before}{first.digest}'}}]\n"
    raw = statement(hours=2, extra=relation)
    second = submit(store, look(raw, "f.yaml"), raw, "f.yaml")
    assert second.state.supersedes == first.digest
    assert store.states()[first.digest].superseded_by == second.digest
    # Again, in every way in which it can be said.
    assert submit(store, look(raw, "f.yaml"), raw, "f.yaml").known
    assert submit(store, look(raw, "f.yaml"), raw, "f.yaml", supersedes=first.digest).known
    with pytest.raises(RegistryError, match="the statement says that it supersedes"):
        give(store, raw, supersedes=second.digest)


def test_addresses_in_relations_are_no_digests(store: Store) -> None:
    raw = statement(
        extra="relations: [{kind: supersedes, statement: 'https://example.org/old.yaml'}]\n"
    )
    assert submit(store, look(raw, "f.yaml"), raw, "f.yaml").state.supersedes == ""


def test_two_superseded_statements_are_refused() -> None:
    both = ", ".join(f"{{kind: supersedes, statement: '{char * 64}'}}" for char in "ab")
    with pytest.raises(RegistryError, match="several others"):
        look(statement(extra=f"relations: [{both}]\n"), "f.yaml")


def test_what_it_supersedes_is_said_when_it_is_published(store: Store) -> None:
    first = submit(store, look(statement(), "f.yaml"), statement(), "f.yaml")
    raw = statement(hours=2)
    give(store, raw)
    with pytest.raises(RegistryError, match="does not supersede"):
        give(store, raw, supersedes=first.digest)


@pytest.mark.parametrize(
    "name", ["日本語", "../../etc/passwd", "=1+1", "<script>", "a" * 200, "..."]
)
def test_any_name_makes_a_harmless_file_name(store: Store, name: str) -> None:
    raw = statement(name=name)
    outcome = submit(store, look(raw, "f.yaml"), raw, "f.yaml")
    (held,) = store.holdings()
    assert held.digest == outcome.digest
    if held.name:
        assert held.name.replace("-", "").replace(".yaml", "").isalnum()
        assert held.name.isascii()
        assert len(held.name) < 100
