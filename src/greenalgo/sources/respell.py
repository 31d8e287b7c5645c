"""Replace words and numbers in an author's file: no byte outside their own spans changes.

The new text is read again before it is returned, so that it says what was asked for, and nothing
else.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.sources.document import LIMIT, ReadError
from greenalgo.sources.strict import tree
from greenalgo.sources.text import decode, is_json
from greenalgo.sources.writing import encoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from greenalgo.sources.tree import Node

#: A text that needs no quotes wherever it stands; what it reads as is checked afterwards.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Change(NamedTuple):
    """A scalar that is replaced.

    Attributes:
        path: Keys and indices that lead to it.
        new: What comes in its place: a text, or a number.
        key: The last key of the path is replaced, not its value.
    """

    path: tuple[str | int, ...]
    new: str | int | float
    key: bool = False


def changed(data: Any, changes: Iterable[Change]) -> Any:
    """Return a copy of a document with changes made.

    Args:
        data: Plain JSON values.
        changes: Their paths are those of ``data``, whatever the other changes rename.

    Raises:
        KeyError: A path is not there, or a new key is there already.
        IndexError: An index of a path is not there.
    """
    data = json.loads(json.dumps(data))
    # The deepest first, keys last: a path holds until what it passes is renamed.
    for change in sorted(changes, key=lambda one: (-len(one.path), one.key)):
        holder = data
        for step in change.path[:-1]:
            holder = holder[step]
        last = change.path[-1]
        holder[last]
        if not change.key:
            holder[last] = change.new
            continue
        if change.new in holder:
            raise KeyError(change.new)
        items = list(holder.items())
        holder.clear()
        holder.update((change.new if name == last else name, item) for name, item in items)
    return data


def respell(raw: bytes, name: str, changes: Sequence[Change]) -> bytes | None:
    """Return a file with scalars replaced; quotes stay as they are where a text follows a text.

    Args:
        raw: The file, as it is: YAML or JSON that :func:`greenalgo.sources.parse` accepts.
        name: Its name, which chooses the reader.
        changes: What to replace; every path is one of the file as it is.

    Returns:
        The new file; None where it cannot be written like this (a block text, a file that would
        grow over the limit, a change that would touch something else).
    """
    try:
        root = tree(raw, name)
        wanted = changed(root.value, changes)
        text = decode(raw)
        edits = [(*_span(root, change), change.new) for change in changes]
    except (ReadError, LookupError):
        return None
    as_json = is_json(text, name)
    # From the end, so that offsets stay true.
    for start, end, new in sorted(edits, reverse=True):
        written = _written(text[start:end], new, as_json=as_json)
        if written is None:
            return None
        text = text[:start] + written + text[end:]
    draft = encoded(text, raw)
    return draft if len(draft) <= LIMIT and _reads_as(draft, name, wanted) else None


def _span(root: Node, change: Change) -> tuple[int, int]:
    """Return where a scalar begins and ends.

    Raises:
        LookupError: It is not there.
    """
    node = key = root
    for step in change.path:
        if isinstance(step, str) and isinstance(node.children, dict) and node.keys is not None:
            node, key = node.children[step], node.keys[step]
        elif isinstance(step, int) and isinstance(node.children, list):
            node = node.children[step]
        else:
            raise LookupError(step)
    place = key if change.key else node
    return place.start, place.end


def _written(old: str, new: str | float, *, as_json: bool) -> str | None:
    """Return how a scalar is written in the place of another one."""
    if not old or old[0] in "|>[{":
        return None
    if not isinstance(new, str) or as_json or old[0] == '"':
        return json.dumps(new, ensure_ascii=False, allow_nan=False)
    if old[0] == "'":
        return "'" + new.replace("'", "''") + "'"
    return new if _PLAIN.fullmatch(new) else json.dumps(new, ensure_ascii=False)


def _reads_as(raw: bytes, name: str, wanted: Any) -> bool:
    """Say whether a text reads as these values; ``dumps`` tells 1, 1.0 and true apart."""
    try:
        return json.dumps(tree(raw, name).value) == json.dumps(wanted)
    except ReadError:
        return False
