"""One writer for all requests: it gathers what waits, and commits it in one transaction.

A disk that syncs 1,000 times a second takes 1,000 submissions a second one by one; in groups it takes as
many as the processor can judge. Each submitter gets an answer of its own, after the commit.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple

from greenalgo.errors import BusyError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenalgo.registry.record import Draft, Event
    from greenalgo.registry.store import Store

#: The most events in one transaction, and the most that may wait for one.
MOST_IN_GROUP, MOST_WAITING = 256, 1024


class _Waiting(NamedTuple):
    draft: Draft
    answer: Future[Event]


class Writer:
    """The only one that writes to a store while a service runs.

    Args:
        store: The store.
        told: Is told the size of each group once it is committed.
    """

    def __init__(self, store: Store, told: Callable[[int], None] | None = None) -> None:
        self._store = store
        self._told = told
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    def commit(self, draft: Draft) -> Event:
        """Write an event and wait until it is durable.

        Raises:
            RegistryError: It cannot follow.
            CannotCheckError: The store cannot be written.
            BusyError: Too many wait, or the service is going down; nothing was written.
        """
        waiting = _Waiting(draft, Future())
        with self._lock:
            if self._closed:
                raise BusyError("the registry is going down")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            try:
                self._queue.put_nowait(waiting)
            except queue.Full:
                raise BusyError("too many submissions are waiting") from None
        return waiting.answer.result()

    def close(self) -> None:
        """Commit what waits, and end."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None and thread.is_alive():
            self._queue.put(None)
            thread.join()

    def _run(self) -> None:
        going = True
        while going:
            group = [self._queue.get()]
            while len(group) < MOST_IN_GROUP and not self._queue.empty():
                group.append(self._queue.get_nowait())
            going = None not in group
            waiting = [one for one in group if one is not None]
            if waiting:
                self._commit(waiting)

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            answers = self._store.commit_each([one.draft for one in group])
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait must hear it
            for one in group:
                one.answer.set_exception(error)
            return
        for one, answer in zip(group, answers, strict=True):
            if isinstance(answer, RegistryError):
                one.answer.set_exception(answer)
            else:
                one.answer.set_result(answer)
        if self._told is not None:
            self._told(len(group))
