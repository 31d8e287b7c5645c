"""Whether a thread that nothing may hold up can read a file without waiting for a disk.

The system keeps what was read in memory, and nobody can ask it beforehand what it has there. It says afterwards
whether a read went to the disk.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: How much longer than a wait nothing is read without need: a hundredth of the time at most is spent on waiting.
CAUTION = 100
#: Seconds after which a read is taken to have waited, whatever the system says: not every one counts for a network.
LONG = 0.02
_THREAD = getattr(resource, "RUSAGE_THREAD", None)


def _blocks_read() -> int:
    """Return how many blocks this thread has read from disks."""
    assert _THREAD is not None  # noqa: S101 - asked of Linux only
    return resource.getrusage(_THREAD).ru_inblock


class Waits:
    """How one thread waited for disks while it read. Where the system does not say, waits are never rare.

    Args:
        read: How many blocks the thread has read from disks.
        clock: Seconds that only grow.
    """

    def __init__(
        self, read: Callable[[], int] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read or (_blocks_read if _THREAD is not None else None)
        self._clock = clock
        self._until = 0.0

    def are_rare(self) -> bool:
        """Say whether nothing speaks against reading what may not be in memory."""
        return self._read is not None and self._clock() >= self._until

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch a read: one that waited for a disk is followed by a while in which waits are not rare."""
        if self._read is None:
            yield
            return
        before, started = self._read(), self._clock()
        yield
        now = self._clock()
        if self._read() != before or now - started > LONG:
            self._until = now + CAUTION * (now - started)
