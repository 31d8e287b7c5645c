"""The contract of a store: the same tests for every kind."""

from __future__ import annotations

import hashlib
import json
import threading
from typing import TYPE_CHECKING

import pytest
from registry_cases import KINDS, draft, make_store, statement, url_of

from greenalgo.errors import CannotCheckError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.comparison import gather
from greenalgo.registry.door import look, receipt_for, submit
from greenalgo.registry.record import Draft, prove
from greenalgo.registry.record.receipt import check_receipt
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from greenalgo.registry.store import Store


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.log().events == ()
    assert list(store.holdings()) == []
    assert store.body("0" * 64) is None
    assert audit.verify(store).problems == ()


def test_a_store_that_does_not_exist_is_not_made_by_reading(kind: str, tmp_path: Path) -> None:
    with pytest.raises(CannotCheckError):
        open_store(url_of(kind, tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_was_put_in_is_there_and_is_there_after_opening_again(
    store: Store, kind: str, tmp_path: Path
) -> None:
    one = draft()
    event = store.commit([one])[0]
    store.close()
    again = make_store(kind, tmp_path)
    assert again.body(one.digest) == one.body
    assert hashlib.sha256(one.body).hexdigest() == one.digest
    assert [held.digest for held in again.holdings()] == [one.digest]
    assert again.log().events == (event,)
    assert again.states()[one.digest].status == "published"
    assert again.states(["0" * 64]) == {}
    again.close()


def test_bodies_are_canonical_json(store: Store) -> None:
    one = draft()
    store.commit([one])
    body = store.body(one.digest) or b""
    assert list(json.loads(body)) == sorted(json.loads(body))
    assert b" " not in body.replace(b"Training of Chess", b"").replace(b"NVIDIA A100", b"")


def test_a_digest_is_found_by_its_beginning(store: Store) -> None:
    drafts = [draft(hours) for hours in range(1, 6)]
    store.commit(drafts)
    for one in drafts:
        assert store.find(one.digest[:16]) == (one.digest,)
        assert store.find(one.digest) == (one.digest,)
    assert store.find("") == tuple(sorted(one.digest for one in drafts))
    assert store.find("0" * 64) == ()


def test_the_log_is_a_chain_over_several_openings(store: Store, kind: str, tmp_path: Path) -> None:
    for hours in (1, 2, 3):
        other = make_store(kind, tmp_path)
        other.commit([draft(hours)])
        other.close()
    events = store.log().events
    assert [event.seq for event in events] == [1, 2, 3]
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    assert audit.verify(store).problems == ()


def test_several_events_at_once_are_all_or_none(store: Store) -> None:
    good, bad = draft(1), draft(2, supersedes="0" * 64)
    with pytest.raises(RegistryError):
        store.commit([good, bad])
    assert store.log().events == ()
    assert list(store.holdings()) == []
    assert [event.seq for event in store.commit([good, draft(2), draft(3)])] == [1, 2, 3]


def test_the_same_statement_is_not_published_twice(store: Store) -> None:
    store.commit([draft()])
    with pytest.raises(RegistryError):
        store.commit([draft()])
    with pytest.raises(RegistryError):
        store.commit([draft(2), draft(2)])
    assert len(store.log().events) == 1


def test_a_later_version_supersedes_an_earlier_one(store: Store) -> None:
    first, second = draft(1), None
    store.commit([first])
    second = draft(2, supersedes=first.digest)
    store.commit([second])
    state = store.states([first.digest])[first.digest]
    assert (state.status, state.superseded_by) == ("superseded", second.digest)
    assert store.states([second.digest])[second.digest].supersedes == first.digest
    assert store.states() == store.states([first.digest, second.digest])


def test_a_withdrawn_statement_stays_readable_and_does_not_come_back(store: Store) -> None:
    one = draft()
    store.commit([one])
    store.commit([Draft("withdraw", one.digest, "me", "wrong count")])
    assert store.body(one.digest) == one.body
    with pytest.raises(RegistryError, match="wrong count"):
        store.commit([one])
    with pytest.raises(RegistryError, match="which is withdrawn"):
        store.commit([draft(2, supersedes=one.digest)])


def test_an_event_needs_a_statement(store: Store) -> None:
    with pytest.raises(RegistryError, match="there is no statement"):
        store.commit([Draft("withdraw", "0" * 64, "", "why")])


def test_receipts_hold_for_every_statement(store: Store) -> None:
    for hours in range(1, 6):
        raw = statement(hours=hours)
        outcome = submit(store, look(raw, "f.yaml"), raw, "f.yaml", actor="me")
        receipt = receipt_for(store, outcome.digest)
        assert check_receipt(receipt, outcome.digest) == []
        assert receipt.level == "L1"
    assert audit.verify(store, receipt.checkpoint).problems == ()
    with pytest.raises(RegistryError):
        receipt_for(store, "0" * 64)


def test_proofs_are_those_of_the_whole_log(store: Store) -> None:
    drafts = [draft(hours) for hours in range(1, 12)]
    store.commit(drafts[:5])
    store.commit([Draft("dispute", drafts[2].digest, "", "hm")])
    store.commit(drafts[5:])
    log = store.log()
    for one in log.events:
        if one.kind == "publish":
            assert store.prove(one.digest) == prove(log, one)
    assert store.prove("0" * 64) is None


def test_a_snapshot_goes_only_into_an_empty_store(store: Store, kind: str, tmp_path: Path) -> None:
    store.commit([draft(1), draft(2)])
    holdings, events = list(store.holdings()), store.log().events
    (tmp_path / "copy").mkdir()
    copy = make_store(kind, tmp_path / "copy")
    copy.restore(holdings, events)
    assert copy.log().events == events
    assert list(copy.holdings()) == holdings
    assert audit.verify(copy, store.log().checkpoint).problems == ()
    with pytest.raises(RegistryError, match="not empty"):
        copy.restore(holdings, events)
    copy.commit([draft(3)])
    assert audit.verify(copy).problems == ()
    copy.close()


def test_two_writers_at_once_lose_nothing(kind: str, tmp_path: Path) -> None:
    make_store(kind, tmp_path).close()
    errors: list[Exception] = []

    def write(first: int) -> None:
        own = make_store(kind, tmp_path)
        try:
            for hours in range(first, first + 20):
                own.commit([draft(hours)])
        except Exception as error:  # noqa: BLE001 - reported by the test
            errors.append(error)
        finally:
            own.close()

    threads = [threading.Thread(target=write, args=(first,)) for first in (100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    store = make_store(kind, tmp_path)
    verified = audit.verify(store)
    assert (verified.statements, verified.checkpoint.size, verified.problems) == (40, 40, ())
    assert len(store.log().heads) == 1
    store.close()


def test_large_floats_come_back_from_a_body(store: Store, kind: str, tmp_path: Path) -> None:
    # Canonical JSON writes 4.5e20 without exponent; no reader may take it for an integer that is too large.
    raw = statement(extra="    work: {flops: 4.5e20, tokens: 1.0e21}\n")
    digest = submit(store, look(raw, "f.yaml"), raw, "f.yaml").digest
    assert b"450000000000000000000" in (store.body(digest) or b"")
    assert receipt_for(store, digest).level == "L1"
    assert audit.inspect(store).sound
    (held,) = store.holdings()
    (tmp_path / "copy").mkdir()
    for target in KINDS:
        copy = make_store(target, tmp_path / "copy")
        copy.restore([held._replace(name="", text=b"")], store.log().events)
        assert audit.inspect(copy).sound, kind
        (source,) = gather.from_store(copy)
        assert source.data["runs"][0]["work"]["flops"] == 4.5e20
        assert source.digest == digest
        copy.close()
