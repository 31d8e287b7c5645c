"""Edit one top-level key of an author's file and leave every other byte alone.

The new text is read again before it is returned: an edit that would change anything but the key is
tried in another place, and refused where there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from greenalgo.errors import GreenalgoError, InvalidStatementError
from greenalgo.sources.document import ReadError
from greenalgo.sources.strict import tree
from greenalgo.sources.text import decode
from greenalgo.sources.writing import LINE_END, as_json, encoded, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.sources.tree import Node

_DOCUMENT_END = re.compile(r"(?:(?<=[\r\n])|^)\.\.\.(?=\s|$)")


def replace_top_level(raw: bytes, key: str, yaml_block: str | None) -> bytes:
    """Return a file with one top-level key replaced, appended or removed.

    Comments, order, line ends, a byte order mark, a missing final line end and what follows the
    document stay as they are. Only what stands on the lines of the old entry goes. A file in JSON or
    in flow style gets the value as JSON, indented as its other members are.

    Args:
        raw: The file, as it is: YAML or JSON that :func:`greenalgo.sources.parse` accepts.
        key: The key at the top level.
        yaml_block: The whole entry as YAML, ``key: ...`` (:func:`greenalgo.sources.dump.to_yaml` of
            a mapping with this one key); None removes the key.

    Returns:
        The new file; the same bytes where there is nothing to remove.

    Raises:
        InvalidStatementError: The file, or the new entry, cannot be read.
        GreenalgoError: The file is written so that the edit would change other values.
        ValueError: The block is not an entry of this key.
    """
    try:
        root = tree(raw, "")
        value: Any = None if yaml_block is None else tree(yaml_block.encode("utf-8"), "").value
    except ReadError as error:
        raise InvalidStatementError([error.finding]) from error
    if yaml_block is not None and list(value) != [key]:
        raise ValueError(f"the block is not an entry of the key '{key}'")
    if yaml_block is None and key not in root.value:
        return raw
    text = decode(raw)
    wanted = {name: item for name, item in root.value.items() if name != key}
    if value is not None:
        wanted[key] = value[key]
    drafts = _flow(text, root, key, value) if root.flow else _block(text, root, key, yaml_block)
    for draft in drafts:
        edited = encoded(draft, raw)
        if _holds(edited, wanted):
            return edited
    raise GreenalgoError(
        f"'{key}' cannot be written into this file without changing other values; "
        "write the filled statement to a new file (-o)"
    )


def _holds(raw: bytes, wanted: dict[str, Any]) -> bool:
    """Say whether a text reads as these values; ``repr`` tells 1, 1.0 and true apart."""
    try:
        data = tree(raw, "").value
    except ReadError:
        return False
    return data.keys() == wanted.keys() and all(
        repr(data[key]) == repr(wanted[key]) for key in wanted
    )


def _block(text: str, root: Node, key: str, block: str | None) -> Iterator[str]:
    """Yield new texts of a file in block style, the most careful edit first."""
    assert root.keys is not None  # noqa: S101 - the strict reader returns mappings only
    newline = newline_of(text)
    entry = "" if block is None else _entry(block, " " * (root.column - 1), newline)
    if key in root.keys:
        start = _line_start(root.keys[key])
        if not entry and len(root.keys) == 1:
            entry = "{}" + newline
        for stop in _stops(text, root, key):
            yield _put(text, start, stop, entry)
        return
    end = _DOCUMENT_END.search(text, root.end)
    at = end.start() if end else len(text)
    if at and not text[:at].endswith(("\r", "\n")):
        yield text[:at] + newline + _chomp(entry)
    else:
        yield text[:at] + entry + text[at:]
    # A literal text at the end of the file can feel a line end after it: go above its key.
    last = _line_start(list(root.keys.values())[-1])
    yield text[:last] + entry + text[last:]


def _entry(block: str, indent: str, newline: str) -> str:
    lines = block.rstrip("\n").split("\n")
    return "".join((indent + line if line else line) + newline for line in lines)


def _stops(text: str, root: Node, key: str) -> Iterator[int]:
    """Yield offsets where an entry can end: after its last line, or before the next key."""
    assert root.keys is not None  # noqa: S101
    assert isinstance(root.children, dict)  # noqa: S101
    name, child = root.keys[key], root.children[key]
    end = child.end if child.end > child.start else name.end
    if text[:end].endswith(("\r", "\n")):  # a literal text takes the empty lines after it
        bare = text[:end].rstrip(" \r\n")
        line_end = LINE_END.search(text, len(bare))
        yield line_end.end() if line_end else len(text)
        yield end
    else:
        line_end = LINE_END.search(text, end)
        yield line_end.end() if line_end else len(text)
    later = [_line_start(node) for node in root.keys.values() if node.start > name.start]
    yield min(later, default=len(text))


def _put(text: str, start: int, stop: int, entry: str) -> str:
    """Replace a range of whole lines; a file without a final line end stays so."""
    before, after = text[:start], text[stop:]
    if after or text.endswith(("\r", "\n")):
        return before + entry + after
    return _chomp(before + entry)


def _chomp(text: str) -> str:
    """Return a text without its last line end."""
    return text.removesuffix("\n").removesuffix("\r")


def _line_start(node: Node) -> int:
    return node.start - (node.column - 1)


def _flow(text: str, root: Node, key: str, value: dict[str, Any] | None) -> Iterator[str]:
    """Yield new texts of a file whose top level stands in braces."""
    assert root.keys is not None  # noqa: S101
    assert isinstance(root.children, dict)  # noqa: S101
    names = list(root.keys)
    spans = [(root.keys[name].start, root.children[name].end) for name in names]
    unit, newline = _indentation(text, root)
    if value is None:
        at = names.index(key)
        if at + 1 < len(names):
            yield text[: spans[at][0]] + text[spans[at + 1][0] :]
        elif at:
            yield text[: spans[at - 1][1]] + text[spans[at][1] :]
        else:
            yield text[: spans[at][0]] + text[spans[at][1] :]
    else:
        new = _json(value[key], unit, newline)
        member = f"{_json(key, None, newline)}: {new}"
        if key in names:
            old = root.children[key]
            yield text[: old.start] + new + text[old.end :]
        elif names:
            gap = ", " if unit is None else f",{newline}{unit}"
            yield text[: spans[-1][1]] + gap + member + text[spans[-1][1] :]
        else:
            yield text[: root.start + 1] + member + text[root.end - 1 :]
    wanted = {name: item for name, item in root.value.items() if name != key}
    whole = _json(wanted if value is None else {**wanted, **value}, unit, newline, nested=False)
    yield text[: root.start] + whole + text[root.end :]


def _indentation(text: str, root: Node) -> tuple[str | None, str]:
    """Return what stands before the first member on its line (None: one line), and the line end."""
    newline = newline_of(text)
    first = next(iter(root.keys.values()), None) if root.keys else None
    if first is None or first.line == root.line:
        return None, newline
    lead = text[_line_start(first) : first.start]
    return (lead if not lead.strip() else "  "), newline


def _json(value: Any, unit: str | None, newline: str, *, nested: bool = True) -> str:
    """Return a value as JSON whose lines begin as those of a member do."""
    return as_json(value, unit).replace("\n", newline + (unit or "") if nested else newline)
