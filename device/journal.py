"""What happened at this box, durable before it has an effect. The only sqlite3 in device/.

One writer thread commits all writes that wait in one transaction. Reads go through a connection of the loop's own:
WAL lets them pass beside the writer, and each is a few rows by primary key.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from device.clock import Clock
from device.entries import Data, Entry, OpenRating, Outcome, Ticket
from device.numbering import BAND_SIZE
from device.projection import follows
from device.reading import Reading
from device.watch import Watch
from device.writer import JournalStopped, Writer
from hall.contract import Command, Fact, Mode, SignIn

__all__ = ["Data", "Entry", "Journal", "JournalForeign", "JournalStopped", "OpenRating", "Outcome", "Ticket"]

_SCHEMA = Path(__file__).parent / "schema"
_FULL = 13
_FAILED = frozenset({5, 6, 8, 10, 11, 14, 26})
"""Primary result codes (sqlite.org/rescode.html): BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB."""


class JournalForeign(Exception):
    """The file belongs to another device, another mode or a newer program."""


class Journal(Reading):
    """One file, one writer thread. Writes are awaited and durable; reads are synchronous and take microseconds."""

    def __init__(self, store: _Store, clock: Clock, mode: Mode, writer: type[Writer]) -> None:
        super().__init__(store.read)
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
        self._writer = writer(store.commit, store.probe, self.watch, self.stopping, clock.mono_ms)

    @classmethod
    def open(
        cls,
        path: Path,
        device: str,
        clock: Clock,
        mode: Mode,
        *,
        writer: type[Writer] = Writer,
        prepare: Callable[[sqlite3.Connection], object] = lambda _: None,
    ) -> Journal:
        """Open or make the journal and start its writer; needs a running loop. ``prepare`` gets the connection first.

        Raises JournalForeign for another device's or mode's file, JournalStopped when it cannot be opened.
        """
        store = _Store(path)
        try:
            if store.begin_journal(device, mode, prepare):
                opened = Entry("opened").stamped(clock, mode)
                store.commit([lambda: store.append(opened)])
            return cls(store, clock, mode, writer)
        except BaseException:
            store.close()
            raise

    async def close(self) -> None:
        """Write what waits, end the writer thread, close the file."""
        if self._store.marks_unwritten:
            with suppress(JournalStopped):  # the hall's next welcome tells the marks again
                await self._writer.submit(lambda: None)
        await self._writer.close()
        self._store.close()

    @property
    def stopped(self) -> str | None:
        """``disk-full`` or ``disk-failed`` from a failed write on until a larger trial, every 5 s, has succeeded."""
        return self._writer.stopped

    @property
    def beat_ms(self) -> int:
        """mono_ms at which the writer was last known to be well: now, unless a write is waiting for it."""
        return self._writer.beat_ms

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

        One transaction: a count is never given twice. None when the band is exhausted; nothing is stored then.
        ``data`` runs in the writer thread: it must be pure. Raises JournalStopped.
        """
        stamped = self._stamp(Entry("issued", visit=ticket))
        return await self._writer.submit(lambda: self._store.issue(stamped, date, service, data))

    async def command_sent(self, command: Command, *, ticket: str = "", visit: str = "") -> Fact:
        """Append *request* and keep the command pending until ``command_answered``. Raises JournalStopped."""
        if isinstance(command, SignIn):
            raise TypeError("a sign-in carries a PIN, which no disk may keep")
        kind = str(command.__struct_config__.tag)
        data: Data = {"request": command.request, "window": command.window, "type": kind, "ticket": ticket}
        fact = self._stamp(Entry("request", data, command.operator, command.post, visit))
        body = msgspec.json.encode(command)
        return await self._writer.submit(lambda: self._store.send(fact, command.request, command.window, body))

    async def command_answered(self, request: str) -> None:
        """The command is no longer pending. Raises JournalStopped."""
        await self._writer.submit(lambda: self._store.run("DELETE FROM pending WHERE request = ?", request))

    async def remember(self, key: str, value: str) -> None:
        """Keep a small value through restarts; writes only when it has changed. Raises JournalStopped."""
        if self.recall(key) != value:
            await self._writer.submit(lambda: self._store.note("sync." + key, value))

    def recall(self, key: str) -> str | None:
        """What was remembered last; None when never."""
        rows = self._store.read("SELECT value FROM note WHERE key = ?", "sync." + key)
        return str(rows[0][0]) if rows else None

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

    def _stamp(self, entry: Entry) -> Fact:
        return entry.stamped(self._clock, self.mode)


class _Store:
    """The file. ``commit``, ``probe`` and what runs inside them belong to the writer thread, ``read`` to the loop's."""

    def __init__(self, path: Path) -> None:
        self.device = self.journal = ""
        self.head: tuple[int, str] = (0, "")
        self.high = self.backed_up = 0
        self._tail = self.head
        """Head of the transaction that is under way."""
        self._marks = (0, 0)
        self._encode = msgspec.json.Encoder(order="deterministic").encode
        with _failures():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writing = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._reading = sqlite3.connect(path, isolation_level=None)

    def begin_journal(self, device: str, mode: Mode, prepare: Callable[[sqlite3.Connection], object]) -> bool:
        """Bring the schema up to date and read where the chain ends; True when it has no fact yet."""
        with _failures():
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._writing.execute(f"PRAGMA {pragma}").fetchall()
            self._reading.execute("PRAGMA query_only = 1")
            self._upgrade()
            prepare(self._writing)
            notes = dict(self.read("SELECT key, value FROM note"))
            if not notes:
                notes = {"device": device, "mode": mode, "journal": secrets.token_hex(8), "high": "0", "backed_up": "0"}
                self.commit([partial(self.note, key, value) for key, value in notes.items()])
            if (notes["device"], notes["mode"]) != (device, mode):
                raise JournalForeign(f"this journal is of {notes['device']}, mode {notes['mode']}")
            self.device, self.journal = device, notes["journal"]
            self.high, self.backed_up = self._marks = int(notes["high"]), int(notes["backed_up"])
            for seq, raw in self.read("SELECT seq, raw FROM fact ORDER BY seq DESC LIMIT 1"):
                self.head = seq, hashlib.sha256(raw).hexdigest()
        return self.head[0] == 0

    def _upgrade(self) -> None:
        """Run each numbered schema file that this journal has not seen, all of it or nothing."""
        (at,) = self._writing.execute("PRAGMA user_version").fetchone()
        files = sorted(_SCHEMA.glob("*.sql"))
        if at > len(files):
            raise JournalForeign(f"this journal has schema {at}, newer than ours, {len(files)}")
        for number, file in enumerate(files[at:], at + 1):
            sql = file.read_text("utf-8")
            self._writing.executescript(f"BEGIN IMMEDIATE; {sql} PRAGMA user_version = {number}; COMMIT;")

    def close(self) -> None:
        self._reading.close()
        self._writing.close()

    @property
    def marks_unwritten(self) -> bool:
        return (self.high, self.backed_up) != self._marks

    def read(self, sql: str, *values: object) -> list[Any]:
        return self._reading.execute(sql, values).fetchall()

    def commit(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all works in one transaction; raises JournalStopped, or the bug of a work, with nothing stored."""
        self._tail = self.head
        marks = self.high, self.backed_up
        with _failures():
            try:
                self._writing.execute("BEGIN IMMEDIATE")
                results = [work() for work in works]
                if marks != self._marks:
                    self.note("high", str(marks[0]))
                    self.note("backed_up", str(marks[1]))
                self._writing.execute("COMMIT")
            except BaseException:
                if self._writing.in_transaction:  # SQLite itself has rolled back after some errors
                    self._writing.execute("ROLLBACK")
                raise
        self.head, self._marks = self._tail, marks
        return results

    def probe(self) -> None:
        """Write and remove more than a fact needs: a page that happened to be free proves nothing."""
        self.commit([lambda: self.run("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(65536))")])
        self.commit([lambda: self.run("DELETE FROM probe")])

    def run(self, sql: str, *values: object) -> None:
        self._writing.execute(sql, values)

    def note(self, key: str, value: str) -> None:
        self.run("INSERT OR REPLACE INTO note VALUES (?, ?)", key, value)

    def append(self, fact: Fact) -> Fact:
        """Give the fact its place at the end of the chain."""
        seq, prev = self._tail
        fact = msgspec.structs.replace(fact, seq=seq + 1, prev=prev)
        raw = self._encode(fact)
        self.run("INSERT INTO fact VALUES (?, ?)", fact.seq, raw)
        for sql, values in follows(fact, self.device, self.journal):
            self.run(sql, *values)
        self._tail = fact.seq, hashlib.sha256(raw).hexdigest()
        return fact

    def issue(self, fact: Fact, date: str, service: str, data: Callable[[int], Data]) -> Fact | None:
        sql = """INSERT INTO band VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?
                 RETURNING count"""
        rows = self._writing.execute(sql, (date, service, BAND_SIZE)).fetchall()
        return self.append(msgspec.structs.replace(fact, data=data(rows[0][0]))) if rows else None

    def send(self, fact: Fact, request: str, window: int, body: bytes) -> Fact:
        fact = self.append(fact)
        self.run("INSERT INTO pending VALUES (?, ?, ?, ?)", fact.seq, request, window, body)
        return fact


@contextmanager
def _failures() -> Iterator[None]:
    """Tell a disk that fails (JournalStopped) from a bug of ours (as raised)."""
    try:
        yield
    except OSError as error:
        raise JournalStopped("disk-failed", str(error)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == _FULL:
            raise JournalStopped("disk-full", str(error)) from error
        if code in _FAILED:
            raise JournalStopped("disk-failed", str(error)) from error
        raise
