"""Blind deposits: nothing tells whose or what it is, and afterwards everybody can check it; on every store."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from registry_cases import statement, url_of

from greenalgo.cli.main import cli
from greenalgo.errors import RegistryError
from greenalgo.registry import audit
from greenalgo.registry.door import look, submit
from greenalgo.registry.identity import deposits
from greenalgo.registry.identity.book import Book, open_book
from greenalgo.registry.record import Draft, Event, Log, from_json, merkle
from greenalgo.registry.record.event import (
    commitment_of,
    hash_of,
    leaf_of,
    to_bytes,
    to_json,
    week_of,
)
from greenalgo.registry.snapshot import files_of, read_snapshot
from greenalgo.registry.store import open_store
from telling_cases import SECRETS, filled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from greenalgo.registry.store import Store

RAW = statement()
DIGEST = look(RAW, "footprint.yaml").digest


@pytest.fixture
def book(store: Store) -> Iterator[Book]:
    with open_book(store) as opened:
        yield opened


def hand_in(store: Store, book: Book, raw: bytes = RAW) -> deposits.Deposit:
    return deposits.deposit(store, book, raw, "footprint.yaml")


def test_the_log_has_a_commitment_and_a_week_and_nothing_else(store: Store, book: Book) -> None:
    made = hand_in(store, book)
    [event] = store.log().events
    assert (event.kind, event.digest) == ("deposit", made.commitment)
    assert (event.actor, event.reason, event.opens, event.salt) == ("", "", "", "")
    assert event.at == week_of(event.at)
    assert event.at.endswith("T00:00:00.000000Z")
    expected = hashlib.sha256(bytes.fromhex(made.salt + DIGEST)).hexdigest()
    assert made.commitment == expected
    assert not store.find(DIGEST[:8])
    assert store.body(DIGEST) is None
    assert store.body(made.commitment) is None
    assert not list(store.holdings())


def test_neither_salt_nor_digest_nor_key_is_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/registry.db"
    store = open_store(url, create=True)
    with open_book(store) as book:
        made = hand_in(store, book)
    store.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (made.salt, made.digest, made.review):
        assert secret.encode() not in kept
        assert secret not in repr(made)
        if secret != made.review:
            assert bytes.fromhex(secret) not in kept


def test_the_same_statement_twice_cannot_be_linked(store: Store, book: Book) -> None:
    one, two = hand_in(store, book), hand_in(store, book)
    assert len({one.commitment, two.commitment}) == len({one.salt, two.salt}) == 2


def test_a_guess_is_no_use_without_the_salt() -> None:
    assert commitment_of("0" * 64, DIGEST) != commitment_of("1" * 64, DIGEST)


def test_the_receipt_proves_the_deposit(store: Store, book: Book) -> None:
    made = hand_in(store, book)
    document = json.loads(json.dumps(deposits.to_document(made)))
    event = from_json(document["event"])
    path = [bytes.fromhex(part) for part in document["proof"]["path"]]
    root = merkle.root_from_proof(leaf_of(event), document["proof"]["index"], 1, path)
    assert root is not None
    assert root.hex() == document["checkpoint"]["root"] == store.log().checkpoint.root
    assert deposits.read_secrets(document) == (made.salt, made.digest)


def test_a_reveal_is_checked_by_everybody(store: Store, book: Book) -> None:
    made = hand_in(store, book)
    before = store.log().checkpoint
    event = deposits.reveal(store, book, made.salt, made.digest, actor="token:1")
    assert (event.kind, event.digest, event.opens) == ("publish", DIGEST, made.commitment)
    assert commitment_of(event.salt, event.digest) == made.commitment
    states = store.states()
    assert states[DIGEST].status == "published"
    assert states[made.commitment].status == "revealed"
    assert store.body(DIGEST) == look(RAW, "x.yaml").body
    assert audit.verify(store, before).problems == ()
    assert deposits.review(store, book, made.review) == deposits.Closed("revealed", DIGEST)
    assert book.deposit(commitment=made.commitment) == (made.commitment, b"")
    with pytest.raises(RegistryError, match="was revealed"):
        deposits.reveal(store, book, made.salt, made.digest)
    with pytest.raises(RegistryError, match="was revealed"):
        deposits.withdraw(store, book, made.salt, made.digest)


def test_a_deposit_is_withdrawn_by_who_has_the_salt(store: Store, book: Book) -> None:
    made = hand_in(store, book)
    with pytest.raises(RegistryError, match="no such deposit"):
        deposits.withdraw(store, book, "0" * 64, made.digest)
    event = deposits.withdraw(store, book, made.salt, made.digest)
    assert (event.actor, event.reason) == ("", deposits.WITHDRAWN)
    assert book.deposit(commitment=made.commitment) == (made.commitment, b"")
    assert deposits.review(store, book, made.review) == deposits.Closed("withdrawn")
    with pytest.raises(RegistryError, match="was withdrawn"):
        deposits.reveal(store, book, made.salt, made.digest)
    assert audit.verify(store).problems == ()
    hand_in(store, book)  # the statement itself was never named: it may be deposited again


def test_what_is_public_is_not_deposited(store: Store, book: Book) -> None:
    submit(store, look(RAW, "footprint.yaml"), RAW, "footprint.yaml")
    with pytest.raises(RegistryError, match="already: it is published"):
        hand_in(store, book)


def test_a_second_deposit_of_what_moderators_keep_back_shows_nothing_and_cannot_be_revealed(
    store: Store, book: Book
) -> None:
    one, two = hand_in(store, book), hand_in(store, book)
    deposits.reveal(store, book, one.salt, one.digest)
    assert isinstance(deposits.review(store, book, two.review), dict)
    store.commit([Draft("quarantine", DIGEST, reason="legal")])
    assert deposits.review(store, book, two.review) == deposits.Closed("quarantined")
    before = store.checkpoint()
    for refused in (
        lambda: hand_in(store, book),
        lambda: deposits.reveal(store, book, two.salt, DIGEST),
    ):
        with pytest.raises(RegistryError, match="already: it is quarantined"):
            refused()
    assert store.checkpoint() == before
    assert deposits.review(store, book, one.review) == deposits.Closed("revealed", DIGEST)
    store.commit([Draft("restore", DIGEST, reason="settled")])
    assert isinstance(deposits.review(store, book, two.review), dict)
    deposits.withdraw(store, book, two.salt, DIGEST)
    assert store.states([DIGEST])[DIGEST].status == "published"
    assert audit.verify(store).problems == ()


def test_what_is_unfit_is_not_deposited(store: Store, book: Book) -> None:
    with pytest.raises(RegistryError, match="not fit"):
        hand_in(store, book, RAW.replace(b"    pue: 1.2\n", b""))
    assert not store.log().events


def test_a_registry_with_deposits_verifies_and_can_be_checked(store: Store, book: Book) -> None:
    submit(store, look(RAW, "footprint.yaml"), RAW, "footprint.yaml")
    made = hand_in(store, book, statement(hours=7))
    hand_in(store, book, statement(hours=8))
    deposits.reveal(store, book, made.salt, made.digest)
    assert audit.verify(store).problems == ()
    assert audit.inspect(store).sound


def test_a_snapshot_with_deposits_is_restored(
    kind: str, store: Store, book: Book, tmp_path: Path
) -> None:
    made = hand_in(store, book)
    hand_in(store, book, statement(hours=8))
    deposits.reveal(store, book, made.salt, made.digest)
    folder = tmp_path / "snapshot"
    folder.mkdir()
    for name, content in files_of(store).items():
        (folder / name).write_bytes(content)
    (tmp_path / "again").mkdir()
    again = open_store(url_of(kind, tmp_path / "again"), create=True)
    again.restore(*read_snapshot(str(folder)))
    assert again.log().checkpoint == store.log().checkpoint
    assert audit.verify(again).problems == ()
    again.close()


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft("deposit", "1" * 64, "token:1"), "names nobody"),
        (Draft("reveal", "2" * 64, opens="3" * 64), "no statement"),
    ],
)
def test_events_that_cannot_be_are_refused(store: Store, draft: Draft, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        store.commit([draft])


def test_another_statement_cannot_be_revealed(store: Store, book: Book) -> None:
    made = hand_in(store, book)
    other = look(statement(hours=9), "x.yaml")
    draft = Draft(
        "publish", other.digest, body=other.body, opens=made.commitment, salt=made.salt
    )  # fmt: skip
    with pytest.raises(RegistryError, match="do not lead to the commitment"):
        store.commit([draft])
    with pytest.raises(RegistryError, match="publishing its statement"):
        store.commit([Draft("reveal", made.commitment, opens=other.digest)])


def test_a_forged_reveal_is_found_in_the_log() -> None:
    event = Event(
        1, "publish", DIGEST, "", "", "2026-11-25T12:00:00.000000Z", "0" * 64,
        opens="1" * 64, salt="2" * 64,
    )  # fmt: skip
    log = Log([event._replace(hash=hash_of(event))])
    assert any("another statement than was deposited" in one.message for one in log.problems())


def test_events_of_old_logs_keep_their_hashes() -> None:
    old = {
        "actor": "", "at": "2026-01-01T00:00:00.000000Z", "digest": "1" * 64, "kind": "publish",
        "prev": "0" * 64, "reason": "", "seq": 1,
    }  # fmt: skip
    raw = json.dumps(old, sort_keys=True, separators=(",", ":")).encode()
    event = from_json({**old, "hash": hashlib.sha256(raw).hexdigest()})
    assert hash_of(event) == event.hash
    assert set(to_json(event)) == {*old, "hash"}
    assert json.loads(to_bytes(event)) == to_json(event)


def test_the_view_of_reviewers_says_no_name_place_or_time(store: Store, book: Book) -> None:
    made = hand_in(store, book, filled())
    view = deposits.review(store, book, made.review)
    assert isinstance(view, dict)
    text = json.dumps(view).casefold()
    for secret in SECRETS:
        assert secret not in text
    for secret in (made.digest, made.commitment, made.salt, made.review):
        assert secret not in text
    assert set(view) == {"deposited", "statement", "findings"}
    assert view["deposited"][4:6] == "-W"
    shown = view["statement"]
    assert [run["location"] for run in shown["runs"]] == [{"country": "FRA"}, {"country": "USA"}]
    # (8 x 400 W + 2 x 90 W) x 100 h
    assert shown["results"]["runs"][shown["runs"][0]["id"]]["energy_it_kwh"]["value"] == 338
    assert set(shown) <= {
        "spec_version", "title", "subject", "runs", "reported", "results", "boundary",
        "functional_units", "offsets",
    }  # fmt: skip


def test_a_key_that_is_guessed_shows_nothing(store: Store, book: Book) -> None:
    hand_in(store, book)
    for key in ("", "guess", "é", "0" * 43):
        assert deposits.review(store, book, key) is None


@pytest.mark.parametrize(
    "data", [None, [], {}, {"salt": "1", "digest": "2"}, {"salt": "1" * 64, "digest": "g" * 64}]
)
def test_what_is_no_receipt_is_refused(data: Any) -> None:
    with pytest.raises(RegistryError, match="no receipt of a deposit"):
        deposits.read_secrets(data)


def test_a_changed_receipt_is_refused() -> None:
    data = {"salt": "1" * 64, "digest": DIGEST, "commitment": "2" * 64}
    with pytest.raises(RegistryError, match="was changed"):
        deposits.read_secrets(data)


def test_the_commands_deposit_reveal_and_withdraw(kind: str, tmp_path: Path) -> None:
    url = url_of(kind, tmp_path)
    file, receipt = tmp_path / "footprint.yaml", tmp_path / "deposit.json"
    file.write_bytes(RAW)

    def run(*words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(cli, ["registry", "blind", *words, "--to", url])
        assert result.exit_code == code, result.output
        return result

    deposit = ("deposit", str(file), "--receipt", str(receipt))
    commitment, path = run(*deposit).stdout.split()
    assert path.startswith("/review/")
    assert receipt.stat().st_mode & 0o77 == 0
    assert json.loads(receipt.read_bytes())["commitment"] == commitment
    assert "is there already" in run(*deposit, code=1).stderr
    assert run("reveal", str(receipt)).stdout.split()[0] == DIGEST
    assert "was revealed" in run("reveal", str(receipt), code=1).stderr
    assert "was revealed" in run("withdraw", str(receipt), code=1).stderr
    verify = CliRunner().invoke(cli, ["registry", "verify", url])
    assert (verify.exit_code, "3 events" in verify.stdout) == (0, True)


def test_nobody_else_can_read_a_receipt_at_any_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, receipt = tmp_path / "footprint.yaml", tmp_path / "deposit.json"
    file.write_bytes(RAW)
    modes = []
    replace = os.replace

    def watched(source: str, target: str) -> None:
        modes.append(os.stat(source).st_mode & 0o777)
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    words = ("deposit", str(file), "--receipt", str(receipt), "--to", f"sqlite:///{tmp_path}/r.db")
    done = CliRunner().invoke(cli, ["registry", "blind", *words])
    assert done.exit_code == 0, done.output
    assert modes == [0o600]
