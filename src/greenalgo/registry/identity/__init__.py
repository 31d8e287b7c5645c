"""Who may do what in a registry, and how it knows them.

``who`` is what a request is given; tokens, CI services and ORCID lead to it. Secrets are kept as hashes.
"""

from __future__ import annotations

from greenalgo.registry.identity.who import ANONYMOUS, SCOPES, Identity, require
from greenalgo.registry.record.actor import TIER_WORDS, Tier, tier_of, tier_of_actor

__all__ = [
    "ANONYMOUS",
    "SCOPES",
    "TIER_WORDS",
    "Identity",
    "Tier",
    "require",
    "tier_of",
    "tier_of_actor",
]
