"""A registry behind a URL, from the client's side: a service in process, and answers that lie."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from registry_cases import statement
from service_cases import API, BASE, Service, service

from greenalgo import __version__
from greenalgo.api import loads
from greenalgo.errors import DeniedError, RegistryError
from greenalgo.registry import audit
from greenalgo.registry.client import JudgedOtherwiseError, RemoteStore
from greenalgo.registry.door import look
from greenalgo.registry.record import Draft
from greenalgo.registry.service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

RAW = statement()
DIGEST = look(RAW, "f.yaml").digest


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Service]:
    with service(tmp_path) as found:
        yield found


def remote(served: Service, token: str = "") -> RemoteStore:
    return RemoteStore(BASE, token, transport=served.client._transport)


def test_a_statement_goes_in_once_and_its_receipt_holds(served: Service) -> None:
    store = remote(served)
    dry = store.hand_in(RAW, "f.yaml", DIGEST, dry_run=True)
    assert (dry.known, dry.receipt) == (False, None)
    first = store.hand_in(RAW, "f.yaml", DIGEST)
    assert first.permalink == f"{BASE}/statements/{DIGEST}"
    assert first.receipt is not None
    assert store.hand_in(RAW, "f.yaml", DIGEST).known


def test_a_registry_in_a_directory_keeps_the_file_of_who_submits_over_http(tmp_path: Path) -> None:
    raw = b"# Measured at the meter of the rack.\n" + RAW
    with service(tmp_path, "directory") as served:
        remote(served).hand_in(raw, "f.yaml", DIGEST)
        assert [held.text for held in served.desk.store.holdings()] == [raw]


def test_it_reads_as_a_store(served: Service) -> None:
    store = remote(served)
    store.hand_in(RAW, "f.yaml", DIGEST)
    assert store.find(DIGEST[:8]) == (DIGEST,)
    body = store.body(DIGEST)
    assert body is not None
    assert hashlib.sha256(body).hexdigest() == DIGEST
    assert store.body("0" * 64) is None
    assert store.states()[DIGEST].status == "published"
    assert store.prove(DIGEST) is not None
    assert [held.digest for held in store.holdings()] == [DIGEST]
    assert store.checkpoint() == store.log().checkpoint
    assert store.events(0, 1) == store.course(DIGEST) == store.log().events
    assert store.events(0, 0) == store.events(1, 5) == ()
    verified = audit.verify(store)
    assert (verified.statements, verified.problems) == (1, ())


def test_only_its_owner_withdraws(served: Service) -> None:
    remote(served, "alice").hand_in(RAW, "f.yaml", DIGEST)
    draft = Draft("withdraw", DIGEST, "", "counted twice")
    with pytest.raises(DeniedError):
        remote(served, "bob").commit([draft])
    assert remote(served, "alice").commit([draft])[0].kind == "withdraw"
    with pytest.raises(RegistryError, match="counted twice"):
        remote(served, "alice").hand_in(RAW, "f.yaml", DIGEST)


def test_the_registry_s_findings_come_back(served: Service) -> None:
    bad = statement(hours=-1)
    with pytest.raises(JudgedOtherwiseError) as raised:
        remote(served).hand_in(bad, "f.yaml", DIGEST)
    found = raised.value.findings[0]
    assert (found.code, found.line) == ("GA105", 10)


def test_a_closed_door_is_said(tmp_path: Path) -> None:
    with (
        service(tmp_path, settings=Settings(BASE, open_door=False)) as served,
        pytest.raises(DeniedError, match="token"),
    ):
        remote(served).hand_in(RAW, "f.yaml", DIGEST)


def test_a_blind_deposit_is_no_statement_that_is_missing(served: Service) -> None:
    store = remote(served)
    served.desk.store.commit([Draft("deposit", "c" * 64)])
    store.hand_in(RAW, "f.yaml", DIGEST)
    verified = audit.verify(store)
    assert (verified.statements, verified.checkpoint.size, verified.problems) == (1, 2, ())
    assert store.find("c" * 8) == ()


def test_what_is_kept_back_is_passed_over(served: Service) -> None:
    store = remote(served)
    store.hand_in(RAW, "f.yaml", DIGEST)
    other = statement(hours=2)
    store.hand_in(other, "f.yaml", look(other, "f.yaml").digest)
    remote(served, "judge").commit([Draft("quarantine", DIGEST, "", "personal-data: holds a name")])
    verified = audit.verify(store)
    assert (verified.statements, verified.problems) == (1, ())
    with pytest.raises(DeniedError, match="quarantined"):
        store.body(DIGEST)


def test_an_earlier_checkpoint_must_be_in_the_log(served: Service) -> None:
    store = remote(served)
    store.hand_in(RAW, "f.yaml", DIGEST)
    before = store.log().checkpoint
    other = statement(hours=2)
    store.hand_in(other, "f.yaml", look(other, "f.yaml").digest)
    assert audit.verify(store, before).problems == ()
    found = audit.verify(store, before._replace(root="1" * 64))
    assert "does not contain the checkpoint" in found.problems[0].message


class Bent(httpx2.BaseTransport):
    """Carries requests to a service, and gives another answer to those for one path.

    Args:
        inner: Where to.
        path: How the path ends.
        change: Makes the JSON of the other answer.
    """

    def __init__(
        self, inner: httpx2.BaseTransport, path: str, change: Callable[[dict[str, Any]], Any]
    ) -> None:
        self._inner, self._path, self._change = inner, path, change

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if not request.url.path.endswith(self._path):
            return answer
        answer.read()
        return httpx2.Response(200, json=self._change(answer.json()))


def test_a_log_must_lead_to_the_checkpoint_that_is_given(served: Service) -> None:
    remote(served).hand_in(RAW, "f.yaml", DIGEST)
    assert remote(served).damage() == []
    bent = Bent(served.client._transport, "/log/checkpoint", lambda said: said | {"root": "1" * 64})
    problems = RemoteStore(BASE, transport=bent).damage()
    assert [one.message for one in problems] == ["the log does not lead to the checkpoint it gives"]


def test_a_receipt_must_be_of_the_log_that_is_shown(served: Service, tmp_path: Path) -> None:
    remote(served).hand_in(RAW, "f.yaml", DIGEST)
    with service(tmp_path / "other") as other:
        remote(other).hand_in(RAW, "f.yaml", DIGEST)
        receipt = other.client.get(f"{API}/statements/{DIGEST}/receipt").json()
    bent = Bent(served.client._transport, "/receipt", lambda _: receipt)
    problems = RemoteStore(BASE, transport=bent).damage()
    assert [one.message for one in problems] == ["the log does not contain what its receipt proves"]


def test_versions_are_named_where_the_two_judge_otherwise(served: Service) -> None:
    with pytest.raises(JudgedOtherwiseError) as raised:
        remote(served).hand_in(statement(hours=-1), "f.yaml", DIGEST)
    assert raised.value.hint == f"the registry runs greenalgo {__version__}, this is {__version__}"


def test_json_is_sent_as_json(served: Service) -> None:
    raw = json.dumps(loads(RAW, "f.yaml").data).encode()
    assert not remote(served).hand_in(raw, "f.json", DIGEST).known
    assert remote(served).hand_in(raw, "-", DIGEST).known


def test_what_a_remote_registry_cannot_do_is_refused(served: Service) -> None:
    store = remote(served)
    with pytest.raises(RegistryError, match="cannot be restored"):
        store.restore([], [])
    with pytest.raises(RegistryError, match="one event at a time"):
        store.commit_each([])
    with pytest.raises(RegistryError, match="one event at a time"):
        store.commit([Draft("publish", DIGEST)])
