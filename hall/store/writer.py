"""One thread writes; whatever has queued up meanwhile shares one commit.

A commit waits for the disk (0.2 ms here) whatever it holds, so eight clerks at once pay for one commit, not for
eight. Each job stands in a savepoint of its own: a job that fails takes nothing with it.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from hall.windows import Window

T = TypeVar("T")


class StoreFailed(Exception):
    """The commit did not happen (disk full, disk gone): nothing of it may be answered as done."""


@dataclass(slots=True)
class Effects:
    """What a committed job changed that is also known in memory or told to boxes."""

    waiting: dict[str, int] = field(default_factory=dict)
    """Change of the number waiting, by service code."""
    windows: dict[int, Window] = field(default_factory=dict)
    business_date: str | None = None
    """A new day: everything waiting is gone with the old one."""


class Tx:
    """What a job writes with. Its effects become true only when the commit has happened."""

    __slots__ = ("effects", "execute", "executemany")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.execute = connection.execute
        self.executemany = connection.executemany
        self.effects = Effects()

    def count(self, service: str, change: int) -> None:
        """So many more wait for this service."""
        self.effects.waiting[service] = self.effects.waiting.get(service, 0) + change


Job = Callable[[Tx], T]


class _Work(NamedTuple):
    job: Job[Any]
    future: asyncio.Future[Any]


class _Done(NamedTuple):
    future: asyncio.Future[Any]
    result: Any
    error: Exception | None
    effects: Effects | None


class Writer:
    """The writer thread. ``on_commit`` runs on the loop with each job's effects, before the job is answered."""

    def __init__(self, connection: sqlite3.Connection, on_commit: Callable[[Effects], None]) -> None:
        self._connection = connection
        self._on_commit = on_commit
        self._works: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        """Resolved when the thread has ended; holds the error when it was a bug."""
        self.commits = 0
        self._thread = threading.Thread(target=self._run, name="hall-writer")
        self._thread.start()

    async def write(self, job: Job[T]) -> T:
        """Run the job in the writer's next transaction. Returns when it is on the disk; raises what the job raised."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._works.put(_Work(job, future))
        return await future

    async def close(self) -> None:
        """Carry out what is queued, then end the thread."""
        self._works.put(None)
        await asyncio.shield(self.ended)
        self._thread.join()

    def _run(self) -> None:
        error: BaseException | None = None
        try:
            while works := self._next():
                done = self._commit(works)
                self._loop.call_soon_threadsafe(self._settle, done)
        except BaseException as bug:  # noqa: BLE001, RUF100 - handed to the loop, which ends the process
            error = bug
        self._loop.call_soon_threadsafe(self._end, error)

    def _next(self) -> list[_Work]:
        """Everything queued, waiting for the first; empty at the end."""
        works: list[_Work] = []
        work = self._works.get()
        while work is not None:
            works.append(work)
            try:
                work = self._works.get_nowait()
            except queue.Empty:
                return works
        if works:
            self._works.put(None)
        return works

    def _commit(self, works: list[_Work]) -> list[_Done]:
        self.commits += 1
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            done = [self._savepoint(work) for work in works]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return [_Done(work.future, None, StoreFailed(str(error)), None) for work in works]
        return done

    def _savepoint(self, work: _Work) -> _Done:
        tx = Tx(self._connection)
        tx.execute("SAVEPOINT job")
        try:
            result = work.job(tx)
        except Exception as error:
            if not self._connection.in_transaction:
                raise  # the disk is full: SQLite has taken the whole transaction back, not this job alone
            tx.execute("ROLLBACK TO job")
            done = _Done(work.future, None, error, None)
        else:
            done = _Done(work.future, result, None, tx.effects)
        tx.execute("RELEASE job")
        return done

    def _settle(self, done: list[_Done]) -> None:
        for future, result, error, effects in done:
            if effects is not None:
                self._on_commit(effects)
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _end(self, error: BaseException | None) -> None:
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)
