"""``sacct --json`` (Slurm 21.08 and later), as the rows that ``sacct --parsable2`` writes of the same jobs.

Jobs are taken out of the text one by one, so that it may be larger than memory. Numbers stand there as they are or,
since 23.02, as ``{"set": true, "infinite": false, "number": 4}``; a state is a word or a list of words; moments are in
seconds since 1970, UTC. Memory of a job is in MB, that of a step in bytes. ``tres.consumed`` of a step has a counter
of its own that is not the step's energy, and is not read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from greenalgo.formats.source import looks_like_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenalgo.formats.records import Source

#: What only sacct writes of a job: squeue and scontrol know no steps.
_MARKS = ('"job_id"', '"association"', '"steps"')
_BEGIN = re.compile(r'"jobs"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
#: So many characters are taken in at least before a job is looked for again.
_CHUNK = 1 << 18


def is_of_sacct(source: Source) -> bool:
    """Say whether a text has the marks of ``sacct --json``."""
    if not looks_like_json(source):
        return False
    return bool(_BEGIN.search(source.text)) and all(mark in source.text for mark in _MARKS)


class CutError(ValueError):
    """The text is no JSON, or ends too early.

    Args:
        line: The line on which what cannot be read begins.
        expected: What was expected there.
    """

    def __init__(self, line: int, expected: str) -> None:
        super().__init__(line, expected)
        self.line, self.expected = line, expected


class _Window:
    """The part of a text that is looked at."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._last = 0
        self.text = ""
        self.at = 0

    @property
    def line(self) -> int:
        """The number of the line that is looked at."""
        return self._last + 1 - self.text.count("\n", self.at)

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Move behind what a pattern finds; say whether it finds anything."""
        found = pattern.search(self.text, self.at)
        self.at = found.end() if found else self.at
        return found is not None

    def more(self, expected: str) -> None:
        """Take in as much again as there is.

        Raises:
            CutError: There is no more.
        """
        parts, size, wanted = [self.text[self.at :]], 0, max(_CHUNK, len(self.text) - self.at)
        for number, line in self._lines:
            self._last = number
            parts.append(f"{line}\n")
            size += len(line)
            if size > wanted:
                break
        if not size:
            raise CutError(self.line, expected)
        self.text, self.at = "".join(parts), 0


def jobs_of(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, Any]]:
    """Yield the jobs of a text, and the lines on which they begin.

    Args:
        lines: The numbers of the lines and the lines, without their ends.

    Raises:
        CutError: It is no JSON, or has no list of jobs.
    """
    window, decoder = _Window(lines), json.JSONDecoder()
    while not window.skip(_BEGIN):
        window.more('a list "jobs"')
    while True:
        window.skip(_BETWEEN)
        if window.text[window.at : window.at + 1] == "]":
            break
        try:
            job, end = decoder.raw_decode(window.text, window.at)
        except (ValueError, RecursionError):
            window.more("a job, complete, and ] behind the last one")
        else:
            yield window.line, job
            window.at = end
    for _ in lines:  # what follows is part of the file, and of its hash
        pass


def rows_of(job: Any) -> Iterator[dict[str, str]]:
    """Yield the row of a job and those of its steps: cells by sacct's names of their columns."""
    number = _text(_in(job, "job_id"))
    steps = _list(_in(job, "steps"))
    allocated = _tres(_in(job, "tres", "allocated"))
    asked = _tres(_in(job, "tres", "requested"))
    used = _seconds(job) or sum(map(_seconds, steps))
    yield {
        "JobID": number,
        "JobIDRaw": number,
        "JobName": _text(_in(job, "name")),
        "User": _text(_in(job, "user") or _in(job, "association", "user")),
        "Account": _text(_in(job, "account")),
        "Partition": _text(_in(job, "partition")),
        "QOS": _text(_in(job, "qos")),
        "Cluster": _text(_in(job, "cluster")),
        "State": _text(_in(job, "state", "current")),
        "Start": _text(_in(job, "time", "start")),
        "End": _text(_in(job, "time", "end")),
        "ElapsedRaw": _text(_in(job, "time", "elapsed")),
        "NCPUS": allocated.get("cpu") or _text(_in(job, "required", "CPUs")),
        "NNodes": allocated.get("node") or _text(_in(job, "allocation_nodes")),
        "TotalCPU": f"0:{used:.6f}" if used else "",
        "ReqMem": asked.get("mem", ""),
        "AllocTRES": ",".join(f"{name}={count}" for name, count in allocated.items()),
        "ConsumedEnergyRaw": allocated.get("energy", ""),
        "NodeList": _text(_in(job, "nodes")),
    }
    for at, step in enumerate(steps):
        memory = _tres(_in(step, "tres", "requested", "total")).get("mem")
        yield {
            "JobID": f"{number}.{at}",
            "TRESUsageInTot": f"mem={memory}" if memory else "",
            "ConsumedEnergyRaw": _text(_in(step, "statistics", "energy", "consumed")),
        }


def _in(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("number") if value.get("set") else None
    if isinstance(value, list):
        value = value[0] if value else None
    return "" if value is None else str(value)


def _tres(value: Any) -> dict[str, str]:
    """Return trackable resources as AllocTRES names them (``cpu``, ``gres/gpu:a100``), and how many."""
    found = {}
    for one in _list(value):
        kind, name, count = (_text(_in(one, key)) for key in ("type", "name", "count"))
        if count:
            found[f"{kind}/{name}" if name else kind] = count
    return found


def _seconds(node: Any) -> float:
    """Return the CPU time of a job or of a step (s); 0 where it has none."""
    parts = [_text(_in(node, "time", "total", name)) for name in ("seconds", "microseconds")]
    whole, rest = (int(part) if re.fullmatch("[0-9]{1,12}", part) else 0 for part in parts)
    return whole + rest / 1e6
