"""Files that are whole or not there, and the statements among the files of a directory."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from greenalgo.findings import Finding
from greenalgo.sources import read_bytes
from greenalgo.sources.discover import files_below, is_statement_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def place(path: str, content: bytes, temporary: str) -> None:
    """Write a file so that it is whole and durable, or not there.

    Args:
        path: Where it goes; a file that is there already stays as it is.
        content: Its bytes.
        temporary: A directory on the same disk for the bytes on their way.

    Raises:
        OSError: It cannot be written. ``filename`` is set, also where the disk is full.
    """
    if os.path.exists(path):
        return
    folder = os.path.dirname(path)
    new = not os.path.isdir(folder)
    os.makedirs(folder, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=temporary)
    try:
        with _naming(path), open(handle, "wb") as file:
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
        with _naming(folder):
            os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Say where what failed was to be written: the system does not, where an open file is concerned."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or path
        raise


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


#: How old a change has to be, in seconds, so that a later one surely has another time (FAT counts in twos).
SETTLED = 2.5


def mark_of(path: str) -> str:
    """Return what is another text once a file was changed, without reading it.

    The times are those of content and inode: tools that keep the first, as ``cp -p`` and ``rsync -t`` do,
    cannot keep the second.

    Returns:
        The mark; empty where it proves nothing, as the file was changed just now, or is not there.
    """
    try:
        found = os.stat(path)
    except OSError:
        return ""
    latest = max(found.st_mtime_ns, found.st_ctime_ns)
    if time.time_ns() - latest < SETTLED * 1e9:
        return ""
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def statement_files(folder: str) -> Iterator[tuple[str, bytes]]:
    """Go through the statements in a directory and below, by path.

    Yields:
        The path, and the bytes; a file that cannot be read, or is too large, gives none.
    """
    for path in files_below(folder):
        raw = read_bytes(path)
        if isinstance(raw, Finding):
            yield path, b""
        elif is_statement_text(raw, path):
            yield path, raw
