"""What the registry judges with: the schema and the factor sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from greenalgo import SPEC_VERSION, __version__, resources
from greenalgo.factors import list_sets, open_set
from greenalgo.registry.service.wire.answers import json_answer
from greenalgo.registry.service.wire.asked import Query
from greenalgo.registry.service.wire.work import work

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


async def factor_sets(request: Request) -> Response:
    """Return the factor sets that statements may pin, each with its hash."""
    Query(request)
    return json_answer(request, await work(request, _sets))


async def schema(request: Request) -> Response:
    """Return the JSON Schema of a statement."""
    Query(request)
    text = resources.read_text("schema", "statement", SPEC_VERSION, "statement.schema.json")
    return json_answer(request, json.loads(text))


def _sets() -> dict[str, Any]:
    newest = open_set().name
    sets = [open_set(name) for name in list_sets()]
    return {
        "tool": __version__,
        "newest": newest,
        "factor_sets": [
            {
                "name": factors.name,
                "sha256": factors.sha256,
                "policies": list(factors.manifest["policies"]),
            }
            for factors in sets
        ],
    }
