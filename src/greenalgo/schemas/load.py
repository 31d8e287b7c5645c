"""The schema itself, for those who need more than yes or no.

Apart from :mod:`greenalgo.schemas.versions`, because a valid statement needs neither the file nor a
JSON reader.
"""

from __future__ import annotations

import json
from typing import Any

from greenalgo import resources
from greenalgo.schemas.versions import NEWEST


def load_schema(version: str = NEWEST) -> dict[str, Any]:
    """Return a released schema.

    Args:
        version: A version in :data:`ACCEPT`.

    Raises:
        ResourceError: The installation lacks it.
    """
    text = resources.read_text("schema", "statement", version, "statement.schema.json")
    schema: dict[str, Any] = json.loads(text)
    return schema
