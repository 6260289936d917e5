"""What happened at this box, durable before it has an effect.

One writer thread commits all writes that wait in one transaction. Reads go through a connection of the loop's own:
WAL lets them pass beside the writer, and each is a few rows by primary key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from device import band
from device.beginning import begin
from device.clock import Clock
from device.entries import Data, Entry, OpenRating, Outcome, Ticket
from device.former import Former, formers_in
from device.mark import MarkFile
from device.pending import answered, requested, send, settle
from device.pruning import prune
from device.reading import Reading
from device.store import JournalForeign, Store
from device.watch import Watch
from device.writer import JournalDamaged, JournalStopped, Writer
from hall.contract import Answer, Command, Fact, JournalEnd, Mode, SignIn

__all__ = [
    "Data",
    "Entry",
    "Journal",
    "JournalDamaged",
    "JournalForeign",
    "JournalStopped",
    "OpenRating",
    "Outcome",
    "Ticket",
]


class Journal(Reading):
    """One file, one writer thread. Writes are awaited and durable; reads are synchronous and take microseconds."""

    def __init__(self, store: Store, clock: Clock, mode: Mode, writer: type[Writer]) -> None:
        super().__init__(self._look_up)
        self.device = store.device
        self.mode: Mode = mode
        self.id = store.journal
        """16 hex digits, drawn when the file was made."""
        self.watch = Watch()
        """Changed after each commit."""
        self.stopping = Watch()
        """Changed when ``stopped`` changes."""
        self._store = store
        self._clock = clock
        self.formers = [former for former in formers_in(store.path.parent) if former.end.seq]
        """Set-aside journals, oldest first; all their facts are to be told to the hall."""
        self._writer = writer(store.commit, store.probe, self.watch, self.stopping, clock.mono_ms)

    @classmethod
    def open(
        cls,
        path: Path,
        device: str,
        clock: Clock,
        mode: Mode,
        *,
        mark: Path | None = None,
        machine: str = "",
        writer: type[Writer] = Writer,
        prepare: Callable[[sqlite3.Connection], object] = lambda _: None,
    ) -> Journal:
        """Open or make the journal and start its writer; needs a running loop. ``prepare`` gets the connection first.

        ``mark`` is the side file outside of the journal's folder, ``machine`` the machine's id ("" when unknown).
        Raises JournalForeign for another device's or mode's file, JournalStopped when it cannot be opened.
        """
        store = begin(path, device, clock, mode, MarkFile(mark), machine, prepare)
        try:
            return cls(store, clock, mode, writer)
        except BaseException:
            store.close()
            raise

    async def close(self) -> None:
        """Write what waits, end the writer thread, write the mark, close the file."""
        if self._store.unwritten:
            with suppress(JournalStopped):  # the hall's next welcome tells the marks again
                await self._writer.submit(lambda: None)
        await self._writer.close()
        with suppress(JournalStopped):  # the older mark is true as well
            self._store.put_mark()
        self._store.close()

    @property
    def damaged(self) -> bool:
        """Whether SQLite has stumbled over a page since this start."""
        return self._store.damaged

    async def sound(self) -> None:
        """Long-lived: raises JournalDamaged once SQLite has stumbled over a page, for only a start repairs it."""
        with self.stopping.watching() as changed:
            while not self._store.damaged:
                await changed.wait()
                changed.clear()
        raise JournalDamaged("a page of the journal is damaged")

    def _look_up(self, sql: str, *values: object) -> list[Any]:
        try:
            return self._store.read(sql, *values)
        except JournalDamaged:
            self.stopping.changed()
            raise

    @property
    def stopped(self) -> str | None:
        """``disk-full`` or ``disk-failed`` from a failed write on until a larger trial, every 5 s, has succeeded."""
        return self._writer.stopped

    @property
    def beat_ms(self) -> int:
        """mono_ms at which the writer was last known to be well: now, unless a write is waiting for it."""
        return self._writer.beat_ms

    async def answers(self) -> None:
        """Returns when the writer thread has had its turn, whether or not it can write."""
        with suppress(JournalStopped):
            await self._writer.submit(lambda: None)

    async def record(self, kind: str, data: Data, *, operator: str = "", post: str = "", visit: str = "") -> Fact:
        """Append one fact and what follows from it, in one transaction. Raises JournalStopped."""
        (fact,) = await self.record_many([Entry(kind, data, operator, post, visit)])
        return fact

    async def record_many(self, entries: Sequence[Entry]) -> list[Fact]:
        """Append all of them or none, in this order. Raises JournalStopped."""
        facts = [self._stamp(entry) for entry in entries]
        return await self._writer.submit(lambda: [self._store.append(fact) for fact in facts])

    async def issue_from_band(self, ticket: str, date: str, service: str, data: Callable[[int], Data]) -> Fact | None:
        """Take the next count (1-999) of this date's and service's band and append *issued* with ``data(count)``.

        One transaction, and the mark is written before it: a count is never given twice. None, with nothing stored,
        when the band is locked or exhausted.
        ``data`` runs in the writer thread: it must be pure. Raises JournalStopped.
        """
        stamped = self._stamp(Entry("issued", visit=ticket))
        return await self._writer.submit(lambda: band.issue(self._store, stamped, date, service, data))

    async def command_sent(self, command: Command, *, ticket: str = "", visit: str = "") -> Fact:
        """Append *request* and keep the command pending until ``command_answered``. Raises JournalStopped."""
        fact = self._stamp(requested(command, ticket, visit))
        return await self._writer.submit(lambda: send(self._store, fact, command))

    async def command_answered(self, command: Command, answer: Answer | None) -> Fact | None:
        """The command is no longer pending, and *answered* tells it: one transaction. Raises JournalStopped.

        Only the first time: None later, and when ``answer`` is None (the hall did not take the command at all).
        """
        fact = self._stamp(answered(command, answer)) if answer else None
        return await self._writer.submit(lambda: settle(self._store, fact, command.request))

    async def answered_sign_in(self, command: SignIn, answer: Answer) -> Fact:
        """Append *answered*; a sign-in is never pending, and its PIN never stored. Raises JournalStopped."""
        fact = self._stamp(answered(command, answer))
        return await self._writer.submit(lambda: self._store.append(fact))

    async def remember(self, key: str, value: str) -> None:
        """Keep a small value through restarts; writes only when it has changed. Raises JournalStopped."""
        if self.recall(key) != value:
            await self._writer.submit(lambda: self._store.note("sync." + key, value))

    def recall(self, key: str) -> str | None:
        """What was remembered last; None when never."""
        return self._store.noted("sync." + key)

    def acknowledge(self, high: int, backed_up: int) -> None:
        """What the hall says it has. Stored along with the next write: the hall tells it again in each welcome."""
        self._store.high, self._store.backed_up = high, backed_up
        self.watch.changed()

    def head(self) -> tuple[int, str]:
        """Sequence number and digest of the last fact."""
        return self._store.head

    @property
    def outbox(self) -> int:
        """Facts that the hall has not yet acknowledged."""
        return max(0, self._store.head[0] - self._store.high)

    @property
    def acknowledged(self) -> int:
        """Sequence number of the last fact that the hall has, by its last word."""
        return self._store.high

    @property
    def backed_up(self) -> int:
        """Sequence number of the last fact that the hall has in a backup, by its last word."""
        return self._store.backed_up

    @property
    def kept_from(self) -> int:
        """Sequence number of the first fact that is still here."""
        return self._store.kept_from

    async def prune(self, business_date: str) -> None:
        """This business date has begun: drop what is backed up and older than two before it. Raises JournalStopped.

        The file keeps its size: later facts take the room.
        """
        await self._writer.submit(lambda: prune(self._store, business_date))
        for former in [former for former in self.formers if self.kept_from > 1 and former.done]:
            former.file.unlink(missing_ok=True)  # older than anything that is still here
            self.formers.remove(former)

    def holds(self, seq: int, digest: str) -> bool:
        """Whether fact ``seq`` is this one. True for 0, which is before all facts, and for a pruned one."""
        return self._store.holds(seq, digest)

    async def mark_replaced(self, reason: str) -> None:
        """At the next start a new journal begins, and this one is set aside. Raises JournalStopped."""
        await self._writer.submit(lambda: self._store.note("replaced", reason))

    def former_told(self, former: Former, high: int, backed_up: int = 0) -> None:
        """What the hall says it has of a set-aside journal."""
        former.told, former.backed_up = high, backed_up
        self.watch.changed()

    def ends(self) -> list[JournalEnd]:
        """Where this journal ends, then each set-aside one: what a recovering hall has to wait for."""
        seq, digest = self._store.head
        return [JournalEnd(journal=self.id, seq=seq, digest=digest), *(former.end for former in self.formers)]

    @property
    def band_locked(self) -> bool:
        """No number of the box's own band until ``unlock_band``: other journals' slips may be out."""
        return band.locked(self._look_up(band.NOTED))

    async def take_over(self, formers: Sequence[str]) -> None:
        """The hall knows journals of a machine before this one: its band is doubtful, and what was on its way there.

        Only a journal that never heard the hall tell its band asks itself so; for others it is no news.
        Raises JournalStopped.
        """
        opened = [self._stamp(Entry("opened", {"reason": "replaced", "former": former})) for former in formers]
        await self._writer.submit(lambda: band.doubt(self._store) and [self._store.append(fact) for fact in opened])

    async def unlock_band(self, date: str, counts: dict[str, int]) -> None:
        """The hall has told how far it knows this box's band on ``date``: go on after that. Raises JournalStopped.

        To be called with each welcome of a hall that is not recovering, locked or not.
        """
        await self._writer.submit(lambda: band.unlock(self._store, date, counts))

    def _stamp(self, entry: Entry) -> Fact:
        return entry.stamped(self._clock, self.mode)
