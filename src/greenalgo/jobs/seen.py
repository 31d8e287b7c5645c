"""Which jobs were read already, in few bytes a job."""

from __future__ import annotations

from array import array

_PAGE = 1 << 12


class Seen:
    """The jobs that were read.

    Logs of neighbouring months both have the jobs that ran at midnight, and ``sacct --duplicates`` has a job that was
    requeued once for every start. The number and the start of a job tell these apart. Numbers are given in order, so
    pages of 8-byte starts are filled densely: 100 MB for ten million jobs.
    """

    def __init__(self) -> None:
        self._pages: dict[tuple[str, int], array[int]] = {}
        self._others: set[tuple[str, str, str]] = set()

    def again(self, cluster: str, job_id: str, start: str) -> bool:
        """Say whether a job was read before, and remember it.

        Args:
            cluster: Its cluster; empty where the log does not say.
            job_id: Slurm's own number of it, or its JobID.
            start: When it started, ``2026-11-23T09:39:26``; empty where not known.
        """
        digits = start.replace("-", "").replace("T", "").replace(":", "")
        if job_id.isdigit() and digits.isdigit() and len(digits) == 14:
            number, moment = int(job_id), int(digits)
            key = (cluster, number // _PAGE)
            page = self._pages.get(key)
            if page is None:
                page = self._pages[key] = array("q", bytes(8 * _PAGE))
            before = page[number % _PAGE]
            if not before:
                page[number % _PAGE] = moment
                return False
            if before == moment:
                return True
        other = (cluster, job_id, start)
        if other in self._others:
            return True
        self._others.add(other)
        return False
