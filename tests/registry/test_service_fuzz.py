"""What nobody would send: requests that schemathesis makes from the OpenAPI document, to the real server.

No answer is a 5xx, and every answer is one that the document foresees. ``GREENALGO_FUZZ=N`` tries N requests
for each address instead of few (docs/development/fuzz.md).
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, reject, settings
from registry_cases import draft, url_of
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from service_cases import ONE_EVERY_DAY, bearer, serving

from greenalgo.registry.identity.book import open_book
from greenalgo.registry.identity.tokens import new_token, utc_now
from greenalgo.registry.service.api.contract import contract
from greenalgo.registry.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case

EXAMPLES = int(os.environ.get("GREENALGO_FUZZ", "8"))
#: What a fuzzer cannot know of: which statements exist, that only some bodies are fit, and that an empty value
#: in a query is as none (forms send it). What has to be refused is in the other tests of the service.
LEFT_OUT = (
    "negative_data_rejection", "positive_data_acceptance", "ensure_resource_availability", "use_after_free",
    "object_level_authorization", "ignored_auth",
)  # fmt: skip
_SENT = ("method", "url", "headers", "params", "json", "content")
load_all_checks()
EXCLUDED: list[Any] = [CHECKS.get_one(name) for name in LEFT_OUT]
SCHEMA = schemathesis.openapi.from_dict(contract())
OPERATIONS = {
    found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)
}


@pytest.fixture(scope="module", params=ONE_EVERY_DAY)
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx2.Client]:
    folder = tmp_path_factory.mktemp("fuzz")
    log: list[str] = []
    url = url_of(request.param, folder)
    store = open_store(url, create=True)
    store.commit([draft(hours) for hours in range(1, 4)])
    scopes = frozenset({"submit", "withdraw", "moderate"})
    made = new_token("fuzz", scopes, made_by="operator", at=utc_now(), lasts=timedelta(days=1))
    with open_book(store) as book:
        book.add_token(made.token)
    store.close()
    with (
        serving(folder, "--store", url, log=log) as (process, address),
        httpx2.Client(base_url=address, headers=bearer(made.secret), timeout=60) as client,
    ):
        yield client
        assert process.poll() is None
    assert [line for line in log if '"event": "request"' not in line] == []


def modes() -> Iterator[tuple[str, GenerationMode]]:
    """Return right and wrong requests for each address; without parameters none can be wrong."""
    for label, operation in OPERATIONS.items():
        yield label, GenerationMode.POSITIVE
        if operation.definition.raw.get("requestBody") or list(operation.iter_parameters()):
            yield label, GenerationMode.NEGATIVE


@pytest.mark.parametrize(("label", "mode"), list(modes()))
def test_no_request_is_too_strange(served: httpx2.Client, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]

    @settings(
        max_examples=EXAMPLES, derandomize=EXAMPLES < 100, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode))
    def send(case: Case[Any]) -> None:
        case.headers["Authorization"] = served.headers["Authorization"]
        kwargs = case.as_transport_kwargs(base_url=str(served.base_url))
        kwargs["content"] = kwargs.get("data")
        kwargs = {name: kwargs[name] for name in _SENT if kwargs.get(name) is not None}
        try:
            response = served.request(**kwargs)
        except httpx2.InvalidURL:  # longer than the client sends
            reject()
        case.validate_response(response, excluded_checks=EXCLUDED)

    send()
