"""What every test may rely on: a test that typesets meets a TeX Live, or says what is missing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests marked ``tex`` fail in CI, and skip elsewhere, where a tool is missing."""
    typeset = [item for item in items if item.get_closest_marker("tex")]
    lacking = _lacking() if typeset else ""
    if not lacking:
        return
    reason = f"this machine lacks {lacking}; see scripts/install_test_tools.sh"
    for item in typeset:
        if os.environ.get("CI"):
            item.add_marker(pytest.mark.usefixtures("_tex_is_missing"))
        else:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def _tex_is_missing() -> None:
    pytest.fail(f"CI lacks {_lacking()}; see scripts/install_test_tools.sh", pytrace=False)


def _lacking() -> str:
    script = ROOT / "scripts" / "install_test_tools.sh"
    outcome = subprocess.run(
        ["bash", str(script), "--missing"], capture_output=True, text=True, check=True
    )
    return " ".join(outcome.stdout.split())
