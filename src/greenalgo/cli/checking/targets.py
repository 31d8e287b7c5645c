"""What there is to check: files, the files of directories, matches of globs, lines of NDJSON.

Only names and offsets are collected here; every file is read once, later, by whoever checks it.
"""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.cli.checking.discover import SUFFIXES
from greenalgo.findings import Finding
from greenalgo.sources import LIMIT, read_bytes
from greenalgo.sources.codes import TOO_LARGE
from greenalgo.sources.discover import files_below, is_statement_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NDJSON = ".ndjson"
#: Files or lines that are handed over together, at most.
CHUNK = 32
_BLOCK = 1 << 20
#: Enough to tell what is no text, in bytes.
_HEAD = 64


class Chunk(NamedTuple):
    """A piece of work.

    Attributes:
        paths: Files; of an NDJSON file, its one path.
        found: They were found in a directory: one that is no statement is passed over.
        offset: Where the first line begins, in bytes.
        line: The number of the first line; 0 for whole files.
        lines: How many lines there are.
    """

    paths: tuple[str, ...]
    found: bool = False
    offset: int = 0
    line: int = 0
    lines: int = 0

    def __len__(self) -> int:
        return self.lines or len(self.paths)


class Source(NamedTuple):
    """What one argument stands for, or several files in a row.

    Attributes:
        path: The argument, or the first of them.
        chunks: The work.
        must: It has to hold a statement: a directory, or NDJSON.
        skipped: Files that are certainly no statements.
        closed: Why directories below it cannot be listed.
    """

    path: str
    chunks: tuple[Chunk, ...]
    must: bool = False
    skipped: tuple[str, ...] = ()
    closed: tuple[OSError, ...] = ()

    @property
    def total(self) -> int:
        """Files and lines."""
        return sum(len(chunk) for chunk in self.chunks)


def sources(paths: Iterable[str]) -> list[Source]:
    """Say what there is to check, in order; what is named twice is checked once.

    Args:
        paths: Files, directories, globs that the shell left alone, ``-``.
    """
    seen: dict[str, None] = {}
    found: list[Source] = []
    waiting: list[str] = []

    def flush() -> None:
        if waiting:
            found.append(Source(waiting[0], tuple(_files(waiting, found=False))))
            waiting.clear()

    for path in paths:
        for name in _matches(path):
            if os.path.isdir(name):
                flush()
                found.append(_directory(name, seen))
            elif name not in seen:
                seen[name] = None
                lines = tuple(_lines(name)) if name.lower().endswith(NDJSON) else ()
                if lines or name == "-":
                    flush()
                    found.append(Source(name, lines or (Chunk((name,)),), must=bool(lines)))
                else:
                    waiting.append(name)
    flush()
    return found


def _matches(path: str) -> list[str]:
    """Expand a glob that the shell left alone; what exists is no glob."""
    if path == "-" or not glob.has_magic(path) or os.path.lexists(path):
        return [path]
    # One that matches nothing stays as it is: the check says that there is no such file.
    return sorted(glob.glob(path, recursive=True)) or [path]


def _directory(path: str, seen: dict[str, None]) -> Source:
    chunks: list[Chunk] = []
    skipped: list[str] = []
    waiting: list[str] = []
    closed: list[OSError] = []
    must = True
    for name in files_below(path, SUFFIXES, closed.append):
        if name in seen:
            must = False  # what it holds is checked elsewhere
            continue
        seen[name] = None
        if not name.lower().endswith(NDJSON):
            waiting.append(name)
        elif _holds_statements(name):
            chunks += _files(waiting, found=True)
            chunks += _lines(name)
            waiting = []
        else:
            skipped.append(name)
    chunks += _files(waiting, found=True)
    return Source(path, tuple(chunks), must and not closed, tuple(skipped), tuple(closed))


def _files(paths: list[str], *, found: bool) -> Iterator[Chunk]:
    for start in range(0, len(paths), CHUNK):
        yield Chunk(tuple(paths[start : start + CHUNK]), found)


def _holds_statements(path: str) -> bool:
    """Say whether the first line of an NDJSON file is a statement."""
    if not os.path.isfile(path):
        return False  # a pipe would wait for ever
    with open(path, "rb") as file:
        line = file.readline(LIMIT).strip()
    return is_statement_text(line.removeprefix(b"\xef\xbb\xbf"), "line.json")


def _lines(path: str) -> Iterator[Chunk]:
    """Divide an NDJSON file into runs of lines; nothing for what is no such file."""
    found = read_bytes(path, _HEAD)
    if isinstance(found, Finding) and found.code != TOO_LARGE:
        return  # the check says why it cannot be read
    with open(path, "rb") as file:
        start, line, at, lines = 0, 1, 0, 0
        while block := file.read(_BLOCK):
            here = -1
            while (here := block.find(b"\n", here + 1)) >= 0:
                lines += 1
                if lines == CHUNK:
                    yield Chunk((path,), offset=start, line=line, lines=lines)
                    start, line, lines = at + here + 1, line + lines, 0
            at += len(block)
        # A last line without an end is one all the same.
        lines += at > start and (lines == 0 or not _ends_with_line(path, at))
        if lines:
            yield Chunk((path,), offset=start, line=line, lines=lines)


def _ends_with_line(path: str, size: int) -> bool:
    with open(path, "rb") as file:
        file.seek(size - 1)
        return file.read(1) == b"\n"
