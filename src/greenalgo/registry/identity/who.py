"""Identity: what the registry knows of whoever asks, and what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import DeniedError

if TYPE_CHECKING:
    from greenalgo.registry.record.actor import Tier

#: What a scope allows.
SCOPES = {
    "submit": "submit statements, and deposit them for review",
    "withdraw": "withdraw what the same identity submitted",
    "moderate": "dispute, retract, quarantine and restore; withdraw anything",
    "erase": "take out bodies for good, for the law or for privacy",
    "admin": "make, list and revoke tokens and trusted publishers",
}


class Identity(NamedTuple):
    """Who asks.

    Attributes:
        tier: How the registry knows them.
        actor: What goes into the log: an opaque id such as ``token:9f3c01d2aa`` or
            ``ci:github:1296269``, never a name or an e-mail address; empty for nobody.
        label: What people call them; may be personal, so that it is kept out of the log.
        scopes: Keys of :data:`SCOPES`.
    """

    tier: Tier
    actor: str
    label: str
    scopes: frozenset[str] = frozenset()

    def may(self, scope: str) -> bool:
        """Say whether they have a scope."""
        return scope in self.scopes


#: Nobody in particular, who may read.
ANONYMOUS = Identity("anonymous", "", "anonymous")


def require(identity: Identity, scope: str) -> None:
    """Refuse who lacks a scope.

    Args:
        identity: Who asks.
        scope: A key of :data:`SCOPES`.

    Raises:
        DeniedError: They lack it; ``known`` says whether they are somebody.
    """
    if identity.may(scope):
        return
    if identity.tier == "anonymous":
        raise DeniedError(
            f"this needs a token with the scope '{scope}'",
            hint="send it as 'Authorization: Bearer gat_…'; whoever runs the registry makes one with "
            "greenalgo registry token create",
        )
    has = ", ".join(sorted(identity.scopes)) or "none"
    raise DeniedError(
        f"this needs the scope '{scope}'; yours are: {has}",
        hint="ask whoever runs the registry for a token with it",
        known=True,
    )
