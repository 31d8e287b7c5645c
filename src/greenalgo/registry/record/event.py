"""An event: who did what to which statement, when and why; each names the one before it by hash.

The hash of an event is the SHA-256 of its canonical JSON (RFC 8785) without the hash. Statements are
named by digest only, so that a log holds nothing that has to be erased from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import DamagedError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What the first event of a log names as the one before it.
ZERO = "0" * 64
#: What can happen to a statement, and the status that it has afterwards. A blind deposit stands in the log
#: under its commitment; the publication that reveals it names commitment and salt.
STATUS_AFTER = {
    "publish": "published",
    "withdraw": "withdrawn",
    "dispute": "disputed",
    "retract": "retracted",
    "quarantine": "quarantined",
    "restore": "published",
    "erase": "erased",
    "deposit": "deposited",
    "reveal": "revealed",
}
#: The longest actor and reason, in characters: a log is for ever.
MOST_ACTOR, MOST_REASON = 200, 2000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
#: Of an event as JSON: what each has, and what some have.
_FIELDS = frozenset({"seq", "kind", "digest", "actor", "reason", "at", "prev", "hash"})
_OPTIONAL = frozenset({"supersedes", "merges", "opens", "salt"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


class Event(NamedTuple):
    """One line of the log.

    Attributes:
        seq: How many events it stands on, plus one.
        kind: A key of :data:`STATUS_AFTER`.
        digest: The statement that it is about.
        actor: Who did it, as the registry knows them; may be empty.
        reason: Why; empty for a publication.
        at: When, UTC with microseconds.
        prev: Hash of the event before it; :data:`ZERO` for the first.
        hash: Its own hash.
        supersedes: The statement that a publication takes the place of; may be empty.
        merges: Hashes of other last events, where branches of a directory in git were merged.
        opens: On a publication: the commitment of the blind deposit that it reveals. On a reveal: the
            statement. May be empty.
        salt: On a publication that reveals: 64 hexadecimal digits, so that everybody can recompute the
            commitment (:func:`commitment_of`).
    """

    seq: int
    kind: str
    digest: str
    actor: str
    reason: str
    at: str
    prev: str
    hash: str = ""
    supersedes: str = ""
    merges: tuple[str, ...] = ()
    opens: str = ""
    salt: str = ""

    @property
    def parents(self) -> tuple[str, ...]:
        """Hashes of the events that it stands on directly."""
        return () if self.prev == ZERO else (self.prev, *self.merges)


class Draft(NamedTuple):
    """An event to be, with the statement where it is a publication.

    Attributes:
        kind: As in :class:`Event`.
        digest: The statement.
        actor: Who asks for it.
        reason: Why.
        supersedes: The statement that a publication takes the place of.
        body: Canonical JSON of the statement, for a publication.
        text: The author's own file, byte for byte.
        opens: As in :class:`Event`.
        salt: As in :class:`Event`.
    """

    kind: str
    digest: str
    actor: str = ""
    reason: str = ""
    supersedes: str = ""
    body: bytes = b""
    text: bytes = b""
    opens: str = ""
    salt: str = ""


def is_digest(text: str) -> bool:
    """Say whether a text is a digest: 64 hexadecimal digits, lower case."""
    return _DIGEST.fullmatch(text) is not None


def digest_in(text: str) -> str:
    """Return the digest that a text names, bare or after ``sha256:``; an empty text where it names none."""
    bare = text.lower().removeprefix("sha256:")
    return bare if is_digest(bare) else ""


def hidden_in(text: str) -> bool:
    """Say whether a text holds characters that cannot be seen, or that turn others round."""
    return _CONTROL.search(text) is not None


def now() -> str:
    """Return the time, UTC with microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def commitment_of(salt: str, digest: str) -> str:
    """Return the commitment to a statement: SHA-256 of the bytes of salt and digest, hexadecimal.

    Without a salt of 256 random bits, whoever guesses a statement could find out that it was deposited.

    Args:
        salt: 64 hexadecimal digits.
        digest: The statement's digest.
    """
    return hashlib.sha256(bytes.fromhex(salt) + bytes.fromhex(digest)).hexdigest()


def week_of(at: str) -> str:
    """Return the beginning of the week of a moment: Monday at midnight, UTC."""
    day = datetime.strptime(at[:10], "%Y-%m-%d").replace(tzinfo=UTC)
    return f"{day - timedelta(days=day.weekday()):%Y-%m-%dT00:00:00.000000Z}"


def draw_up(draft: Draft, seq: int, heads: Sequence[str], at: str) -> Event:
    """Make an event of a draft.

    Args:
        draft: What is to happen.
        seq: How many events the log has, plus one.
        heads: The last events of the log; none for an empty one, several after a merge.
        at: The time, as :func:`now` gives it.

    Raises:
        RegistryError: Actor or reason is too long, or holds characters that hide text.
    """
    for name, text, most in (
        ("actor", draft.actor, MOST_ACTOR),
        ("reason", draft.reason, MOST_REASON),
    ):
        if not text:
            continue
        if len(text) > most:
            raise RegistryError(f"the {name} has {len(text)} characters; at most {most} are kept")
        if hidden_in(text):
            raise RegistryError(
                f"the {name} holds control characters", hint="give it as one line of plain text"
            )
    if draft.kind == "deposit":
        at = week_of(at)  # the minute of a submission deadline would say which venue
    before = (
        seq,
        draft.kind,
        draft.digest,
        draft.actor,
        draft.reason,
        at,
        heads[0] if heads else ZERO,
    )
    after = (draft.supersedes, tuple(heads[1:]), draft.opens, draft.salt)
    return Event(*before, hash_of(Event(*before, "", *after)), *after)


def hash_of(event: Event) -> str:
    """Compute the hash of an event."""
    return hashlib.sha256(_canonical(event)).hexdigest()


def leaf_of(event: Event) -> bytes:
    """Return what the Merkle tree holds of an event: the bytes of its hash."""
    return bytes.fromhex(event.hash)


def to_json(event: Event) -> dict[str, Any]:
    """Return an event as plain JSON values; names without a value are left out."""
    plain: dict[str, Any] = event._asdict()
    plain["merges"] = list(event.merges)
    optional = ("supersedes", "merges", "opens", "salt")
    return {name: value for name, value in plain.items() if value or name not in optional}


def to_bytes(event: Event) -> bytes:
    """Return an event as canonical JSON: what a store writes."""
    return _canonical(event, event.hash)


def from_json(data: Any) -> Event:
    """Read an event; its hash is taken as it stands (:class:`Log` checks it).

    Args:
        data: Plain JSON values, or JSON text.

    Raises:
        DamagedError: It is no event.
    """
    try:
        node = json.loads(data) if isinstance(data, (str, bytes)) else data
    except (ValueError, RecursionError) as error:
        raise DamagedError(f"an event of the log is no JSON: {error}") from error
    if not (isinstance(node, dict) and _FIELDS <= node.keys() <= _FIELDS | _OPTIONAL):
        raise DamagedError("an event of the log does not have the form of one")
    merges = node.get("merges", [])
    hashes = [node["digest"], node["prev"], node["hash"]]
    hashes += [node[name] for name in ("opens", "salt") if name in node]
    texts = (node["kind"], node["actor"], node["reason"], node["at"], node.get("supersedes", ""))
    fit = (
        type(node["seq"]) is int
        and isinstance(merges, list)
        and all(isinstance(text, str) for text in texts)
        and node["kind"] in STATUS_AFTER
        and _MOMENT.fullmatch(node["at"])
        and all(isinstance(text, str) and is_digest(text) for text in hashes + merges)
    )
    if not fit:
        raise DamagedError("an event of the log does not have the form of one")
    return Event(
        node["seq"], node["kind"], node["digest"], node["actor"], node["reason"], node["at"],
        node["prev"], node["hash"], node.get("supersedes", ""), tuple(node.get("merges", ())),
        node.get("opens", ""), node.get("salt", ""),
    )  # fmt: skip


def _canonical(event: Event, own: str = "") -> bytes:
    """Write an event as RFC 8785 does: keys by the alphabet, those without a value left out.

    Args:
        event: The event.
        own: Its hash, where that is to be in it.
    """
    seq, kind, digest, actor, reason, at, prev, _, supersedes, merges, opens, salt = event
    own = f'"hash":"{own}",' if own else ""
    others = ",".join(f'"{one}"' for one in merges)
    others = f'"merges":[{others}],' if others else ""
    opens = f'"opens":{encode_basestring(opens)},' if opens else ""
    salt = f'"salt":{encode_basestring(salt)},' if salt else ""
    former = f',"supersedes":{encode_basestring(supersedes)}' if supersedes else ""
    return (
        f'{{"actor":{encode_basestring(actor)},"at":"{at}","digest":{encode_basestring(digest)},{own}"kind":"{kind}",{others}{opens}'
        f'"prev":"{prev}","reason":{encode_basestring(reason)},{salt}"seq":{seq}{former}}}'
    ).encode()
