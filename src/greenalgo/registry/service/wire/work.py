"""Blocking work in threads: so many at once, so many waiting, so long and no longer."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from greenalgo.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from starlette.requests import Request

P = ParamSpec("P")
T = TypeVar("T")


class Workshop:
    """A bounded number of threads for the work on requests.

    Work that takes too long is not waited for; it holds its thread until it is done, so that no number
    of slow requests can take more than there are.

    Args:
        workers: Threads.
        most_waiting: How many pieces of work may wait for one.
        seconds: How long an answer is waited for.
    """

    def __init__(self, workers: int, most_waiting: int, seconds: float) -> None:
        self._pool = ThreadPoolExecutor(workers, "work")
        self._most = workers + most_waiting
        self._seconds = seconds
        self._open: set[Future[Any]] = set()

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread.

        Raises:
            BusyError: Too much is waiting, or it took too long.
        """
        if len(self._open) >= self._most:
            raise BusyError("too many requests are waiting")
        future = self._pool.submit(partial(function, *args, **kwargs))
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self._seconds)
        except TimeoutError:
            raise BusyError(f"no answer within {self._seconds:g} seconds") from None

    def close(self) -> None:
        """Finish what is begun; drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)


async def work(request: Request, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that blocks, in the service's threads.

    Raises:
        BusyError: Too much is waiting, or it took too long.
    """
    workshop: Workshop = request.app.state.workshop
    return await workshop.run(function, *args, **kwargs)
