"""One application for the tests of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from web_cases import copy_corpus, open_desk

from greenalgo.registry.service.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    desk = open_desk(copy_corpus(tmp_path_factory.mktemp("web") / "statements"))
    with TestClient(make_app(desk), headers={"Accept": "text/html"}) as made:
        yield made


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    desk = open_desk(tmp_path_factory.mktemp("empty"))
    with TestClient(make_app(desk), headers={"Accept": "text/html"}) as made:
        yield made
