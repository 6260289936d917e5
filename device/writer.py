"""One thread that writes: all that waits goes into one transaction, and all futures are answered in one hop."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import structlog

from device.watch import Watch

T = TypeVar("T")
log = structlog.get_logger()
Work = Callable[[], Any]
Commit = Callable[[Sequence[Work]], list[Any]]
"""Runs all works in one transaction and gives their results; raises with nothing done."""

RETRY_S = 5.0
"""Between two tries of a stopped store that nobody asks to write."""

_Job = tuple[Work, "asyncio.Future[Any]"]
_Settled = list[tuple["asyncio.Future[Any]", Any, BaseException | None]]


class JournalStopped(Exception):
    """The store cannot write now: nothing of this transaction was stored. ``reason`` is a keyword."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class JournalDamaged(JournalStopped):
    """SQLite stumbles over what is in the file: the next start repairs it (device/beginning.py)."""

    def __init__(self, detail: str) -> None:
        super().__init__("disk-failed", detail)


class Writer:
    """Owns the thread; needs a running loop. ``commit`` and ``probe`` run in the thread.

    ``settled`` changes after each transaction, ``stopping`` when ``stopped`` does. ``probe`` writes something for
    trial, to notice that a stopped store works again.
    """

    def __init__(
        self, commit: Commit, probe: Callable[[], None], settled: Watch, stopping: Watch, now_ms: Callable[[], int]
    ) -> None:
        self.stopped: str | None = None
        self._commit = commit
        self._probe = probe
        self._settled = settled
        self._stopping = stopping
        self._now_ms = now_ms
        self._loop = asyncio.get_running_loop()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._failing: str | None = None
        """``stopped`` as the thread knows it, which is earlier than the loop does."""
        self._retry_at = 0.0
        self._waiting = 0
        self._well_ms = now_ms()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, name="journal writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Queue one write; the future is done once it is durable. Cancelling the future does not undo the write."""
        future: asyncio.Future[T] = self._loop.create_future()
        if not self._waiting:
            self._well_ms = self._now_ms()
        self._waiting += 1
        self._jobs.put((work, future))
        return future

    @property
    def beat_ms(self) -> int:
        """When the thread was last known to be well: now, unless something waits for it."""
        return self._well_ms if self._waiting else self._now_ms()

    async def close(self) -> None:
        """Write what waits and end the thread."""
        self._jobs.put(None)
        await asyncio.shield(self._ended)
        self._thread.join()

    def _run(self) -> None:
        try:
            going = True
            while going:
                jobs, going = self._take()
                settled = self._transact(jobs)
                if self._failing and time.monotonic() >= self._retry_at:
                    self._try_again()
                self._loop.call_soon_threadsafe(self._settle, settled, self._failing)
        finally:
            self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _take(self) -> tuple[list[_Job], bool]:
        """All jobs that wait, at least one unless it is time to probe; and whether to go on."""
        jobs: list[_Job] = []
        try:
            patience = max(0.0, self._retry_at - time.monotonic()) if self._failing else None
            job = self._jobs.get(timeout=patience)
            while job is not None:
                jobs.append(job)
                job = self._jobs.get_nowait()
        except queue.Empty:
            return jobs, True
        return jobs, False

    def _transact(self, jobs: list[_Job]) -> _Settled:
        if not jobs:
            return []
        try:
            results = self._commit([work for work, _ in jobs])
        except JournalStopped as stopped:
            self._fail(stopped)
            return [(future, None, stopped) for _, future in jobs]
        except Exception as error:  # a bug in one work must not take its neighbours with it
            if len(jobs) == 1:
                return [(jobs[0][1], None, error)]
            return [settled for job in jobs for settled in self._transact([job])]
        return [(future, result, None) for (_, future), result in zip(jobs, results, strict=True)]

    def _fail(self, stopped: JournalStopped) -> None:
        self._failing, self._retry_at = stopped.reason, time.monotonic() + RETRY_S

    def _try_again(self) -> None:
        """Only the probe ends a stop: at the edge of a full disk one small write succeeds and the next one fails."""
        try:
            self._probe()
        except JournalStopped as stopped:
            self._fail(stopped)
        else:
            self._failing = None

    def _settle(self, settled: _Settled, stopped: str | None) -> None:
        self._waiting -= len(settled)
        self._well_ms = self._now_ms()
        before, self.stopped = self.stopped, stopped
        for future, result, error in settled:
            if future.done():  # whoever waited was cancelled; the write stands
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        self._settled.changed()
        if stopped != before:
            if stopped:
                log.error("journal stopped", reason=stopped)
            else:
                log.info("journal writes again", reason=before)
            self._stopping.changed()
