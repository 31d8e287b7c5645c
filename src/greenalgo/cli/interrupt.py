"""Ctrl-C and SIGTERM end a long check in good order: once, however often they come."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Terminated(KeyboardInterrupt):
    """A batch system or a CI runner ends the command."""


@contextmanager
def terminable() -> Iterator[None]:
    """Let the first SIGINT or SIGTERM end what is done inside.

    Those that follow at once are passed over: runners and ``timeout`` send several, and a second one must
    not strike while workers are being ended. Behind the block the system's default holds, so that output
    which nobody reads can be broken off.

    Raises:
        KeyboardInterrupt: SIGINT came.
        Terminated: SIGTERM came.
    """
    before = {number: signal.getsignal(number) for number in SIGNALS}
    taken = [number for number in SIGNALS if before[number] != signal.SIG_IGN]  # as nohup sets it
    after = before

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        nonlocal after
        after = dict.fromkeys(taken, signal.SIG_DFL)
        for one in taken:
            signal.signal(one, signal.SIG_IGN)
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    try:
        for number in taken:
            signal.signal(number, end)
    except ValueError:  # not in the main thread, which alone is told of signals
        yield
        return
    try:
        yield
    finally:
        for number in taken:
            signal.signal(number, after[number])


@contextmanager
def blocked() -> Iterator[None]:
    """Hold signals back: what is started inside begins with them blocked, and they come behind the block."""
    if not hasattr(signal, "pthread_sigmask"):  # not on this system
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
