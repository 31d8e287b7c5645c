"""A declared number with its interval and its provenance."""

# No `from __future__ import annotations` here: NamedTuple compiles every annotation that is a string, which
# costs `greenalgo validate` 3 ms.

from typing import Any, NamedTuple


class Quantity(NamedTuple):
    """A number as an author declared it, in the unit of its field's name.

    Attributes:
        value: The number.
        lower: Lower end of the interval; the value itself where none was declared.
        upper: Upper end of the interval; the value itself where none was declared.
        status: Where the number came from (the schema's list); ``declared`` where nothing was said.
        source: What the author gave as the source.
        at: JSON pointer to the number.
        has_status: The author declared ``status``.
    """

    value: float
    lower: float
    upper: float
    status: str = "declared"
    source: str = ""
    at: str = ""
    has_status: bool = False


class Absent(NamedTuple):
    """An explicit absence: ``{status: not_assessed, reason: ...}``."""

    reason: str
    at: str = ""


def read_quantity(node: Any, at: str) -> Quantity | Absent | None:
    """Read a quantity of the schema.

    Args:
        node: A number, the schema's quantity object, or None where the key is missing.
        at: JSON pointer to the node.

    Returns:
        The quantity; an :class:`Absent` where the author says that it was not assessed; None where
        nothing is declared.
    """
    if node is None:
        return None
    if not isinstance(node, dict):
        return Quantity(node, node, node, at=at)
    value: float | None = node.get("value")
    if value is None or node.get("status") == "not_assessed":
        return Absent(node.get("reason", ""), at)
    return Quantity(
        value,
        node.get("lower", value),
        node.get("upper", value),
        node.get("status", "declared"),
        node.get("source", ""),
        at,
        has_status="status" in node,
    )
