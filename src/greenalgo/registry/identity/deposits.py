"""Blind deposits: on record before a double-blind review, without saying what or whose.

The log gets a commitment, SHA-256(salt || digest), and the week. The author keeps the salt in a receipt; the
registry does not. Reviewers read a masked view under an address that cannot be guessed. Revealing publishes the
statement with the salt, so that everybody can check that it is what was deposited, and since which week.

What this hides is hidden from readers and reviewers. Whoever runs the registry can read the body.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from greenalgo import api
from greenalgo.errors import RegistryError
from greenalgo.findings import by_severity
from greenalgo.registry.door import LEAST, draft_of, look
from greenalgo.registry.record import Draft, State, is_digest, readable
from greenalgo.registry.record.event import STATUS_AFTER, commitment_of, to_json
from greenalgo.registry.record.opening import FORMAT
from greenalgo.registry.record.state import WITHHELD
from greenalgo.render.anonymous import anonymise
from greenalgo.validate.rules.book import rule

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.findings import Finding
    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.record import Event, Proof
    from greenalgo.registry.store import Store

#: What a masked view lets through; a new block of the format is hidden until somebody has thought about it.
_SHOWN = frozenset({
    "spec_version", "title", "subject", "runs", "reported", "results", "boundary", "functional_units", "offsets",
})  # fmt: skip
#: Free text at any depth of what the author declares. Tables for a paper do not print it; this view would.
_FREE_TEXT = frozenset(
    {"source", "note", "reason", "url", "doi", "name", "latex_label", "description"}
)
#: Why a deposit was withdrawn, when its author gives no reason.
WITHDRAWN = "withdrawn by its depositor"


class Deposit(NamedTuple):
    """What the author of a deposit keeps. Whoever has it can reveal or withdraw.

    Attributes:
        digest: The statement.
        salt: 64 hexadecimal digits.
        commitment: What the log has.
        review: The secret part of the address for reviewers.
        proof: That the commitment is in the log.
    """

    digest: str
    salt: str
    commitment: str
    review: str
    proof: Proof

    def __repr__(self) -> str:
        return f"Deposit(commitment='{self.commitment}')"


def deposit(store: Store, book: Book, raw: bytes, name: str) -> Deposit:
    """Put a statement on record blindly.

    Args:
        store: The registry.
        book: Its book, which keeps the body.
        raw: The statement's file.
        name: Its name, for messages.

    Raises:
        RegistryError: It is invalid, has no level L1, or is public already.
    """
    judged = look(raw, name)
    if not judged.fit:
        raise RegistryError(
            f"{name} is not fit for a registry: it is invalid, or has no level {LEAST}",
            hint=f"greenalgo validate {name} --require {LEAST} says what is missing",
        )
    _refuse_public(store, judged.digest, "there is nothing to be blind about")
    salt, review = secrets.token_hex(32), secrets.token_urlsafe(32)
    commitment = commitment_of(salt, judged.digest)
    # The body first: a deposit that is on record can be read, also after a power cut between.
    book.add_deposit(commitment, _hash(review), judged.body)
    store.commit([Draft("deposit", commitment)])
    proof = store.prove(commitment)
    if proof is None:
        raise RegistryError("the deposit is not in the log")
    return Deposit(judged.digest, salt, commitment, review, proof)


def reveal(
    store: Store,
    book: Book,
    salt: str,
    digest: str,
    *,
    actor: str = "",
    allow: Callable[[str], None] | None = None,
) -> Event:
    """Publish what was deposited, with its salt.

    Args:
        store: The registry.
        book: Its book.
        salt: From the receipt.
        digest: The statement; from the receipt.
        actor: Who reveals it, for the log.
        allow: Is told what the statement supersedes; raises where whoever reveals it may not do so.

    Returns:
        The publication.

    Raises:
        RegistryError: There is no such deposit, it was revealed or withdrawn, or the statement became public without
            it.
    """
    commitment, body = _open(store, book, salt, digest)
    _refuse_public(store, digest, "the deposit stays on record, and can be withdrawn")
    raw = readable(body)
    draft = draft_of(look(raw, f"{digest}.json"), raw, f"{digest}.json", actor=actor)
    if allow is not None:
        allow(draft.supersedes)
    publication = draft._replace(opens=commitment, salt=salt)
    event, _ = store.commit([publication, Draft("reveal", commitment, actor, opens=digest)])
    book.close_deposit(commitment)
    return event


def withdraw(store: Store, book: Book, salt: str, digest: str, reason: str = WITHDRAWN) -> Event:
    """Take a deposit back: the body is forgotten, the commitment stays on record as withdrawn.

    Args:
        store: The registry.
        book: Its book.
        salt: From the receipt.
        digest: The statement; from the receipt.
        reason: Why; everybody can read it.

    Raises:
        RegistryError: There is no such deposit, or it was revealed or withdrawn.
    """
    commitment, _ = _open(store, book, salt, digest)
    event = store.commit([Draft("withdraw", commitment, "", reason)])[0]
    book.close_deposit(commitment)
    return event


class Closed(NamedTuple):
    """A deposit that reviewers cannot read.

    Attributes:
        status: ``revealed`` or ``withdrawn``; ``quarantined`` where moderators keep back the statement, which became
            public without this deposit.
        statement: The digest of the statement, where the deposit was revealed.
    """

    status: str
    statement: str = ""


def review(store: Store, book: Book, key: str) -> dict[str, Any] | Closed | None:
    """Return the masked view of a deposit, for reviewers; None where there is none under this key.

    Args:
        store: The registry.
        book: Its book.
        key: The secret part of the address.
    """
    found = book.deposit(review_hash=_hash(key))
    if found is None:
        return None
    commitment, body = found
    events = store.course(commitment)
    if not events:
        return None
    last = events[-1]
    if last.kind != "deposit":
        return Closed(STATUS_AFTER[last.kind], last.opens)
    digest = hashlib.sha256(body).hexdigest()
    if _status(store, digest) == WITHHELD:
        return Closed(WITHHELD)
    return masked(body, last.at)


def masked(body: bytes, at: str) -> dict[str, Any]:
    """Return what reviewers may see of a statement: no digest, no commitment, no place, no exact time.

    Findings are those of the whole statement, told by the titles of their rules.

    Args:
        body: Canonical JSON of the statement.
        at: When it was deposited; the week is shown.
    """
    data = api.loads(readable(body), "deposit.json").data
    blind = anonymise(api.fill(data)).filled
    year, week, _ = datetime.strptime(at[:10], "%Y-%m-%d").replace(tzinfo=UTC).isocalendar()
    shown = {
        key: value if key == "results" else _without_text(value)
        for key, value in blind.items()
        if key in _SHOWN
    }
    found = [_finding(one, shown) for one in by_severity(api.judge(data).findings)]
    return {"deposited": f"{year}-W{week:02}", "statement": shown, "findings": found}


def to_document(made: Deposit, review_url: str = "") -> dict[str, Any]:
    """Return a deposit's receipt as plain JSON values. It is a secret until the reveal."""
    return {
        "format": FORMAT,
        "digest": made.digest,
        "salt": made.salt,
        "commitment": made.commitment,
        "review": review_url or made.review,
        "event": to_json(made.proof.event),
        "checkpoint": made.proof.checkpoint._asdict(),
        "proof": {"index": made.proof.checkpoint.size - 1, "path": list(made.proof.path)},
    }


def read_secrets(data: Any) -> tuple[str, str]:
    """Return salt and digest of a receipt.

    Raises:
        RegistryError: It is none of a deposit, or was changed.
    """
    found = data if isinstance(data, dict) else {}
    salt, digest = str(found.get("salt", "")), str(found.get("digest", ""))
    if not is_digest(salt) or not is_digest(digest):
        raise RegistryError("this is no receipt of a deposit: salt and digest are needed")
    if found.get("commitment", "") not in ("", commitment_of(salt, digest)):
        raise RegistryError(
            "the receipt was changed: salt and digest do not lead to its commitment"
        )
    return salt, digest


def _open(store: Store, book: Book, salt: str, digest: str) -> tuple[str, bytes]:
    """Return commitment and body of a deposit that is still blind."""
    commitment = commitment_of(salt, digest)
    status = _status(store, commitment)
    if status and status != "deposited":
        raise RegistryError(f"the deposit {commitment[:12]}… was {status}")
    found = book.deposit(commitment=commitment)
    if found is None or not status:
        raise RegistryError(
            "this registry has no such deposit", hint="check that the receipt is of this registry"
        )
    return found


def _status(store: Store, digest: str) -> str:
    return store.states([digest]).get(digest, State(digest)).status


def _refuse_public(store: Store, digest: str, hint: str) -> None:
    """Refuse what only makes sense before a statement is in the log under its own digest.

    Raises:
        RegistryError: It is.
    """
    status = _status(store, digest)
    if status:
        raise RegistryError(f"the statement is in this registry already: it is {status}", hint=hint)


def _finding(found: Finding, shown: dict[str, Any]) -> dict[str, str]:
    """Return a finding without the author's words: what it says in general, and where, as far as is shown."""
    at, node = "", cast("Any", shown)
    for key in found.pointer.split("/")[1:]:
        name = int(key) if isinstance(node, list) and key.isdecimal() else key
        inside = dict(enumerate(node)) if isinstance(node, list) else node
        if not isinstance(inside, dict) or name not in inside:
            break
        at, node = f"{at}/{key}", inside[name]
    return {
        "code": found.code,
        "severity": found.severity.label,
        "title": rule(found.code).title,
        "at": at,
    }


def _without_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_text(item) for key, item in value.items() if key not in _FREE_TEXT}
    return [_without_text(item) for item in value] if isinstance(value, list) else value


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
