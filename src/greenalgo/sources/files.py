"""From a path to bytes, without waiting for pipes and without reading more than the limit."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from greenalgo.sources import codes
from greenalgo.sources.document import LIMIT, ReadError
from greenalgo.sources.text import check_binary, too_large

if TYPE_CHECKING:
    from greenalgo.findings import Finding

#: For reading, and byte for byte also on Windows.
_BYTES = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "a directory", "name the file in it"),
    (stat.S_ISFIFO, "a pipe", "give '-' to read standard input"),
    (stat.S_ISCHR, "a device", "name a file, or give '-' to read standard input"),
    (stat.S_ISBLK, "a device", "name a file"),
    (stat.S_ISSOCK, "a socket", "name a file"),
)


def read_bytes(path: str, limit: int = LIMIT) -> bytes | Finding:
    """Return the content of a file.

    Args:
        path: The file; ``-`` for standard input.
        limit: The most bytes that are accepted; never more than one above it is read.

    Returns:
        The bytes; or why there are none. :data:`greenalgo.sources.UNREADABLE_CODES` tells what
        could not be read (exit code 4) from what is no statement (exit code 1).
    """
    try:
        raw, size = _standard_input(limit) if path == "-" else _file(path, limit)
        if len(raw) > limit:
            check_binary(raw)  # "a PDF" tells more than "too large"
            raise too_large(size)
        check_binary(raw)
    except ReadError as error:
        return error.finding._replace(file=path)
    return raw


def _standard_input(limit: int) -> tuple[bytes, int]:
    if sys.stdin is None:
        raise _cannot_read(
            "standard input is closed", "nothing", "give a file's name instead of '-'"
        )
    try:
        return sys.stdin.buffer.read(limit + 1), 0
    except OSError as error:
        raise _cannot_read("standard input cannot be read", _reason(error), "") from error


def _file(path: str, limit: int) -> tuple[bytes, int]:
    try:
        status = os.stat(path)
        for is_kind, name, hint in () if stat.S_ISREG(status.st_mode) else _KINDS:
            if is_kind(status.st_mode):
                raise ReadError(
                    codes.NOT_A_FILE,
                    f"this is {name}, not a file",
                    line=0,
                    column=0,
                    expected="a regular file",
                    found=name,
                    hint=hint,
                )
        size = status.st_size
        # A file object costs as much as opening and reading.
        file = os.open(path, _BYTES)
        try:
            # Asked for the limit, Python would fetch and give back so much memory for every file.
            raw = os.read(file, min(size, limit) + 1)
            # Another length: it has grown, or comes in pieces, or is a kernel's file without a size.
            while len(raw) != size and (more := os.read(file, limit + 1 - len(raw))):
                raw += more
            return raw, size
        finally:
            os.close(file)
    except FileNotFoundError as error:
        if not path:
            raise _cannot_read(
                "the name of the file is empty", "no name", "is a variable of the script not set?"
            ) from error
        address = path.startswith(("http://", "https://"))
        hint = (
            "nothing is fetched from a network: download it first" if address else "check the path"
        )
        raise _cannot_read("there is no such file", "nothing", hint) from error
    except PermissionError as error:
        raise _cannot_read(
            "the file cannot be read: permission denied", "no permission", "change its permissions"
        ) from error
    except OSError as error:
        raise _cannot_read(
            f"the file cannot be read: {_reason(error)}", _reason(error), ""
        ) from error
    except ValueError as error:  # a NUL or a surrogate in the path
        raise _cannot_read(
            "this cannot be a path", "an impossible path", "check the path"
        ) from error


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _cannot_read(message: str, found: str, hint: str) -> ReadError:
    return ReadError(
        codes.CANNOT_READ,
        message,
        line=0,
        column=0,
        expected="a file that can be read",
        found=found,
        hint=hint,
    )
