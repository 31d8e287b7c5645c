"""Submit statements until killed; print each digest once the registry has answered.

python submit_many.py STORE COUNT [FIRST]

Exit code 4 where the registry cannot be used any more; standard error says why.
"""

from __future__ import annotations

import sys

from registry_cases import statement

from greenalgo.errors import CannotCheckError
from greenalgo.registry.door import look, submit
from greenalgo.registry.store import open_store


def main(url: str, count: int, first: int = 1) -> None:
    store = open_store(url, create=True)
    print("ready", flush=True)
    for hours in range(first, first + count):
        raw = statement(hours=hours)
        outcome = submit(store, look(raw, "footprint.yaml"), raw, "footprint.yaml")
        print(outcome.digest, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], *map(int, sys.argv[2:]))
    except CannotCheckError as error:
        print(error, file=sys.stderr)
        sys.exit(4)
