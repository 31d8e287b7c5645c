"""One application and one browser for the tests of the pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from browser_cases import ARGS, PATIENCE
from playwright.sync_api import expect, sync_playwright
from starlette.testclient import TestClient
from web_cases import copy_corpus, open_desk

from greenalgo.registry.service.app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(found for name in names if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=ARGS)
        expect.set_options(timeout=PATIENCE)
        yield made
        made.close()
