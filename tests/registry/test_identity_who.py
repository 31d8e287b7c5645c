"""Tiers of actors, and scopes."""

from __future__ import annotations

import pytest

from greenalgo.errors import DeniedError
from greenalgo.registry.identity import (
    ANONYMOUS,
    TIER_WORDS,
    Identity,
    require,
    tier_of,
    tier_of_actor,
)
from greenalgo.registry.record import ZERO, Draft, draw_up, now
from greenalgo.registry.record.actor import TIERS


@pytest.mark.parametrize(
    ("actor", "tier"),
    [
        ("token:9f3c01d2aa", "token"),
        ("orcid:77aa01d2bb", "orcid"),
        ("ci:github:1296269", "ci"),
        ("", "anonymous"),
        ("A. Author", "anonymous"),
        ("token", "anonymous"),
        ("anonymous:1", "anonymous"),
        ("admin:root", "anonymous"),
    ],
)
def test_the_prefix_of_an_actor_is_its_tier(actor: str, tier: str) -> None:
    assert tier_of_actor(actor) == tier
    assert tier_of(draw_up(Draft("publish", ZERO, actor), 1, (), now())) == tier


def test_every_tier_has_words() -> None:
    assert tuple(TIER_WORDS) == TIERS


def test_a_scope_is_needed() -> None:
    held = Identity("token", "token:1", "laptop", frozenset({"submit"}))
    require(held, "submit")
    with pytest.raises(DeniedError, match="scope 'moderate'; yours are: submit") as denied:
        require(held, "moderate")
    assert denied.value.known
    with pytest.raises(DeniedError, match="needs a token") as denied:
        require(ANONYMOUS, "submit")
    assert not denied.value.known
