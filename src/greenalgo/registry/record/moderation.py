"""Why moderators act: a code of a fixed list and a short text, because the log is for ever.

A reason stands in the log as ``code`` or ``code: text``. What may be said freely, and at length, can defame or
name somebody; a list of codes can be counted.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from greenalgo.errors import RegistryError


class Ground(NamedTuple):
    """What a code stands for.

    Attributes:
        words: A sentence for readers.
        kinds: The kinds of events that it can be a reason for.
    """

    words: str
    kinds: frozenset[str]


def _ground(words: str, *kinds: str) -> Ground:
    return Ground(words, frozenset(kinds))


#: The codes, and what they stand for.
GROUNDS: dict[str, Ground] = {
    "wrong-figures": _ground("The figures are not those of the source.", "dispute", "retract"),
    "wrong-source": _ground(
        "The source does not exist or says nothing of this.", "dispute", "retract", "quarantine"
    ),
    "fabricated": _ground("The computation was not made as stated.", "dispute", "retract"),
    "not-theirs": _ground(
        "Who submitted it does not speak for those it names.", "dispute", "retract", "quarantine"
    ),
    "duplicate": _ground("Another statement of this registry says the same.", "dispute", "retract"),
    "spam": _ground("It is no statement about a computation.", "retract", "quarantine"),
    "personal-data": _ground("It holds personal data.", "retract", "quarantine", "erase"),
    "legal": _ground("A legal claim stands against it.", "retract", "quarantine", "erase"),
    "author-request": _ground("Its authors asked for it.", "retract", "quarantine", "restore"),
    "settled": _ground("It was checked and found in order.", "restore"),
    "mistake": _ground("Moderators had acted by mistake.", "restore"),
}
#: The kinds of events that need a code. Who takes back their own statement says why in their own words.
KINDS = ("dispute", "retract", "quarantine", "restore", "erase")
#: The most characters of the text behind a code.
MOST_TEXT = 300


def codes_for(kind: str) -> tuple[str, ...]:
    """Return the codes that can be the reason for an event of a kind."""
    return tuple(code for code, ground in GROUNDS.items() if kind in ground.kinds)


def reason_of(code: str, text: str) -> str:
    """Put a code and a text together as they stand in the log; the text may be empty."""
    return f"{code}: {text.strip()}" if text.strip() else code


def in_words(reason: str) -> str:
    """Return a reason of the log as a sentence for readers; what has no code stays as it is."""
    code, _, text = reason.partition(":")
    ground = GROUNDS.get(code)
    if ground is None:
        return reason
    return f"{ground.words[:-1]}: {text.strip()}" if text.strip() else ground.words


def refuse_unfounded(kind: str, reason: str) -> None:
    """Refuse a moderator's event whose reason is not on the list.

    Args:
        kind: One of :data:`KINDS`; other kinds need no code.
        reason: As it is to stand in the log.

    Raises:
        RegistryError: The code is missing, unknown or no reason for this kind, or the text is too long.
    """
    if kind not in KINDS:
        return
    code, mark, text = reason.partition(":")
    codes = codes_for(kind)
    if code not in codes:
        near = get_close_matches(code.strip().lower(), codes, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise RegistryError(
            f"'{code}' is no code of a reason to {kind}" if code else f"to {kind} needs a reason",
            hint=f"{hint}there are {', '.join(codes)}; a short text may follow, as in '{codes[0]}: ...'",
        )
    if mark and not text.strip():
        raise RegistryError(f"nothing follows '{code}:'", hint=f"give '{code}' alone, or a text")
    if len(text.strip()) > MOST_TEXT:
        raise RegistryError(
            f"the text has {len(text.strip())} characters; at most {MOST_TEXT} are kept",
            hint="say the rest elsewhere, and link to it",
        )
