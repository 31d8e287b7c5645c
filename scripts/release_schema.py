"""Write or check what follows from a statement schema: `release_schema.py --check | --write`.

From `schema/statement/<version>/statement.schema.json` follow the compiled check
(`src/greenalgo/schemas/accept_<version>.py`), the draft-07 bundle for editors beside the schema,
and `SHA256SUMS` over the folder. `--check` exits 1 and names each file that is out of date.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

from greenalgo.schemas.compile import generate
from greenalgo.schemas.draft07 import draft07
from greenalgo.schemas.versions import ACCEPT

ROOT = Path(__file__).resolve().parent.parent
SUMS = "SHA256SUMS"


def outputs(root: Path, version: str) -> dict[Path, str]:
    """Return every generated file of a version with the text that it must have."""
    folder = root / "schema" / "statement" / version
    schema = json.loads((folder / "statement.schema.json").read_text(encoding="utf-8"))
    module = root / "src" / "greenalgo" / "schemas" / f"accept_{version.replace('.', '_')}.py"
    bundle = folder / "statement.draft-07.schema.json"
    texts = {
        module: generate(schema),
        bundle: json.dumps(draft07(schema), indent=2, ensure_ascii=False) + "\n",
    }
    texts[folder / SUMS] = sums(folder, {bundle: texts[bundle]})
    return texts


def sums(folder: Path, fresh: dict[Path, str]) -> str:
    """Return `sha256sum` lines for a folder; `fresh` texts replace what is there."""
    paths = {path for path in folder.rglob("*") if path.is_file()} | fresh.keys()
    lines = []
    for path in sorted(paths, key=lambda path: path.relative_to(folder).as_posix()):
        if path.name == SUMS:
            continue
        content = fresh[path].encode() if path in fresh else path.read_bytes()
        lines.append(
            f"{hashlib.sha256(content).hexdigest()}  {path.relative_to(folder).as_posix()}"
        )
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--check", action="store_true", help="exit 1 where a file is out of date")
    way.add_argument("--write", action="store_true", help="write the files anew")
    options = parser.parse_args(arguments)
    stale = 0
    for version in ACCEPT:
        for path, text in outputs(ROOT, version).items():
            if path.is_file() and path.read_bytes() == text.encode():
                continue
            stale += 1
            print(f"{'wrote' if options.write else 'out of date:'} {path.relative_to(ROOT)}")
            if options.write:
                path.write_bytes(text.encode())
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
