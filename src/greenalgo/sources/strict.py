"""The reader that explains: one document, or one finding that says why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.sources.document import Document, ReadError
from greenalgo.sources.text import decode, is_json

if TYPE_CHECKING:
    from greenalgo.findings import Finding
    from greenalgo.sources.tree import Node


def parse(raw: bytes, name: str) -> Document | Finding:
    """Read a statement's text strictly.

    JSON where the name ends in ``.json`` or the first character is ``{`` or ``[``; else YAML 1.2
    (core schema) without anchors, tags, merge keys, directives and several documents.

    Args:
        raw: The whole file: UTF-8, 256 KiB at most.
        name: The file's name, for findings (``-`` for standard input).

    Returns:
        The document, whose top level is a mapping of text keys to plain JSON values; or the first
        reason why it cannot be read, with line and column.
    """
    try:
        return Document(name, tree(raw, name).value, raw)
    except ReadError as error:
        return error.finding._replace(file=name)


def tree(raw: bytes, name: str) -> Node:
    """Return the values with their positions.

    Args:
        raw: The whole file.
        name: The file's name.

    Raises:
        ReadError: It cannot be read.
    """
    text = decode(raw)
    # Each reader is imported where it is needed: PyYAML alone costs 17 ms, and a valid file on the
    # accept path (fast.py) needs neither of them.
    if is_json(text, name):
        from greenalgo.sources import json_reader

        return json_reader.compose(text)
    from greenalgo.sources import yaml_reader

    return yaml_reader.compose(text)
