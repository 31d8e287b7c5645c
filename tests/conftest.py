"""What every test may rely on: what a test needs is there, or it says what is missing.

On a user's machine a test that lacks a tool is skipped, with the tool's name. In CI nothing is ever
skipped: there a skip is a failure.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from everyday import EVERYDAY

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

ROOT = Path(__file__).resolve().parents[1]
FILLED = ROOT / "tests" / "golden" / "fixtures"

# What a machine does besides must not decide whether a test passes.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
settings.register_profile("everyday", settings.get_profile("house"), max_examples=EVERYDAY)


@pytest.fixture(scope="session")
def statements() -> dict[str, dict[str, Any]]:
    """Filled statements by name, for what is rendered; a test that changes one copies it."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in FILLED.glob("*.json")}


@pytest.fixture(scope="session")
def sources() -> str:
    """BibTeX of the sources that these statements cite."""
    return (FILLED / "project.bib").read_text("utf-8")


@pytest.fixture(scope="session")
def kept() -> Callable[[Path, str], None]:
    """Compare a text with a file; UPDATE_SNAPSHOTS=1 writes the file anew."""

    def compare(path: Path, text: str) -> None:
        if os.environ.get("UPDATE_SNAPSHOTS") == "1":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.is_file(), f"{path} is missing: UPDATE_SNAPSHOTS=1 writes it"
        assert text == path.read_text("utf-8")

    return compare


def pytest_configure(config: pytest.Config) -> None:
    """Repeat less where slow tests are left out."""
    if "not slow" in config.getoption("markexpr"):
        settings.load_profile("everyday")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking through all that was imported: 7 % of the unit tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests marked ``tex``, ``browser``, ``compiler``, ``ssh`` or ``docs`` where a tool is missing."""
    for marker in ("tex", "browser", "compiler", "ssh", "docs"):
        marked = [item for item in items if item.get_closest_marker(marker)]
        lacking = _lacking(marker) if marked else ""
        if lacking:
            reason = f"this machine lacks {lacking}; see scripts/install_test_tools.sh"
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure in CI."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} is skipped, and nothing may be in CI: {reason}"
    return report


def _lacking(marker: str) -> str:
    script = ROOT / "scripts" / "install_test_tools.sh"
    outcome = subprocess.run(
        ["bash", str(script), "--missing", marker],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHON": sys.executable},
    )
    return " ".join(outcome.stdout.split())
