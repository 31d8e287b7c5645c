from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenalgo.factors import FactorSet, open_set

SCRIPTS = Path(__file__).parents[3] / "scripts"
sys.path.insert(0, str(SCRIPTS))


@pytest.fixture(scope="session")
def factors() -> FactorSet:
    return open_set("2026.11")
