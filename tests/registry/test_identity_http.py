"""Tokens, trusted publishing and blind deposits over HTTP, on every store."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from identity_cases import github as claims_of
from identity_cases import issuers, key
from registry_cases import statement
from starlette.testclient import TestClient

from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.identity.publishing import GITHUB, new_publisher
from greenalgo.registry.identity.tokens import Made, new_token, utc_now
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings
from greenalgo.registry.service.wire.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.registry.store import Store

HOME = "https://registry.example"
API = "/api/v1"
YAML = {"Content-Type": "application/yaml"}


class Service:
    """A closed service in process, its book, and the lines that it logged."""

    def __init__(self, client: TestClient, book: Book, lines: list[str]) -> None:
        self.client, self.book, self.lines = client, book, lines

    def token(self, *scopes: str, days: int = 90, ago: int = 0) -> dict[str, str]:
        made = new_token(
            "test", frozenset(scopes), made_by="operator",
            at=utc_now() - timedelta(days=ago), lasts=timedelta(days=days),
        )  # fmt: skip
        self.book.add_token(made.token)
        return {"Authorization": f"Bearer {made.secret}"}

    def post(self, path: str, data: object, headers: dict[str, str] | None = None) -> Any:
        return self.client.post(API + path, json=data, headers=headers)


@pytest.fixture
def service(store: Store) -> Iterator[Service]:
    with opened(store) as found:
        yield found


@contextmanager
def opened(store: Store) -> Iterator[Service]:
    lines: list[str] = []
    desk = Desk(store, Settings(HOME, open_door=False))
    with open_book(store) as book:
        app = make_app(desk, book=book, journal=Journal(lines.append))
        with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
            yield Service(client, book, lines)


def test_submitting_needs_a_token_with_the_scope(service: Service) -> None:
    def submit(headers: dict[str, str]) -> Any:
        return service.client.post(
            f"{API}/statements", content=statement(), headers={**YAML, **headers}
        )

    nobody = submit({})
    assert nobody.status_code == 401
    assert nobody.headers["www-authenticate"] == "Bearer"
    wrong = submit(service.token("moderate"))
    assert (wrong.status_code, "scope 'submit'" in wrong.text) == (403, True)
    late = submit(service.token("submit", days=1, ago=3))
    assert (late.status_code, "is expired since" in late.text) == (401, True)
    assert submit({"Authorization": "Bearer gat_wrong"}).status_code == 401
    assert submit({"Authorization": "Basic eDp5"}).status_code == 401
    good = service.token("submit")
    taken = submit(good)
    assert taken.status_code == 201
    [event] = service.client.get(f"{API}/log/events").json()["events"]
    assert event["actor"] == f"token:{good['Authorization'][11:21]}"
    assert not [line for line in service.lines if good["Authorization"][21:] in line]


def test_an_admin_makes_lists_and_revokes_tokens(service: Service) -> None:
    admin = service.token("admin", ago=1)
    asked = {"name": "laptop", "scopes": ["submit"], "days": 7}
    made = service.post("/tokens", asked, admin)
    assert made.status_code == 201
    assert made.headers["cache-control"] == "no-store"
    secret, public = made.json()["token"], made.json()["id"]
    listed = service.client.get(f"{API}/tokens", headers=admin)
    assert secret not in listed.text
    assert [one["name"] for one in listed.json()["tokens"]] == ["test", "laptop"]
    assert listed.json()["tokens"][1]["made_by"].startswith("token:")
    assert "access-control-allow-credentials" not in listed.headers
    done = service.client.delete(f"{API}/tokens/{public}", headers=admin)
    assert done.json()["status"] == "revoked"
    late = service.post("/tokens", asked, {"Authorization": f"Bearer {secret}"})
    assert (late.status_code, "is revoked since" in late.text) == (401, True)
    for headers, status in ((service.token("submit", "moderate"), 403), ({}, 401)):
        assert service.post("/tokens", asked, headers).status_code == status
        assert (
            service.client.delete(f"{API}/tokens/{public}", headers=headers).status_code == status
        )


def test_a_holder_lists_and_revokes_what_acts_in_their_name(service: Service) -> None:
    def token(actor: str) -> Made:
        made = new_token(actor, frozenset({"submit"}), made_by=actor, at=utc_now(), actor=actor)
        service.book.add_token(made.token)
        return made

    one, two, other = token("orcid:1"), token("orcid:1"), token("orcid:2")
    headers = {"Authorization": f"Bearer {one.secret}"}
    listed = service.client.get(f"{API}/tokens", headers=headers)
    assert {row["id"] for row in listed.json()["tokens"]} == {one.token.id, two.token.id}
    assert service.client.get(f"{API}/tokens").status_code == 401
    # Whether there is such a token is not said.
    answers = [
        service.client.delete(f"{API}/tokens/{public}", headers=headers)
        for public in (other.token.id, "0000000000")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    for public in (two.token.id, one.token.id):  # at last the one that it asks with
        done = service.client.delete(f"{API}/tokens/{public}", headers=headers)
        assert (done.status_code, done.json()["status"]) == (200, "revoked")
    assert service.client.get(f"{API}/tokens", headers=headers).status_code == 401
    assert [row.id for row in service.book.tokens() if row.status(utc_now()) == "active"] == [
        other.token.id
    ]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"name": "x", "scopes": ["everything"]}, 409),
        ({"name": "x", "scopes": []}, 409),
        ({"name": "x", "scopes": ["submit"], "days": 367}, 409),
        ({"name": "x", "scopes": ["submit"], "days": 10**12}, 400),
        ({"name": "x", "scopes": ["submit"], "days": True}, 400),
        ({"name": 7, "scopes": ["submit"]}, 400),
        ({"name": "x", "scopes": "submit"}, 400),
        ({"name": "x", "scopes": [7]}, 400),
        ({"name": "x", "scopes": ["submit"], "admin": True}, 400),
        ([], 400),
    ],
)
def test_a_token_that_cannot_be_is_refused(store: Store, asked: object, status: int) -> None:
    with opened(store) as service:
        assert service.post("/tokens", asked, service.token("admin")).status_code == status


def _fresh(**given: Any) -> str:
    now = int(utc_now().timestamp())
    claims = claims_of(**{"iat": now, "nbf": now, "exp": now + 300, **given})
    return jwt.encode(claims, key("hub"), algorithm="RS256", headers={"kid": "hub"})


def test_a_ci_service_exchanges_its_token_and_submits(service: Service) -> None:
    for issuer in issuers():
        service.book.set_issuer(issuer)
    service.book.add_publisher(new_publisher(GITHUB, "74", "65", "submit.yml", at=utc_now()))
    assert service.client.get(f"{API}/oidc/audience").json() == {"audience": HOME}
    text = _fresh()
    made = service.post("/oidc/mint", {"token": text})
    assert made.status_code == 201, made.text
    headers = {**YAML, "Authorization": f"Bearer {made.json()['token']}"}
    assert (
        service.client.post(f"{API}/statements", content=statement(), headers=headers).status_code
        == 201
    )
    [event] = service.client.get(f"{API}/log/events").json()["events"]
    assert event["actor"] == "ci:github:74"
    again = service.post("/oidc/mint", {"token": text})
    assert (again.status_code, "used before" in again.text) == (403, True)
    other = service.post("/oidc/mint", {"token": _fresh(jti="b", repository_owner_id="66")})
    assert (other.status_code, "expected: 65" in other.text) == (403, True)
    assert service.post("/oidc/mint", {"token": "x.y.z"}).status_code == 401
    assert service.post("/oidc/mint", {"token": 7}).status_code == 400
    assert service.post("/oidc/mint", {"token": "x" * 20000}).status_code == 413
    assert not [line for line in service.lines if made.json()["token"][14:] in line]


def test_a_blind_deposit_over_http(service: Service) -> None:
    token = service.token("submit")
    made = service.client.post(f"{API}/deposits", content=statement(), headers={**YAML, **token})
    assert made.status_code == 201, made.text
    receipt = made.json()
    assert made.headers["cache-control"] == "no-store"
    [event] = service.client.get(f"{API}/log/events").json()["events"]
    assert (event["kind"], event["actor"], event["digest"]) == (
        "deposit",
        "",
        receipt["commitment"],
    )
    assert service.client.get(f"{API}/statements/{receipt['digest']}").status_code == 404
    assert service.client.get(f"{API}/statements/{receipt['commitment']}").status_code == 404

    view = service.client.get(receipt["review"])
    assert view.status_code == 200
    assert view.headers["referrer-policy"] == "no-referrer"
    assert view.headers["x-robots-tag"].startswith("noindex")
    assert view.headers["cache-control"] == "private, no-store"
    assert "etag" not in view.headers
    assert "access-control-allow-origin" not in view.headers
    for secret in ("Chess", receipt["digest"], receipt["commitment"], receipt["salt"], "token:"):
        assert secret not in view.text
    secret = receipt["review"].rpartition("/")[2]
    assert service.client.get("/review/guess").status_code == 404
    for hidden in (secret, receipt["salt"]):
        assert not [line for line in service.lines if hidden in line]

    asked = {"salt": receipt["salt"], "digest": receipt["digest"]}
    assert service.post("/deposits/reveal", asked).status_code == 401
    shown = service.post("/deposits/reveal", asked, token)
    assert shown.status_code == 201, shown.text
    assert (shown.json()["opens"], shown.json()["salt"]) == (receipt["commitment"], receipt["salt"])
    assert service.client.get(f"{API}/statements/{receipt['digest']}").status_code == 200
    address = f"/statements/{receipt['digest']}"
    page = service.client.get(receipt["review"], headers={"Accept": "text/html"})
    assert (page.status_code, f'href="{address}"' in page.text) == (410, True)
    said = service.client.get(receipt["review"], headers={"Accept": "application/json"})
    assert (said.status_code, said.json()["statement"]) == (410, address)
    for answer in (page, said):
        assert answer.headers["cache-control"] == "private, no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"].startswith("noindex")
        assert "Chess" not in answer.text
    reason = {"kind": "quarantine", "reason": "legal"}
    judge = service.token("moderate")
    assert service.post(f"{address}/events", reason, judge).status_code == 201
    assert service.client.get(receipt["review"]).status_code == 410
    assert service.post("/deposits/withdraw", asked, token).status_code == 409


def test_a_reveal_supersedes_nothing_of_somebody_else(service: Service) -> None:
    alice, bob = service.token("submit"), service.token("submit")
    path = f"{API}/statements"
    first = service.client.post(path, content=statement(), headers={**YAML, **alice}).json()
    says = f"relations: [{{kind: supersedes, statement: {first['digest']}}}]\n"
    raw = statement(hours=2, extra=says)
    made = service.client.post(f"{API}/deposits", content=raw, headers={**YAML, **bob}).json()
    asked = {name: made[name] for name in ("salt", "digest")}
    refused = service.post("/deposits/reveal", asked, bob)
    assert refused.status_code == 403
    assert "somebody else published" in refused.json()["detail"]
    assert service.client.get(made["review"]).status_code == 200  # nothing is lost
    state = service.client.get(f"{path}/{first['digest']}/state").json()
    assert state["status"] == "published"
    assert service.post("/deposits/reveal", asked, alice).status_code == 201


def test_a_deposit_is_withdrawn_over_http(service: Service) -> None:
    token = service.token("submit")
    made = service.client.post(f"{API}/deposits", content=statement(), headers={**YAML, **token})
    asked = {name: made.json()[name] for name in ("salt", "digest")}
    assert service.post("/deposits/withdraw", {**asked, "reason": 7}).status_code == 400
    assert service.post("/deposits/withdraw", {**asked, "salt": "0" * 64}).status_code == 409
    assert service.post("/deposits/withdraw", {"salt": "x"}).status_code == 409
    done = service.post("/deposits/withdraw", asked)
    assert (done.status_code, done.json()["kind"], done.json()["actor"]) == (201, "withdraw", "")
    gone = service.client.get(made.json()["review"])
    assert (gone.status_code, "was withdrawn by who made it" in gone.text) == (410, True)
    assert made.json()["commitment"] not in gone.text


def test_reviewers_read_nothing_of_what_moderators_keep_back(service: Service) -> None:
    token, judge = service.token("submit"), service.token("moderate")
    first, second = (
        service.client.post(
            f"{API}/deposits", content=statement(), headers={**YAML, **token}
        ).json()
        for _ in range(2)
    )
    opened = {name: first[name] for name in ("salt", "digest")}
    assert service.post("/deposits/reveal", opened, token).status_code == 201
    path = f"/statements/{first['digest']}/events"
    assert service.post(path, {"kind": "quarantine", "reason": "legal"}, judge).status_code == 201
    for form in ("text/html", "application/json"):
        kept = service.client.get(second["review"], headers={"Accept": form})
        assert kept.status_code == 403
        assert kept.headers["cache-control"] == "private, no-store"
        for word in ("A100", "quarantine", "legal", first["digest"]):
            assert word not in kept.text
    opened["salt"] = second["salt"]
    refused = service.post("/deposits/reveal", opened, token)
    assert (refused.status_code, "it is quarantined" in refused.text) == (409, True)


def test_a_deposit_that_is_unfit_is_refused_with_findings(service: Service) -> None:
    token = service.token("submit")
    raw = statement().replace(b"hours: 100", b"hours: -1")
    answer = service.client.post(f"{API}/deposits", content=raw, headers={**YAML, **token})
    assert answer.status_code == 422
    assert answer.json()["findings"]
    assert (
        service.client.post(f"{API}/deposits", content=statement(), headers=YAML).status_code == 401
    )


def test_a_service_without_a_book_says_so(store: Store) -> None:
    desk = Desk(store, Settings(HOME))
    with TestClient(make_app(desk, journal=Journal(lambda _: None)), base_url=HOME) as client:
        answer = client.get("/review/key")
        assert answer.status_code == 404
        assert (
            json.loads(answer.content)["detail"] == "this registry keeps no tokens and no deposits"
        )
