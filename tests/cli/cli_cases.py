"""What the tests of the command line share."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"
MINIMAL = """\
spec_version: "1.0"
title: A minimal statement
subject: {name: My analysis}
runs:
  - {id: analysis, phase: analysis}
"""
