"""Jobs run on the loop, one after the other; a thread waits for the disk. What queues up meanwhile shares a commit.

A commit waits for the disk (0.2 ms here) whatever it holds, so eight clerks at once pay for one commit, not for
eight. Only that wait is in the thread: a job is some ten short statements, and each one run in a thread hands the
interpreter's lock to the loop and begs it back (measured with eight boxes: 870 tickets a second that way, 1250 this
way). Each job stands in a savepoint of its own: a job that fails takes nothing with it.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from config.durations import Durations
from hall.windows import Window

if TYPE_CHECKING:
    from hall.recovering import Life

T = TypeVar("T")


COMMIT_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""From a good disk's wait to one that keeps clerks waiting."""


class StoreFailed(Exception):
    """The commit did not happen (disk full, disk gone): nothing of it may be answered as done."""


@dataclass(slots=True)
class Effects:
    """What a committed job changed that is also known in memory or told to boxes."""

    waiting: dict[str, int] = field(default_factory=dict)
    """Change of the number waiting, by service code."""
    counted: dict[str, int] | None = None
    """Who waits, by service code, counted anew: stands instead of what was known before the changes."""
    flashing: dict[str, str] = field(default_factory=dict)
    """Tickets that are called by the screens: id and number; "" for one that no longer is."""
    away: bool = False
    """Somebody has stepped away, until a time that has to be waited for."""
    windows: dict[int, Window] = field(default_factory=dict)
    business_date: str | None = None
    """A new day: everything waiting is gone with the old one."""
    life: Life | None = None
    """The hall's term, and whether it is recovering, from now on."""
    began: dict[str, int] = field(default_factory=dict)
    """Calls whose holders are being served, and since when."""
    ended: list[tuple[str, str, int]] = field(default_factory=list)
    """Calls that were finished: name, service, when."""
    asked: list[str] = field(default_factory=list)
    """Items that numbers were asked for."""
    void: list[str] = field(default_factory=list)
    """Numbers that are void from now on, and may be on paper."""
    valid: list[str] = field(default_factory=list)
    """Numbers that were admitted: void no longer, if they were."""
    devices: bool = False
    """A device of a box stands otherwise now."""


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


_Batch = list[_Done]


class _Question(NamedTuple):
    """Whether the thread is still there."""

    asked: asyncio.Future[None]

    def answer(self) -> None:
        """Nobody may wait any more."""
        if not self.asked.done():
            self.asked.set_result(None)


class Writer:
    """The one who writes. ``on_commit`` runs with each job's effects, before the job is answered. Needs a loop."""

    def __init__(self, connection: sqlite3.Connection, on_commit: Callable[[Effects], None]) -> None:
        self._connection = connection
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._works: list[_Work] = []
        self._busy = False
        """A batch is about to begin, or on its way to the disk."""
        self._closing = False
        self._begun: queue.SimpleQueue[_Batch | _Question | None] = queue.SimpleQueue()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        """Resolved when nothing will be written any more; holds the error when that is a bug's doing."""
        self.waited = Durations(COMMIT_S)
        """How long commits waited for the disk. Counted in the commit thread."""
        self.commits = 0
        self.found: int = connection.execute(_COUNT).fetchone()[0]
        """The commits that the database had seen in all its life when this writer began."""
        self._count = self.found
        self._mark: Callable[[int], None] = _nothing
        self._thread = threading.Thread(target=self._run, name="hall-commit")
        self._thread.start()

    async def write(self, job: Job[T]) -> T:
        """Run the job in the next transaction. Returns when it is on the disk; raises what the job raised."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._works.append(_Work(job, future))
        self._go_on()
        return await future

    def keep_mark(self, put: Callable[[int], None]) -> None:
        """From now on ``put`` is told, in the commit thread, of how many commits the disk has."""
        self._mark = put

    async def answers(self) -> None:
        """Returns when the thread has had its turn: it is there, and no commit keeps it."""
        asked: asyncio.Future[None] = self._loop.create_future()
        self._begun.put(_Question(asked))
        await asked

    async def close(self) -> None:
        """Carry out what is queued, then end the thread."""
        self._closing = True
        self._go_on()
        await asyncio.shield(self.ended)
        self._thread.join()

    def _go_on(self) -> None:
        """Begin the next batch once all that the loop has at hand is queued; end when closing and all is written."""
        if self._busy:
            return
        self._busy = True
        if self._works:
            self._loop.call_soon(self._begin)
        elif self._closing:
            self._begun.put(None)
        else:
            self._busy = False

    def _begin(self) -> None:
        """Run all jobs at hand in one transaction and hand its commit to the thread."""
        works, self._works = self._works, []
        self.commits += 1
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._count += 1
            self._connection.execute(_COUNTED, (self._count,))
            batch = [self._savepoint(work) for work in works]
        except sqlite3.Error as error:
            self._settle(self._failed([work.future for work in works], error))
        except BaseException as bug:
            self._begun.put(None)
            self._end(bug)
            raise
        else:
            self._begun.put(batch)

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

    def _run(self) -> None:
        """The thread: wait for the disk, and nothing else."""
        error: BaseException | None = None
        try:
            while (batch := self._begun.get()) is not None:
                if isinstance(batch, _Question):
                    self._loop.call_soon_threadsafe(batch.answer)
                else:
                    self._loop.call_soon_threadsafe(self._settle, self._commit(batch))
        except BaseException as bug:  # noqa: BLE001, RUF100 - handed to the loop, which ends the process
            error = bug
        self._loop.call_soon_threadsafe(self._end, error)

    def _commit(self, batch: _Batch) -> _Batch:
        began = time.perf_counter()
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            return self._failed([done.future for done in batch], error)
        finally:
            self.waited.add(time.perf_counter() - began)
        self._mark(self._count)
        return batch

    def _failed(self, futures: list[asyncio.Future[Any]], error: sqlite3.Error) -> _Batch:
        """Nothing of this transaction has happened."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")
        return [_Done(future, None, StoreFailed(str(error)), None) for future in futures]

    def _settle(self, batch: _Batch) -> None:
        """The commit has happened, or not: answer everybody, and go on."""
        for future, result, error, effects in batch:
            if effects is not None:
                self._on_commit(effects)
            if future.cancelled():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)
        self._busy = False
        self._go_on()

    def _end(self, error: BaseException | None) -> None:
        if self.ended.done():
            return
        if error is None:
            self.ended.set_result(None)
        else:
            self.ended.set_exception(error)


def _nothing(_count: int) -> None:
    """No mark is kept."""


_COUNT = "SELECT coalesce(max(CAST(value AS INTEGER)), 0) FROM meta WHERE key = 'commits'"
_COUNTED = (
    "INSERT INTO meta (key, value) VALUES ('commits', CAST(? AS TEXT)) ON CONFLICT DO UPDATE SET value = excluded.value"
)
