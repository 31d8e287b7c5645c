"""Judge the corpus and compare with what its facts call for: precision and recall of the rules.

    python scripts/corpus_verdicts.py

Prints Markdown tables; the exit code is 1 where a verdict is not the expected one. The expectations
are ``tests/published/expectations.csv``. Its ``check_status`` was worked out from the papers before
any rule existed, for the rows of the table of facts, and is the independent half; for statements
without a row (no ``key``), and for the list of findings, it was written down later, each checked
against the paper. Only the arithmetic (rules GA2xx, warnings and errors) is counted: missing
inputs and doubtful practice are no question of right or wrong.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

from greenalgo import api

ROOT = Path(__file__).parents[1]
STATEMENTS = ROOT / "registry" / "statements"
EXPECTATIONS = ROOT / "tests" / "published" / "expectations.csv"
FAMILY = "GA2"
IMPUTED = " (with imputed inputs)"
STATUSES = [
    f"{word}{suffix}"
    for word in ("consistent", "close", "minor", "inconsistent")
    for suffix in ("", IMPUTED)
] + ["not recomputable"]


class Verdict(NamedTuple):
    """What is expected of one statement, and what the rules say.

    ``early``: its status was worked out before any rule existed.
    """

    statement: str
    early: bool
    status: str
    level: str
    wanted: frozenset[tuple[str, str]]
    found: frozenset[tuple[str, str]]
    right_size: int


def expectations() -> dict[str, list[dict[str, str]]]:
    """Return the lines of the expectations by statement."""
    lines: dict[str, list[dict[str, str]]] = defaultdict(list)
    with EXPECTATIONS.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            lines[line["statement"]].append(line)
    return lines


def judge(statement: str, lines: list[dict[str, str]]) -> Verdict:
    """Validate one statement and set its arithmetic findings beside the expected ones."""
    report = api.check_path(str(STATEMENTS / f"{statement}.yaml"))
    messages = {
        (found.code, found.pointer): found.message
        for found in report.findings
        if found.code.startswith(FAMILY) and found.severity > api.Severity.NOTE
    }
    wanted = {
        (line["code"], line["pointer"]): line["size"]
        for line in lines
        if line["code"].startswith(FAMILY)
    }
    right = sum(size in messages.get(where, "") for where, size in wanted.items() if size)
    right += sum(where in messages for where, size in wanted.items() if not size)
    status, early = lines[0]["check_status"], bool(lines[0]["key"])
    return Verdict(
        statement, early, status, report.level, frozenset(wanted), frozenset(messages), right
    )


def share(part: int, whole: int) -> str:
    """Write a share with the numbers behind it."""
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none"


def by_status(verdicts: list[Verdict]) -> None:
    """Print what the rules say, by what the table of facts says."""
    print("| the facts say | statements | with an arithmetic finding | at L1 |")
    print("|---|---:|---:|---:|")
    groups = {status: [v for v in verdicts if v.status == status] for status in STATUSES}
    groups["all"] = verdicts
    for status, same in groups.items():
        flagged = sum(bool(v.found) for v in same)
        recomputable = sum(v.level not in ("", "L0") for v in same)
        print(f"| {status} | {len(same)} | {flagged} | {recomputable} |")


def rates(verdicts: list[Verdict]) -> None:
    """Print precision and recall, first against the facts alone, then finding by finding."""
    print("| the facts say | judged before any rule | judged later |")
    print("|---|---:|---:|")
    for status, words in (("inconsistent", "have a finding"), ("consistent", "have none")):
        cells = []
        for early in (True, False):
            same = [v for v in verdicts if v.status.startswith(status) and v.early == early]
            right = sum(bool(v.found) == (status == "inconsistent") for v in same)
            cells.append(f"{share(right, len(same))} {words}")
        print(f"| {status} | {' | '.join(cells)} |")
    wanted = sum(len(v.wanted) for v in verdicts)
    found = sum(len(v.found) for v in verdicts)
    hits = sum(len(v.wanted & v.found) for v in verdicts)
    print()
    print("| finding by finding | |")
    print("|---|---:|")
    print(f"| recall: expected findings that are raised | {share(hits, wanted)} |")
    print(f"| precision: raised findings that are expected | {share(hits, found)} |")
    print(f"| raised with the right size | {share(sum(v.right_size for v in verdicts), wanted)} |")
    codes = Counter(code for v in verdicts for code, _ in v.found)
    print()
    print("By rule: " + ", ".join(f"{code} {count}" for code, count in sorted(codes.items())) + ".")


def main() -> int:
    """Print the tables, and every verdict that is not the expected one."""
    verdicts = [judge(name, lines) for name, lines in sorted(expectations().items())]
    by_status(verdicts)
    print()
    rates(verdicts)
    wrong = [v for v in verdicts if v.wanted != v.found]
    for verdict in wrong:
        missed = sorted(verdict.wanted - verdict.found)
        extra = sorted(verdict.found - verdict.wanted)
        print(f"\n{verdict.statement}: missed {missed}, not expected {extra}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
