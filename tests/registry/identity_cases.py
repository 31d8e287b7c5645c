"""A CI service of one's own for tests: key pairs, key sets, tokens."""

from __future__ import annotations

import functools
import json
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from greenalgo.registry.identity.book import Issuer
from greenalgo.registry.identity.publishing import GITHUB, GITLAB

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOME = "https://registry.example"


def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return _key(name, bits)


@functools.cache
def _key(_name: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def jwk(name: str, bits: int = 2048, **more: str) -> dict[str, Any]:
    public = RSAAlgorithm.to_jwk(key(name, bits).public_key(), as_dict=True)
    return {**public, "kid": name, "use": "sig", "alg": "RS256", **more}


def key_set(*names: str) -> str:
    return json.dumps({"keys": [jwk(name) for name in names]})


def issuers() -> list[Issuer]:
    return [
        Issuer(GITHUB, "github", key_set("hub"), NOON),
        Issuer(GITLAB, "gitlab", key_set("lab"), NOON),
    ]


def github(**given: Any) -> dict[str, Any]:
    """Return the claims of a run that is trusted, with some changed; None takes one out."""
    now = int(NOON.timestamp())
    workflow = "octo/chess/.github/workflows/submit.yml@refs/heads/main"
    claims = {
        "iss": GITHUB, "aud": HOME, "sub": "repo:octo/chess:ref:refs/heads/main", "jti": "one",
        "iat": now - 5, "nbf": now - 5, "exp": now + 300,
        "repository": "octo/chess", "repository_id": "74", "repository_owner_id": "65",
        "event_name": "push", "ref": "refs/heads/main",
        "workflow_ref": workflow, "job_workflow_ref": workflow, **given,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def gitlab(**given: Any) -> dict[str, Any]:
    now = int(NOON.timestamp())
    claims = {
        "iss": GITLAB, "aud": HOME, "sub": "project_path:lab/chess:ref_type:branch:ref:main",
        "jti": "one", "iat": now - 5, "nbf": now - 10, "exp": now + 3600,
        "project_path": "lab/chess", "project_id": "22", "namespace_id": "72",
        "pipeline_source": "push", "ref": "main", "ref_type": "branch",
        "ci_config_ref_uri": "gitlab.com/lab/chess//.gitlab-ci.yml@refs/heads/main", **given,
    }  # fmt: skip
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: dict[str, Any], name: str = "hub", **header: Any) -> str:
    return jwt.encode(claims, key(name), algorithm="RS256", headers={"kid": name, **header})
