"""Statements among the files of a directory."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from greenalgo.sources.document import Document
from greenalgo.sources.fast import parse_fast
from greenalgo.sources.strict import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Endings of files that hold one statement.
SUFFIXES = (".yaml", ".yml", ".json")
#: Directories that hold other people's files; hidden ones are passed over as well.
_FOREIGN = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
#: How a statement looks that cannot be read: the key begins a line, or follows the first brace.
_MARK = re.compile(rb"""^(?:\s*\{)?\s*["']?spec_version["']?\s*:""", re.MULTILINE)


def files_below(
    directory: str,
    suffixes: tuple[str, ...] = SUFFIXES,
    closed: Callable[[OSError], None] | None = None,
) -> Iterator[str]:
    """Yield every file below a directory that may hold statements, sorted.

    Links to directories are not followed.

    Args:
        directory: Where to look.
        suffixes: Endings of the files' names, lower case.
        closed: Is told of a directory that cannot be listed, which is passed over.

    Raises:
        OSError: A directory cannot be listed, and nobody wants to be told.
    """
    for folder, folders, names in os.walk(directory, onerror=closed or _raise):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _FOREIGN)
        for name in sorted(names):
            if name.lower().endswith(suffixes) and not name.startswith("."):
                yield os.path.join(folder, name)


def is_statement(data: dict[str, Any]) -> bool:
    """Say whether a document is a statement, or is meant to be one.

    A statement has ``spec_version`` at its top level, or ``subject`` and ``runs`` (then the version
    is missing or misspelt, and a finding will say so).
    """
    return "spec_version" in data or ("subject" in data and "runs" in data)


def is_statement_text(raw: bytes, name: str) -> bool:
    """Say whether a text that may be broken is a statement, or is meant to be one."""
    data = parse_fast(raw, name)
    if data is None:
        document = parse(raw, name)
        if not isinstance(document, Document):
            return _MARK.search(raw) is not None
        data = document.data
    return is_statement(data)


def _raise(error: OSError) -> None:
    raise error
