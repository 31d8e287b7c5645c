"""Documents that are nearly right: seeded mutations that reach every keyword of the schema."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenalgo.schemas.load import load_schema
from greenalgo.sources import Document, parse

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = load_schema("1.0")
EXAMPLES = Path(__file__).parents[2] / "schema" / "statement" / "1.0" / "examples"

JUNK: list[Any] = [
    None, True, False, 0, -1, 1, 1.0, 1.5, 63, 2030, -0.5, 1e9, 2**53, "", "x", "a b", "Ä", "1.0",
    "x" * 101, "x" * 5001, "\U0001f333" * 300, "2022\n", "FRA\n", "FRA", "2022-11-03", "\ufeff",
    "not_assessed", [], [[]], ["gpu", "gpu"], ["gpu", "cpu"], {}, {"value": 1}, {"value": -1},
    {"status": "not_assessed", "reason": "r"}, {"status": "not_assessed"}, {"reason": "r"},
    {"status": "metered", "reason": "r"}, {"lower": 0}, {"value": 0.5, "level": 1}, {"": 1},
]  # fmt: skip


def documents(*patterns: str) -> list[Any]:
    """Return the example documents (all of them without a pattern) that can be parsed."""
    found = []
    paths = [
        p for each in patterns or ("pass/*", "fail/*/footprint.*") for p in EXAMPLES.glob(each)
    ]
    for path in sorted(paths):
        document = parse(path.read_bytes(), path.name)
        if isinstance(document, Document):
            found.append(document.data)
    return found


def mutated(seed: int, number: int) -> Iterator[Any]:
    """Yield documents with one to three mutations each."""
    source = random.Random(seed)  # noqa: S311 - reproducible documents, no secret
    names = sorted(_names(SCHEMA))
    words = sorted(_words(SCHEMA))
    passing, every = documents("pass/*"), documents()
    for _ in range(number):
        document = copy.deepcopy(source.choice(source.choice((passing, passing, every))))
        for _ in range(source.choice((1, 1, 1, 2, 3))):
            document = _mutate(document, source, names, words)
        yield document


def _names(node: Any) -> set[str]:
    """Return every name of a property in the schema."""
    if isinstance(node, list):
        return set().union(*map(_names, node))
    if not isinstance(node, dict):
        return set()
    return set(node.get("properties", {})).union(*map(_names, node.values()))


def _words(node: Any) -> set[str]:
    """Return every word of a list in the schema."""
    if isinstance(node, list):
        return set().union(*map(_words, node))
    if not isinstance(node, dict):
        return set()
    words = node.get("enum")
    return set(words if isinstance(words, list) else ()).union(*map(_words, node.values()))


def _places(node: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    if isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _places(child, (*place, key))


def _mutate(document: Any, source: random.Random, names: list[str], words: list[str]) -> Any:
    place = source.choice(list(_places(document)))
    if not place:
        return source.choice(JUNK) if source.random() < 0.05 else document
    parent = document
    for step in place[:-1]:
        parent = parent[step]
    key, value = place[-1], parent[place[-1]]
    way = source.randrange(8)
    if way == 0:
        del parent[key]
    elif way == 1 and isinstance(parent, dict):
        parent[source.choice([*names, key + "s", key.upper(), ""])] = parent.pop(key)
    elif way == 2 and isinstance(parent, dict):
        parent[source.choice(names)] = source.choice([value, *JUNK])
    elif way == 3 and isinstance(parent, list):
        parent.extend([copy.deepcopy(value)] * source.choice((1, 1, 51)))
    elif way == 4:
        parent[key] = source.choice(words)
    elif way == 5 and isinstance(value, dict | list):
        value.clear()
    elif way == 6 and isinstance(value, int | float | str):
        parent[key] = _bent(value, source)
    else:
        parent[key] = copy.deepcopy(source.choice(JUNK))
    return document


def _bent(value: float | str, source: random.Random) -> Any:
    if isinstance(value, str):
        return source.choice(
            [value + "\n", value + " ", value.upper(), value.lower(), value[:-1], value * 60]
        )
    return source.choice(
        [-value, value * 100, float(value), str(value), [value], {"value": value}, value + 0.5]
    )


def plain(document: Any) -> str:
    """Return a document for a message."""
    return json.dumps(document, ensure_ascii=False)[:2000]
