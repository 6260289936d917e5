"""How a box runs its children: a device's failure restarts that child, a bug ends the process (systemd restarts it)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog

from config.once import Once
from drivers.contract import DeviceFault

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Backoff:
    """Growing pauses between attempts: ``first_s`` doubling up to ``most_s``, each drawn between half and whole.

    The jitter keeps the boxes of a hall from all coming back in the same instant. ``draw`` gives [0, 1).
    """

    def __init__(self, first_s: float = 1.0, most_s: float = 60.0, draw: Callable[[], float] = random.random) -> None:
        self._first = first_s
        self._most = most_s
        self._draw = draw
        self._limit = first_s

    def reset(self) -> None:
        """After a success: begin with the shortest pause again."""
        self._limit = self._first

    async def sleep(self) -> None:
        """Wait before the next attempt."""
        await asyncio.sleep(self.next())

    def next(self) -> float:
        """Seconds to wait before the next attempt."""
        limit = self._limit
        self._limit = min(self._most, limit * 2)
        return limit * (0.5 + self._draw() / 2)


def cancel_requests() -> int:
    """How often the running task was told to end and has not yet ended.

    Python 3.11's TaskGroup ends with a child's error alone where a cancellation comes in the same moment: who catches
    that error and goes on must look here whether the count has grown. It tells so only of a group whose block waits:
    one that only starts its tasks leaves a count of its own behind (both mended in CPython 3.13).
    """
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


async def supervise(
    name: str,
    run: Callable[[], Coroutine[Any, Any, None]],
    *,
    backoff: Backoff | None = None,
    steady_s: float = 30.0,
) -> None:
    """Run a long-lived child for as long as the box lives.

    A DeviceFault restarts it after a pause; having run ``steady_s`` it begins with the shortest pause again. Any other
    exception is a bug: it is logged with the child's name and raised, which ends the TaskGroup and the process.
    """
    pauses, failing = backoff or Backoff(), Once()
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        try:
            return await run()
        except DeviceFault as fault:
            if loop.time() - began >= steady_s:
                pauses.reset()
                failing.ends()
            pause = pauses.next()
            if failing.begins(type(fault).__name__):
                log.warning("child restarts", child=name, fault=repr(fault), pause_s=round(pause, 1))
        except Exception:
            log.exception("child has a bug", child=name)
            raise
        await asyncio.sleep(pause)


class Tasks:
    """Short and long tasks with names, all ended when the block ends; the only way to start one in a box.

    ``async with Tasks() as tasks:`` is a TaskGroup: an exception in any of them is a bug and ends all.
    """

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._group.__aexit__(kind, error, trace)

    def start(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Start one task now. Its result or cancellation is the caller's to look at; its exception ends the group."""
        task = self._group.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def running(self) -> list[str]:
        """Names of what is running, for health and for tests."""
        return sorted(task.get_name() for task in self._tasks)

    def stop(self) -> None:
        """Cancel all; the ``async with`` block then ends without an error."""
        for task in tuple(self._tasks):
            task.cancel()

    async def end(self) -> None:
        """Cancel all and wait until none runs: what they use may be closed then. What one raises ends the group."""
        self.stop()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))
