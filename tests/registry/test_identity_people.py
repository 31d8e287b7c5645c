"""Signing in with ORCID: what holds, and everything that must not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from orcid_cases import CLIENT, ISSUER, JOSIAH, FakeOrcid
from registry_cases import KINDS, make_store

from greenalgo.errors import CannotCheckError, DeniedError, RegistryError
from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.identity.keys import LASTS
from greenalgo.registry.identity.orcid import OrcidProvider, is_orcid
from greenalgo.registry.identity.people import Ask, Person, new_ask
from greenalgo.registry.identity.tokens import new_token, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BACK = "https://registry.example.org/sign-in/back"


@pytest.fixture
def orcid() -> FakeOrcid:
    return FakeOrcid()


def signed_in(orcid: FakeOrcid, provider: OrcidProvider, ask: Ask | None = None) -> Person:
    ask = ask or new_ask(BACK)
    back = orcid.sign_in(provider.address(ask))
    code = back.partition("code=")[2].partition("&")[0]
    return provider.person(code, ask, utc_now())


@pytest.mark.parametrize(
    ("text", "fits"),
    [(JOSIAH, True), ("0000-0002-1694-233X", True), ("0000-0002-1825-0098", False), ("", False),
     ("0000-0002-1694-2330", False), ("0000000218250097", False), (f"{JOSIAH}\n", False),
     ("0000-0002-1825-009\u0667", False)],
)  # fmt: skip
def test_the_check_digit_of_an_id(text: str, fits: bool) -> None:
    assert is_orcid(text) is fits


def test_somebody_signs_in(orcid: FakeOrcid) -> None:
    provider = orcid.provider()
    assert signed_in(orcid, provider) == Person(ISSUER, JOSIAH, "Josiah Carberry")
    signed_in(orcid, provider)
    assert orcid.asked == 1


def test_two_attempts_have_nothing_in_common() -> None:
    one, other = new_ask(BACK), new_ask(BACK)
    assert not set(one[:3]) & set(other[:3])
    assert min(len(part) for part in one[:3]) >= 43


WRONG: list[dict[str, Any]] = [
    {"nonce": "of another attempt"}, {"nonce": None}, {"aud": "APP-other"}, {"aud": [CLIENT, "APP-other"]},
    {"iss": "https://orcid.evil"}, {"iss": None}, {"sub": None}, {"sub": "0000-0002-1825-0098"},
    {"sub": 7}, {"exp": None}, {"iat": "now"},
]  # fmt: skip


@pytest.mark.parametrize("claims", WRONG, ids=str)
def test_a_confirmation_that_does_not_hold(orcid: FakeOrcid, claims: dict[str, Any]) -> None:
    orcid.claims = claims
    with pytest.raises(DeniedError, match="the sign-in was not confirmed"):
        signed_in(orcid, orcid.provider())


@pytest.mark.parametrize(("claim", "days"), [("exp", -1), ("iat", -1), ("iat", 1)])
def test_a_confirmation_of_another_day(orcid: FakeOrcid, claim: str, days: int) -> None:
    orcid.claims = {claim: int((utc_now() + timedelta(days=days)).timestamp())}
    with pytest.raises(DeniedError, match="the sign-in was not confirmed"):
        signed_in(orcid, orcid.provider())


def test_a_signature_that_does_not_hold(orcid: FakeOrcid) -> None:
    other = rsa.generate_private_key(65537, 2048)
    public = str(orcid.key.public_key().public_numbers().n).encode()
    for signed in (
        ("RS256", other, "one"),
        ("RS256", other, "two"),
        ("none", None, "one"),
        ("HS256", public, "one"),
        ("RS384", orcid.key, "one"),
    ):
        orcid.signed_with = signed
        with pytest.raises(DeniedError):
            signed_in(orcid, orcid.provider())


def test_a_code_works_once_and_with_its_own_attempt(orcid: FakeOrcid) -> None:
    provider, ask = orcid.provider(), new_ask(BACK)
    code = orcid.sign_in(provider.address(ask)).partition("code=")[2].partition("&")[0]
    with pytest.raises(DeniedError):
        provider.person(code, new_ask(BACK), utc_now())
    with pytest.raises(DeniedError):
        provider.person(code, ask, utc_now())


def test_unknown_keys_do_not_make_it_ask_again_and_again(orcid: FakeOrcid) -> None:
    provider = orcid.provider()
    orcid.signed_with = ("RS256", orcid.key, "no such key")
    for _ in range(5):
        with pytest.raises(DeniedError):
            signed_in(orcid, provider)
    assert orcid.asked == 1


@pytest.mark.parametrize(
    "answer",
    [httpx2.Response(500, json={}), httpx2.Response(200, text="<html>"), httpx2.Response(200, json=[]),
     httpx2.Response(302, headers={"Location": "https://evil"}, json={}),
     httpx2.Response(200, content=b" " * 300_000)],
)  # fmt: skip
def test_a_service_that_answers_with_something_else(
    orcid: FakeOrcid, answer: httpx2.Response
) -> None:
    orcid.answer = answer
    with pytest.raises(CannotCheckError):
        signed_in(orcid, orcid.provider())


def test_a_service_that_is_down(orcid: FakeOrcid) -> None:
    orcid.down = True
    with pytest.raises(CannotCheckError, match="cannot be reached"):
        signed_in(orcid, orcid.provider())


@pytest.mark.parametrize("issuer", ["http://orcid.org", "https://orcid.org/", "orcid.org"])
def test_an_issuer_is_an_https_address(issuer: str) -> None:
    with pytest.raises(RegistryError):
        OrcidProvider(CLIENT, "s", issuer)


def test_no_secret_is_shown(orcid: FakeOrcid) -> None:
    assert "secret" not in repr(orcid.provider())


@pytest.fixture(params=KINDS)
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Book]:
    store = make_store(request.param, tmp_path)
    with open_book(store) as made:
        yield made
    store.close()


def test_an_account_is_made_once_and_follows_the_name(book: Book) -> None:
    at = utc_now()
    one = book.account(Person(ISSUER, JOSIAH, "Josiah"), at)
    same = book.account(Person(ISSUER, JOSIAH, "Josiah Carberry"), at + timedelta(days=1))
    assert (same.id, same.person.name, same.made_at) == (one.id, "Josiah Carberry", one.made_at)
    other = book.account(Person(ISSUER, "0000-0002-1694-233X", ""), at)
    assert other.id != one.id
    assert book.account_in(book.begin_session(one, at), at) == same
    assert JOSIAH not in one.actor
    assert (one.identity.tier, sorted(one.identity.scopes)) == ("orcid", ["submit", "withdraw"])


def test_a_person_is_forgotten_with_their_tokens(book: Book) -> None:
    at = utc_now()
    account = book.account(Person(ISSUER, JOSIAH, ""), at)
    made = new_token(
        "laptop", frozenset({"submit"}), made_by=account.actor, at=at, actor=account.actor
    )
    book.add_token(made.token)
    assert book.identify(made.secret, at).tier == "orcid"
    session = book.begin_session(account, at)
    book.forget(account, at)
    assert book.account_in(session, at) is None
    with pytest.raises(DeniedError):
        book.identify(made.secret, at)
    assert book.account(Person(ISSUER, JOSIAH, ""), at).id != account.id


def test_sessions_end_each_by_itself_all_at_once_and_after_a_day(book: Book) -> None:
    at = utc_now()
    account = book.account(Person(ISSUER, JOSIAH, ""), at)
    one, other, third = (book.begin_session(account, at) for _ in range(3))
    assert len({one, other, third}) == 3
    assert book.account_in("no session", at) is None
    book.end_session(one)
    assert book.account_in(one, at) is None
    assert book.account_in(other, at + LASTS - timedelta(seconds=1)) == account
    assert book.account_in(other, at + LASTS) is None
    book.end_sessions()
    assert book.account_in(third, at) is None
    # what is too old goes when somebody else comes
    old = book.begin_session(account, at)
    book.begin_session(account, at + LASTS)
    assert book.account_in(old, at) is None
