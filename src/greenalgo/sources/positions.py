"""From a JSON pointer to line and column, for the findings that need one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenalgo.findings import pointer_parts
from greenalgo.sources.document import Document, ReadError
from greenalgo.sources.strict import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenalgo.findings import Finding
    from greenalgo.sources.tree import Node


def find(document: Document, pointer: str, *, at_key: bool = False) -> tuple[int, int]:
    """Return the place of a value or of a key.

    Args:
        document: A document that was read.
        pointer: JSON pointer (RFC 6901). Where its end is not in the document, the nearest parent
            that is there answers.
        at_key: Return the place of the key instead of its value's.

    Returns:
        Line and column, both from 1, columns in characters; (0, 0) where the text cannot be read.
    """
    try:
        root = tree(document.raw, document.name)
    except ReadError:
        return 0, 0
    return _find(root, pointer, at_key=at_key)


def locate(document: Document, findings: Iterable[Finding]) -> list[Finding]:
    """Fill in file, line and column of findings that have none.

    Args:
        document: The document that the findings are about.
        findings: Findings with pointers.

    Returns:
        The findings in the same order. The text is read once, and only if there is a finding.
    """
    waiting = list(findings)
    if not waiting:
        return []
    try:
        root = tree(document.raw, document.name)
    except ReadError:
        return [finding._replace(file=finding.file or document.name) for finding in waiting]
    located = []
    for finding in waiting:
        line, column = finding.line, finding.column
        if not line:
            line, column = _find(root, finding.pointer, at_key=finding.at_key)
        located.append(
            finding._replace(file=finding.file or document.name, line=line, column=column)
        )
    return located


def _find(root: Node, pointer: str, *, at_key: bool) -> tuple[int, int]:
    node, key, whole = root, root, True
    for name in pointer_parts(pointer):
        if isinstance(node.children, dict) and node.keys is not None and name in node.children:
            node, key = node.children[name], node.keys[name]
        elif isinstance(node.children, list) and _index(name) < len(node.children):
            node = key = node.children[_index(name)]
        else:
            whole = False
            break
    place = key if at_key and whole else node
    return place.line, place.column


def _index(part: str) -> int:
    """Return an array index of a pointer; one beyond every list where it is none."""
    canonical = (
        part.isascii() and part.isdigit() and (part == "0" or part[0] != "0") and len(part) < 10
    )
    return int(part) if canonical else 10**9
