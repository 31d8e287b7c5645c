"""What may happen to a statement, and what its status is afterwards."""

from __future__ import annotations

import pytest
from registry_cases import WHY

from greenalgo.errors import RegistryError
from greenalgo.registry.record import Draft, Log, State, draw_up, refuse_unfit, states_of
from greenalgo.registry.record.state import NEXT, series_of

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def story(*drafts: Draft) -> dict[str, State]:
    log = Log()
    for second, draft in enumerate(drafts):
        refuse_unfit(draft, states_of(log.events))
        moment = f"2026-01-01T00:00:{second:02}.000000Z"
        log = Log((*log.events, draw_up(draft, len(log.events) + 1, log.heads, moment)))
    return states_of(log.events)


def publish(digest: str, supersedes: str = "") -> Draft:
    return Draft("publish", digest, supersedes=supersedes)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((), "published"),
        (("withdraw",), "withdrawn"),
        (("dispute",), "disputed"),
        (("dispute", "restore"), "published"),
        (("dispute", "retract"), "retracted"),
        (("quarantine",), "quarantined"),
        (("quarantine", "restore"), "published"),
        (("quarantine", "withdraw"), "withdrawn"),
    ],
)
def test_status(kinds: tuple[str, ...], status: str) -> None:
    states = story(publish(A), *(Draft(kind, A, "editor", WHY[kind]) for kind in kinds))
    assert states[A].status == status


def test_a_tombstone_keeps_its_reason() -> None:
    state = story(publish(A), Draft("withdraw", A, "editor", "wrong count"))[A]
    assert (state.reason, state.actor, state.is_tombstone) == ("wrong count", "editor", True)
    assert state.at == "2026-01-01T00:00:01.000000Z"


def test_a_series_leads_to_the_latest_version() -> None:
    states = story(publish(A), publish(B, A), publish(C, B))
    assert [states[digest].status for digest in (A, B, C)] == [
        "superseded",
        "superseded",
        "published",
    ]
    for digest in (A, B, C):
        assert series_of(states, digest) == (A, B, C)


def test_what_was_superseded_stays_so_after_quarantine() -> None:
    states = story(
        publish(A),
        publish(B, A),
        Draft("quarantine", A, "", "spam"),
        Draft("restore", A, "", "settled: no"),
    )
    assert states[A].status == "superseded"


@pytest.mark.parametrize("status", NEXT)
def test_every_other_event_is_refused(status: str) -> None:
    states = {A: State(A, status, "2026-01-01T00:00:00.000000Z", "why")} if status else {}
    for kind in ("publish", "withdraw", "dispute", "retract", "quarantine", "restore"):
        draft = Draft(kind, A, "", WHY[kind])
        if kind in NEXT[status]:
            refuse_unfit(draft, states)
        else:
            with pytest.raises(RegistryError):
                refuse_unfit(draft, states)


def test_a_reason_is_needed() -> None:
    with pytest.raises(RegistryError, match="a reason is needed"):
        story(publish(A), Draft("withdraw", A, "", "  "))


@pytest.mark.parametrize(
    ("before", "supersedes", "words"),
    [
        ((publish(A),), C, "not in this registry"),
        ((publish(A),), "no digest", "no digest of a statement"),
        ((publish(A),), B, "cannot supersede itself"),
        ((publish(A), Draft("withdraw", A, "", "wrong")), A, "which is withdrawn"),
        ((publish(A), publish(C, A)), A, f"was superseded by {C}"),
    ],
)
def test_what_cannot_be_superseded(before: tuple[Draft, ...], supersedes: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        story(*before, publish(B, supersedes))


def test_branches_that_contradict_each_other_end_in_the_final_status() -> None:
    base = draw_up(publish(A), 1, (), "2026-01-01T00:00:00.000000Z")
    one = draw_up(Draft("withdraw", A, "", "wrong"), 2, (base.hash,), "2026-01-01T00:00:01.000000Z")
    two = draw_up(Draft("dispute", A, "", "hm"), 2, (base.hash,), "2026-01-01T00:00:02.000000Z")
    assert states_of(Log((base, one, two)).events)[A].status == "withdrawn"
