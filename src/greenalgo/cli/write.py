"""Write a file whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from greenalgo.cli.output import emit_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable


def write_atomic(path: str, content: bytes) -> None:
    """Replace a file's content, or create it: a reader sees the old bytes or the new ones.

    The new file is written beside the old one and renamed. Permissions are kept; a symbolic link
    stays one, its target is replaced. A file that may not be written is left alone.

    Args:
        path: The file.
        content: Its new bytes.

    Raises:
        OSError: It cannot be written; the old file is untouched. ``filename`` is the path as given.
    """
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            _write_through(path, content)
            return
        target = os.path.realpath(path)
        if os.path.exists(target) and not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, "it is write-protected")
        mode = _mode(target)
        handle, temporary = tempfile.mkstemp(
            prefix=f".{os.path.basename(target)[:80]}.", dir=os.path.dirname(target)
        )
        try:
            with open(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode)
            os.replace(temporary, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise


def deliver(content: bytes, output: str | None) -> None:
    """Write to a file; to standard output where none is named, or ``-``.

    Raises:
        OSError: As :func:`write_atomic`.
        SystemExit: As :func:`greenalgo.cli.output.emit_bytes`.
    """
    if output in (None, "-"):
        emit_bytes(content)
    else:
        write_atomic(str(output), content)


def keep_what_is_there(output: str | None, *, force: bool) -> None:
    """Refuse to write over something, unless it is asked for.

    Raises:
        UsageError: There is something of that name.
    """
    if output not in (None, "-") and os.path.lexists(str(output)) and not force:
        raise click.UsageError(f"{output} is there already; --force overwrites it")


def keep_apart(files: Iterable[str], output: str | None, beside: str | None = None) -> None:
    """Refuse to write over what is read, or two things to one place; no --force helps.

    Args:
        files: What is read.
        output: Where the result goes; standard output where none is named, or ``-``.
        beside: Where a report or a figure goes; nowhere if None.

    Raises:
        UsageError: Two of them are the same.
    """
    targets = [output or "-", *([beside] if beside else [])]
    if targets == ["-", "-"]:
        raise click.UsageError(
            "what is written and the report cannot both go to standard output: give -o OUT"
        )
    if beside and _same(*targets):
        raise click.UsageError(f"{beside} cannot hold both: give two names")
    for target in targets:
        for file in files:
            if _same(file, target):
                raise click.UsageError(f"{target} is what is read: writing would destroy it")


def _same(one: str, other: str) -> bool:
    return "-" not in (one, other) and os.path.realpath(one) == os.path.realpath(other)


def _write_through(path: str, content: bytes) -> None:
    """Write to what is no regular file (a pipe, /dev/stdout): it cannot be replaced."""
    with open(path, "wb") as file:
        file.write(content)


def _mode(target: str) -> int:
    """Return the permissions of a file, or those that a new one gets."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
