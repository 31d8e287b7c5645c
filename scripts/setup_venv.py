"""Make the virtual environment that `make demo` and `make test` run in.

Usage: python3 scripts/setup_venv.py DIR

Plain old Python on purpose, so that an interpreter that is too old can still say so in a sentence.
It installs what constraints.txt pins (each file checked against its hash), then this checkout.
"""

from __future__ import print_function

import os
import subprocess
import sys

NEEDED = (3, 11)


def fail(message):  # type: ignore[no-untyped-def]
    """End with a message for people."""
    sys.stderr.write("setup: " + message + "\n")
    sys.exit(1)


def run(arguments, what):  # type: ignore[no-untyped-def]
    """Run a program and end with a sentence where it fails; its own words stand above it."""
    code = subprocess.call(arguments)
    if code:
        fail("could not %s (exit code %d, see above)" % (what, code))


def check_interpreter():  # type: ignore[no-untyped-def]
    """Look for what Debian and others leave out of Python."""
    version = "%d.%d" % sys.version_info[:2]
    if sys.version_info[:2] < NEEDED:
        fail(
            "this is Python %s (%s), and greenalgo needs %d.%d or newer. If you have one under "
            "another name, say so: make PYTHON=python3.12 demo"
            % ((version, sys.executable) + NEEDED)
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            "this Python (%s) cannot make virtual environments. On Debian and Ubuntu: "
            "apt install python%s-venv" % (sys.executable, version)
        )


def main(folder):  # type: ignore[no-untyped-def]
    """Make the environment, or complete one that was interrupted."""
    check_interpreter()
    python = os.path.join(folder, "bin", "python")
    print("setup: making %s with Python %d.%d.%d" % ((folder,) + sys.version_info[:3]))
    run([sys.executable, "-m", "venv", "--clear", folder], "make a virtual environment")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    print("setup: installing the pinned packages (a minute or two)")
    sys.stdout.flush()
    pinned = ["--require-hashes", "-r", "constraints.txt"]
    run(pip + pinned, "install the pinned packages")
    itself = ["--no-build-isolation", "--editable", "."]
    run(pip + itself, "install greenalgo itself")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".venv")
