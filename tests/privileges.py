"""Commands that permissions hold for, whoever runs the tests."""

from __future__ import annotations

import os
import shutil

import pytest


def without_privileges() -> list[str]:
    """Return what a command line begins with so that permissions hold for root as well."""
    if os.geteuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everything")
    lost = "-dac_override,-dac_read_search,-fowner"
    return ["setpriv", f"--bounding-set={lost}", f"--inh-caps={lost}"]
