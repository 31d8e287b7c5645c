"""Events and the log: hashes, chains, branches that are joined, what is found where it was tampered with."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from greenalgo.errors import DamagedError, RegistryError
from greenalgo.registry.record import (
    ZERO,
    Draft,
    Event,
    Log,
    Problem,
    Receipt,
    draw_up,
    from_json,
    prove,
)
from greenalgo.registry.record.event import hash_of, to_bytes, to_json
from greenalgo.registry.record.receipt import (
    check_receipt,
    read_checkpoint,
    read_receipt,
    to_document,
)

X, Y, Z = ("1" * 64, "2" * 64, "3" * 64)


def at(second: int) -> str:
    return f"2026-01-01T00:00:{second:02}.000000Z"


def event(log: Log, second: int, digest: str = X, kind: str = "publish") -> Event:
    return draw_up(Draft(kind, digest, "me"), len(log.events) + 1, log.heads, at(second))


def chain(length: int) -> Log:
    log = Log()
    for second in range(length):
        log = Log((*log.events, event(log, second, f"{second:064x}")))
    return log


def test_the_hash_of_an_event_is_that_of_its_canonical_json() -> None:
    first = event(Log(), 0)
    plain = to_json(first)
    said = plain.pop("hash")
    assert plain == {
        "seq": 1, "kind": "publish", "digest": X, "actor": "me", "reason": "", "at": at(0), "prev": ZERO,
    }  # fmt: skip
    assert said == hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.sampled_from(["", X, 'not"a digest']),
    st.lists(st.sampled_from([X, Y, ZERO]), max_size=3),
    st.sampled_from([("", ""), (X, ""), (X, Y)]),
)
def test_events_are_written_as_rfc_8785_does(
    actor: str, reason: str, supersedes: str, heads: list[str], opened: tuple[str, str]
) -> None:
    opens, salt = opened
    draft = Draft("dispute", X, actor, reason, supersedes, opens=opens, salt=salt)
    try:
        one = draw_up(draft, 1, heads, at(0))
    except RegistryError:
        return  # control characters
    assert to_bytes(one) == rfc8785.dumps(to_json(one))
    assert from_json(to_bytes(one)) == one


def test_events_are_chained() -> None:
    log = chain(4)
    assert [one.seq for one in log.events] == [1, 2, 3, 4]
    assert log.events[0].prev == ZERO
    assert [one.prev for one in log.events[1:]] == [one.hash for one in log.events[:-1]]
    assert log.problems() == []


def test_the_order_does_not_depend_on_the_order_of_reading() -> None:
    log = chain(9)
    shuffled = [log.events[i * 4 % 9] for i in range(9)]
    assert Log(shuffled).events == log.events
    assert Log(shuffled).checkpoint == log.checkpoint


def test_two_branches_are_joined_by_the_next_event() -> None:
    base = chain(2)
    left, right = event(base, 10, Y), event(base, 11, Z)
    merged = Log((*base.events, right, left))
    assert merged.heads == tuple(sorted((left.hash, right.hash)))
    assert merged.checkpoint.head == ""
    assert [one.digest for one in merged.events[2:]] == [Y, Z]
    joined = Log((*merged.events, event(merged, 12, "4" * 64)))
    assert joined.events[-1].seq == 5
    assert {joined.events[-1].prev, *joined.events[-1].merges} == {left.hash, right.hash}
    assert joined.problems() == []
    for branch in (base, Log((*base.events, left)), Log((*base.events, right))):
        assert joined.holds(branch.checkpoint)


def test_two_branches_may_both_begin_the_log() -> None:
    left, right = event(Log(), 0, X), event(Log(), 1, Y)
    merged = Log((right, left))
    joined = Log((*merged.events, event(merged, 2, Z)))
    assert joined.problems() == []
    assert joined.events[-1].seq == 3


@pytest.mark.parametrize(
    "change",
    [
        {"reason": "other"},
        {"at": at(59)},
        {"actor": "you"},
        {"kind": "withdraw"},
        {"digest": Z},
        {"seq": 7},
    ],
)
def test_a_changed_event_is_found(change: dict[str, str]) -> None:
    log = chain(3)
    forged = log.events[1]._replace(**change)  # type: ignore[arg-type]
    problems = Log((log.events[0], forged, log.events[2])).problems()
    assert "was changed" in problems[0].message


def test_an_event_that_is_forged_with_its_hash_cuts_the_log() -> None:
    log = chain(3)
    forged = log.events[1]._replace(reason="other")
    forged = forged._replace(hash=hash_of(forged))
    problems = Log((log.events[0], forged, log.events[2])).problems()
    assert any("is missing" in one.message for one in problems)


def test_a_missing_event_is_found() -> None:
    log = chain(3)
    assert Log((log.events[0], log.events[2])).problems()
    assert not Log(log.events[:2]).holds(
        log.checkpoint
    )  # a log that lost its end is whole in itself


def test_a_rewritten_log_does_not_hold_an_old_checkpoint() -> None:
    log = chain(3)
    rewritten = Log()
    for second in range(4):
        rewritten = Log((*rewritten.events, event(rewritten, second + 30, f"{second:064x}")))
    assert rewritten.problems() == []
    assert not rewritten.holds(log.checkpoint)
    assert log.holds(chain(2).checkpoint)


@pytest.mark.parametrize(
    "data",
    ["{", "[]", {"seq": 1}, {"kind": "burn"}, {"at": "yesterday"}, {"digest": "x"}, {"extra": 1}, {"seq": "1"},
     {"merges": "x"}, {"merges": ["x"]}],
)  # fmt: skip
def test_what_is_no_event_is_refused(data: object) -> None:
    if isinstance(data, dict) and data != {"seq": 1}:
        data = {**to_json(event(Log(), 0)), **data}
    with pytest.raises(DamagedError):
        from_json(data if isinstance(data, str) else json.dumps(data))


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "\u202eevil", "x" * 3000])
def test_reasons_are_one_line_of_plain_text(text: str) -> None:
    with pytest.raises(RegistryError):
        draw_up(Draft("withdraw", X, "", text), 1, (), at(0))


def test_a_receipt_is_checked_without_the_log() -> None:
    log = chain(7)
    for one in log.events:
        receipt = Receipt(*prove(log, one), "p", "L1", "t")
        again = read_receipt(json.dumps(to_document(receipt)))
        assert again == receipt
        assert check_receipt(again, one.digest) == []
        assert log.holds(again.checkpoint)
        assert "not the one of the receipt" in check_receipt(again, Z)[0].message


def test_a_forged_receipt_is_found() -> None:
    log = chain(7)
    receipt = Receipt(*prove(log, log.events[4]), "p", "L1", "t")
    digest = receipt.event.digest
    earlier = receipt.event._replace(at=at(1))
    wrong = [
        receipt._replace(event=earlier),
        receipt._replace(event=earlier._replace(hash=hash_of(earlier))),
        receipt._replace(path=receipt.path[:-1]),
        receipt._replace(path=("zz",)),
        receipt._replace(checkpoint=receipt.checkpoint._replace(root=Z)),
        receipt._replace(checkpoint=receipt.checkpoint._replace(size=6)),
        receipt._replace(checkpoint=receipt.checkpoint._replace(head=Z)),
        receipt._replace(event=receipt.event._replace(kind="withdraw")),
    ]
    assert all(check_receipt(one, digest) for one in wrong)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value of a document."""
    if not isinstance(node, (dict, list)):
        return [path]
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    return [path] * bool(path) + [way for key, one in inner for way in places(one, (*path, key))]


def others(value: Any) -> list[Any]:
    """Return what a value may be changed into."""
    if isinstance(value, int):
        return [value + 1, value - 1, 0, -1, 10**30, float(value), str(value), None, True]
    if isinstance(value, str):
        return [value.upper(), f"{value} ", value[:-1], "f" * 64, "", None, 5]
    if isinstance(value, list):
        return [value[:-1], value[1:], value[::-1], [*value, "f" * 64], [], None]
    return [[], {}, None]


GONE = object()


def at_place(node: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        node = node[key]
    return node


def test_whatever_is_changed_in_a_receipt_is_told() -> None:
    log = chain(7)
    good = to_document(Receipt(*prove(log, log.events[5]), "p", "L1", "t"))
    unproved = {("permalink",), ("level",), ("tool",)}
    told = 0
    for way in places(good):
        for value in () if way in unproved else (*others(at_place(good, way)), GONE):
            if value == at_place(good, way) and type(value) is type(at_place(good, way)):
                continue
            changed = json.loads(json.dumps(good))
            inner = at_place(changed, way[:-1])
            if value is GONE:
                del inner[way[-1]]
            else:
                inner[way[-1]] = value
            try:
                problems = check_receipt(read_receipt(json.dumps(changed)), log.events[5].digest)
            except RegistryError:
                problems = [Problem("", "refused")]
            assert problems, (way, value)
            told += 1
    assert told > 100


@pytest.mark.parametrize(
    "checkpoint",
    [{"size": 0, "root": Z, "head": ""}, {"size": "7", "root": Z, "head": Z}, {"size": -1, "root": Z, "head": ""},
     {"size": 7.0, "root": Z, "head": Z}, {"size": 7, "root": "x", "head": Z}],
)  # fmt: skip
def test_a_checkpoint_that_stands_for_nothing_is_not_held(checkpoint: dict[str, Any]) -> None:
    try:
        read = read_checkpoint(checkpoint)
    except RegistryError:
        return
    assert not chain(7).holds(read)


def test_every_log_holds_the_checkpoint_of_the_empty_one() -> None:
    assert chain(7).holds(Log().checkpoint)


@pytest.mark.parametrize("text", ["", "[]", '{"format": "x"}', '{"format": "greenalgo-receipt/9"}',
                                  '{"format": "greenalgo-receipt/1"}',
                                  pytest.param("[" * 100_000, id="deep")])  # fmt: skip
def test_what_is_no_receipt_is_refused(text: str) -> None:
    with pytest.raises(RegistryError):
        read_receipt(text)


def test_a_receipt_that_is_read_in_two_ways_is_refused() -> None:
    log = chain(3)
    text = json.dumps(to_document(Receipt(*prove(log, log.events[1]))))
    read_receipt(text)
    with pytest.raises(RegistryError, match="a name stands twice"):
        read_receipt(text.replace('"event"', '"event": {}, "event"', 1))
