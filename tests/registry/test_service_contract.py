"""The OpenAPI document and the routes say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service_cases import API, service
from starlette.routing import Route

from greenalgo.registry.service import api
from greenalgo.registry.service.api.contract import contract

if TYPE_CHECKING:
    from pathlib import Path

METHODS = {"get", "post", "put", "delete", "patch"}


def test_every_route_is_in_the_document_and_no_other() -> None:
    # Two pages are more than that: programs read them, too.
    routes = {("/statements/{digest}", "GET"), ("/review/{key}", "GET")} | {
        (route.path, method)
        for route in api.routes()
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    written = {
        (path, method.upper())
        for path, item in contract()["paths"].items()
        for method in item
        if method in METHODS
    }
    assert routes == written


def test_operations_are_named_once_and_described() -> None:
    operations = [
        item[method] for item in contract()["paths"].values() for method in METHODS & set(item)
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)
    assert all(operation["summary"].endswith(".") for operation in operations)


def test_the_service_hands_it_out(tmp_path: Path) -> None:
    with service(tmp_path) as found:
        document = found.client.get(f"{API}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": "https://registry.example.org"}]
