"""What the accept path costs: the modules that a fresh process loads."""

from __future__ import annotations

import subprocess
import sys

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
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "greenalgo.sources.fast" in loaded
    assert not loaded & SLOW
