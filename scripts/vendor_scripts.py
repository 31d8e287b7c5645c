"""Fetch the scripts that the registry's pages use: pinned packages, the files as they were published.

    python scripts/vendor_scripts.py          # needs npm

Writes ``registry/web/static/vendor/<package>/`` (the script and its licence) and ``manifest.json`` with
versions, licences and SHA-256, which a test checks.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[1] / "registry" / "web" / "static" / "vendor"
#: Package -> version, licence, the one file of it that pages load.
PACKAGES = {
    "htmx.org": ("2.0.8", "0BSD", "dist/htmx.min.js"),
    "vega": ("6.4.0", "BSD-3-Clause", "build/vega.min.js"),
    "vega-embed": ("7.3.0", "BSD-3-Clause", "build/vega-embed.min.js"),
    "vega-lite": ("6.5.0", "BSD-3-Clause", "build/vega-lite.min.js"),
}


def fetch(name: str, version: str, folder: str) -> dict[str, bytes]:
    """Return the files of a package, by their path in it."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"],
        cwd=folder, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, bytes] = {}
    with tarfile.open(Path(folder) / done.stdout.split()[-1]) as archive:
        for member in archive.getmembers():
            file = archive.extractfile(member)
            if file is not None:
                found[member.name.removeprefix("package/")] = file.read()
    return found


def main() -> None:
    manifest = {}
    for name, (version, licence, path) in PACKAGES.items():
        with tempfile.TemporaryDirectory() as folder:
            files = fetch(name, version, folder)
        target = VENDOR / name
        target.mkdir(parents=True, exist_ok=True)
        script = target / Path(path).name
        script.write_bytes(files[path])
        (target / "LICENSE").write_bytes(files["LICENSE"])
        manifest[name] = {
            "version": version,
            "licence": licence,
            "file": f"{name}/{script.name}",
            "sha256": hashlib.sha256(files[path]).hexdigest(),
        }
        print(f"{name} {version}: {len(files[path])} bytes")
    text = json.dumps(manifest, indent=2) + "\n"
    (VENDOR / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
