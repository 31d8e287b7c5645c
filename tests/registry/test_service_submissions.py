"""What somebody submitted themselves, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from registry_cases import KINDS, draft
from service_cases import ALICE, API, BOB, CHAIR, bearer, service

from greenalgo.registry.record import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from service_cases import Service

DRAFTS = [draft(hours) for hours in range(1, 7)]
DIGESTS = [one.digest for one in DRAFTS]


@pytest.fixture(params=KINDS)
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """Alice submitted all but the third, which is Bob's."""
    with service(tmp_path, request.param) as made:
        for number, one in enumerate(DRAFTS):
            actor = (BOB if number == 2 else ALICE).actor
            made.desk.store.commit([one._replace(actor=actor)])
        yield made


def ask(served: Service, word: str, query: str = "") -> Any:
    answer = served.client.get(f"{API}/submissions{query}", headers=bearer(word))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def listed(found: Any) -> list[int]:
    return [DIGESTS.index(one["digest"]) for one in found["statements"]]


def test_each_sees_their_own_the_newest_first(served: Service) -> None:
    assert listed(ask(served, "alice")) == [5, 4, 3, 1, 0]
    assert listed(ask(served, "bob")) == [2]
    assert ask(served, "judge") == {"statements": [], "next": None}
    (one,) = ask(served, "bob")["statements"]
    assert one["subject"] == "Chess-7B"
    assert one["permalink"].endswith(f"/statements/{DIGESTS[2]}")


def test_pages_follow_one_another_while_statements_come_in(served: Service) -> None:
    first = ask(served, "alice", "?limit=2")
    assert listed(first) == [5, 4]
    served.desk.store.commit([draft(99)._replace(actor=ALICE.actor)])
    answer = served.client.get(first["next"], headers=bearer("alice"))
    second = answer.json()
    assert listed(second) == [3, 1]
    assert answer.headers["link"] == f'<{second["next"]}>; rel="next"'
    last = served.client.get(second["next"], headers=bearer("alice"))
    assert (listed(last.json()), last.json()["next"]) == ([0], None)
    assert "link" not in last.headers


def test_whatever_became_of_them_but_for_what_was_erased(served: Service) -> None:
    store = served.desk.store
    store.commit([Draft("withdraw", DIGESTS[0], ALICE.actor, "counted twice")])
    store.commit([Draft("quarantine", DIGESTS[1], CHAIR.actor, "spam")])
    store.commit([Draft("restore", DIGESTS[1], CHAIR.actor, "settled")])
    store.commit([draft(50)._replace(actor=CHAIR.actor, supersedes=DIGESTS[3])])
    store.commit([Draft("erase", DIGESTS[4], CHAIR.actor, "personal-data")])
    served.client.app.state.library.refresh()  # type: ignore[attr-defined]
    found = ask(served, "alice")
    assert listed(found) == [5, 3, 1, 0]
    statuses = ["published", "superseded", "published", "withdrawn"]
    assert [one["status"] for one in found["statements"]] == statuses
    # who restored a statement has not submitted it
    assert [one["digest"] for one in ask(served, "chair")["statements"]] == [draft(50).digest]


def test_nobody_in_particular_submitted_nothing_in_particular(served: Service) -> None:
    answer = served.client.get(f"{API}/submissions")
    assert answer.status_code == 401
    assert "has to know who asks" in answer.json()["detail"]


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=101", "?before=0", "?before=x", "?actor=token:bbbbbbbbbb"]
)
def test_a_query_that_asks_for_something_else(served: Service, query: str) -> None:
    answer = served.client.get(f"{API}/submissions{query}", headers=bearer("alice"))
    assert answer.status_code == 400
