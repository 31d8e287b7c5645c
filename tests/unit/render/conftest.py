"""Fixtures of the render tests: filled statements, made by hand (tests/golden/fixtures)."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.context import View, view

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).parents[2] / "golden" / "fixtures"
DIGEST = "0123456789abcdef" * 4


@pytest.fixture(scope="session")
def statements() -> dict[str, dict[str, Any]]:
    """Every fixture by name; do not change one, take ``filled``."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in FIXTURES.glob("*.json")}


@pytest.fixture
def filled(statements: dict[str, dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """Return a copy of a fixture."""
    return lambda name: copy.deepcopy(statements[name])


@pytest.fixture
def make_view(statements: dict[str, dict[str, Any]]) -> Callable[[str], View]:
    """Return the view of a fixture."""
    return lambda name: view(statements[name], DIGEST)


@pytest.fixture(scope="session")
def sources() -> str:
    """BibTeX of the sources that the fixtures cite."""
    return (FIXTURES / "project.bib").read_text("utf-8")
