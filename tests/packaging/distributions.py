"""Build the wheel and the sdist once for all tests of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Distributions(NamedTuple):
    """What `python -m build` made.

    Attributes:
        wheel: The wheel.
        sdist: The source distribution.
    """

    wheel: Path
    sdist: Path

    def in_wheel(self) -> set[str]:
        """Return the paths in the wheel, without its metadata."""
        with zipfile.ZipFile(self.wheel) as archive:
            return {name for name in archive.namelist() if ".dist-info/" not in name}

    def in_sdist(self) -> set[str]:
        """Return the paths in the sdist, below its one folder."""
        with tarfile.open(self.sdist) as archive:
            return {name.partition("/")[2] for name in archive.getnames() if "/" in name}

    def metadata(self, name: str) -> str:
        """Return a file of the wheel's metadata."""
        with zipfile.ZipFile(self.wheel) as archive:
            (path,) = [path for path in archive.namelist() if path.endswith(f".dist-info/{name}")]
            return archive.read(path).decode()


def build(folder: Path, *, compiled: bool = False) -> Distributions:
    """Build both, the wheel from the sdist, as a release does; no network is needed.

    Args:
        folder: Where they come to lie, beside a copy of the source.
        compiled: Compile what a valid statement meets.
    """
    source = folder / "source"
    source.mkdir()
    for name in tracked():
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    environment = {**os.environ, "HATCH_BUILD_HOOKS_ENABLE": "1" if compiled else ""}
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    (wheel,) = folder.glob("*.whl")
    (sdist,) = folder.glob("*.tar.gz")
    return Distributions(wheel, sdist)


def tracked() -> list[str]:
    """List the files that belong to the project: what git would put into a clone, edits included."""
    if not (ROOT / ".git").exists():  # unpacked from an sdist
        return sorted(
            str(path.relative_to(ROOT))
            for path in ROOT.rglob("*")
            if path.is_file() and not _made(path.relative_to(ROOT))
        )
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def _made(path: Path) -> bool:
    made = {"__pycache__", "build", "dist", "site", "demo"}
    return any(part in made or part.startswith(".") for part in path.parts)
