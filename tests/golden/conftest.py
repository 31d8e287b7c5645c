"""Golden tests: what is rendered is compared with files; ``--update-golden`` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option; look at the difference before you commit it."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


@pytest.fixture(scope="session")
def statements() -> dict[str, dict[str, Any]]:
    """Every filled statement by name."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in FIXTURES.glob("*.json")}


@pytest.fixture(scope="session")
def sources() -> str:
    """BibTeX of the sources that the fixtures cite."""
    return (FIXTURES / "project.bib").read_text("utf-8")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare text with a golden file, or write it."""

    def compare(name: str, text: str) -> None:
        path = HERE / "expected" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.is_file(), f"{path} is missing: run pytest with --update-golden"
        assert text == path.read_text("utf-8")

    return compare
