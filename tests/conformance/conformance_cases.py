"""The conformance suite, read from the released schema folder: a file or a folder is a case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

EXAMPLES = Path(__file__).parents[2] / "schema" / "statement" / "1.0" / "examples"


class Failing(NamedTuple):
    """A statement that must be found wrong.

    Attributes:
        path: The statement.
        expected: (code, pointer) of each finding that it must raise, sorted.
    """

    path: Path
    expected: list[tuple[str, str]]

    @property
    def structural(self) -> bool:
        """The case is decided before any rule is asked."""
        return all(code[:3] in ("GA0", "GA1", "GA9") for code, _pointer in self.expected)


def passing() -> list[Path]:
    """Return every statement that must be valid."""
    return sorted(EXAMPLES.glob("pass/*"))


def failing() -> list[Failing]:
    """Return every statement that must raise what its `expected.json` says."""
    cases = []
    for folder in sorted(EXAMPLES.glob("fail/*")):
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        pairs = sorted(zip(expected["codes"], expected["pointers"], strict=True))
        (statement,) = folder.glob("footprint.*")
        cases.append(Failing(statement, pairs))
    return cases
