"""Trusted publishing: what is taken from a CI service, and everything that is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from identity_cases import HOME, NOON, github, gitlab, issuers, jwk, key, key_set, signed

from greenalgo.errors import DeniedError, RegistryError
from greenalgo.registry.identity.book import Book, Issuer, open_book
from greenalgo.registry.identity.oidc import MOST_TOKEN, read_keys, verify
from greenalgo.registry.identity.publishing import GITHUB, GITLAB, mint, new_publisher
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenalgo.registry.store import Store

HUB = new_publisher(GITHUB, "74", "65", "submit.yml", name="octo/chess", at=NOON)
LAB = new_publisher(GITLAB, "22", "72", ".gitlab-ci.yml", name="lab/chess", at=NOON)


@pytest.fixture
def book(store: Store) -> Iterator[Book]:
    with open_book(store) as opened:
        fill(opened)
        yield opened


def fill(book: Book) -> None:
    for issuer in issuers():
        book.set_issuer(issuer)
    for publisher in (HUB, LAB):
        book.add_publisher(publisher)


def refused(book: Book, text: str) -> str:
    """Return why a token is refused; nothing was minted."""
    before = book.tokens()
    with pytest.raises(DeniedError) as denied:
        mint(book, text, HOME, NOON)
    assert book.tokens() == before
    return str(denied.value)


def test_a_token_of_github_becomes_one_of_ours(book: Book) -> None:
    made = mint(book, signed(github()), HOME, NOON)
    found = book.identify(made.secret, NOON + timedelta(minutes=14))
    assert (found.tier, found.actor, found.label) == ("ci", "ci:github:74", "octo/chess")
    assert found.scopes == {"submit"}
    with pytest.raises(DeniedError, match="expired"):
        book.identify(made.secret, NOON + timedelta(minutes=15))


def test_a_token_of_gitlab_becomes_one_of_ours(book: Book) -> None:
    made = mint(book, signed(gitlab(), "lab"), HOME, NOON)
    assert made.token.actor == "ci:gitlab:22"


def test_a_service_of_ones_own_is_named_in_the_log(book: Book) -> None:
    own = "https://gitlab.example.org"
    book.set_issuer(Issuer(own, "gitlab", key_set("own"), NOON))
    book.add_publisher(new_publisher(own, "22", "72", ".gitlab-ci.yml", at=NOON))
    uri = "gitlab.example.org/lab/chess//.gitlab-ci.yml@refs/heads/main"
    made = mint(book, signed(gitlab(iss=own, ci_config_ref_uri=uri), "own"), HOME, NOON)
    assert made.token.actor == "ci:gitlab:gitlab.example.org:22"


def test_a_token_works_once_also_after_a_restart_and_in_two_processes(
    kind: str, store: Store
) -> None:
    with open_book(store) as book:
        fill(book)
        mint(book, signed(github()), HOME, NOON)
        assert "used before" in refused(book, signed(github()))
        mint(book, signed(github(jti="two")), HOME, NOON)
        mint(book, signed(gitlab(), "lab"), HOME, NOON)  # the same id of another issuer
    again = open_store(store.url if kind != "postgresql" else _whole(store))
    with open_book(again) as other:
        assert "used before" in refused(other, signed(github()))
    again.close()


def _whole(store: Any) -> str:
    return str(store.engine.url.render_as_string(hide_password=False))


def test_of_many_at_once_one_wins(book: Book) -> None:
    def attempt(_: int) -> bool:
        try:
            mint(book, signed(github()), HOME, NOON)
        except DeniedError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1


def test_used_ids_are_forgotten_when_they_cannot_be_used(book: Book) -> None:
    late = NOON + timedelta(minutes=30)
    assert book.use(GITHUB, "one", NOON + timedelta(minutes=16), NOON)
    assert not book.use(GITHUB, "one", late, NOON + timedelta(minutes=15))
    assert book.use(GITHUB, "one", late, NOON + timedelta(minutes=17))


NOW = int(NOON.timestamp())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"aud": "https://other.example"}, 'aud\' is "https://other.example"; expected: ' + HOME),
        ({"aud": [HOME, "https://other.example"]}, "'aud' is ["),
        ({"aud": HOME + "/"}, "'aud'"),
        ({"jti": None}, "lacks the claim 'jti'"),
        ({"jti": ""}, "'jti' is no text"),
        ({"jti": "x" * 201}, "'jti' is no text"),
        ({"jti": 7}, "'jti' is no text"),
        ({"sub": None}, "lacks the claim 'sub'"),
        ({"exp": None}, "lacks the claim 'exp'"),
        ({"nbf": None}, "lacks the claim 'nbf'"),
        ({"iat": None}, "lacks the claim 'iat'"),
        ({"exp": NOW - 31}, "expired at 11:59:29"),
        ({"iat": NOW + 31}, "in the future"),
        ({"nbf": NOW + 31}, "holds from 12:00:31"),
        ({"iat": NOW - 931, "exp": NOW + 9999}, "more than 15 minutes ago"),
        ({"exp": "tomorrow"}, "'exp' is \"tomorrow\", which is no time"),
        ({"exp": True}, "which is no time"),
        ({"exp": 1e300}, "which is no time"),
        ({"repository_id": "99"}, "'repository_id' is \"99\"; expected: 74. A repository named"),
        ({"repository_id": "99", "repository": "octo/go"}, "no trusted publisher is registered"),
        ({"repository_id": None}, "lacks the claim 'repository_id'"),
        ({"repository_owner_id": "66"}, "'repository_owner_id' is \"66\"; expected: 65"),
        ({"event_name": "pull_request"}, "'event_name' is \"pull_request\"; expected: one of push"),
        ({"event_name": "pull_request_target"}, "'event_name'"),
        ({"event_name": "workflow_run"}, "'event_name'"),
        ({"event_name": "issue_comment"}, "'event_name'"),
        ({"event_name": None}, "lacks the claim 'event_name'"),
        ({"ref": "refs/pull/7/merge"}, "'ref' is \"refs/pull/7/merge\""),
        (
            {"job_workflow_ref": "evil/tools/.github/workflows/submit.yml@refs/heads/main"},
            "'job_workflow_ref' is \"evil/tools/",
        ),
        (
            {"workflow_ref": "octo/chess/.github/workflows/other.yml@refs/heads/main"},
            "'workflow_ref' is \"octo/chess/.github/workflows/other.yml",
        ),
        (
            {"job_workflow_ref": "octo/chess/.github/workflows/submit.yml.evil.yml@refs/heads/x"},
            "'job_workflow_ref'",
        ),
        ({"job_workflow_ref": None}, "lacks the claim 'job_workflow_ref'"),
    ],
)
def test_a_token_of_github_that_does_not_fit_is_refused_with_the_reason(
    given: dict[str, Any], words: str
) -> None:
    claims = github(**given)
    with pytest.raises(DeniedError) as denied:
        _check(signed(claims))
    assert words in str(denied.value)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"project_id": "23"}, "'project_id' is \"23\"; expected: 22"),
        ({"namespace_id": "73"}, "'namespace_id' is \"73\"; expected: 72"),
        ({"pipeline_source": "merge_request_event"}, "'pipeline_source'"),
        ({"pipeline_source": "external_pull_request_event"}, "'pipeline_source'"),
        ({"ref": "refs/merge-requests/1/head"}, "'ref'"),
        (
            {"ci_config_ref_uri": "gitlab.com/evil/tools//.gitlab-ci.yml@refs/heads/main"},
            "'ci_config_ref_uri'",
        ),
    ],
)
def test_a_token_of_gitlab_that_does_not_fit_is_refused_with_the_reason(
    given: dict[str, Any], words: str
) -> None:
    with pytest.raises(DeniedError) as denied:
        _check(signed(gitlab(**given), "lab"))
    assert words in str(denied.value)


class _Shelf:
    """A book without a database, for cases that end before anything is written."""

    def issuers(self) -> list[Issuer]:
        return issuers()

    def publishers(self, issuer: str) -> list[object]:
        return [one for one in (HUB, LAB) if one.issuer == issuer]


def _check(text: str) -> None:
    mint(_Shelf(), text, HOME, NOON)  # type: ignore[arg-type]


def _public_pem() -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key("hub").public_key().public_bytes(serialization.Encoding.PEM, form)


def _with_hmac(secret: bytes) -> str:
    """Return a token that is signed with the public key as if it were a shared secret."""

    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    head = part({"alg": "HS256", "typ": "JWT", "kid": "hub"}) + b"." + part(github())
    mac = base64.urlsafe_b64encode(hmac.new(secret, head, hashlib.sha256).digest()).rstrip(b"=")
    return (head + b"." + mac).decode()


FORGED: dict[str, Callable[[], str]] = {
    "alg none": lambda: jwt.encode(github(), "", algorithm="none", headers={"kid": "hub"}),
    "HS256 with the public key": lambda: _with_hmac(_public_pem()),
    "another RSA algorithm": lambda: jwt.encode(
        github(), key("hub"), algorithm="RS512", headers={"kid": "hub"}
    ),
    "a key of somebody else under our id": lambda: jwt.encode(
        github(), key("evil"), algorithm="RS256", headers={"kid": "hub"}
    ),
    "an unknown key id": lambda: signed(github(), "evil"),
    "a key set of its own": lambda: signed(github(), "evil", jku="http://127.0.0.1:9/keys"),
    "a key of its own": lambda: signed(github(), "evil", jwk=jwk("evil")),
    "no key id": lambda: jwt.encode(github(), key("hub"), algorithm="RS256"),
    "an unknown issuer": lambda: signed(github(iss="https://evil.example")),
    "no issuer": lambda: signed(github(iss=None)),
    "an issuer with a slash": lambda: signed(github(iss=GITHUB + "/")),
    "the issuer of another key": lambda: signed(gitlab(), "hub"),
    "an issuer that is a list": lambda: jwt.encode(
        {**github(), "iss": GITHUB}, key("evil"), algorithm="RS256", headers={"kid": "hub"}
    ),
    "a changed claim": lambda: _changed(),
    "no token": lambda: "not.a.token",
    "nothing": lambda: "",
    "letters": lambda: "é" * 100,
}


def _changed() -> str:
    head, _, mac = signed(github()).split(".")
    body = json.dumps(github(repository_id="75")).encode()
    return f"{head}.{base64.urlsafe_b64encode(body).rstrip(b'=').decode()}.{mac}"


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_token_learns_nothing(name: str) -> None:
    with pytest.raises(DeniedError, match="is not signed by a CI service") as denied:
        _check(FORGED[name]())
    assert not denied.value.known
    assert "evil" not in str(denied.value) + denied.value.hint


def test_a_token_that_is_too_long_is_not_looked_at() -> None:
    text = signed(github(sub="x" * MOST_TOKEN))
    with pytest.raises(DeniedError, match="longer than 8192"):
        verify(text, issuers(), HOME, NOON)


def test_a_branch_can_be_pinned(book: Book) -> None:
    pinned = HUB._replace(id="0" * 10, repository_id="80", ref="refs/heads/main")
    book.add_publisher(pinned)
    claims = github(repository_id="80", ref="refs/heads/dev")
    assert "'ref' is \"refs/heads/dev\"; expected: refs/heads/main" in refused(book, signed(claims))
    mint(book, signed(github(repository_id="80")), HOME, NOON)
    book.add_publisher(LAB._replace(id="1" * 10, repository_id="81", ref="refs/heads/main"))
    tag = gitlab(project_id="81", ref="main", ref_type="tag")
    assert "'ref' is \"refs/tags/main\"" in refused(book, signed(tag, "lab"))
    mint(book, signed(gitlab(project_id="81"), "lab"), HOME, NOON)


def test_a_publisher_that_is_removed_takes_its_tokens_along(book: Book) -> None:
    made = mint(book, signed(github()), HOME, NOON)
    book.remove_publisher(HUB.id, NOON)
    with pytest.raises(DeniedError, match="revoked"):
        book.identify(made.secret, NOON)
    assert "no trusted publisher" in refused(book, signed(github(jti="two")))
    with pytest.raises(RegistryError, match="no publisher"):
        book.remove_publisher(HUB.id, NOON)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("octo/chess", "65", "submit.yml"), "no number of a repository"),
        (("74", "octo", "submit.yml"), "no number of a owner"),
        (("074", "65", "submit.yml"), "no number"),
        (("74", "65", "submit"), "no workflow"),
        (("74", "65", "../submit.yml"), "no workflow"),
        (("74", "65", "a@b.yml"), "no workflow"),
    ],
)
def test_what_no_publisher_can_be_is_refused(given: tuple[str, str, str], words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        new_publisher(GITHUB, *given, at=NOON)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([jwk("hub"), {**jwk("lab"), "kid": "hub"}], "two keys of the set have the id 'hub'"),
        ([jwk("small", 1024)], "2048 bits"),
        ([{**jwk("hub"), "kid": None}], "no id"),
        ([{**jwk("hub"), "n": "?"}], "cannot be read"),
        ([{**jwk("hub"), "use": "enc"}], "no RSA key for signatures"),
        ([{"kty": "oct", "k": "c2VjcmV0", "kid": "hub"}], "no RSA key for signatures"),
        ([], "no RSA key for signatures"),
        ("hub", "no key set"),
    ],
)
def test_a_key_set_that_is_not_fit_is_refused(keys: Any, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        read_keys(json.dumps({"keys": keys}))
