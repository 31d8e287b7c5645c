"""Make the virtual environment that `make demo` and `make test` run in.

Usage: python3 scripts/setup_venv.py DIR PINS

It is written for Python 3.6, so that an interpreter that is too old can still say so in a sentence.
It installs what the file PINS names (each file checked against its hash), then this checkout:
constraints.txt to run greenalgo, constraints-dev.txt to work on it.
"""

import os
import subprocess
import sys

NEEDED = (3, 11)


def fail(message: str) -> None:
    """End with a message for people."""
    sys.stderr.write(f"setup: {message}\n")
    sys.exit(1)


def run(arguments: "list[str]", what: str) -> None:
    """Run a program and end with a sentence where it fails; its own words stand above it."""
    code = subprocess.call(arguments)
    if code:
        fail(f"could not {what} (exit code {code}, see above)")


def check_interpreter() -> None:
    """Look for what Debian and others leave out of Python."""
    version = "{}.{}".format(*sys.version_info)
    if sys.version_info[:2] < NEEDED:
        fail(
            f"this is Python {version} ({sys.executable}), and greenalgo needs "
            "{}.{} or newer. ".format(*NEEDED)
            + "If you have one under another name, say so: make PYTHON=python3.12 demo"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        fail(
            f"this Python ({sys.executable}) cannot make virtual environments. "
            f"On Debian and Ubuntu: apt install python{version}-venv"
        )


def main(folder: str, pins: str) -> None:
    """Make the environment anew; one that was interrupted is cleared."""
    check_interpreter()
    python = os.path.join(folder, "bin", "python")
    print("setup: making", folder, "with Python {}.{}.{}".format(*sys.version_info), flush=True)
    run([sys.executable, "-m", "venv", "--clear", folder], "make a virtual environment")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    print("setup: installing the pinned packages (a minute or two)", flush=True)
    run([*pip, "--require-hashes", "-r", pins], "install the pinned packages")
    run([*pip, "--no-build-isolation", "--editable", "."], "install greenalgo itself")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        fail("give the folder of the environment and the file of pins")
    main(*sys.argv[1:])
