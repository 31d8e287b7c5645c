"""The contract of a store: the same tests for every kind."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from registry_cases import DATABASES, KINDS, change_body, draft, make_store, statement, url_of

from greenalgo.errors import CannotCheckError, DamagedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.comparison import gather
from greenalgo.registry.door import look, receipt_for, submit
from greenalgo.registry.record import Draft, Event, Log, prove, states_of
from greenalgo.registry.record.receipt import check_receipt
from greenalgo.registry.store import open_store
from greenalgo.registry.store.sql import SqlStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from greenalgo.registry.store import Store
    from greenalgo.registry.store.base import Kept


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


def numbers(outcomes: Sequence[Event | RegistryError]) -> list[int]:
    """Return the number of each event; 0 for a draft that was refused."""
    return [one.seq if isinstance(one, Event) else 0 for one in outcomes]


def test_what_can_follow_is_written_and_the_rest_is_refused(store: Store) -> None:
    first, second = draft(1), draft(2)
    astray = draft(3, supersedes="0" * 64)
    nameless = Draft("withdraw", first.digest)
    withdrawn = Draft("withdraw", first.digest, "me", "wrong-figures: wrong count")
    hidden = draft(4)._replace(actor="\u202eme")
    drafts = [astray, first, nameless, hidden, withdrawn, second, draft(5, supersedes=first.digest)]
    outcomes = store.commit_each(drafts)
    assert numbers(outcomes) == [0, 1, 0, 0, 2, 3, 0]
    words = (
        "not in this registry",
        "a reason is needed",
        "control characters",
        "which is withdrawn",
    )
    refused = [str(one) for one in outcomes if isinstance(one, RegistryError)]
    assert all(word in text for word, text in zip(words, refused, strict=True)), refused
    events = tuple(one for one in outcomes if isinstance(one, Event))
    assert store.log().events == events
    assert [one.digest for one in events] == [first.digest, first.digest, second.digest]
    assert store.find("") == tuple(sorted((first.digest, second.digest)))
    assert store.body(astray.digest) is None
    assert audit.verify(store).problems == ()


def test_each_draft_is_judged_with_those_before_it_in_place(store: Store) -> None:
    one = draft(1)
    later = draft(2, supersedes=one.digest)
    assert numbers(store.commit_each([later, one, later])) == [0, 1, 2]
    assert store.states()[one.digest].superseded_by == later.digest


def test_a_draft_that_comes_twice_in_a_group_is_written_once(store: Store) -> None:
    twice = draft(1)
    assert numbers(store.commit_each([twice, draft(2), twice])) == [1, 2, 0]
    assert numbers(store.commit_each([twice, draft(3)])) == [0, 3]
    assert audit.verify(store).statements == 3


def test_a_group_of_which_nothing_can_follow_changes_nothing(store: Store) -> None:
    store.commit([draft(1)])
    before = store.log().events
    unfit = [draft(1), Draft("withdraw", "0" * 64, "", "why"), draft(2, supersedes="0" * 64)]
    assert numbers(store.commit_each(unfit)) == [0, 0, 0]
    assert store.log().events == before
    assert len(list(store.holdings())) == 1


def test_an_empty_group_is_nothing(store: Store) -> None:
    assert store.commit_each([]) == store.commit([]) == ()
    assert store.log().events == ()


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
    store.commit([Draft("withdraw", one.digest, "me", "wrong-figures: wrong count")])
    assert store.body(one.digest) == one.body
    with pytest.raises(RegistryError, match="wrong count"):
        store.commit([one])
    with pytest.raises(RegistryError, match="which is withdrawn"):
        store.commit([draft(2, supersedes=one.digest)])


def test_body_and_state_are_read_at_one_moment(store: Store) -> None:
    first, second = draft(1), draft(2)
    assert store.kept(first.digest) is None
    store.commit([first])
    later = second._replace(supersedes=first.digest)
    store.commit([later, Draft("dispute", second.digest, "me", "wrong-figures: wrong count")])
    states = {}
    for one in (first, later):
        found = store.kept(one.digest)
        assert found is not None
        assert found.body == store.body(one.digest) == one.body
        states[one.digest] = found.state
    assert states == dict(store.states())
    # what became of an earlier version follows from an event of the later one
    assert states[first.digest].superseded_by == second.digest


@pytest.mark.parametrize("database", DATABASES)
def test_what_is_at_hand_is_what_is_kept(database: str, tmp_path: Path) -> None:
    store, elsewhere = make_store(database, tmp_path), make_store(database, tmp_path)
    assert isinstance(store, SqlStore)

    def read(digest: str) -> Kept | None:
        return (
            store.kept(digest) if database == "sqlite" else None
        )  # PostgreSQL has to be waited for

    one, other = draft(1), draft(2)
    store.commit([one])
    assert store.at_hand(one.digest) == read(one.digest)
    assert store.at_hand(other.digest) is None
    elsewhere.commit([other, Draft("quarantine", one.digest, "me", "spam")])
    for digest in (one.digest, other.digest):
        assert store.at_hand(digest) == read(digest)
    elsewhere.commit([Draft("erase", one.digest, "me", "personal-data")])
    assert store.at_hand(one.digest) is None
    store.close()
    elsewhere.close()


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
    store.commit([Draft("dispute", drafts[2].digest, "", "wrong-source")])
    store.commit(drafts[5:])
    log = store.log()
    for one in log.events:
        if one.kind == "publish":
            assert store.prove(one.digest) == prove(log, one)
    assert store.prove("0" * 64) is None


def test_a_part_of_the_log_is_that_part_of_the_whole(store: Store) -> None:
    assert store.checkpoint() == Log().checkpoint
    assert store.events(0, 5) == store.course("0" * 64) == ()
    drafts = [draft(hours) for hours in range(1, 8)]
    for one in drafts:
        store.commit([one])
        assert store.checkpoint() == store.log().checkpoint
    whole = store.log().events
    for after in (0, 1, 6, 7, 99):
        assert store.events(after) == whole[after:]
        for limit in (0, 1, 3, 99):
            assert store.events(after, limit) == whole[after : after + limit]


def test_the_course_of_a_statement_is_that_of_its_whole_series(store: Store) -> None:
    first, other = draft(1), draft(9)
    second, third = draft(2, supersedes=first.digest), draft(3, supersedes=draft(2).digest)
    store.commit([other, first])
    store.commit([Draft("dispute", first.digest, "", "wrong-source"), second])
    store.commit([Draft("dispute", other.digest, "", "wrong-source"), third])
    store.commit([Draft("withdraw", second.digest, "me", "wrong-figures: wrong count")])
    whole = store.log().events
    series = {first.digest, second.digest, third.digest}
    for digest in series:
        assert store.course(digest) == tuple(one for one in whole if one.digest in series)
        assert states_of(store.course(digest))[digest] == states_of(whole)[digest]
    assert store.course(other.digest) == (whole[0], whole[4])


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


def test_threads_share_a_store(store: Store) -> None:
    shared, threads, each = draft(1), 4, 8

    def work(first: int) -> list[int]:
        found = numbers(store.commit_each([shared, draft(first)]))
        for hours in range(first + 1, first + each):
            one = draft(hours)
            (event,) = store.commit([one])
            assert store.body(one.digest) == one.body
            assert store.states([one.digest])[one.digest].status == "published"
            assert check_receipt(receipt_for(store, one.digest), one.digest) == []
            assert event in store.log().events
            found.append(event.seq)
        return found

    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(work, 100 * number) for number in range(1, threads + 1)]
        written = [seq for one in done for seq in one.result() if seq]
    assert sorted(written) == list(range(1, 2 + threads * each))
    assert [event.seq for event in store.log().events] == sorted(written)
    assert audit.verify(store).problems == ()


def test_a_body_that_was_changed_is_found_and_not_served(store: Store, kind: str) -> None:
    one, other = draft(1)._replace(text=b""), draft(2)
    store.commit([one, other])
    change_body(store, one.digest, one.body.replace(b'"count":8', b'"count":4'))
    (problem,) = audit.verify(store).problems
    assert one.digest in problem.where
    with pytest.raises(DamagedError, match="its digest differs"):
        store.body(one.digest)
    with pytest.raises(DamagedError, match="its digest differs"):
        store.kept(one.digest)
    if kind == "sqlite":
        assert isinstance(store, SqlStore)
        with pytest.raises(DamagedError, match="its digest differs"):
            store.at_hand(one.digest)
    with pytest.raises(DamagedError, match="its digest differs"):
        list(store.holdings())
    assert store.body(other.digest) == other.body


HEAVY = "import sys; assert not {'sqlalchemy', 'alembic', 'httpx2'} & set(sys.modules)"


@pytest.mark.parametrize(
    "code",
    [
        "import greenalgo.registry.store",
        "import greenalgo.cli.main as m; m.cli(['validate', 'f.yaml'], standalone_mode=False)",
        "import greenalgo.cli.main as m; m.cli(['submit', 'f.yaml', '--to', 'r'], standalone_mode=False)",
    ],
)
def test_a_directory_waits_for_no_database_library(code: str, tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(statement())
    command = [sys.executable, "-c", f"{code}\n{HEAVY}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r").exists() == ("submit" in code)


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
