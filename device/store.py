"""The journal's file: one transaction for facts and what follows from them. SQLite in WAL mode, synchronous=FULL.

``commit``, ``probe`` and what runs inside them belong to the writer thread, ``read`` to the loop's.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from device.entries import Data
from device.numbering import BAND_SIZE
from device.projection import follows
from device.writer import JournalStopped
from hall.contract import Fact, Mode

_SCHEMA = Path(__file__).parent / "schema"
_FULL = 13
_FAILED = frozenset({5, 6, 8, 10, 11, 14, 26})
"""Primary result codes (sqlite.org/rescode.html): BUSY, LOCKED, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB."""

KEPT_DAYS = 3
"""Today and two business days before it: a dead hall comes back from what its boxes still have."""

encode = msgspec.json.Encoder(order="deterministic").encode


class JournalForeign(Exception):
    """The file belongs to another device, another mode or a newer program."""


class Store:
    """One file, two connections: the writer's and the loop's."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self.device = self.journal = ""
        self.head: tuple[int, str] = (0, "")
        self.kept_from = 1
        self.high = self.backed_up = 0
        self._tail = self.head
        self._first = 1
        """Head and ``kept_from`` of the transaction that is under way."""
        self._written = (0, 0)
        """``high`` and ``backed_up`` as the file has them."""
        with failures():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writing = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._reading = sqlite3.connect(path, isolation_level=None)
        self._reading.text_factory = _lenient

    def begin_journal(self, device: str, mode: Mode, prepare: Callable[[sqlite3.Connection], object]) -> bool:
        """Bring the schema up to date and read where the chain ends; True when it has no fact yet."""
        with failures():
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._writing.execute(f"PRAGMA {pragma}").fetchall()
            self._reading.execute("PRAGMA query_only = 1")
            self._upgrade()
            prepare(self._writing)
            if not self.read("SELECT 1 FROM note LIMIT 1"):
                notes = {"device": device, "mode": mode, "journal": secrets.token_hex(8)}
                self.commit([partial(self.note, key, value) for key, value in notes.items()])
            whose = self.noted("device"), self.noted("mode")
            if whose != (device, mode):
                raise JournalForeign(f"this journal is of {whose[0]}, mode {whose[1]}")
            self.device, self.journal = device, self.noted("journal") or ""
            self._written = int(self.noted("high") or 0), int(self.noted("backed_up") or 0)
            self.high, self.backed_up = self._written
            for seq, raw in self.read("SELECT seq, raw FROM fact ORDER BY seq DESC LIMIT 1"):
                self.head = seq, hashlib.sha256(raw).hexdigest()
            self.kept_from = self._first_kept()
        return self.head[0] == 0

    def _first_kept(self) -> int:
        (first,) = self._writing.execute("SELECT coalesce(min(seq), 1) FROM fact").fetchone()
        return int(first)

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
        """Let go of the file."""
        self._reading.close()
        self._writing.close()

    @property
    def unwritten(self) -> bool:
        """Whether the hall has said something that the file does not have yet."""
        return (self.high, self.backed_up) != self._written

    def read(self, sql: str, *values: object) -> list[Any]:
        """All rows, on the loop's own connection."""
        return self._reading.execute(sql, values).fetchall()

    def noted(self, key: str) -> str | None:
        """A small value; None when there is none, or a damaged one."""
        for value, crc in self.read("SELECT value, crc FROM note WHERE key = ?", key):
            if crc is None or crc == _crc(key, value):
                return str(value)
        return None

    def holds(self, seq: int, digest: str) -> bool:
        """Whether fact ``seq`` is this one; a pruned one counts as held."""
        if seq < self.kept_from:
            return True
        rows = self.read("SELECT raw FROM fact WHERE seq = ?", seq)
        return bool(rows) and hashlib.sha256(rows[0][0]).hexdigest() == digest

    def commit(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all works in one transaction; raises JournalStopped, or the bug of a work, with nothing stored."""
        self._tail, self._first = self.head, self.kept_from
        said = self.high, self.backed_up
        with failures():
            try:
                self._writing.execute("BEGIN IMMEDIATE")
                results = [work() for work in works]
                if said != self._written:
                    self.note("high", str(said[0]))
                    self.note("backed_up", str(said[1]))
                self._writing.execute("COMMIT")
            except BaseException:
                if self._writing.in_transaction:  # SQLite itself has rolled back after some errors
                    self._writing.execute("ROLLBACK")
                raise
        self.head, self.kept_from, self._written = self._tail, self._first, said
        return results

    def probe(self) -> None:
        """Write and remove more than a fact needs: a page that happened to be free proves nothing."""
        self.commit([lambda: self.run("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(65536))")])
        self.commit([lambda: self.run("DELETE FROM probe")])

    def run(self, sql: str, *values: object) -> int:
        """One statement of the transaction under way; gives how many rows it changed."""
        return self._writing.execute(sql, values).rowcount

    def note(self, key: str, value: str) -> None:
        """Keep a small value."""
        self.run("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", key, value, _crc(key, value))

    def append(self, fact: Fact) -> Fact:
        """Give the fact its place at the end of the chain."""
        seq, prev = self._tail
        fact = msgspec.structs.replace(fact, seq=seq + 1, prev=prev)
        raw = encode(fact)
        self.run("INSERT INTO fact VALUES (?, ?)", fact.seq, raw)
        for sql, values in follows(fact, self.device, self.journal):
            self.run(sql, *values)
        self._tail = fact.seq, hashlib.sha256(raw).hexdigest()
        return fact

    def issue(self, fact: Fact, date: str, service: str, data: Callable[[int], Data]) -> Fact | None:
        """The next count of a band, and its *issued*; None when there is none."""
        # Where another journal may have given numbers that nobody knows of, the row of service "" says how many.
        sql = """INSERT INTO band
                 SELECT ?1, ?2, 1 + coalesce((SELECT count FROM band WHERE date = ?1 AND service = ''), 0) WHERE true
                 ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?3 RETURNING count"""
        rows = self._writing.execute(sql, (date, service, BAND_SIZE)).fetchall()
        return self.append(msgspec.structs.replace(fact, data=data(rows[0][0]))) if rows else None

    def raise_band(self, date: str, service: str, count: int) -> None:
        """Go on after ``count`` at the earliest."""
        sql = "INSERT INTO band VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = max(count, excluded.count)"
        self.run(sql, date, service, min(count, BAND_SIZE))

    def unlock_band(self, date: str, counts: dict[str, int]) -> None:
        """Go on after the hall's counts."""
        for service, count in counts.items():
            self.raise_band(date, service, count)
        self.note("band-locked", "no")

    def send(self, fact: Fact, request: str, window: int, body: bytes) -> Fact:
        """A command that is about to be sent."""
        fact = self.append(fact)
        self.run("INSERT INTO pending VALUES (?, ?, ?, ?, ?)", fact.seq, request, window, body, zlib.crc32(body))
        return fact

    def answer(self, fact: Fact | None, request: str) -> Fact | None:
        """A command is no longer pending; its *answered* is told once, however often it is answered."""
        pending = self.run("DELETE FROM pending WHERE request = ?", request)
        return self.append(fact) if pending and fact else None

    def prune(self, date: str) -> None:
        """A business date has begun: drop what is backed up and older than two of them."""
        if self.run("INSERT OR IGNORE INTO day VALUES (?, ?)", date, self._tail[0] + 1):
            self._go_on_after_untold(date)
        # A hall whose clock had jumped may have told a date that is still to come: it does not count.
        sql = "SELECT date, first FROM day WHERE date <= ? ORDER BY date DESC LIMIT 1 OFFSET ?"
        for oldest, first in self._writing.execute(sql, (date, KEPT_DAYS - 1)).fetchall():
            self._drop_before(min(first, self.backed_up + 1, self._tail[0], *self._needed()))
            self.run("DELETE FROM band WHERE date < ?", oldest)
            self.run("DELETE FROM day WHERE date < ?", oldest)

    def _go_on_after_untold(self, date: str) -> None:
        """Cut off over the change of day: band numbers that the hall has not heard of may be of this new day."""
        sql = """SELECT DISTINCT band.service, count FROM fact, band
                 WHERE fact.seq > ? AND json_extract(CAST(raw AS TEXT), '$.data.source') = 'band'
                   AND band.date = json_extract(CAST(raw AS TEXT), '$.data.date')
                   AND band.service = json_extract(CAST(raw AS TEXT), '$.data.service')"""
        for service, count in self._writing.execute(sql, (self.high,)).fetchall():
            self.raise_band(date, service, count)

    def _needed(self) -> list[int]:
        """First seqs of what is still open: ratings, commands, tickets."""
        sql = """SELECT seq FROM rating UNION SELECT seq FROM pending
                 UNION SELECT seq FROM ticket WHERE outcome IN ('requested', 'issued')"""
        return [seq for (seq,) in self._writing.execute(sql)]

    def _drop_before(self, seq: int) -> None:
        self.run("DELETE FROM fact WHERE seq < ?", seq)
        self.run("DELETE FROM ticket WHERE seq < ?", seq)
        self._first = self._first_kept()


def _crc(key: str, value: str) -> int:
    return zlib.crc32(f"{key}={value}".encode())


def _lenient(text: bytes) -> str:
    """A damaged letter must not end the process."""
    return text.decode("utf-8", "replace")


@contextmanager
def failures() -> Iterator[None]:
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
