from __future__ import annotations

import pytest

from greenalgo.factors import FactorSet, open_set


@pytest.fixture(scope="session")
def factors() -> FactorSet:
    return open_set("2026.11")
