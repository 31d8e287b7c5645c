"""Trusted publishing: from a token of a CI service to a short token of this registry.

A repository is known by its number and its owner's number. Names can be given up and taken over by somebody
else (account resurrection); numbers are never used again.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from greenalgo.errors import DeniedError, RegistryError
from greenalgo.registry.identity.book import Publisher
from greenalgo.registry.identity.oidc import short, verify
from greenalgo.registry.identity.tokens import Made, new_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenalgo.registry.identity.book import Book
    from greenalgo.registry.identity.oidc import Claims

#: How long a minted token holds.
LASTS = timedelta(minutes=15)
GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
#: What may have started a run. What strangers can start (pull requests, comments, runs that follow such a
#: run) is not among them.
EVENTS = {
    "github": ("event_name", ("push", "release", "schedule", "workflow_dispatch")),
    "gitlab": ("pipeline_source", ("push", "schedule", "web")),
}
#: Kind -> the claims with the numbers of repository and owner, and the one with the repository's name.
NAMES = {
    "github": ("repository_id", "repository_owner_id", "repository"),
    "gitlab": ("project_id", "namespace_id", "project_path"),
}
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_PATH = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*\.ya?ml")


def new_publisher(
    issuer: str,
    repository_id: str,
    owner_id: str,
    workflow: str,
    *,
    at: datetime,
    ref: str = "",
    name: str = "",
) -> Publisher:
    """Draw up a trusted publisher.

    Args:
        issuer: The CI service, as its tokens name it.
        repository_id: The repository's number.
        owner_id: The owner's number.
        workflow: The file of the workflow; for GitHub its name in ``.github/workflows`` is enough.
        at: The time, UTC.
        ref: ``refs/heads/main`` and the like; empty for any branch and tag.
        name: ``owner/repository``, for people.

    Raises:
        RegistryError: A number or the file is none.
    """
    for word, number in (("repository", repository_id), ("owner", owner_id)):
        if not _NUMBER.fullmatch(number):
            raise RegistryError(
                f"'{number}' is no number of a {word}",
                hint="names can be taken over, so that numbers are needed; for GitHub: "
                "gh api repos/OWNER/NAME --jq '.id, .owner.id'",
            )
    if issuer == GITHUB and "/" not in workflow:
        workflow = f".github/workflows/{workflow}"
    if not _PATH.fullmatch(workflow) or ".." in workflow:
        raise RegistryError(f"'{workflow}' is no workflow: give a .yml file of the repository")
    if ref and not ref.startswith(("refs/heads/", "refs/tags/")):
        raise RegistryError(f"'{ref}' is no branch or tag: write refs/heads/main or refs/tags/v1")
    return Publisher(
        secrets.token_hex(5), issuer, repository_id, owner_id, workflow, ref, name[:200], at
    )


def mint(book: Book, text: str, audience: str, at: datetime) -> Made:
    """Exchange a token of a CI service for one of this registry; each works once.

    Args:
        book: The registry's.
        text: The CI service's token.
        audience: This registry's address.
        at: The time, UTC.

    Raises:
        DeniedError: The token does not hold, no publisher fits it, or it was used before.
    """
    claims = verify(text, book.issuers(), audience, at)
    _refuse_strangers(claims)
    publisher = match(claims, book.publishers(claims.issuer.issuer))
    if not book.use(claims.issuer.issuer, claims.jti, claims.forget_at, at):
        raise DeniedError("the token was used before: a CI token can be exchanged once", known=True)
    made = new_token(
        (publisher.name or f"repository {publisher.repository_id}")[:100],
        frozenset({"submit"}),
        made_by=f"publisher:{publisher.id}",
        at=at,
        lasts=LASTS,
        actor=actor_of(claims.issuer.kind, publisher),
    )
    book.add_token(made.token)
    return made


def actor_of(kind: str, publisher: Publisher) -> str:
    """Return what the log says of a publisher: ``ci:github:`` and the repository's number.

    A service of one's own is named too: its numbers are not those of the public one.
    """
    host = "" if publisher.issuer in (GITHUB, GITLAB) else f"{urlsplit(publisher.issuer).hostname}:"
    return f"ci:{kind}:{host}{publisher.repository_id}"


def match(claims: Claims, publishers: Sequence[Publisher]) -> Publisher:
    """Return the publisher that a token is of.

    Args:
        claims: What the token says; its signature holds.
        publishers: Those of its issuer.

    Raises:
        DeniedError: None fits; says which claim differs from which expectation.
    """
    repository, owner, name = NAMES[claims.issuer.kind]
    found = _text(claims.data, repository)
    mine = [one for one in publishers if one.repository_id == found]
    for one in mine:
        if _difference(claims, one) is None:
            return one
    if mine:
        claim, value, expected = _difference(claims, mine[0]) or (owner, "", "")
        raise DeniedError(
            f"the token's '{claim}' is {short(value)}; expected: {expected}", known=True
        )
    called = _text(claims.data, name)
    namesake = next((one for one in publishers if one.name and one.name == called), None)
    if namesake is not None:
        raise DeniedError(
            f"the token's '{repository}' is {short(found)}; expected: {namesake.repository_id}. "
            f"A repository named {short(called)} is trusted, but this is another one of the same name",
            known=True,
        )
    raise DeniedError(
        f"no trusted publisher is registered for the '{repository}' {short(found)} ({short(called)})",
        hint="whoever runs the registry adds one: greenalgo registry publisher add",
        known=True,
    )


def _refuse_strangers(claims: Claims) -> None:
    """Refuse runs that somebody from outside can start, and code that is not the repository's own."""
    claim, allowed = EVENTS[claims.issuer.kind]
    event = _text(claims.data, claim)
    if event not in allowed:
        raise DeniedError(
            f"the token's '{claim}' is {short(event)}; expected: one of {', '.join(allowed)}. "
            "Others from outside can start a run of this kind",
            known=True,
        )
    ref = _text(claims.data, "ref")
    if ref.startswith(("refs/pull/", "refs/merge-requests/")):
        raise DeniedError(
            f"the token's 'ref' is {short(ref)}; expected: a branch or a tag", known=True
        )


def _difference(claims: Claims, one: Publisher) -> tuple[str, str, str] | None:
    """Return the first claim that differs: its name, what was found, what was expected."""
    data = claims.data
    _, owner, name = NAMES[claims.issuer.kind]
    if _text(data, owner) != one.owner_id:
        return owner, _text(data, owner), f"{one.owner_id}: the repository has changed hands"
    if claims.issuer.kind == "github":
        # The workflow that was started, and the file that the job is in: a reusable workflow of
        # somebody else, or one of this repository called from another, is neither.
        files = {"workflow_ref": f"{_text(data, name)}/{one.workflow}"}
        files["job_workflow_ref"] = files["workflow_ref"]
    else:
        host = urlsplit(one.issuer).netloc
        files = {"ci_config_ref_uri": f"{host}/{_text(data, name)}//{one.workflow}"}
    for claim, expected in files.items():
        found = _text(data, claim)
        if found.partition("@")[0] != expected:
            return claim, found, f"{expected}@…, in the repository itself"
    ref = _text(data, "ref")
    if claims.issuer.kind == "gitlab":
        ref = {"branch": "refs/heads/", "tag": "refs/tags/"}.get(_text(data, "ref_type"), "") + ref
    if one.ref and ref != one.ref:
        return "ref", ref, one.ref
    return None


def _text(data: dict[str, Any], claim: str) -> str:
    value = data.get(claim)
    if not isinstance(value, str) or not value:
        raise DeniedError(f"the token lacks the claim '{claim}'", known=True)
    return value
