"""From bytes to lines, without keeping the file: a log may be larger than memory."""

from __future__ import annotations

import hashlib
from typing import IO, TYPE_CHECKING

from greenalgo.errors import FormatError
from greenalgo.formats import codes
from greenalgo.formats.source import refusal
from greenalgo.sources.codes import BINARY
from greenalgo.sources.document import ReadError
from greenalgo.sources.text import BOM, check_binary, show

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 18
#: A longer line is no row of a log.
_LONGEST = 1 << 20


class Lines:
    """The lines of a text.

    Args:
        stream: The text, open for reading bytes.
        name: Its name, for messages.

    Attributes:
        sha256: SHA-256 of the bytes that were read.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self._name = stream, name
        self._sha = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes that were read, 64 hexadecimal digits."""
        return self._sha.hexdigest()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that are not blank, without their ends, and their numbers from 1.

        Raises:
            FormatError: It is no text.
        """
        number, rest, first = 0, b"", True
        while chunk := self._stream.read(_CHUNK):
            self._sha.update(chunk)
            if first:
                self._check(chunk)
                chunk, first = chunk.removeprefix(BOM), False
            whole, end, new = chunk.rpartition(b"\n")
            if not end:
                rest += chunk
                if len(rest) > _LONGEST:
                    raise self._endless(number + 1, rest)
                continue
            # A name that is not UTF-8 spoils no figure.
            for line in (rest + whole).decode("utf-8", "replace").split("\n"):
                number += 1
                if line and line != "\r":
                    yield number, line.removesuffix("\r")
            rest = new
        if rest.strip():
            yield number + 1, rest.decode("utf-8", "replace").removesuffix("\r")

    def _check(self, chunk: bytes) -> None:
        try:
            check_binary(chunk)
        except ReadError as problem:
            found = problem.finding._replace(
                file=self._name,
                message=problem.finding.message.replace(", not a statement", ""),
                expected="the text that sacct writes",
                hint="unpack the log: zcat LOG.gz | greenalgo jobs -"
                if problem.finding.code == BINARY
                else "save the log as UTF-8: iconv -f UTF-16 -t UTF-8 LOG | greenalgo jobs -",
            )
            raise FormatError([found]) from problem

    def _endless(self, number: int, line: bytes) -> FormatError:
        return refusal(
            codes.HEADER, f"a line is longer than {_LONGEST} bytes", self._name, (number, 1),
            expected="a row for each job", found=show(line[:60].decode("utf-8", "replace")),
            hint="give the log as sacct wrote it",
        )  # fmt: skip
