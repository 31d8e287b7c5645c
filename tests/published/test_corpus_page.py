"""The page on the corpus prints what its command prints."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "corpus.md").read_text("utf-8")


def test_the_tables_are_those_of_the_command() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "corpus_verdicts.py")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed in PAGE


@pytest.mark.slow
def test_the_kinds_are_those_of_the_command(tmp_path: Path) -> None:
    figure = tmp_path / "kinds.svg"
    command = [sys.executable, str(ROOT / "scripts" / "corpus_kinds.py"), "--figure", str(figure)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert printed in PAGE, "run scripts/corpus_kinds.py"
    numbers = re.compile(r"<text[^>]*>([^<]+)</text>|<!-- (.+?) -->")
    shown = ROOT / "docs" / "images" / "corpus-kinds.svg"
    assert numbers.findall(figure.read_text("utf-8")) == numbers.findall(shown.read_text("utf-8"))


@pytest.mark.slow
def test_the_kill_rate_is_that_of_the_command() -> None:
    command = [
        sys.executable,
        str(ROOT / "scripts" / "mutation_rate.py"),
        str(ROOT / "registry/statements"),
    ]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    summary = printed.partition("\n\n")[0]
    assert summary in PAGE
    needed = summary.splitlines()[2]
    assert float(needed.rstrip(" %|").rpartition("| ")[2]) >= 95  # what level L1 needs


def test_the_counts_in_the_text_are_right() -> None:
    with (ROOT / "tests/published/expectations.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    objected = {
        status: len({line["statement"] for line in lines if matches(line, status)})
        for status in ("consistent", "not recomputable")
    }
    assert objected == {"consistent": 2, "not recomputable": 8}


def matches(line: dict[str, str], status: str) -> bool:
    return line["code"].startswith("GA2") and line["check_status"].startswith(status)
