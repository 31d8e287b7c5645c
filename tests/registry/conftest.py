"""Every test of the contract runs on every store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from registry_cases import KINDS, make_store
from registry_postgres import remove_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from greenalgo.registry.store import Store


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Iterator[Store]:
    made = make_store(kind, tmp_path)
    yield made
    made.close()


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the times of files that were written just now."""
    monkeypatch.setattr("greenalgo.registry.store.files.SETTLED", 0.0)


def pytest_sessionfinish() -> None:
    remove_server()
