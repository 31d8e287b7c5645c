"""Values with their places: what both strict readers build."""

from __future__ import annotations

from typing import Any, NamedTuple


class Node(NamedTuple):
    """A value and where it stands.

    Attributes:
        value: The value, as plain JSON values.
        line: Line of its first character, from 1.
        column: Column of its first character in characters, from 1.
        start: Offset of its first character in the text.
        end: Offset after its last character: a block ends with its last scalar.
        flow: It is written in braces or brackets.
        keys: Of a mapping: each key's own node.
        children: Of a mapping: each value's node, by key. Of a list: the nodes in order.
    """

    value: Any
    line: int
    column: int
    start: int
    end: int
    flow: bool = False
    keys: dict[str, Node] | None = None
    children: dict[str, Node] | list[Node] | None = None
