"""Fixtures of the render tests: filled statements, made by hand (tests/golden/fixtures)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from greenalgo.render.context import View, view

if TYPE_CHECKING:
    from collections.abc import Callable

DIGEST = "0123456789abcdef" * 4


@pytest.fixture
def filled(statements: dict[str, dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """Return a copy of a fixture."""
    return lambda name: copy.deepcopy(statements[name])


@pytest.fixture
def make_view(statements: dict[str, dict[str, Any]]) -> Callable[[str], View]:
    """Return the view of a fixture."""
    return lambda name: view(statements[name], DIGEST)
