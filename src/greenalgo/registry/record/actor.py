"""Who stands behind an event, as far as the log can tell: the tier of its actor.

An actor in the log is an opaque id whose prefix says how the registry came to know it. The log is for ever,
so that names, e-mail addresses and ORCID iDs stay out of it; who an id belongs to is kept beside it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from greenalgo.registry.record.event import Event

#: From the least to the most that is known. ``anonymous`` is also who gave a name that nobody checked.
Tier = Literal["anonymous", "token", "orcid", "ci"]
TIERS: tuple[Tier, ...] = get_args(Tier)
#: What a tier means, in words for people.
TIER_WORDS: dict[Tier, str] = {
    "anonymous": "nobody vouches for the submitter",
    "token": "submitted with a token of this registry",
    "orcid": "submitted by a person who signed in with ORCID",
    "ci": "submitted by a repository's own CI (trusted publishing)",
}
#: What the service alone puts before an actor: the tiers, and blind deposits, which name nobody.
RESERVED = (*TIERS[1:], "blind")


def tier_of_actor(actor: str) -> Tier:
    """Return the tier of an actor: what its prefix says, ``anonymous`` for any other text."""
    prefix, mark, _ = actor.partition(":")
    return next((tier for tier in TIERS[1:] if mark and tier == prefix), "anonymous")


def tier_of(event: Event) -> Tier:
    """Return the identity tier of an event; of a statement, ask for its publication.

    Args:
        event: An event of the log.
    """
    return tier_of_actor(event.actor)


def claimed_by(actor: str) -> str:
    """Return the reserved prefix that a name begins with, or seems to; empty for a plain name.

    Args:
        actor: What somebody calls themselves; wide letters and capitals are read as a reader reads them.
    """
    prefix, mark, _ = unicodedata.normalize("NFKC", actor).casefold().partition(":")
    return prefix.strip() if mark and prefix.strip() in RESERVED else ""
