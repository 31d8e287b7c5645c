"""A receipt: the event of a publication, and the proof that it is in the log.

It can be checked without the registry: the digest fits the statement, the hash fits the event, and the
proof leads from the event to the root of the checkpoint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import RegistryError
from greenalgo.registry.record import merkle
from greenalgo.registry.record.event import (
    Event,
    commitment_of,
    from_json,
    hash_of,
    is_digest,
    leaf_of,
    to_json,
)
from greenalgo.registry.record.log import Checkpoint, Problem
from greenalgo.registry.record.strict import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenalgo.registry.record.log import Log

FORMAT = "greenalgo-receipt/1"
#: What to do with a receipt of which a part does not fit the others.
CHANGED = "the receipt was changed since it was written: use the original"


class Receipt(NamedTuple):
    """What a submitter keeps.

    Attributes:
        event: The publication.
        checkpoint: The log when the event was its last.
        path: Inclusion proof of the event, hexadecimal, the sibling of the leaf first.
        permalink: Where the statement is.
        level: Its level when it was taken in.
        tool: What took it in.
    """

    event: Event
    checkpoint: Checkpoint
    path: tuple[str, ...]
    permalink: str = ""
    level: str = ""
    tool: str = ""


class Proof(NamedTuple):
    """That an event is in a log: the log when the event was its last, and the path to its root."""

    event: Event
    checkpoint: Checkpoint
    path: tuple[str, ...]


def prove(log: Log, event: Event) -> Proof:
    """Prove that an event is in a log, against the log as it was when the event was its last."""
    then = log.upto(event.hash)
    leaves = [leaf_of(one) for one in then.events]
    path = merkle.proof(leaves, len(leaves) - 1)
    return Proof(event, then.checkpoint, tuple(part.hex() for part in path))


def to_document(receipt: Receipt) -> dict[str, Any]:
    """Return a receipt as plain JSON values."""
    return {
        "format": FORMAT,
        "digest": receipt.event.digest,
        "permalink": receipt.permalink,
        "level": receipt.level,
        "tool": receipt.tool,
        "event": to_json(receipt.event),
        "checkpoint": receipt.checkpoint._asdict(),
        "proof": {"index": receipt.checkpoint.size - 1, "path": list(receipt.path)},
    }


def read_receipt(text: bytes | str) -> Receipt:
    """Read a receipt; :func:`check_receipt` says whether it holds.

    Raises:
        RegistryError: It is no receipt, or one of a newer greenalgo.
    """
    data = read_json(text, "receipt")
    if not isinstance(data, dict) or not str(data.get("format", "")).startswith(
        "greenalgo-receipt"
    ):
        raise RegistryError(
            "this is no receipt", hint="greenalgo submit FILE --to STORE --receipt FILE writes one"
        )
    if data["format"] != FORMAT:
        raise RegistryError(
            f"the receipt has the format '{data['format']}'; this greenalgo reads {FORMAT}"
        )
    proof = read_proof(data)
    if data.get("digest") != proof.event.digest:
        raise RegistryError("the digest of the receipt is not that of its event", hint=CHANGED)
    told = (str(data.get(name, "")) for name in ("permalink", "level", "tool"))
    return Receipt(*proof, *told)


def read_proof(data: Mapping[str, Any]) -> Proof:
    """Read event, checkpoint and inclusion proof of a receipt of either kind.

    Raises:
        RegistryError: One is missing or is no such thing.
    """
    try:
        event, checkpoint = from_json(data["event"]), read_checkpoint(data["checkpoint"])
        index, path = data["proof"]["index"], data["proof"]["path"]
    except (KeyError, TypeError) as error:
        raise RegistryError(f"the receipt is incomplete: {error}", hint=CHANGED) from error
    if not isinstance(path, list) or not all(
        isinstance(one, str) and is_digest(one) for one in path
    ):
        raise RegistryError(
            "the path of the proof in the receipt is no list of hashes", hint=CHANGED
        )
    if type(index) is not int or index != checkpoint.size - 1:
        raise RegistryError("the proof in the receipt is not of the last event", hint=CHANGED)
    return Proof(event, checkpoint, tuple(path))


def read_checkpoint(data: Any) -> Checkpoint:
    """Read a checkpoint from plain JSON values.

    Raises:
        RegistryError: It is none.
    """
    try:
        size, root, head = data["size"], data["root"], data["head"]
    except (KeyError, TypeError) as error:
        raise RegistryError("this is no checkpoint: size, root and head are needed") from error
    hashes = [root, head] if head else [root]
    if (
        type(size) is not int
        or size < 0
        or not all(isinstance(one, str) and is_digest(one) for one in hashes)
    ):
        raise RegistryError(
            "this is no checkpoint: size is a number, root and head are 64 hexadecimal digits"
        )
    return Checkpoint(size, root, head)


def check_receipt(receipt: Receipt, digest: str) -> list[Problem]:
    """Check a receipt against the digest of a statement, without the registry.

    Args:
        receipt: The receipt.
        digest: The statement's digest, computed from the file at hand.
    """
    event, problems = receipt.event, []
    if event.digest != digest:
        problems.append(
            Problem(
                digest,
                f"the statement is not the one of the receipt, which is for {event.digest}",
                "one value of it, or more, was changed since",
            )
        )
    if event.kind != "publish":
        problems.append(Problem(event.hash, f"the receipt is for the event '{event.kind}'"))
    if event.opens and commitment_of(event.salt or "0" * 64, event.digest) != event.opens:
        text = "salt and statement do not lead to the commitment of the deposit that it reveals"
        problems.append(Problem(event.opens, text))
    return problems + check_proof(event, receipt.checkpoint, receipt.path)


def check_proof(event: Event, checkpoint: Checkpoint, path: Sequence[str]) -> list[Problem]:
    """Check that an event has its hash, and that its proof leads to the root of a checkpoint.

    Args:
        event: The last event of the checkpoint.
        checkpoint: The log when the event was its last.
        path: Inclusion proof of the event, hexadecimal, the sibling of the leaf first.
    """
    problems = []
    if hash_of(event) != event.hash:
        problems.append(Problem(event.hash, "the event in the receipt was changed"))
    try:
        siblings = [bytes.fromhex(part) for part in path]
    except ValueError:
        siblings = [b""]
    size = checkpoint.size
    led_to = merkle.root_from_proof(leaf_of(event), size - 1, size, siblings)
    # trees of two sizes may share a root: the size is held by the event, which counts those before it
    last = (checkpoint.size, checkpoint.head) == (event.seq, event.hash)
    if led_to is None or led_to.hex() != checkpoint.root or not last:
        problems.append(
            Problem(event.hash, "the proof does not lead to the root of the checkpoint")
        )
    return problems
