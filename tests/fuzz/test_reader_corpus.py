"""Every seed of the fuzzer, and what it once found, through the checks that the fuzzer makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from reader_checks import check_reader

ROOT = Path(__file__).parents[2]
FOUND = sorted(path for path in (ROOT / "tests" / "fuzz" / "corpus").iterdir())
EXAMPLES = sorted(
    path for path in (ROOT / "schema" / "statement").glob("*/examples/**/*") if path.is_file()
)


def test_there_are_seeds() -> None:
    assert FOUND
    assert len(EXAMPLES) > 100


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_what_the_fuzzer_found(path: Path) -> None:
    check_reader(path.read_bytes())


def test_examples() -> None:
    for path in EXAMPLES:
        check_reader(path.read_bytes())


def test_an_example_that_ends_too_early() -> None:
    raw = next(path for path in EXAMPLES if path.name == "minimal.yaml").read_bytes()
    for end in range(len(raw)):
        check_reader(raw[:end])
        check_reader(raw[:end] + b"\n")
