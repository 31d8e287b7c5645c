"""Slurm's accounting log: ``sacct --parsable2``, ``-p`` or ``--json``, row by row, columns by their names.

A job is a row; its steps (``4.batch``, ``4.0``) are rows below it that repeat what the job has used. They are never
added: they give the peak of the memory, which no row of a job has, and the energy where the job's is blank.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from greenalgo.errors import FormatError
from greenalgo.formats import codes
from greenalgo.formats.slurm_cells import (
    EXPECTED,
    OF_JOB,
    OF_STEP,
    allocated,
    count,
    elapsed,
    gigabytes,
    moment,
    most_joules,
    seconds,
    used_memory_gb,
)
from greenalgo.formats.slurm_json import CutError, jobs_of, rows_of
from greenalgo.formats.slurm_states import OUTCOMES, UNFINISHED, state_of
from greenalgo.formats.source import error
from greenalgo.jobs.records import Job, Log, Reading
from greenalgo.sources.text import show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from greenalgo.findings import Finding
    from greenalgo.jobs.lines import Lines
    from greenalgo.jobs.seen import Seen

#: The columns that are read, by sacct's names.
COLUMNS = (
    "JobID", "JobIDRaw", "JobName", "User", "Account", "Partition", "QOS", "Cluster", "State", "Start", "End",
    "ElapsedRaw", "NCPUS", "NNodes", "NTasks", "TotalCPU", "ReqMem", "AllocTRES", "MaxRSS", "TRESUsageInTot",
    "ConsumedEnergyRaw",
)  # fmt: skip
#: The command that writes such a log.
COMMAND = f"sacct --allusers --parsable2 --starttime 2026-01-01 --endtime 2026-02-01 --format={','.join(COLUMNS)}"
_OTHER_NAMES = {"Elapsed": "ElapsedRaw", "AllocCPUS": "NCPUS", "AllocNodes": "NNodes"}
_NEEDED = {
    "JobID": ("JobID", "JobIDRaw"),
    "State": ("State",),
    "ElapsedRaw": ("ElapsedRaw", "Elapsed"),
    "NCPUS": ("NCPUS", "AllocCPUS", "AllocTRES"),
}
#: What is lost where a column is missing.
_LOST = {
    "TotalCPU": "no column TotalCPU: nobody knows how much of the cores was used",
    "AllocTRES": "no column AllocTRES: GPUs are not seen",
    "ReqMem": "no column ReqMem: memory is counted only where AllocTRES has it",
    "MaxRSS": "no column MaxRSS: nobody knows which memory was not used",
    "End": "no column End: the year of the carbon intensity is not known",
}
#: CPU time is sampled: so much more than the cores had is no slip of the log.
_SLACK = 1.05


class SlurmLog:
    """A log of Slurm.

    Args:
        lines: Its lines.
        name: Its name, for messages.
        reading: Takes what is left out, and what is known of the log when it has been read.
        seen: The jobs of the logs before, so that none is counted twice.
    """

    def __init__(self, lines: Lines, name: str, reading: Reading, seen: Seen) -> None:
        self._lines, self._name, self._reading, self._seen = lines, name, reading, seen
        self._names: tuple[str, ...] = ()
        self._at: dict[str, int] = {}

    def jobs(self) -> Iterator[Job]:
        """Yield the jobs that have ended, in the order of the log.

        Raises:
            FormatError: It cannot be read by the names of its columns.
        """
        rows = 0
        job: list[str] = []  # the cells of the job whose steps may follow
        job_id, line, peak, joules = "", 0, 0.0, 0
        for number, cells in self._rows():
            rows += 1
            if not cells:
                continue
            base, step, _ = cells[self._at["JobID"]].partition(".")
            if not step:
                if job and (found := self._job(line, job, peak, joules)):
                    yield found
                job, job_id, line, peak, joules = cells, base, number, 0.0, 0
            elif base == job_id:
                own_peak, own_joules = self._step(number, cells)
                peak, joules = max(peak, own_peak), max(joules, own_joules)
            else:
                self._reading.note("rows of steps without their job above them: not read")
        if job and (found := self._job(line, job, peak, joules)):
            yield found
        lost = tuple(words for column, words in _LOST.items() if self._at[column] < 0)
        self._reading.logs.append(Log(self._name, self._lines.sha256, rows, lost))

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield line and cells of every row; the cells are empty where they do not fit the header.

        Raises:
            FormatError: It cannot be read by the names of its columns.
        """
        lines = iter(self._lines)
        first, header = next(lines, (1, ""))
        if header.lstrip().startswith("{"):
            yield from self._json_rows(chain([(first, header)], lines))
            return
        delimiter = self._read_header(first, header)
        width = len(self._names)
        for number, text in lines:
            if text == header:
                continue  # logs that were put one behind another
            cells = text.split(delimiter)
            if len(cells) != width:
                self._reading.refuse(self._misfit(number, cells))
                yield number, []
                continue
            cells.append("")  # what a missing column says
            yield number, cells

    def _json_rows(self, lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
        self._at = {name: at for at, name in enumerate(COLUMNS)}
        try:
            for number, job in jobs_of(lines):
                for row in rows_of(job):
                    yield number, [row.get(name, "") for name in COLUMNS]
        except CutError as error:
            raise self._refused(
                error.line, "this is no JSON of sacct", error.expected, "something else, or the end"
            ) from error

    def _read_header(self, number: int, header: str) -> str:
        """Find the columns; return what divides them."""
        found = re.match(r"\w+(\W)", header)
        delimiter = found[1] if found else "|"
        self._names = tuple(name.strip() for name in header.split(delimiter))
        if delimiter == " ":
            raise self._refused(
                number, "this is sacct's output for people, which cuts names short",
                "columns that | divides", show(header, 60),
            )  # fmt: skip
        if not {"JobID", "JobIDRaw"} & set(self._names):
            raise self._refused(
                number, "the first line does not name the columns" if header else "the log is empty",
                "a header with JobID, State, ElapsedRaw, NCPUS, ...", show(header, 60) if header else "nothing",
            )  # fmt: skip
        place = {name: at for at, name in reversed(list(enumerate(self._names)))}
        for other, name in _OTHER_NAMES.items():
            place.setdefault(name, place.get(other, -1))
        for column, names in _NEEDED.items():
            if not set(names) & set(self._names):
                raise self._refused(
                    number, f"the column {column} is missing", " or ".join(names), show(header, 200)
                )
        self._at = {name: place.get(name, -1) for name in COLUMNS}
        if self._at["JobID"] < 0:
            self._at["JobID"] = self._at["JobIDRaw"]
        return delimiter

    def _job(self, line: int, cells: list[str], peak: float, joules: int) -> Job | None:
        """Return a job; None where it has not ended, never ran, was read before or cannot be read."""
        at, note = self._at, self._reading.note
        state = state_of(cells[at["State"]])
        if state in UNFINISHED:
            note(f"jobs in state {state}: not counted, their figures will change")
            return None
        try:
            if state not in OUTCOMES:
                raise ValueError(state)  # noqa: TRY301 - one way out for what cannot be read
            time = elapsed(cells[at["ElapsedRaw"]])
            if not time:
                note("jobs that never ran: nothing to count")
                return None
            tres = allocated(cells[at["AllocTRES"]])
            cpus = count(cells[at["NCPUS"]]) or tres.cpus
            used = seconds(text) if (text := cells[at["TotalCPU"]]) else 0.0
            nodes = count(cells[at["NNodes"]]) or tres.nodes or 1
            memory = tres.memory_gb or self._requested(cells[at["ReqMem"]], cpus, nodes)
            start, end = moment(cells[at["Start"]]), moment(cells[at["End"]])
            counter = count(cells[at["ConsumedEnergyRaw"]])
        except ValueError:
            self._reading.refuse(self._wrong_cell(line, cells, OF_JOB))
            return None
        raw_id = cells[at["JobIDRaw"]] or cells[at["JobID"]]
        if self._seen.again(cells[at["Cluster"]], raw_id, start):
            note("rows of jobs that were read before: not counted again")
            return None
        if used > cpus * time:
            if used > cpus * time * _SLACK:
                note("jobs with more CPU time than their cores had: counted as fully used")
            used = cpus * time
        most = most_joules(nodes, time)
        if max(counter, joules) > most:
            note("jobs whose energy counter reads more than 20 kW a node: not taken")
            counter, joules = (0 if read > most else read for read in (counter, joules))
        if joules and not counter:
            note("jobs whose energy counter is blank: that of their largest step is taken")
        elif joules > counter:
            note("jobs with less energy than one of their steps: the job's is taken")
        if memory is None:
            note("jobs without a size of their memory: none is counted for them")
        return Job(
            cells[at["User"]], cells[at["Account"]], cells[at["Partition"]], cells[at["JobName"]], cells[at["QOS"]],
            cells[at["Cluster"]], state, start, end, time, cpus, used, memory, peak or None, tres.gpus,
            counter or joules or None,
        )  # fmt: skip

    def _requested(self, text: str, cpus: int, nodes: int) -> float | None:
        """Return the memory that was asked for (GB); None where all of a node's was (``0``)."""
        size, scope = gigabytes(text, "M") if text else (0.0, "")
        return size * {"": 1, "c": cpus, "n": nodes}[scope] or None

    def _step(self, line: int, cells: list[str]) -> tuple[float, int]:
        """Return the most memory (GB) and the energy (J) of a step; 0 where not known."""
        at = self._at
        try:
            joules = count(cells[at["ConsumedEnergyRaw"]])
            peak = used_memory_gb(cells[at["TRESUsageInTot"]])
            if not peak and (text := cells[at["MaxRSS"]]):
                # The peak of the largest task: others may have used less, so that this is the most.
                peak = gigabytes(text)[0] * (count(cells[at["NTasks"]]) or 1)
        except ValueError:
            self._reading.refuse(self._wrong_cell(line, cells, OF_STEP))
            return 0.0, 0
        return peak, joules

    def _refused(self, line: int, message: str, expected: str, found: str) -> FormatError:
        return FormatError([
            error(
                codes.HEADER, message, self._name, (line, 1), expected=expected, found=found,
                hint=f"write the log with: {COMMAND}",
            )
        ])  # fmt: skip

    def _misfit(self, line: int, cells: list[str]) -> Finding:
        width = len(self._names)
        hint = (
            "a name holds what divides the cells: write the log with --delimiter=$'\\x1f'"
            if len(cells) > width
            else "the row was cut: write the log again (a comment with a line end is left out of --format)"
        )
        return error(
            codes.ROW, "the row does not fit the header, and was left out", self._name, (line, 1),
            expected=f"{width} cells", found=f"{len(cells)} cells", hint=hint,
        )  # fmt: skip

    def _wrong_cell(
        self, line: int, cells: list[str], readers: dict[str, Callable[[str], object]]
    ) -> Finding:
        column = next(
            (name for name, reader in readers.items() if not self._reads(cells, name, reader)),
            "State",
        )
        at = self._at[column]
        return error(
            codes.VALUE, f"{column} cannot be read, and the row was left out", self._name,
            (line, sum(len(cell) + 1 for cell in cells[:at]) + 1 if self._names and at >= 0 else 1),
            expected=EXPECTED.get(column, "a count"), found=show(cells[at]),
            hint="write the log again, or correct the row",
        )  # fmt: skip

    def _reads(self, cells: list[str], column: str, reader: Callable[[str], object]) -> bool:
        try:
            reader(cells[self._at[column]])
        except ValueError:
            return False
        return True
