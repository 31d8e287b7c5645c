"""Run the command line in process, in a scratch folder, and hold its output against snapshots."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cli_cases import DATA
from click.testing import CliRunner

from greenalgo import __version__
from greenalgo.cli.main import cli
from greenalgo.factors import open_set

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scratch folder, with the test's data in it, as the working directory."""
    for path in DATA.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY", "GREENALGO_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def run() -> Callable[..., Result]:
    """Call ``greenalgo ...``; an exception that gets out of it fails the test."""

    def call(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(cli, arguments, input=stdin, catch_exceptions=False)

    return call


@pytest.fixture
def snapshot(kept: Callable[[Path, str], None]) -> Callable[[str, str], None]:
    """Compare a text with ``snapshots/NAME``, whatever the version and the factor set are."""

    def compare(name: str, text: str) -> None:
        text = text.replace(f"greenalgo {__version__}", "greenalgo <version>")
        text = text.replace(f'"{__version__}"', '"<version>"')
        # YAML quotes the hash only where it could be read as a number, which depends on the set.
        text = text.replace(f'"{open_set().sha256}"', open_set().sha256)
        text = text.replace(open_set().sha256, '"<sha256>"')
        text = re.sub(rf"\b{re.escape(open_set().name)}\b", "<factor set>", text)
        kept(SNAPSHOTS / name, text)

    return compare
