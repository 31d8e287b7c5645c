"""Submissions over HTTP, good and bad."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
from registry_cases import statement
from service_cases import API, BASE, YAML, Service, bearer, service

from greenalgo.api import loads
from greenalgo.cli.report.jsondoc import file_record
from greenalgo.cli.report.records import Checked, Demands
from greenalgo.registry.record.moderation import codes_for
from greenalgo.registry.record.receipt import check_receipt, read_receipt
from greenalgo.registry.service.settings import Settings
from greenalgo.sources.document import LIMIT
from greenalgo.validate.engine import check_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import httpx2

STATEMENTS = f"{API}/statements"


@pytest.fixture
def served(tmp_path: Path, kind: str) -> Iterator[Service]:
    with service(tmp_path, kind) as found:
        yield found


def post(
    served: Service,
    raw: bytes | None = None,
    query: str = "",
    headers: Mapping[str, str] | None = None,
) -> httpx2.Response:
    return served.client.post(
        STATEMENTS + query,
        content=statement() if raw is None else raw,
        headers={**YAML, **(headers or {})},
    )


def test_a_new_statement_is_created_and_the_same_again_is_known(served: Service) -> None:
    first = post(served)
    assert first.status_code == 201
    record = first.json()
    assert record["permalink"] == f"{BASE}/statements/{record['digest']}"
    assert first.headers["location"] == record["permalink"]
    assert (record["level"], record["status"], record["known"]) == ("L1", "published", False)
    assert check_receipt(read_receipt(json.dumps(record["receipt"])), record["digest"]) == []
    again = post(served, b"# another comment\n" + statement(), headers={"Idempotency-Key": "one"})
    assert again.status_code == 200
    assert again.json()["known"]
    assert again.json()["digest"] == record["digest"]
    assert len(served.desk.store.log().events) == 1


def test_json_is_taken_as_well(served: Service) -> None:
    data = loads(statement(), "footprint.yaml").data
    raw = json.dumps(data).encode()
    answer = post(served, raw, headers={"Content-Type": "application/json; charset=utf-8"})
    assert answer.status_code == 201
    assert answer.json()["digest"] == post(served).json()["digest"]


def test_a_dry_run_writes_nothing(served: Service) -> None:
    answer = post(served, query="?dry_run=true")
    assert answer.status_code == 200
    assert answer.json()["dry_run"]
    assert answer.json()["receipt"] is None
    assert served.desk.store.log().events == ()


@pytest.mark.parametrize(
    "raw",
    [
        statement(hours=-1),
        statement().replace(b"device", b"devise").replace(b"kind: gpu", b"knd: gpu"),
        b"title: [unfinished",
        b"a: &x 1\nb: *x\n",
        b'{"a": NaN}',
        b"\xff\xfe",
    ],
)
def test_findings_of_a_refusal_are_those_of_the_command_line(served: Service, raw: bytes) -> None:
    answer = post(served, raw)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "https://w3id.org/greenalgo/problems/invalid-statement"
    checked = Checked(check_bytes(raw, "footprint.yaml"), raw)
    assert problem["findings"] == file_record(checked, Demands())["findings"]
    assert any(found["severity"] == "error" for found in problem["findings"])


def test_level_and_version_are_named(served: Service) -> None:
    low = b'spec_version: "1.0"\ntitle: T\nsubject: {name: S, kind: model}\nruns: [{id: a, phase: training}]\n'
    answer = post(served, low)
    assert (answer.status_code, answer.json()["type"][-13:]) == (422, "level-too-low")
    assert answer.json()["missing"]
    newer = post(served, statement().replace(b'"1.0"', b'"9.0"'))
    assert (newer.status_code, newer.json()["type"][-19:]) == (422, "unsupported-version")


def test_a_new_version_supersedes_once(served: Service) -> None:
    first = post(served).json()["digest"]
    second = post(served, statement(hours=2), f"?supersedes={first}")
    assert second.status_code == 201
    assert second.json()["supersedes"] == first
    third = post(served, statement(hours=3), f"?supersedes={first}")
    assert third.status_code == 409
    assert "superseded" in third.json()["detail"]
    unknown = post(served, statement(hours=4), f"?supersedes={'0' * 64}")
    assert unknown.status_code == 409


SUPERSEDED = "only who published a statement supersedes it"


@pytest.mark.parametrize("way", ["query", "relation", "dry run"])
def test_nobody_supersedes_what_somebody_else_published(served: Service, way: str) -> None:
    first = post(served, headers=bearer("alice")).json()["digest"]
    says = f"relations: [{{kind: supersedes, statement: {first}}}]\n" if way == "relation" else ""
    query = {"query": f"?supersedes={first}", "dry run": f"?dry_run=1&supersedes={first}"}.get(
        way, ""
    )
    later = statement(hours=2, extra=says)
    for headers, status in ((bearer("bob"), 403), ({}, 401)):
        refused = post(served, later, query, headers)
        assert (refused.status_code, SUPERSEDED in refused.json()["detail"]) == (status, True)
    state = served.client.get(f"{STATEMENTS}/{first}/state").json()
    assert (state["status"], state["superseded_by"]) == ("published", None)
    assert post(served, later, query, bearer("alice")).status_code == (200 if "dry" in way else 201)


def test_a_moderator_supersedes_what_somebody_else_published(served: Service) -> None:
    first = post(served, headers=bearer("alice")).json()["digest"]
    headers = bearer("chair")
    assert post(served, statement(hours=2), f"?supersedes={first}", headers).status_code == 201


def test_what_nobody_vouches_for_is_superseded_at_an_open_door_alone(tmp_path: Path) -> None:
    with service(tmp_path) as opened:
        first = post(opened).json()["digest"]
        assert post(opened, statement(hours=2), f"?supersedes={first}").status_code == 201
        second = post(opened, statement(hours=3)).json()["digest"]
    with service(tmp_path, settings=Settings(BASE, open_door=False)) as closed:
        query = f"?supersedes={second}"
        assert post(closed, statement(hours=4), query, bearer("alice")).status_code == 403
        assert post(closed, statement(hours=4), query, bearer("chair")).status_code == 201


def test_a_new_version_that_is_known_is_known_to_everybody(served: Service) -> None:
    first = post(served, headers=bearer("alice")).json()["digest"]
    query = f"?supersedes={first}"
    assert post(served, statement(hours=2), query, bearer("alice")).status_code == 201
    again = post(served, statement(hours=2), query, bearer("bob"))
    assert (again.status_code, again.json()["known"]) == (200, True)


def test_a_withdrawn_statement_does_not_come_back(served: Service) -> None:
    digest = post(served, headers=bearer("alice")).json()["digest"]
    events = f"{STATEMENTS}/{digest}/events"
    asked = {"kind": "withdraw", "reason": "a node was counted twice"}
    assert served.client.post(events, json=asked).status_code == 401
    other = served.client.post(events, json=asked, headers=bearer("bob"))
    assert (other.status_code, "somebody else published" in other.json()["detail"]) == (403, True)
    done = served.client.post(events, json=asked, headers=bearer("alice"))
    assert (done.status_code, done.json()["kind"]) == (201, "withdraw")
    again = post(served)
    assert again.status_code == 409
    assert "a node was counted twice" in again.json()["detail"]


def test_moderators_quarantine_and_restore(served: Service) -> None:
    digest = post(served).json()["digest"]
    events = f"{STATEMENTS}/{digest}/events"
    hidden = {"kind": "quarantine", "reason": "personal-data: holds a name"}
    assert served.client.post(events, json=hidden, headers=bearer("bob")).status_code == 403
    assert served.client.post(events, json=hidden, headers=bearer("judge")).status_code == 201
    assert served.client.get(f"{STATEMENTS}/{digest}").status_code == 403
    state = served.client.get(f"{STATEMENTS}/{digest}/state").json()
    assert (state["status"], state["reason"]) == ("quarantined", "personal-data: holds a name")
    back = {"kind": "restore", "reason": "settled"}
    assert served.client.post(events, json=back, headers=bearer("judge")).status_code == 201
    assert served.client.get(f"{STATEMENTS}/{digest}").status_code == 200


def test_a_withdrawal_is_no_way_out_of_quarantine(served: Service) -> None:
    digest = post(served, headers=bearer("alice")).json()["digest"]
    events = f"{STATEMENTS}/{digest}/events"
    hidden = {"kind": "quarantine", "reason": "personal-data"}
    withdrawn = {"kind": "withdraw", "reason": "a node was counted twice"}
    assert served.client.post(events, json=hidden, headers=bearer("judge")).status_code == 201
    refused = served.client.post(events, json=withdrawn, headers=bearer("alice"))
    assert (refused.status_code, "restore it first" in refused.json()["hint"]) == (403, True)
    assert served.client.get(f"{STATEMENTS}/{digest}").status_code == 403
    assert served.client.post(events, json=withdrawn, headers=bearer("judge")).status_code == 201
    assert served.client.get(f"{STATEMENTS}/{digest}").status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"[" * 9000, b'{"kind": "publish", "reason": "x"}', b'{"kind": "withdraw", "reason": 1}',
     b'{"kind": "withdraw", "reason": "x", "actor": "admin"}'],
)  # fmt: skip
def test_an_event_that_is_none_is_refused(served: Service, body: bytes) -> None:
    digest = post(served).json()["digest"]
    headers = {"Content-Type": "application/json", **bearer("judge")}
    answer = served.client.post(f"{STATEMENTS}/{digest}/events", content=body, headers=headers)
    assert answer.status_code == 400


def test_a_reason_is_one_line_of_plain_text(served: Service) -> None:
    digest = post(served).json()["digest"]
    for reason in ("", "two\nlines", "\u202ehidden", "x" * 2001):
        asked = {"kind": "withdraw", "reason": reason}
        answer = served.client.post(
            f"{STATEMENTS}/{digest}/events", json=asked, headers=bearer("judge")
        )
        assert answer.status_code == 409, reason


def test_moderators_give_a_reason_from_the_list(served: Service) -> None:
    digest = post(served).json()["digest"]
    for reason in (
        "",
        "I dislike it",
        "personal_data",
        "settled",
        "personal-data:",
        f"spam: {'x' * 301}",
    ):
        asked = {"kind": "quarantine", "reason": reason}
        answer = served.client.post(
            f"{STATEMENTS}/{digest}/events", json=asked, headers=bearer("judge")
        )
        assert answer.status_code == 400, reason
    assert (
        "did you mean personal-data?"
        in served.client.post(
            f"{STATEMENTS}/{digest}/events",
            json=asked | {"reason": "personal_data"},
            headers=bearer("judge"),
        ).json()["hint"]
    )


def test_the_contract_lists_the_reasons(served: Service) -> None:
    paths = served.client.get("/api/v1/openapi.json").json()["paths"]
    post_ = paths["/api/v1/statements/{digest}/events"]["post"]
    schema = post_["requestBody"]["content"]["application/json"]["schema"]
    words = " ".join(schema["properties"]["reason"]["description"].split())
    shared = ", ".join(codes_for("dispute"))
    assert f"To dispute: {shared}." in words
    assert set(codes_for("retract")) == {
        *codes_for("dispute"),
        "spam",
        "personal-data",
        "legal",
        "author-request",
    }
    assert "To retract: these, and spam, personal-data, legal, author-request." in words
    for kind in ("quarantine", "restore"):
        assert f"To {kind}: {', '.join(codes_for(kind))}." in words


def test_types_and_sizes_of_bodies(served: Service) -> None:
    assert post(served, headers={"Content-Type": "text/plain"}).status_code == 415
    assert (
        post(served, headers={"Content-Type": "application/x-www-form-urlencoded"}).status_code
        == 415
    )
    bomb = gzip.compress(b" " * 10_000_000)
    assert post(served, bomb, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert post(served, b"").status_code == 400
    assert post(served, b"#" * LIMIT).status_code == 422
    assert post(served, b"#" * (LIMIT + 1)).status_code == 413
    assert post(served, b"", headers={"Content-Length": "10000000"}).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(100):
            yield b"#" * 10_000

    answer = served.client.post(STATEMENTS, content=chunks(), headers=YAML)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert served.desk.store.log().events == ()


@pytest.mark.parametrize(
    "query",
    ["?dryrun=1", "?dry_run=maybe", "?dry_run=1&dry_run=0", "?supersedes=abc", "?supersedes=%00",
     f"?supersedes={'x' * 600}"],
)  # fmt: skip
def test_what_a_query_cannot_say_is_refused(served: Service, query: str) -> None:
    answer = post(served, query=query)
    assert answer.status_code == 400
    assert served.desk.store.log().events == ()


def test_a_closed_door_needs_a_token(tmp_path: Path) -> None:
    with service(tmp_path, settings=Settings(BASE, open_door=False)) as served:
        answer = post(served)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert post(served, query="?dry_run=1").status_code == 401
        assert post(served, headers=bearer("judge")).status_code == 403
        assert post(served, headers=bearer("alice")).status_code == 201
        assert served.desk.store.log().events[0].actor == "token:aaaaaaaaaa"


def test_validate_judges_and_writes_nothing(served: Service) -> None:
    good = served.client.post(f"{API}/validate", content=statement(), headers=YAML)
    assert good.status_code == 200
    assert (good.json()["fit"], good.json()["level"]) == (True, "L1")
    bad = served.client.post(f"{API}/validate", content=statement(hours=-1), headers=YAML)
    assert bad.status_code == 200
    assert (bad.json()["valid"], bad.json()["status"]) == (False, "invalid")
    assert served.desk.store.log().events == ()
