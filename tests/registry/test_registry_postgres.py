"""The PostgreSQL of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import registry_postgres

ONE = f"{Path(__file__).with_name('test_registry_stores.py')}::test_bodies_are_canonical_json[postgresql]"


@pytest.mark.slow
def test_nothing_of_it_is_left_when_a_run_ends(tmp_path: Path) -> None:
    registry_postgres.server_url()  # skips where there is none
    command = [sys.executable, "-m", "pytest", "-q", "-n", "1", "-p", "no:cacheprovider", ONE]
    run = subprocess.run(
        command,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 passed" in run.stdout, run.stdout
    assert not list(tmp_path.glob("greenalgo-pg-*"))
