"""The peers that npm installs, for one benchmark and into its own folder; greenalgo needs none of them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = ("ajv-cli@5.0.0", "@grnsft/if@1.1.0")
#: Energy and emissions of one input, the way Impact Framework's own examples compute them.
_MANIFEST = """\
name: rows
initialize:
  plugins:
    it:
      {method: Multiply, path: builtin, config: {input-parameters: [kilowatts, hours], output-parameter: it-kwh}}
    facility:
      {method: Multiply, path: builtin, config: {input-parameters: [it-kwh, pue], output-parameter: kwh}}
    carbon:
      {method: Multiply, path: builtin, config: {input-parameters: [kwh, intensity], output-parameter: grams}}
tree:
  children:
    job:
      pipeline: {compute: [it, facility, carbon]}
      inputs:
"""
_INPUT = (
    "        - {{timestamp: '{day}T00:00', duration: 3600, kilowatts: {power}, hours: {hours}, "
    "pue: 1.1, intensity: 385}}\n"
)


def install(folder: Path, *, wanted: bool) -> dict[str, str]:
    """Install the peers and return the path of each command; none where that is not wanted or not possible."""
    npm = shutil.which("npm")
    if not wanted or npm is None:
        why = (
            "there is no npm"
            if wanted
            else "--peers installs them with npm into a temporary folder"
        )
        print(f"ajv-cli and if-run are left out: {why}")
        return {}
    command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*command, *PACKAGES], check=True)
    print(f"peers: {', '.join(PACKAGES)}")
    return {name: str(folder / "node_modules" / ".bin" / name) for name in ("ajv", "if-run")}


def write_manifest(path: Path, inputs: int) -> None:
    """Write a manifest of Impact Framework with so many inputs, each of an hour or more."""
    rows = [
        _INPUT.format(day=f"2024-01-{1 + at % 28:02}", power=0.4 + at % 7 / 10, hours=1 + at % 100)
        for at in range(inputs)
    ]
    path.write_text(_MANIFEST + "".join(rows), encoding="utf-8")
