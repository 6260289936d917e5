"""One thread for calls that block, so that the loop never does.

A thread of our own and not the loop's executor: a call that never returns must neither take a place of the executor
nor hold the process at its end, so this one is a daemon.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar
from weakref import WeakSet

from drivers.deadline import Deadline

T = TypeVar("T")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


_workers: WeakSet[Worker] = WeakSet()


def longest_call() -> tuple[str, float]:
    """The thread that has been longest in one call, and for how many seconds; "", 0.0 when none is in any."""
    now = time.monotonic()
    began = [(worker.name, worker.began) for worker in tuple(_workers)]
    calls = [(name, now - since) for name, since in began if since is not None]
    return max(calls, key=lambda call: call[1], default=("", 0.0))


class Worker:
    """Does jobs one after the other. ``last`` is done when it is told to end, behind everything else."""

    def __init__(self, name: str, last: Callable[[], None]) -> None:
        self.name = name
        self.began: float | None = None
        """When the call began that its thread is in (time.monotonic); None while it waits for one."""
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._last = last
        _workers.add(self)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether a job is still being done, or may come."""
        return self._thread.is_alive()

    async def do(self, job: Callable[[], T], deadline: Deadline, what: str) -> T:
        """The job's result. Raises what it raises; Silent(``what``) at the deadline, the job then goes on unheard.

        A job given up before its turn is not begun.
        """
        async with deadline.limit(what):
            return await self._put(job)

    async def do_surely(self, job: Callable[[], T], deadline: Deadline, what: str) -> T:
        """As ``do``, but the job is done when its turn comes, also when nobody waits for it any more."""
        async with deadline.limit(what):
            return await asyncio.shield(self._put(job))

    def _put(self, job: Callable[[], T]) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put((job, loop, done))
        return done

    def end(self) -> None:
        """No more jobs."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, loop, done = entry
            if done.cancelled():
                continue
            self.began = time.monotonic()
            try:
                result = job()
            except Exception as failure:
                _tell(loop, _fail, done, failure)
            else:
                _tell(loop, _succeed, done, result)
            self.began = None
        self.began = time.monotonic()
        try:
            self._last()
        finally:
            self.began = None


def _tell(loop: asyncio.AbstractEventLoop, settle: Callable[..., None], done: asyncio.Future[Any], value: Any) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(settle, done, value)


def _succeed(done: asyncio.Future[Any], result: Any) -> None:
    if not done.done():
        done.set_result(result)


def _fail(done: asyncio.Future[Any], failure: Exception) -> None:
    if not done.done():
        done.set_exception(failure)
