"""The registry in JSON, below ``/api/v1``. ``openapi.yaml`` is the contract: a test holds routes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from greenalgo.registry.service.api import (
    comparison,
    deposits,
    events,
    listing,
    log,
    reference,
    snapshots,
    statements,
    submissions,
    submit,
    system,
    tokens,
)

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

BASE = "/api/v1"


def routes() -> list[BaseRoute]:
    """Return the routes of the API."""
    one = f"{BASE}/statements/{{digest}}"
    # Looked through in this order for each request: what is asked for most comes first.
    return [
        Route(one, statements.body),
        Route("/health", system.health),
        Route("/ready", system.ready),
        Route("/metrics", system.metrics),
        Route(f"{BASE}/openapi.json", system.openapi),
        Route(f"{BASE}/statements", listing.statements),
        Route(f"{BASE}/statements", submit.submit, methods=["POST"]),
        Route(f"{BASE}/submissions", submissions.show),
        Route(f"{BASE}/validate", submit.validate, methods=["POST"]),
        Route(f"{one}/state", statements.state),
        Route(f"{one}/receipt", statements.receipt),
        Route(f"{one}/events", events.act, methods=["POST"]),
        Route(f"{BASE}/log/checkpoint", log.checkpoint),
        Route(f"{BASE}/log/events", log.events),
        Route(f"{BASE}/log/proof/{{digest}}", log.proof),
        Route(f"{BASE}/compare", comparison.compare),
        Route(f"{BASE}/statistics", comparison.statistics),
        Route(f"{BASE}/snapshots", snapshots.index),
        Route(f"{BASE}/snapshots/{{date}}/{{file}}", snapshots.file),
        Route(f"{BASE}/factor-sets", reference.factor_sets),
        Route(f"{BASE}/schema", reference.schema),
        Route(f"{BASE}/tokens", tokens.show),
        Route(f"{BASE}/tokens", tokens.create, methods=["POST"]),
        Route(f"{BASE}/tokens/{{id}}", tokens.revoke, methods=["DELETE"]),
        Route(f"{BASE}/oidc/audience", tokens.audience),
        Route(f"{BASE}/oidc/mint", tokens.mint, methods=["POST"]),
        Route(f"{BASE}/deposits", deposits.deposit, methods=["POST"]),
        Route(f"{BASE}/deposits/reveal", deposits.reveal, methods=["POST"]),
        Route(f"{BASE}/deposits/withdraw", deposits.withdraw, methods=["POST"]),
    ]
