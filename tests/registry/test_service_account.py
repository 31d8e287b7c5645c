"""The pages of an account: signing in with ORCID, submitting, tokens, withdrawing, being forgotten."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from orcid_cases import ISSUER, JOSIAH, FakeOrcid
from registry_cases import make_store, statement
from service_cases import API, BASE, YAML
from starlette.testclient import TestClient

from greenalgo.errors import CannotCheckError
from greenalgo.registry.door import look
from greenalgo.registry.identity.book import open_book
from greenalgo.registry.identity.keys import LASTS
from greenalgo.registry.identity.tokens import utc_now
from greenalgo.registry.service.app import make_app
from greenalgo.registry.service.desk import Desk
from greenalgo.registry.service.settings import Settings, read_secrets
from greenalgo.registry.service.wire.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from httpx2 import Response

DIGEST = look(statement(), "f.yaml").digest


class Registry:
    """A registry that people can sign in to."""

    def __init__(self, folder: Path, journal: Journal | None, settings: Settings | None) -> None:
        self.orcid = FakeOrcid()
        self.store = make_store("sqlite", folder)
        self.opened = open_book(self.store)
        self.book = self.opened.__enter__()
        self.app = make_app(
            Desk(self.store, settings or Settings(BASE, open_door=False)), book=self.book,
            provider=self.orcid.provider(), journal=journal,
        )  # fmt: skip


@contextmanager
def another_browser(client: TestClient) -> Iterator[TestClient]:
    """Be another browser meanwhile: the same client, for it has the loop of the application, without its cookies."""
    own = dict(client.cookies)
    client.cookies.clear()
    yield client
    client.cookies.clear()
    client.cookies.update(own)


@contextmanager
def running(
    folder: Path, journal: Journal | None = None, settings: Settings | None = None
) -> Iterator[tuple[Registry, TestClient]]:
    registry = Registry(folder, journal, settings)
    html = {"Accept": "text/html"}
    with TestClient(registry.app, BASE, follow_redirects=False, headers=html) as client:
        yield registry, client
    registry.opened.__exit__(None, None, None)
    registry.store.close()


@pytest.fixture
def one(tmp_path: Path) -> Iterator[tuple[Registry, TestClient]]:
    with running(tmp_path) as found:
        yield found


def sign_in(registry: Registry, client: TestClient, following: str = "") -> Response:
    begun = client.get("/sign-in", params={"next": following} if following else {})
    assert begun.status_code == 302
    assert begun.headers["location"].startswith(f"{ISSUER}/oauth/authorize?")
    return client.get(registry.orcid.sign_in(begun.headers["location"]))


def form(client: TestClient, page: str, address: str, **fields: str) -> Response:
    found = re.search('name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return client.post(address, data={"csrf_token": found[1], **fields})


def account(client: TestClient, action: str, **fields: str) -> Response:
    return form(client, "/account", "/account", action=action, **fields)


def submit(client: TestClient) -> Response:
    return form(client, "/submit", "/submit", action="confirm", text=statement().decode())


def test_somebody_signs_in_submits_and_withdraws(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    assert "Sign in with ORCID" in client.get("/submit").text
    assert submit(client).status_code == 200  # checked, and not kept
    assert registry.store.events() == ()
    done = sign_in(registry, client)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert JOSIAH in client.get("/account").text
    assert submit(client).headers["location"] == f"/statements/{DIGEST}"
    actor = registry.store.log().events[0].actor
    assert re.fullmatch("orcid:[0-9a-f]{16}", actor)
    page = client.get(f"/statements/{DIGEST}").text
    assert "submitted by a person who signed in with ORCID" in page
    assert JOSIAH not in page
    assert "Carberry" not in page
    assert f"/statements/{DIGEST}" in client.get("/account").text
    gone = account(client, "withdraw", digest=DIGEST, reason="a node was counted twice")
    assert gone.status_code == 303
    assert client.get(f"/statements/{DIGEST}").status_code == 410


def test_a_token_of_their_own_acts_in_their_name(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    made = account(client, "make-token", name="laptop", submit="1")
    secret = re.search("gat_[0-9a-zA-Z]+", made.text)
    assert secret
    assert made.headers["cache-control"] == "private, no-store"
    assert secret[0] not in client.get("/account").text
    headers = {**YAML, "Authorization": f"Bearer {secret[0]}"}
    with another_browser(client) as program:
        taken = program.post(f"{API}/statements", content=statement(), headers=headers)
    assert taken.status_code == 201
    assert registry.store.log().events[0].actor.startswith("orcid:")
    public = registry.book.tokens()[0].id
    assert account(client, "revoke", token=public).status_code == 303
    with another_browser(client) as program:
        refused = program.post(f"{API}/statements", content=statement(), headers=headers)
    assert refused.status_code == 401


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"action": "make-token", "name": "", "submit": "1"}, 409),
        ({"action": "make-token", "name": "x"}, 409),
        ({"action": "make-token", "name": "x", "moderate": "1", "admin": "1"}, 409),
        ({"action": "revoke", "token": "0123456789"}, 409),
        ({"action": "withdraw", "digest": "no", "reason": "x"}, 409),
        ({"action": "forget"}, 409),
        ({"action": "dance"}, 422),
        ({}, 422),
    ],
)  # fmt: skip
def test_a_form_that_asks_for_nonsense(
    one: tuple[Registry, TestClient], fields: dict[str, str], status: int
) -> None:
    registry, client = one
    sign_in(registry, client)
    assert form(client, "/account", "/account", **fields).status_code == status
    assert registry.book.tokens() == ()


def test_nobody_withdraws_what_is_somebody_elses(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    submit(client)
    registry.orcid.claims = {"sub": "0000-0002-1694-233X"}
    with another_browser(client) as other:
        sign_in(registry, other)
        refused = account(other, "withdraw", digest=DIGEST, reason="spite")
    assert refused.status_code == 409
    assert "somebody else published" in refused.text
    assert registry.store.states()[DIGEST].status == "published"


def test_forgotten_people_are_strangers(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    submit(client)
    with another_browser(client) as elsewhere:
        sign_in(registry, elsewhere)
        assert account(elsewhere, "forget", sure="1").status_code == 303
        assert "Sign in with ORCID" in elsewhere.get("/account").text
    assert "Sign in with ORCID" in client.get("/account").text  # its session stands for nobody
    sign_in(registry, client)
    assert account(client, "withdraw", digest=DIGEST, reason="x").status_code == 409
    assert registry.store.states()[DIGEST].status == "published"


def test_signing_out(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    account(client, "sign-out")
    assert "Sign in with ORCID" in client.get("/account").text


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(
    one: tuple[Registry, TestClient],
) -> None:
    registry, client = one
    sign_in(registry, client)
    copied = client.cookies["__Host-greenalgo"]
    account(client, "sign-out")
    with another_browser(client) as thief:
        thief.cookies.set("__Host-greenalgo", copied)
        assert "Sign in with ORCID" in thief.get("/account").text
        assert submit(thief).status_code == 200
    assert registry.store.events() == ()


def test_signing_out_here_ends_no_session_elsewhere(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    with another_browser(client) as elsewhere:
        sign_in(registry, elsewhere)
        account(elsewhere, "sign-out")
    assert JOSIAH in client.get("/account").text


def test_signing_in_again_ends_the_session_before(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    before = client.cookies["__Host-greenalgo"]
    sign_in(registry, client)
    assert JOSIAH in client.get("/account").text
    with another_browser(client) as other:
        other.cookies.set("__Host-greenalgo", before)
        assert "Sign in with ORCID" in other.get("/account").text


def test_nobody_stays_signed_in_for_more_than_a_day(
    one: tuple[Registry, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, client = one
    sign_in(registry, client)
    tomorrow = utc_now() + LASTS
    monkeypatch.setattr("greenalgo.registry.service.pages.visitor.utc_now", lambda: tomorrow)
    assert "Sign in with ORCID" in client.get("/account").text


def test_requests_of_a_session_are_logged_as_those_of_a_person(tmp_path: Path) -> None:
    lines: list[str] = []
    with running(tmp_path, Journal(lines.append)) as (registry, client):
        client.get("/about")
        sign_in(registry, client)
        client.get("/about")
        submit(client)
        client.get(f"{API}/statements")
        events = registry.store.events()
    told = [json.loads(line) for line in lines]
    tiers = [(one["method"], one["path"], one["tier"]) for one in told]
    assert tiers[0] == ("GET", "/about", "anonymous")
    assert tiers[-4:] == [
        ("GET", "/about", "orcid"),
        ("GET", "/submit", "orcid"),
        ("POST", "/submit", "orcid"),
        ("GET", f"{API}/statements", "anonymous"),  # the API looks at no cookie
    ]
    (actor,) = {event.actor for event in events}
    for secret in (JOSIAH, "Carberry", actor.removeprefix("orcid:")):
        assert secret not in "".join(lines)


def test_a_person_counts_wherever_they_are(tmp_path: Path) -> None:
    """Twice as many writes of one person as are let through, from as many addresses."""
    with running(tmp_path, settings=Settings(BASE, writes_per_minute=2)) as (registry, client):
        sign_in(registry, client)
        page = client.get("/submit").text
        token = re.search('name="csrf_token" value="([^"]+)"', page)
        assert token
        fields = {"csrf_token": token[1], "action": "check", "text": statement().decode()}
        codes = []
        for number in range(3):
            client._transport.client = (f"192.0.2.{number}", 1)  # type: ignore[attr-defined]
            codes.append(client.post("/submit", data=fields).status_code)
        assert codes == [200, 200, 429]
        assert client.get("/submit").status_code == 200


def test_a_form_without_its_token_changes_nothing(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    assert client.post("/account", data={"action": "forget", "sure": "1"}).status_code == 403
    assert JOSIAH in client.get("/account").text


def test_the_api_looks_at_no_cookie(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    sign_in(registry, client)
    answer = client.post(f"{API}/statements", content=statement(), headers=YAML)
    assert answer.status_code == 401
    submit(client)
    events = client.post(
        f"{API}/statements/{DIGEST}/events", json={"kind": "withdraw", "reason": "x"}
    )
    assert events.status_code == 401


def test_somebody_elses_way_back_signs_nobody_in(one: tuple[Registry, TestClient]) -> None:
    """Login CSRF: a link that signs a victim in to the account of an attacker."""
    registry, client = one
    with another_browser(client) as attacker:
        begun = attacker.get("/sign-in").headers["location"]
    link = registry.orcid.sign_in(begun)
    assert client.get(link).status_code == 403
    client.get("/sign-in")
    assert client.get(link).status_code == 403
    assert "Sign in with ORCID" in client.get("/account").text
    # The attempt is used up, whatever came of it.
    assert client.get(link).status_code == 403


def test_a_way_back_works_once(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    begun = client.get("/sign-in").headers["location"]
    link = registry.orcid.sign_in(begun)
    assert client.get(link).status_code == 303
    assert client.get(link).status_code == 403


def test_a_session_from_before_is_worth_nothing_after(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    client.get("/account")
    planted = client.cookies["__Host-greenalgo"]
    sign_in(registry, client)
    with another_browser(client) as other:
        other.cookies.set("__Host-greenalgo", planted)
        assert "Sign in with ORCID" in other.get("/account").text


@pytest.mark.parametrize(
    ("following", "leads"),
    [("/submit", "/submit"), ("/statements?q=a", "/statements?q=a"), ("https://evil.example", "/account"),
     ("//evil.example", "/account"), ("/\\evil.example", "/account"), ("javascript:alert(1)", "/account"),
     ("/\r\nSet-Cookie: x=1", "/account"), ("/é", "/account"), ("", "/account")],
)  # fmt: skip
def test_nobody_is_led_elsewhere(
    one: tuple[Registry, TestClient], following: str, leads: str
) -> None:
    registry, client = one
    assert sign_in(registry, client, following).headers["location"] == leads


def test_who_declines_is_not_signed_in(one: tuple[Registry, TestClient]) -> None:
    _, client = one
    begun = client.get("/sign-in").headers["location"]
    state = re.search("state=([^&]+)", begun)
    assert state
    answer = client.get(f"/sign-in/back?error=access_denied&state={state[1]}")
    assert answer.status_code == 403
    assert "Nothing has changed" in answer.text


def test_orcid_is_down(one: tuple[Registry, TestClient]) -> None:
    registry, client = one
    begun = client.get("/sign-in").headers["location"]
    link = registry.orcid.sign_in(begun)
    registry.orcid.down = True
    answer = client.get(link)
    assert answer.status_code == 503
    assert "ORCID cannot be reached now" in answer.text


def test_a_confirmation_that_does_not_hold_signs_nobody_in(
    one: tuple[Registry, TestClient],
) -> None:
    registry, client = one
    registry.orcid.claims = {"aud": "APP-other"}
    assert sign_in(registry, client).status_code == 403
    assert "Sign in with ORCID" in client.get("/account").text


def test_without_a_provider_there_is_no_account(tmp_path: Path) -> None:
    store = make_store("sqlite", tmp_path)
    with (
        open_book(store) as book,
        TestClient(make_app(Desk(store, Settings(BASE)), book=book), BASE) as client,
    ):
        for address in ("/account", "/sign-in", "/sign-in/back?code=1&state=2"):
            assert client.get(address, headers={"Accept": "text/html"}).status_code == 404
        assert "/account" not in client.get("/", headers={"Accept": "text/html"}).text
    store.close()


SECRETS = """[orcid]
client_id = "APP-1"
client_secret = "of the tests"
"""


def secret_file(folder: Path, text: str, mode: int = 0o600) -> str:
    path = folder / "secrets.toml"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_secrets_are_read(tmp_path: Path) -> None:
    found = read_secrets(secret_file(tmp_path, SECRETS))
    assert found == {"client_id": "APP-1", "client_secret": "of the tests"}


@pytest.mark.parametrize(
    ("text", "mode", "said"),
    [
        (SECRETS, 0o640, "chmod 600"),
        ("[orcid]\nclient_id = 'APP-1'", 0o600, "needs client_id and client_secret"),
        ("orcid = 'APP-1'", 0o600, "needs a table [orcid]"),
        ("", 0o600, "needs a table [orcid]"),
        ("[orcid]\nclient_id='A'\nclient_secret='s'\nissuer=''", 0o600, "needs client_id"),
        (SECRETS + "[orcd]", 0o600, "and nothing else"),
        ("= no", 0o600, "is no TOML"),
    ],
)  # fmt: skip
def test_secrets_that_are_none(tmp_path: Path, text: str, mode: int, said: str) -> None:
    path = secret_file(tmp_path, text, mode)
    with pytest.raises(CannotCheckError, match=re.escape(said)) as caught:
        read_secrets(path)
    assert "of the tests" not in str(caught.value)


def test_a_secrets_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CannotCheckError, match="no such file"):
        read_secrets(str(tmp_path / "none.toml"))
