"""What the accept path costs, the modules that a fresh process loads, and what it does without the fast parser."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

STATEMENT = """\
spec_version: "1.0"
title: A run
subject: {name: A model, kind: model}
runs: [{id: training, phase: training}]
"""
SCRIPT = """
import sys
from greenalgo import sources
assert sources.parse_fast(b'spec_version: "1.0"\\nn: [1, 2.5, "x & y"]\\n') is not None
print(*sys.modules, sep="\\n")
"""
SLOW = {
    "yaml", "json", "dataclasses", "pathlib", "inspect", "click", "jinja2", "pandas", "numpy", "matplotlib", "pybtex",
    "jsonschema", "importlib.metadata", "greenalgo.sources.splice", "greenalgo.sources.dump",
}  # fmt: skip


def test_the_accept_path_loads_nothing_slow() -> None:
    pytest.importorskip("ryaml", reason="ryaml cannot be installed here")
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "greenalgo.sources.fast" in loaded
    assert not loaded & SLOW


WITHOUT_RYAML = """
import sys
sys.modules["ryaml"] = None  # as where it cannot be installed
from greenalgo import sources
from greenalgo.__main__ import main
assert sources.parse_fast(b"n: 1") is None
assert sources.parse_fast(b'{"n": 1}') == {"n": 1}
sys.exit(main())
"""


def test_yaml_is_read_without_the_fast_parser(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(STATEMENT)
    bad.write_text(STATEMENT + "title: Twice\n")
    command = [sys.executable, "-c", WITHOUT_RYAML, "validate", str(good), str(bad)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert f"{good}: valid, L0" in run.stdout
    assert f"{bad}:5:1: error GA012:" in run.stdout
