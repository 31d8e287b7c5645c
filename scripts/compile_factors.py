"""Compile a factor set from upstream downloads and curated facts.

    python scripts/compile_factors.py --from DIR -o src/greenalgo/factors/sets/2026.11

DIR holds the files that ``scripts/factor_compiler/curated/upstream.csv`` names, with the SHA-256 recorded there;
they are never committed. The same input gives the same bytes. A row out of range, a unit slip, a double id, a
name with two meanings, a source without an entry or a licence off the list stops the compiler.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from factor_compiler import release
from factor_compiler.common import CompileError, Upstream


def main() -> int:
    """Run the compiler; 1 where it refuses."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR")
    parser.add_argument("-o", dest="target", type=Path, required=True, metavar="SET")
    parser.add_argument("--date", default=release.DATE, help="date of the set (ISO 8601)")
    arguments = parser.parse_args()
    try:
        counts = release.compile_set(Upstream(arguments.source), arguments.target, arguments.date)
    except CompileError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    for table, count in counts.items():
        print(f"{table:20} {count:6}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
