"""Fixtures of the tests that need a TeX Live."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FIXTURES = Path(__file__).parents[1] / "golden" / "fixtures"


@pytest.fixture(scope="session")
def statements() -> dict[str, dict[str, Any]]:
    """Every filled statement by name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in FIXTURES.glob("*.json")}


@pytest.fixture(scope="session")
def sources() -> str:
    """BibTeX of the sources that the fixtures cite."""
    return (FIXTURES / "project.bib").read_text("utf-8")
