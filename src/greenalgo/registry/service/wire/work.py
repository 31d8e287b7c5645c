"""Blocking work in threads: so many at once, so many waiting, so long and no longer."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

from greenalgo.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

P = ParamSpec("P")
T = TypeVar("T")


class _Job(NamedTuple):
    call: Callable[[], Any]
    answer: asyncio.Future[Any]


class _Done(NamedTuple):
    answer: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None


class Workshop:
    """A bounded number of threads for the work on requests.

    Work that takes too long is not waited for; it holds its thread until it is done, so that no number
    of slow requests can take more than there are.

    Most work is shorter than the way to a thread and back by ``run_in_executor``: two futures, and a call into the
    event loop for each answer. Here there is one, and what is done while the loop is busy comes in one go.

    Args:
        workers: Threads.
        most_waiting: How many pieces of work may wait for one.
        seconds: How long an answer is waited for.
    """

    def __init__(self, workers: int, most_waiting: int, seconds: float) -> None:
        self._workers = workers
        self._most = workers + most_waiting
        self._seconds = seconds
        self._open = 0
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._done: deque[_Done] = deque()
        self._called = False

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread. One event loop uses a workshop.

        Raises:
            BusyError: Too much is waiting, or it took too long.
        """
        if self._open >= self._most:
            raise BusyError("too many requests are waiting")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        self._open += 1
        if len(self._threads) < min(self._open, self._workers):
            thread = threading.Thread(target=self._work, args=(loop,), name="work", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._jobs.put(_Job(partial(function, *args, **kwargs), answer))
        patience = loop.call_later(self._seconds, self._give_up, answer)
        try:
            return await answer
        finally:
            patience.cancel()

    def close(self) -> None:
        """Finish what is begun; drop what waits."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except Empty:
                break
            if job is not None:
                job.answer.cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work until the workshop closes (in a thread)."""
        while (job := self._jobs.get()) is not None:
            try:
                done = _Done(job.answer, job.call())
            except BaseException as error:  # noqa: BLE001 - whatever it is, the request must hear it
                done = _Done(job.answer, error=error)
            self._done.append(done)
            if not self._called:  # two may call: the second finds nothing
                self._called = True
                loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        """Hand out what is done (in the event loop)."""
        self._called = False  # first: what is done from now on calls again
        while self._done:
            answer, value, error = self._done.popleft()
            self._open -= 1
            if answer.done():  # given up
                continue
            if error is None:
                answer.set_result(value)
            else:
                answer.set_exception(error)

    def _give_up(self, answer: asyncio.Future[Any]) -> None:
        if not answer.done():
            answer.set_exception(BusyError(f"no answer within {self._seconds:g} seconds"))


async def work(request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that blocks, in the service's threads.

    Raises:
        BusyError: Too much is waiting, or it took too long.
    """
    workshop: Workshop = request.app.state.workshop
    return await workshop.run(function, *args, **kwargs)
