"""Bring an author's file to other values and leave the rest of its bytes alone, comments included.

For small changes: scalars that are replaced, keys that are added to a mapping, items that are added to
the end of a list. What is larger is written anew, one top-level key at a time (``splice``). The new
text is read again before it is returned, so that it says what was asked for, and nothing else.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.errors import GreenalgoError, InvalidStatementError
from greenalgo.sources.document import ReadError
from greenalgo.sources.dump import to_yaml
from greenalgo.sources.splice import replace_top_level
from greenalgo.sources.strict import tree
from greenalgo.sources.text import decode
from greenalgo.sources.writing import LINE_END, as_json, encoded, newline_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.sources.tree import Node

_DASH = re.compile(r" *- +")


class _Edit(NamedTuple):
    """A piece of the text and what comes in its place."""

    start: int
    end: int
    text: str


class _TooLargeError(Exception):
    """The change is no small one: its top-level key is written anew."""


def amend(raw: bytes, name: str, wanted: dict[str, Any]) -> bytes:
    """Return a file that reads as other values.

    Args:
        raw: The file, as it is: YAML or JSON that :func:`greenalgo.sources.parse` accepts.
        name: Its name, which chooses the reader.
        wanted: What the new file must say. The order of keys is the file's; new ones come last.

    Returns:
        The new file; the same bytes where nothing differs.

    Raises:
        InvalidStatementError: The file cannot be read.
        GreenalgoError: The file is written so that the change would change other values.
        ValueError: A value of ``wanted`` cannot stand in a statement.
    """
    for key in _differing(raw, name, wanted):
        raw = _amend_key(raw, name, key, wanted)
    if _differing(raw, name, wanted):
        raise GreenalgoError("this file is written so that it cannot be changed in place")
    return raw


def _differing(raw: bytes, name: str, wanted: dict[str, Any]) -> list[str]:
    """Return the top-level keys whose values differ between a file and what it must say."""
    try:
        data = tree(raw, name).value
    except ReadError as error:
        raise InvalidStatementError([error.finding]) from error
    every = [*data, *(key for key in wanted if key not in data)]
    return [key for key in every if not _same(data, wanted, key)]


def _same(left: dict[str, Any], right: dict[str, Any], key: str) -> bool:
    return key in left and key in right and _form(left[key]) == _form(right[key])


def _form(value: Any) -> str:
    """Return a value as text that tells 1, 1.0 and true apart, and the order of keys not."""
    return json.dumps(value, sort_keys=True)


def _amend_key(raw: bytes, name: str, key: str, wanted: dict[str, Any]) -> bytes:
    """Change one top-level key: by small edits where these do, else as a whole."""
    root = tree(raw, name)
    if key in wanted and key in root.value and isinstance(root.children, dict):
        text = decode(raw)
        try:
            edits = list(_edits(text, root.children[key], wanted[key]))
        except _TooLargeError:
            edits = []
        # From the end, so that offsets stay true; at one place, what lies deeper comes first.
        edits.sort(key=lambda edit: edit.start)
        for edit in reversed(edits):
            text = text[: edit.start] + edit.text + text[edit.end :]
        draft = encoded(text, raw)
        if edits and _reads_as(draft, name, {**root.value, key: wanted[key]}):
            return draft
    block = to_yaml({key: wanted[key]}) if key in wanted else None
    return replace_top_level(raw, key, block)


def _reads_as(raw: bytes, name: str, wanted: dict[str, Any]) -> bool:
    try:
        return _form(tree(raw, name).value) == _form(wanted)
    except ReadError:
        return False


def _edits(text: str, node: Node, wanted: Any) -> Iterator[_Edit]:
    """Yield the edits that bring a value to another one.

    Raises:
        _TooLargeError: The kind of value changes, or something goes.
    """
    have = node.value
    if _form(have) == _form(wanted):
        return
    if isinstance(have, dict) and isinstance(wanted, dict):
        yield from _mapping_edits(text, node, wanted)
    elif isinstance(have, list) and isinstance(wanted, list):
        yield from _list_edits(text, node, wanted)
    elif isinstance(have, (dict, list)) or isinstance(wanted, (dict, list)):
        raise _TooLargeError
    elif text[node.start : node.start + 1] in ("|", ">") or node.start == node.end:
        raise _TooLargeError  # a literal text, or nothing at all
    else:
        yield _Edit(node.start, node.end, as_json(wanted))


def _mapping_edits(text: str, node: Node, wanted: dict[str, Any]) -> Iterator[_Edit]:
    if not isinstance(node.children, dict) or node.value.keys() - wanted.keys() or not node.keys:
        raise _TooLargeError
    for key, child in node.children.items():
        yield from _edits(text, child, wanted[key])
    new = {key: value for key, value in wanted.items() if key not in node.value}
    if not new:
        return
    last = list(node.children.values())[-1]
    if node.flow:
        members = ", ".join(f"{as_json(key)}: {as_json(value)}" for key, value in new.items())
        yield _Edit(last.end, last.end, f", {members}")
    else:
        indent = " " * (next(iter(node.keys.values())).column - 1)
        yield _after(text, last, [indent + line for line in to_yaml(new).splitlines()])


def _list_edits(text: str, node: Node, wanted: list[Any]) -> Iterator[_Edit]:
    if not isinstance(node.children, list) or not 0 < len(node.children) <= len(wanted):
        raise _TooLargeError
    for child, item in zip(node.children, wanted, strict=False):
        yield from _edits(text, child, item)
    new = wanted[len(node.children) :]
    if not new:
        return
    last = node.children[-1]
    if node.flow:
        items = "".join(f", {as_json(item)}" for item in new)
        yield _Edit(last.end, last.end, items)
        return
    lead = text[: last.start].rpartition("\n")[2].rpartition("\r")[2]
    if not _DASH.fullmatch(lead):
        raise _TooLargeError
    indent = lead[: lead.index("-")]
    yield _after(text, last, [indent + line for line in to_yaml(new).splitlines()])


def _after(text: str, node: Node, rows: list[str]) -> _Edit:
    """Return the edit that puts rows on the lines after a value's last one."""
    newline = newline_of(text)
    if text[: node.end].endswith(("\r", "\n")):  # a literal text ends after its line end
        return _Edit(node.end, node.end, "".join(row + newline for row in rows))
    line_end = LINE_END.search(text, node.end)
    at = line_end.start() if line_end else len(text)
    return _Edit(at, at, "".join(newline + row for row in rows))
