"""The receipt of a blind deposit: salt and statement open the commitment, and the commitment is in the log.

It can be checked without the registry, and without revealing anything: whoever has statement and receipt needs
nobody else.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import RegistryError
from greenalgo.registry.record.event import Event, commitment_of, is_digest
from greenalgo.registry.record.log import Checkpoint, Problem
from greenalgo.registry.record.receipt import CHANGED, check_proof, read_proof
from greenalgo.registry.record.strict import read_json

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "greenalgo-deposit/1"
_FAMILY = FORMAT.partition("/")[0]


class Opening(NamedTuple):
    """The receipt of a blind deposit.

    Attributes:
        digest: The statement.
        salt: 64 hexadecimal digits.
        commitment: What the log has in place of the digest.
        event: The deposit.
        checkpoint: The log when the deposit was its last event.
        path: Inclusion proof of the deposit, hexadecimal, the sibling of the leaf first.
    """

    digest: str
    salt: str
    commitment: str
    event: Event
    checkpoint: Checkpoint
    path: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Opening(commitment='{self.commitment}')"


def is_opening(text: bytes) -> bool:
    """Say whether a text is the receipt of a blind deposit, of any version; it may still be broken."""
    try:
        data = read_json(text, "receipt")
    except RegistryError:
        return False
    return isinstance(data, dict) and str(data.get("format", "")).partition("/")[0] == _FAMILY


def read_opening(text: bytes) -> Opening:
    """Read the receipt of a blind deposit; :func:`check_opening` says whether it holds.

    Raises:
        RegistryError: A part of it is missing or is no such thing, or it is of a newer greenalgo.
        DamagedError: Its event has not the form of one.
    """
    data: Mapping[str, Any] = read_json(text, "receipt")
    if data["format"] != FORMAT:
        raise RegistryError(
            f"the receipt has the format '{data['format']}'; this greenalgo reads {FORMAT}"
        )
    named = {name: data.get(name) for name in ("salt", "digest", "commitment")}
    for name, value in named.items():
        if not isinstance(value, str) or not is_digest(value):
            found = "is missing" if value is None else f"is {json.dumps(value)[:80]}"
            raise RegistryError(
                f"the '{name}' of the receipt {found}; 64 hexadecimal digits in small letters are needed",
                hint=CHANGED,
            )
    return Opening(
        str(named["digest"]), str(named["salt"]), str(named["commitment"]), *read_proof(data)
    )


def check_opening(opening: Opening, digest: str) -> list[Problem]:
    """Check the receipt of a blind deposit against the digest of a statement, without the registry.

    Args:
        opening: The receipt.
        digest: The statement's digest, computed from the file at hand.

    Returns:
        What does not hold; nothing for a good one.
    """
    event, problems = opening.event, []
    if opening.digest != digest:
        text = f"the statement is not the one that was deposited, which has the digest {opening.digest}"
        problems.append(Problem(digest, text, "one value of it, or more, was changed since"))
    opened = commitment_of(opening.salt, opening.digest)
    if opened != opening.commitment:
        text = f"salt and digest of the receipt lead to {opened}, and not to its commitment"
        hint = f"the salt, the digest or the commitment is wrong: {CHANGED}"
        problems.append(Problem(opening.commitment, text, hint))
    if event.kind != "deposit":
        problems.append(Problem(event.hash, f"the receipt is for the event '{event.kind}'"))
    if event.digest != opening.commitment:
        text = "the event in the receipt is the deposit of another commitment"
        problems.append(Problem(event.digest, text, CHANGED))
    return problems + check_proof(event, opening.checkpoint, opening.path)
