"""Find the statements below a directory."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from greenalgo.findings import Finding, Report, Severity
from greenalgo.sources import Document, parse, parse_fast
from greenalgo.sources.codes import NOT_A_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".yaml", ".yml", ".json", ".ndjson")
#: Directories that hold other people's files; hidden ones are passed over as well.
_FOREIGN = frozenset(("node_modules", "__pycache__", "venv", "site-packages"))
#: How a statement looks that cannot be read: the key begins a line, or follows the first brace.
_MARK = re.compile(rb"""^(?:\s*\{)?\s*["']?spec_version["']?\s*:""", re.MULTILINE)


def files_below(directory: str) -> Iterator[str]:
    """Yield every file below a directory that may hold statements, sorted.

    Links to directories are not followed.

    Args:
        directory: Where to look.

    Raises:
        OSError: A directory cannot be listed.
    """
    for folder, folders, names in os.walk(directory, onerror=_raise):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _FOREIGN)
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
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


def nothing_in(directory: str, others: int) -> Report:
    """Return the report on a directory without statements: nothing was checked."""
    files = f"{others} YAML or JSON files" if others != 1 else "1 YAML or JSON file"
    return Report(
        directory,
        (
            Finding(
                NOT_A_FILE,
                Severity.ERROR,
                "this directory holds no statement",
                expected="a YAML or JSON file with spec_version",
                found=f"{files} without it" if others else "no YAML or JSON file",
                hint="greenalgo init writes one",
                file=directory,
            ),
        ),
        unreadable=True,
    )


def _raise(error: OSError) -> None:
    raise error
