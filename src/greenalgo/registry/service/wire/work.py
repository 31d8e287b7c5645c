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

#: Seconds after which short work is no longer waited for by other short work: it has to wait for a disk.
PATIENCE = 0.003


class _Job(NamedTuple):
    call: Callable[[], Any]
    answer: asyncio.Future[Any]


class _Done(NamedTuple):
    answer: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = None


#: Jobs that a thread takes one after the other; several threads may take from the same ones.
_Batch = deque[_Job]


class Workshop:
    """A bounded number of threads for the work on requests.

    Work that takes too long is not waited for; it holds its thread until it is done, so that no number
    of slow requests can take more than there are.

    Most work is shorter than the way to a thread and back by ``run_in_executor``: two futures, and a call into the
    event loop for each answer. Here there is one, and what is done while the loop is busy comes in one go. Short work
    goes together, too: what is asked for while a thread is at it waits for that, and then has one thread for all.

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
        self._batches: SimpleQueue[_Batch | None] = SimpleQueue()
        self._done: deque[_Done] = deque()
        self._called = False
        self._gathered: _Batch = deque()  # short work that no thread was told of yet
        self._short: _Batch = deque()  # short work that a thread is at
        self._relief: asyncio.TimerHandle | None = None  # until which one thread does it alone

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread. One event loop uses a workshop.

        Raises:
            BusyError: Too much is waiting, or it took too long.
        """
        job = self._take(partial(function, *args, **kwargs))
        self._batches.put(deque((job,)))
        found: T = await self._answer(job)
        return found

    async def run_short(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function that as a rule takes less time than the way to a thread, together with others like it.

        Raises:
            BusyError: As :meth:`run`.
        """
        job = self._take(partial(function, *args, **kwargs))
        self._gathered.append(job)
        if len(self._gathered) == 1 and self._relief is None:
            # Not at once: requests that have come in meanwhile go with it.
            asyncio.get_running_loop().call_soon(self._send)
        found: T = await self._answer(job)
        return found

    def close(self) -> None:
        """Finish what is begun; drop what waits."""
        waiting = [self._gathered, self._short]
        while True:
            try:
                batch = self._batches.get_nowait()
            except Empty:
                break
            waiting.append(batch or deque())
        for batch in waiting:
            while batch:
                batch.popleft().answer.cancel()
        for _ in self._threads:
            self._batches.put(None)
        for thread in self._threads:
            thread.join()

    def _take(self, call: Callable[[], Any]) -> _Job:
        if self._open >= self._most:
            raise BusyError("too many requests are waiting")
        loop = asyncio.get_running_loop()
        self._open += 1
        if len(self._threads) < min(self._open, self._workers):
            thread = threading.Thread(target=self._work, args=(loop,), name="work", daemon=True)
            self._threads.append(thread)
            thread.start()
        return _Job(call, loop.create_future())

    async def _answer(self, job: _Job) -> Any:
        loop = asyncio.get_running_loop()
        patience = loop.call_later(self._seconds, self._give_up, job.answer)
        try:
            return await job.answer
        finally:
            patience.cancel()

    def _send(self) -> None:
        """Tell a thread of the short work that was gathered (in the event loop)."""
        self._relief = None
        if self._gathered:
            self._short, self._gathered = self._gathered, deque()
            self._relief = asyncio.get_running_loop().call_later(PATIENCE, self._relieve)
            self._batches.put(self._short)

    def _relieve(self) -> None:
        """Give a thread to each piece of short work that still waits: one before it turned out to be long."""
        batch, self._short = self._short, deque()
        for _ in range(len(batch)):
            self._batches.put(batch)
        self._settle()

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        """Work until the workshop closes (in a thread)."""
        while (batch := self._batches.get()) is not None:
            while batch:
                try:
                    job = batch.popleft()
                except IndexError:  # another thread was faster
                    break
                try:
                    done = _Done(job.answer, job.call())
                except BaseException as error:  # noqa: BLE001 - whatever it is, the request must hear it
                    done = _Done(job.answer, error=error)
                self._done.append(done)
                if batch and batch is self._short:
                    continue  # all of it in one go
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
        if self._relief is not None and not self._short:
            self._relief.cancel()
            self._send()

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


async def short_work(
    request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run a function that blocks for less time than the way to a thread takes, as a rule; see :func:`work`."""
    workshop: Workshop = request.app.state.workshop
    return await workshop.run_short(function, *args, **kwargs)
