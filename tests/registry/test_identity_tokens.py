"""API tokens: their form, what is kept of them, when they hold; on every store."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from registry_cases import url_of

from greenalgo.cli.main import cli
from greenalgo.errors import DeniedError, RegistryError
from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.identity.tokens import (
    PATTERN,
    Made,
    admit,
    describe,
    digest_of,
    id_in,
    new_token,
    utc_now,
)
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from greenalgo.registry.store import Store

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SUBMIT = frozenset({"submit"})


@pytest.fixture
def book(store: Store) -> Iterator[Book]:
    with open_book(store) as opened:
        yield opened


def made(**given: object) -> Made:
    return new_token("laptop", SUBMIT, made_by="operator", at=NOON, **given)  # type: ignore[arg-type]


def test_a_token_can_be_told_from_other_text() -> None:
    text = made().secret
    assert PATTERN.fullmatch(text)
    assert id_in(text) == text[4:14]
    for position in range(4, len(text)):  # a slip of one character is noticed
        other = "0" if text[position] != "0" else "1"
        assert not id_in(text[:position] + other + text[position + 1 :])


def test_the_secret_has_190_bits_and_no_two_are_alike() -> None:
    assert 62**32 > 2**190
    assert len({made().secret[14:46] for _ in range(1000)}) == 1000


def test_only_a_hash_is_kept_and_nothing_prints_the_secret(book: Book) -> None:
    new = made()
    book.add_token(new.token)
    secret = new.secret[14:]
    kept = book.tokens()[0]
    assert kept == new.token
    assert kept.hash == digest_of(new.secret)
    for text in (repr(new), str(new), f"{new}", repr(kept), str(describe(kept, NOON))):
        assert secret not in text
    assert kept.hash not in str(describe(kept, NOON))


def test_the_holder_is_identified(book: Book) -> None:
    new = made()
    book.add_token(new.token)
    found = book.identify(new.secret, NOON + timedelta(days=1))
    assert (found.tier, found.actor, found.label) == ("token", f"token:{new.token.id}", "laptop")
    assert found.scopes == SUBMIT


def test_the_last_use_is_kept_by_the_day(book: Book) -> None:
    new = made()
    book.add_token(new.token)
    book.identify(new.secret, NOON + timedelta(hours=3, minutes=7))
    assert book.tokens()[0].used_on == datetime(2026, 11, 25, tzinfo=UTC)


def test_a_wrong_secret_learns_nothing(book: Book) -> None:
    new, other = made(), made()
    book.add_token(new.token)
    book.revoke(new.token.id, NOON)
    start = new.secret[:14] + other.secret[14:46]
    for text in (
        other.secret,
        start + "000000",
        "",
        "gat_",
        "é" * 52,
        new.secret + " ",
        "gat_" * 900,
    ):
        with pytest.raises(DeniedError, match="does not know the token") as denied:
            book.identify(text, NOON)
        assert not denied.value.known
    with pytest.raises(DeniedError, match="does not know"):  # the right id, another secret
        admit(other.secret, new.token, NOON)
    assert book.tokens()[0].used_on is None


def test_a_token_expires(book: Book) -> None:
    new = made(lasts=timedelta(days=2))
    book.add_token(new.token)
    book.identify(new.secret, NOON + timedelta(days=2, seconds=-1))
    with pytest.raises(DeniedError, match="is expired since 2026-11-27"):
        book.identify(new.secret, NOON + timedelta(days=2))


def test_a_token_is_revoked_for_good(book: Book) -> None:
    new = made()
    book.add_token(new.token)
    first = book.revoke(new.token.id, NOON).revoked_at
    assert book.revoke(new.token.id, NOON + timedelta(days=1)).revoked_at == first
    with pytest.raises(DeniedError, match="is revoked since 2026-11-25"):
        book.identify(new.secret, NOON)
    with pytest.raises(RegistryError, match="no token 0000000000"):
        book.revoke("0000000000", NOON)


def test_the_default_is_90_days() -> None:
    assert made().token.expires_at == NOON + timedelta(days=90)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [
        ("", SUBMIT, 1),
        ("two\nlines", SUBMIT, 1),
        ("x" * 101, SUBMIT, 1),
        ("laptop", frozenset(), 1),
        ("laptop", frozenset({"submit", "everything"}), 1),
        ("laptop", SUBMIT, 0),
        ("laptop", SUBMIT, 367),
    ],
)
def test_what_no_token_can_be_is_refused(name: str, scopes: frozenset[str], days: int) -> None:
    with pytest.raises(RegistryError):
        new_token(name, scopes, made_by="operator", at=NOON, lasts=timedelta(days=days))


def test_minted_tokens_are_forgotten_and_others_are_not(book: Book) -> None:
    book.add_token(made(lasts=timedelta(minutes=15), actor="ci:github:1").token)
    book.add_token(made(lasts=timedelta(minutes=15)).token)
    later = new_token("later", SUBMIT, made_by="operator", at=NOON + timedelta(days=2))
    book.add_token(later.token)
    assert [one.actor[:6] for one in book.tokens()] == ["token:", "token:"]


def test_the_book_of_a_directory_stays_out_of_git(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "registry"), create=True)
    with open_book(store) as book:
        book.add_token(made().token)
    subprocess.run(["git", "init", "-q", tmp_path / "registry"], check=True)
    status = ["git", "-C", str(tmp_path / "registry"), "status", "--porcelain", "-uall"]
    assert subprocess.run(status, capture_output=True, check=True).stdout == b""


def test_the_command_makes_lists_and_revokes(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)

    def run(*words: str) -> tuple[str, str]:
        result = CliRunner().invoke(cli, ["registry", "token", *words, "--store", url])
        assert result.exit_code == 0, result.output
        return result.stdout, result.stderr

    out, said = run("create", "--scope", "submit", "--name", "CI of chess")
    secret = out.strip()
    assert id_in(secret)
    assert secret not in said
    listed, _ = run("list")
    assert re.match(r"[0-9a-f]{10}  active  submit, until \d{4}-\d\d-\d\d, never used: CI", listed)
    assert secret[14:] not in listed
    run("revoke", secret[4:14])
    listed, _ = run("list", "--format", "json")
    assert '"status": "revoked"' in listed
    wrong = CliRunner().invoke(cli, ["registry", "token", "revoke", "none", "--store", url])
    assert (wrong.exit_code, "there is no token" in wrong.stderr) == (1, True)


@pytest.mark.parametrize("group", ["token", "publisher"])
def test_a_list_makes_no_book(group: str, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    open_store(str(folder), create=True).close()
    before = sorted(folder.rglob("*"))
    words = ["registry", group, "list", "--store", str(folder)]
    done = CliRunner().invoke(cli, words)
    assert (done.exit_code, done.output) == (0, "")
    assert sorted(folder.rglob("*")) == before


def test_a_token_is_renewed_and_acts_as_before(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    words = ["registry", "token", "create", "--scope", "submit", "--name", "laptop", "--store", url]
    assert CliRunner().invoke(cli, words).exit_code == 0
    store = open_store(url)
    with open_book(store) as book:
        (old,) = book.tokens()
        book.revoke(old.id, NOON)
        new = CliRunner().invoke(cli, [*words, "--renews", old.id])
        assert new.exit_code == 0, new.stderr
        assert book.identify(new.stdout.strip(), utc_now()).actor == old.actor
        unknown = CliRunner().invoke(cli, [*words, "--renews", "0000000000"])
        assert "there is no token 0000000000" in unknown.stderr
        ci = made(actor="ci:github:74").token
        book.add_token(ci)
        forged = CliRunner().invoke(cli, [*words, "--renews", ci.id])
        assert (forged.exit_code, "nobody can renew by hand" in forged.stderr) == (1, True)
        assert len(book.tokens()) == 3
    store.close()
