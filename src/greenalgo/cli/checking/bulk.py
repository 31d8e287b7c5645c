"""Work on many files: in this process, or in several where there are enough of them.

The results come in the order of the work, one by one, and are the same either way.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from greenalgo.cli.checking import MANY
from greenalgo.cli.checking.discover import cannot_list, nothing_in
from greenalgo.cli.checking.file import check_file
from greenalgo.cli.checking.progress import Progress
from greenalgo.cli.checking.work import check_chunk
from greenalgo.cli.interrupt import SIGNALS, blocked
from greenalgo.cli.report.records import Checked
from greenalgo.errors import CannotCheckError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future, ProcessPoolExecutor

    from greenalgo.cli.checking.targets import Chunk, Source

Result = TypeVar("Result")
#: Pieces of work that wait for each process: enough to keep it busy, too few to fill the memory.
_AHEAD = 3
#: Files that are this process's own, such as its standard input: a worker has others.
_OWN = ("/dev/", "/proc/")


def cpus() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on this system
        return os.cpu_count() or 1


def processes(jobs: int | None, total: int) -> int:
    """Return how many processes share some files and lines: as many as asked for, else as pay.

    Args:
        jobs: What ``--jobs`` asks for; None where it is not given.
        total: How many files and lines there are.
    """
    return jobs or (cpus() if total >= MANY else 1)


def progress_of(found: list[Source]) -> Progress:
    """Return the progress through everything that was found, shown on standard error."""
    total = sum(source.total for source in found)
    lines = any(chunk.line for source in found for chunk in source.chunks)
    return Progress(total, sys.stderr, "statement" if lines else "file")


def check_sources(
    found: list[Source], skipped: list[str], progress: Progress, *, jobs: int, profile: str = ""
) -> Generator[Checked]:
    """Check everything, in order.

    Args:
        found: What there is to check.
        skipped: Takes the files that are no statements.
        progress: Is told of every file.
        jobs: Processes; 1 checks here.
        profile: A profile to hold statements against; empty for none.

    Yields:
        The reports. Nothing of a file is kept but what its report needs.

    Raises:
        CannotCheckError: A worker process has gone.
    """
    chunks = [chunk for source in found for chunk in source.chunks]
    with results_of(chunks, partial(_check, profile), progress, jobs=jobs) as results:
        following = iter(results)
        for source in found:
            skipped += source.skipped
            others, statements = len(source.skipped), 0
            for chunk in source.chunks:
                for at, item in enumerate(next(following)):
                    progress.count(item)
                    if item is not None:
                        statements += 1
                        yield item
                    elif not chunk.line:
                        others += 1
                        skipped.append(chunk.paths[at])
            for error in source.closed:
                yield Checked(cannot_list(error))
            if source.must and not statements:
                folder = os.path.isdir(source.path)  # else NDJSON of nothing but empty lines
                yield (
                    Checked(nothing_in(source.path, others)) if folder else check_file(source.path)
                )


@contextmanager
def results_of(
    chunks: list[Chunk], work: Callable[[Chunk], Result], progress: Progress, *, jobs: int
) -> Iterator[Iterable[Result]]:
    """Provide the results of all pieces of work, in order.

    Args:
        chunks: The pieces.
        work: Does one; a function that a worker process can import.
        progress: Says how far it came, for the error.
        jobs: Processes; 1 works here. They begin when the first result is asked for.

    Raises:
        CannotCheckError: A worker process has gone.
    """
    if jobs == 1 or len(chunks) < 2:
        yield map(work, chunks)
        return
    # Imported here: a few files need no second process.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    # fork shares what is imported already; elsewhere than on Linux it is not safe.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    others = set(active_children())
    pool = ProcessPoolExecutor(min(jobs, len(chunks)), context, _begin)
    try:
        yield _ordered(pool, chunks, work, progress, min(jobs, len(chunks)) * _AHEAD)
    except BaseException:
        # Nobody waits for what they do, and a worker that is idle cannot miss the word to end.
        for worker in set(active_children()) - others:
            worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _ordered(
    pool: ProcessPoolExecutor,
    chunks: list[Chunk],
    work: Callable[[Chunk], Result],
    progress: Progress,
    ahead: int,
) -> Iterator[Result]:
    from concurrent.futures.process import BrokenProcessPool

    waiting: deque[tuple[Chunk, Future[Result] | None]] = deque()
    todo = iter(chunks)
    try:
        while True:
            # The first piece starts the workers: none is to be struck before it is prepared.
            with blocked():
                while len(waiting) < ahead and (chunk := next(todo, None)) is not None:
                    here = chunk.paths[0] == "-" or chunk.paths[0].startswith(_OWN)
                    waiting.append((chunk, None if here else pool.submit(work, chunk)))
            if not waiting:
                return
            chunk, future = waiting[0]
            yield work(chunk) if future is None else future.result()
            waiting.popleft()
    except BrokenProcessPool as error:
        begun = [
            _named(one)
            for one, answer in waiting
            if answer is not None and (not answer.done() or answer.exception())
        ]
        raise CannotCheckError(
            f"a worker process ended without an answer: it was killed, or ran out of memory. "
            f"{progress.words()}. It was checking one of: {'; '.join(begun)}. "
            "--jobs 1 checks without workers"
        ) from error


def _named(chunk: Chunk) -> str:
    first, last = chunk.paths[0], chunk.paths[-1]
    if chunk.line:
        return f"{first}:{chunk.line} to {chunk.line + chunk.lines - 1}"
    return first if first == last else f"{first} to {last}"


def _begin() -> None:
    """Prepare a worker: signals are its parent's business, and it ends when its parent has gone."""
    import threading
    from multiprocessing import parent_process

    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None  # noqa: S101 - a worker has one

    def follow() -> None:
        parent.join()
        os._exit(1)

    # Killed, the parent cannot tell anybody: its workers would wait for ever, and hold its output open.
    threading.Thread(target=follow, daemon=True).start()


def _check(profile: str, chunk: Chunk) -> list[Checked | None]:
    return check_chunk(chunk, profile)
