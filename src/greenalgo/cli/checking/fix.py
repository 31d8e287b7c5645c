"""``validate --fix``: put right what is certain, in the author's own bytes, and show the difference."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.cli.report.style import safe
from greenalgo.cli.write import write_atomic
from greenalgo.findings import Finding
from greenalgo.schemas.versions import accept, version_of
from greenalgo.sources import Document, parse, parse_fast, read_bytes
from greenalgo.sources.respell import respell
from greenalgo.validate.fixes import Fix, fixes
from greenalgo.validate.unit_fixes import unit_fix

if TYPE_CHECKING:
    from collections.abc import Callable

#: A key that is right now shows what is wrong below it: so many times at most.
ROUNDS = 40


class Fixed(NamedTuple):
    """A file before and after.

    Attributes:
        path: Its path.
        old: Its bytes as they were.
        new: Its bytes with everything that could be put right; the old ones where nothing could.
        fixes: What was put right.
    """

    path: str
    old: bytes
    new: bytes
    fixes: tuple[Fix, ...] = ()


def fix_file(
    path: str, *, units: bool, write: bool, wanted: Callable[[bytes, str], bool] | None = None
) -> Fixed:
    """Put a file right.

    Args:
        path: The file.
        units: The author confirms units.
        write: Write the file; else only say what would change.
        wanted: Says of a text and its name whether it is to be touched at all.

    Returns:
        What changed; nothing where the file cannot be read, which the check says in words.

    Raises:
        OSError: It cannot be written; the file is as it was.
    """
    raw = read_bytes(path)
    if isinstance(raw, Finding) or (wanted is not None and not wanted(raw, path)):
        return Fixed(path, b"", b"")
    fixed = fix_bytes(raw, path, units=units)
    if write and fixed.new != raw:
        write_atomic(path, fixed.new)
    return fixed


def fix_bytes(raw: bytes, name: str, *, units: bool = False) -> Fixed:
    """Put the text of a statement right; nothing is written.

    Args:
        raw: The file's bytes.
        name: Its name, which chooses the reader.
        units: The author confirms units.
    """
    new = raw
    made: list[Fix] = []
    refused: set[Fix] = set()
    for _ in range(ROUNDS):
        wanted = [one for one in _wanted(new, name, units=units) if one not in refused]
        if not wanted:
            break
        draft = respell(new, name, [change for one in wanted for change in one.changes])
        if draft is None and len(wanted) > 1:
            # One of them cannot be written like this; the first goes alone, then the others.
            wanted = wanted[:1]
            draft = respell(new, name, wanted[0].changes)
        if draft is None:
            refused.update(wanted)
        else:
            new, made = draft, made + wanted
    return Fixed(name, raw, new, tuple(made))


def _wanted(raw: bytes, name: str, *, units: bool) -> list[Fix]:
    data = parse_fast(raw, name)
    if data is None:
        document = parse(raw, name)
        if not isinstance(document, Document):
            return []
        data = document.data
    if not accept(data, version_of(data)):
        return fixes(data, units=units)
    found = unit_fix(data) if units else None
    return [] if found is None else [found]


def diff(fixed: Fixed) -> str:
    """Return a unified diff, as ``patch -p0`` takes it; empty where nothing changed."""
    if fixed.old == fixed.new:
        return ""
    before, after = (_lines(raw) for raw in (fixed.old, fixed.new))
    name = safe(fixed.path)
    name += "\t" * (" " in name)  # else patch(1) takes it to end at the space
    text = ""
    for line in difflib.unified_diff(before, after, name, name):
        text += line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
    return text


def _lines(raw: bytes) -> list[str]:
    rows = raw.decode("utf-8").split("\n")
    return [row + "\n" for row in rows[:-1]] + ([rows[-1]] if rows[-1] else [])


def told(fixed: Fixed, *, written: bool) -> str:
    """Return a line that says what was put right."""
    verb = "fixed" if written else "can be fixed"
    words = ", ".join(f"{safe(fix.words)} ({fix.code})" for fix in fixed.fixes)
    return f"{safe(fixed.path)}: {verb}: {words}\n"
