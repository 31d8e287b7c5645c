"""Golden tests: what is rendered is compared with files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenalgo import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

EXPECTED = Path(__file__).parent / "expected"


@pytest.fixture
def golden(kept: Callable[[Path, str], None]) -> Callable[[str, str], None]:
    """Compare text with a golden file, whatever the version of greenalgo."""
    return lambda name, text: kept(EXPECTED / name, text.replace(__version__, "VERSION"))
