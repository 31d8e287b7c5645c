"""Receipts of blind deposits are checked offline: what holds, and what is said where it does not; on every store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from registry_cases import make_store, statement

from greenalgo.cli.main import cli
from greenalgo.registry.door import receipt_for
from greenalgo.registry.identity import deposits
from greenalgo.registry.identity.book import open_book
from greenalgo.registry.record.opening import read_opening
from greenalgo.registry.record.receipt import to_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from greenalgo.registry.store import Store

RAW = statement()


def deposited(store: Store, before: int = 2) -> deposits.Deposit:
    """Deposit the statement behind others, so that its proof has siblings."""
    with open_book(store) as book:
        for hours in range(before):
            deposits.deposit(store, book, statement(hours=hours + 1), "x.yaml")
        return deposits.deposit(store, book, RAW, "footprint.yaml")


def verify(folder: Path, document: dict[str, Any] | str, raw: bytes = RAW) -> tuple[int, str]:
    """Run the command; exit code, and all that it prints."""
    file, receipt = folder / "footprint.yaml", folder / "deposit.json"
    file.write_bytes(raw)
    receipt.write_text(document if isinstance(document, str) else json.dumps(document))
    words = ["registry", "verify", "--receipt", str(receipt), str(file)]
    result = CliRunner().invoke(cli, words)
    return result.exit_code, result.output


def test_statement_and_salt_open_the_commitment(store: Store, tmp_path: Path) -> None:
    made = deposited(store)
    code, output = verify(tmp_path, deposits.to_document(made))
    assert code == 0, output
    assert "deposited in the week of" in output
    assert f"as event 3, root {store.checkpoint().root}" in output
    assert f"the salt opens its commitment {made.commitment}" in output
    assert made.salt not in output
    assert made.review not in output


def test_notation_and_comments_do_not_matter(tmp_path: Path) -> None:
    store = make_store("directory", tmp_path)
    document = deposits.to_document(deposited(store))
    assert verify(tmp_path, document, b"# another comment\n" + RAW)[0] == 0


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    store = make_store("directory", tmp_path_factory.mktemp("good"))
    return deposits.to_document(deposited(store))


def test_another_statement_is_named(good: dict[str, Any], tmp_path: Path) -> None:
    code, output = verify(tmp_path, good, statement(hours=101))
    assert code == 1
    assert f"not the one that was deposited, which has the digest {good['digest']}" in output
    assert "one value of it, or more, was changed since" in output
    assert "does not hold" in output
    assert "salt and digest" not in output  # the receipt itself is sound


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(salt="1" * 64), "salt and digest of the receipt lead to"),
        (lambda d: d.update(commitment="2" * 64), "the deposit of another commitment"),
        (lambda d: d["event"].update(at="2020-01-06T00:00:00.000000Z"), "event in the receipt was"),
        (lambda d: d["event"].update(kind="publish"), "the receipt is for the event 'publish'"),
        (lambda d: d["event"].update(hash="3" * 64), "event in the receipt was changed"),
        (lambda d: d["proof"].update(path=["4" * 64]), "the proof does not lead to the root"),
        (lambda d: d["proof"].update(path=["no hex"]), "is no list of hashes"),
        (lambda d: d["proof"].update(path=[]), "the proof does not lead to the root"),
        (lambda d: d["checkpoint"].update(root="5" * 64), "the proof does not lead to the root"),
        (lambda d: d["checkpoint"].update(size=2), "the proof in the receipt is not of the last event"),
        (lambda d: d["checkpoint"].update(head="6" * 64), "the proof does not lead to the root"),
        (lambda d: d["proof"].update(index=1), "the proof in the receipt is not of the last event"),
        (lambda d: d.pop("salt"), "the 'salt' of the receipt is missing"),
        (lambda d: d.update(salt="ABC"), "the 'salt' of the receipt is \"ABC\"; 64 hexadecimal"),
        (lambda d: d.update(digest=7), "the 'digest' of the receipt is 7; 64 hexadecimal"),
        (lambda d: d.pop("event"), "the receipt is incomplete: 'event'"),
        (lambda d: d.update(proof=3), "the receipt is incomplete"),
        (lambda d: d.update(event={}), "does not have the form of one"),
        (lambda d: d.update(checkpoint=[]), "this is no checkpoint"),
        (lambda d: d.update(format="greenalgo-deposit/9"), "this greenalgo reads greenalgo-deposit/1"),
    ],
)  # fmt: skip
def test_a_receipt_that_was_changed_says_where(
    change: Callable[[dict[str, Any]], object], said: str, good: dict[str, Any], tmp_path: Path
) -> None:
    document = json.loads(json.dumps(good))
    change(document)
    code, output = verify(tmp_path, document)
    assert code != 0
    assert said in output
    assert "Traceback" not in output


def test_a_wrong_salt_is_not_blamed_on_the_statement(good: dict[str, Any], tmp_path: Path) -> None:
    output = verify(tmp_path, {**good, "salt": "1" * 64})[1]
    assert "not the one that was deposited" not in output
    assert "the salt, the digest or the commitment is wrong" in output


def test_salt_and_digest_are_not_shown_by_accident(good: dict[str, Any]) -> None:
    shown = repr(read_opening(json.dumps(good).encode()))
    assert good["salt"] not in shown
    assert good["digest"] not in shown


def test_the_receipt_of_a_reveal_names_the_deposit(store: Store, tmp_path: Path) -> None:
    made = deposited(store)
    with open_book(store) as book:
        deposits.reveal(store, book, made.salt, made.digest)
    document = to_document(receipt_for(store, made.digest))
    code, output = verify(tmp_path, document)
    assert code == 0, output
    assert f"it reveals the deposit {made.commitment}" in output
    assert verify(tmp_path, deposits.to_document(made))[0] == 0  # the old receipt holds as well
    document["event"]["salt"] = "0" * 64
    assert "do not lead to the commitment of the deposit" in verify(tmp_path, document)[1]
