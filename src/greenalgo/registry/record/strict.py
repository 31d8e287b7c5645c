"""JSON from outside that is to prove something: read in one way, or refused."""

from __future__ import annotations

import json
from typing import Any

from greenalgo.errors import RegistryError


def read_json(text: bytes | str, what: str) -> Any:
    """Read JSON in which no name stands twice: a reader may take either for the one that counts.

    Args:
        text: The text.
        what: What it is to be, for messages.

    Raises:
        RegistryError: It is no JSON, or can be read in two ways.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise RegistryError(f"this is no {what}: it is no JSON ({error})") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
