"""Submit statements until killed; print each digest once the registry has answered.

python submit_many.py STORE COUNT
"""

from __future__ import annotations

import sys

from registry_cases import statement

from greenalgo.registry.door import look, submit
from greenalgo.registry.store import open_store


def main(url: str, count: int) -> None:
    store = open_store(url, create=True)
    print("ready", flush=True)
    for hours in range(1, count + 1):
        raw = statement(hours=hours)
        outcome = submit(store, look(raw, "footprint.yaml"), raw, "footprint.yaml")
        print(outcome.digest, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
