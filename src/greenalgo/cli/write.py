"""Write files whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from greenalgo.cli.output import emit_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: More bytes than a receipt has.
_MUCH = 65536


def write_atomic(path: str, content: bytes) -> None:
    """Replace a file's content, or create it; see :func:`deliver_all`.

    Args:
        path: The file.
        content: Its new bytes.

    Raises:
        OSError: It cannot be written; the old file is untouched. ``filename`` is the path as given.
    """
    deliver_all([(content, path)])


def deliver(content: bytes, output: str | None) -> None:
    """Write to a file; to standard output where none is named, or ``-``; see :func:`deliver_all`."""
    deliver_all([(content, output)])


def deliver_all(contents: Iterable[tuple[bytes, str | None]]) -> None:
    """Write to files, all of them or none; to standard output where none is named, or ``-``.

    A reader sees the old bytes of a file or the new ones. New files are written beside the old ones, and renamed when
    all of them are whole. Permissions are kept; a symbolic link stays one, its target is replaced. A file that may not
    be written is left alone. What is no regular file (a pipe, ``/dev/stdout``) is written through, before the renaming.

    Args:
        contents: Bytes, and where they go.

    Raises:
        UsageError: A name is empty.
        OSError: One of them cannot be written; the old files are untouched. ``filename`` is the path as given.
        SystemExit: As :func:`greenalgo.cli.output.emit_bytes`.
    """
    staged: list[tuple[str, str, str]] = []
    through: list[tuple[str | None, bytes]] = []
    try:
        for content, path in contents:
            _check_name(path)
            if path is None or path == "-" or is_no_file(path):
                through.append((path, content))
            else:
                with _named(path):
                    target = os.path.realpath(path)
                    staged.append((path, target, _beside(target, content)))
        for path, content in through:
            if path is None or path == "-":
                emit_bytes(content)
            else:
                with _named(path), open(path, "wb") as file:
                    file.write(content)
        while staged:
            path, target, temporary = staged[0]
            with _named(path):
                os.replace(temporary, target)
            del staged[0]
    finally:
        for *_, temporary in staged:
            with suppress(OSError):
                os.unlink(temporary)


def _beside(target: str, content: bytes) -> str:
    """Write the new content of a file beside it, with its permissions; return the name."""
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
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    return temporary


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Give an error the path as the user gave it."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = path, None
        raise


def _check_name(path: str | None) -> None:
    if path == "":
        raise click.UsageError(
            "the name of a file to write is empty: is a variable of the script not set?"
        )


def check_writable(path: str) -> None:
    """Find out whether a file can be written, before something is done that cannot be taken back.

    Raises:
        UsageError: The name is empty.
        OSError: It cannot be written. ``filename`` is the path as given.
    """
    _check_name(path)
    with _named(path):
        if os.path.isdir(path):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if path == "-" or is_no_file(path):
            return  # it is written through
        # A disk that is full may still have room for an empty file.
        os.unlink(_beside(os.path.realpath(path), bytes(_MUCH)))


def is_no_file(path: str) -> bool:
    """Say whether there is something of this name that is no regular file: a pipe, a device, a directory."""
    return os.path.exists(path) and not os.path.isfile(path)


def keep_what_is_there(output: str | None, *, force: bool) -> None:
    """Refuse to write over something, unless it is asked for.

    Raises:
        UsageError: There is something of that name.
    """
    if output not in (None, "-") and os.path.lexists(str(output)) and not force:
        raise click.UsageError(f"{output} is there already; --force overwrites it")


def keep_apart(files: Iterable[str | None], output: str | None, beside: str | None = None) -> None:
    """Refuse to write over what is read, or two things to one place; no --force helps.

    Args:
        files: What is read; None where an option names no file.
        output: Where the result goes; standard output where none is named, or ``-``.
        beside: Where a report or a figure goes; nowhere if None.

    Raises:
        UsageError: Two of them are the same, or a name is empty.
    """
    _check_name(output)
    _check_name(beside)
    targets = [output or "-", *([beside] if beside else [])]
    if targets == ["-", "-"]:
        raise click.UsageError(
            "what is written and the report cannot both go to standard output: give -o OUT"
        )
    if beside and _same(*targets):
        raise click.UsageError(f"{beside} cannot hold both: give two names")
    for target in targets:
        for file in files:
            if file and _same(file, target):
                raise click.UsageError(f"{target} is what is read: writing would destroy it")


def _same(one: str, other: str) -> bool:
    return "-" not in (one, other) and os.path.realpath(one) == os.path.realpath(other)


def _mode(target: str) -> int:
    """Return the permissions of a file, or those that a new one gets."""
    with suppress(FileNotFoundError):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
