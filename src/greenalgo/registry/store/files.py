"""Files that are whole or not there, and the statements among the files of a directory."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from greenalgo.findings import Finding
from greenalgo.sources import Document, parse, parse_fast, read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".yaml", ".yml", ".json")
_MARK = re.compile(rb"""^(?:\s*\{)?\s*["']?spec_version["']?\s*:""", re.MULTILINE)


def place(path: str, content: bytes, temporary: str) -> None:
    """Write a file so that it is whole and durable, or not there.

    Args:
        path: Where it goes; a file that is there already stays as it is.
        content: Its bytes.
        temporary: A directory on the same disk for the bytes on their way.

    Raises:
        OSError: It cannot be written.
    """
    if os.path.exists(path):
        return
    folder = os.path.dirname(path)
    new = not os.path.isdir(folder)
    os.makedirs(folder, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=temporary)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o644)  # what git checks out
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    sync(folder)
    if new:
        sync(os.path.dirname(folder))


def sync(folder: str) -> None:
    """Make the names in a directory durable, where the system can."""
    if sys.platform == "win32":
        return  # directories cannot be opened there; NTFS journals names by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Keep other writers of a directory waiting.

    Where the system has no ``flock``, two writers at once leave a log with two last events, as two
    branches do; the next event joins them.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl  # not on every system

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def readable_files(folder: str) -> Iterator[str]:
    """Go through the YAML and JSON files in a directory and below, by path; hidden names are passed over."""
    for below, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES) and not name.startswith("."):
                yield os.path.join(below, name)


def statement_files(folder: str) -> Iterator[tuple[str, bytes]]:
    """Go through the statements in a directory and below, by path.

    Yields:
        The path, and the bytes; a file that cannot be read, or is too large, gives none.
    """
    for path in readable_files(folder):
        raw = read_bytes(path)
        if isinstance(raw, Finding):
            yield path, b""
        elif _is_statement(raw, path):
            yield path, raw


def _is_statement(raw: bytes, path: str) -> bool:
    data = parse_fast(raw, path)
    if data is None:
        document = parse(raw, path)
        if not isinstance(document, Document):
            return _MARK.search(raw) is not None
        data = document.data
    return isinstance(data, dict) and (
        "spec_version" in data or ("subject" in data and "runs" in data)
    )
