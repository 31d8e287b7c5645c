"""Check one piece of work: what a worker process does, and one process alone does just so.

A report leaves here with the lines that its findings point to, and without the rest of the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from greenalgo.cli.checking.file import unread
from greenalgo.cli.output import reason_of
from greenalgo.cli.report.records import Checked
from greenalgo.findings import Finding, Severity
from greenalgo.sources import LIMIT, UNREADABLE_CODES, parse, parse_fast, read_bytes
from greenalgo.sources.codes import CANNOT_READ, NOT_UTF8
from greenalgo.sources.discover import is_statement, is_statement_text
from greenalgo.sources.text import BOM
from greenalgo.validate.engine import check_parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from greenalgo.cli.checking.targets import Chunk

_BREAK = re.compile("\r\n|\r|\n")
#: Every line of NDJSON is JSON, whatever it begins with: this name chooses the reader.
_LINE = "line.json"


class _Text(NamedTuple):
    """A statement that was read and waits to be judged.

    Attributes:
        name: Its file, with the line where the file holds many.
        raw: Its bytes.
        data: What :func:`greenalgo.sources.parse_fast` says of them.
        line: Its line in an NDJSON file; 0 for a file of its own.
    """

    name: str
    raw: bytes
    data: Any
    line: int = 0


def check_chunk(chunk: Chunk, profile: str = "") -> list[Checked | None]:
    """Check a piece of work.

    Args:
        chunk: The work.
        profile: A profile to hold statements against; empty for none.

    Returns:
        What was found, in order; None for what is no statement and need not be one.
    """
    texts = _lines(chunk) if chunk.line else _files(chunk)
    return [
        _excerpt(_answered(_judged(text), profile)) if isinstance(text, _Text) else text
        for batch in _batches(texts)
        for text in batch
    ]


def _batches(texts: Iterable[_Text | Checked | None]) -> Iterator[list[_Text | Checked | None]]:
    """Read many texts before the first is judged.

    Parser and judge each fill the processor's caches: in turns, statement by statement, they take an eighth more time.
    """
    batch: list[_Text | Checked | None] = []
    size = 0
    for text in texts:
        batch.append(text)
        size += len(text.raw) if text else 0
        if size >= LIMIT:
            yield batch
            batch, size = [], 0
    yield batch


def _files(chunk: Chunk) -> Iterator[_Text | Checked | None]:
    for path in chunk.paths:
        raw = read_bytes(path)
        if isinstance(raw, Finding):
            yield unread(raw, path) if not chunk.found or may_be_statement(raw, path) else None
            continue
        data = parse_fast(raw, path)
        if chunk.found and not (
            is_statement_text(raw, path) if data is None else is_statement(data)
        ):
            yield None
        else:
            yield _Text(path, raw, data)


def may_be_statement(unread: Finding, path: str) -> bool:
    """Say whether a file that was found and cannot be read may be one; a picture or a file of megabytes is none."""
    return unread.code == CANNOT_READ or (unread.code == NOT_UTF8 and _is_wide_statement(path))


def _is_wide_statement(path: str) -> bool:
    """Say whether a text in UTF-16 or UTF-32, which PowerShell writes, is a statement."""
    with open(path, "rb") as file:
        text = file.read(LIMIT).replace(b"\0", b"").lstrip(b"\xff\xfe")
    return is_statement_text(text, path)


def _lines(chunk: Chunk) -> Iterator[_Text | Checked | None]:
    path = chunk.paths[0]
    for number, raw in lines_of(chunk):
        name = f"{path}:{number}"
        if isinstance(raw, Finding):
            yield unread(raw, name)
        elif raw.strip():
            yield _Text(name, raw, parse_fast(raw, _LINE), number)
        else:
            yield None


def lines_of(chunk: Chunk) -> Iterator[tuple[int, bytes | Finding]]:
    """Read the lines of an NDJSON file that a piece of work stands for.

    Yields:
        The number of each and its bytes; at the end a finding, where the rest cannot be read.
    """
    path, number = chunk.paths[0], chunk.line
    try:
        with open(path, "rb") as file:
            file.seek(chunk.offset)
            for number in range(chunk.line, chunk.line + chunk.lines):
                raw = file.readline(LIMIT + 2)
                more = raw
                while more and not more.endswith(b"\n"):
                    more = file.readline(LIMIT)  # of a line over the limit the rest is passed over
                if not raw:
                    yield number, _gone("it was cut off while it was checked")
                    return
                raw = raw.rstrip(b"\r\n")
                yield number, raw.removeprefix(BOM) if number == 1 else raw
    except OSError as error:
        yield number, _gone(reason_of(error))


def _gone(why: str) -> Finding:
    """Return the finding on lines that were there when they were counted."""
    return Finding(
        CANNOT_READ,
        Severity.ERROR,
        f"from here on the file cannot be read: {why}",
        expected="the lines that were counted",
        found=why,
        hint="check it again when nothing writes to it",
    )


def _judged(text: _Text) -> Checked:
    name, raw, data, line = text
    if not line:
        return Checked(check_parsed(raw, name, data), raw)
    report = check_parsed(raw, _LINE, data)
    placed = tuple(
        found._replace(file=name.rpartition(":")[0], line=max(found.line, 1) + line - 1)
        for found in report.findings
    )
    return Checked(report._replace(file=name, findings=placed), raw, first=line)


def _answered(item: Checked, profile: str) -> Checked:
    """Hold a statement against a profile, where its shape allows it."""
    report = item.report
    shapeless = any(found.is_structural for found in report.findings)
    if not profile or report.unsupported or report.unreadable or shapeless:
        return item
    # Imported here: without a profile, and where a glance is enough, nothing is computed with records.
    from greenalgo.validate.explain import make_case
    from greenalgo.validate.profiles import check_profile

    document = parse(item.raw, _LINE if item.first > 1 else report.file)
    assert not isinstance(document, Finding)  # noqa: S101 - it was judged, so it was read
    return item._replace(profile=check_profile(make_case(document.data), profile))


def _excerpt(item: Checked) -> Checked:
    """Keep the lines that findings point to; the others become empty."""
    wanted = {found.line - item.first for found in item.report.findings if found.line}
    if not wanted or item.report.findings[0].code in UNREADABLE_CODES:
        return item._replace(raw=b"")
    rows = _BREAK.split(item.raw.removeprefix(BOM).decode("utf-8", "replace"))
    kept = (row if at in wanted else "" for at, row in enumerate(rows[: max(wanted) + 1]))
    return item._replace(raw="\n".join(kept).encode("utf-8", "replace"))
