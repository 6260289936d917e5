"""The journal's file: one transaction for facts and what follows from them. SQLite in WAL mode, synchronous=FULL.

``commit``, ``probe`` and what runs inside them belong to the writer thread, ``read`` to the loop's.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from device.mark import Mark, MarkFile
from device.projection import follows
from device.writer import JournalDamaged, JournalStopped
from hall.contract import Fact

SCHEMA = sorted((Path(__file__).parent / "schema").glob("*.sql"))
_FULL = 13
_FAILED = frozenset({5, 6, 8, 10, 14})
"""Primary result codes (sqlite.org/rescode.html): BUSY, LOCKED, READONLY, IOERR, CANTOPEN."""
_DAMAGED = frozenset({11, 26, 266, 522, 8202, 8458})
"""CORRUPT, NOTADB, and of IOERR those that a bad sector gives: READ, SHORT_READ, DATA, CORRUPTFS."""

encode = msgspec.json.Encoder(order="deterministic").encode


class JournalForeign(Exception):
    """The file belongs to another device, another mode or a newer program."""


class Store:
    """One file, two connections: the writer's and the loop's."""

    def __init__(self, path: Path, mark: MarkFile) -> None:
        self.path = path
        self.mark = mark
        self.device = self.mode = self.journal = self.machine = ""
        """Empty in a file that holds no journal yet."""
        self.turn = 0
        """How many journals this box has had before."""
        self.head: tuple[int, str] = (0, "")
        self.kept_from = 1
        self.high = self.backed_up = 0
        self.damaged = False
        """SQLite has stumbled since the start; only the next start repairs it."""
        self._tail = self.head
        self._first = 1
        """Head and ``kept_from`` of the transaction that is under way."""
        self._band_moved = False
        self._written = (0, 0)
        """``high`` and ``backed_up`` as the file has them."""
        with failures():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writing = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._reading = sqlite3.connect(path, isolation_level=None)
        self._reading.text_factory = self._writing.text_factory = _lenient

    def prepare(self, prepare: Callable[[sqlite3.Connection], object]) -> None:
        """Bring the schema up to date. Raises JournalDamaged, JournalForeign, JournalStopped."""
        with failures(opening=True):
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._writing.execute(f"PRAGMA {pragma}").fetchall()
            self._reading.execute("PRAGMA query_only = 1")
            self._upgrade()
            prepare(self._writing)

    def _upgrade(self) -> None:
        """Run each numbered schema file that this journal has not seen, all of it or nothing."""
        at = self.schema
        if at > len(SCHEMA):
            if self.noted("schema") != str(at):
                raise JournalDamaged(f"schema {at} in the file's header, {self.noted('schema')} in its notes")
            remedy = "install the newer program again, or: yichuang device --roll-back SETTINGS"
            raise JournalForeign(f"this journal has schema {at}, newer than ours, {len(SCHEMA)} → {remedy}")
        for number, file in enumerate(SCHEMA[at:], at + 1):
            sql = file.read_text("utf-8")
            self._writing.executescript(f"BEGIN IMMEDIATE; {sql} PRAGMA user_version = {number}; COMMIT;")
        if at < len(SCHEMA) and self.read("SELECT 1 FROM note LIMIT 1"):
            self.commit([self.note_schema])

    @property
    def schema(self) -> int:
        """By which schema file it was brought up to date last."""
        (at,) = self._writing.execute("PRAGMA user_version").fetchone()
        return int(at)

    def note_schema(self) -> None:
        """The schema's number stands in the file's header, where a flipped bit would make it another program's."""
        self.note("schema", str(len(SCHEMA)))

    def identify(self) -> None:
        """Read whose journal this is and where it ends; nothing in a file that holds none. Raises JournalDamaged."""
        if not self.read("SELECT 1 FROM note UNION ALL SELECT 1 FROM fact LIMIT 1"):
            return
        whose = [self.noted(key) for key in ("device", "mode", "journal")]
        if None in whose:
            raise JournalDamaged("nothing says whose journal this is")
        self.device, self.mode, self.journal = map(str, whose)
        self.machine = self.noted("machine") or ""
        self.turn = self._number("turn")
        self._written = self._number("high"), self._number("backed_up")
        self.high, self.backed_up = self._written
        for seq, raw in self.read("SELECT seq, raw FROM fact ORDER BY seq DESC LIMIT 1"):
            self.head = seq, digest_of(raw)
        self.kept_from = self._first_kept()

    def _number(self, key: str) -> int:
        noted = self.noted(key) or ""
        return int(noted) if noted.isdecimal() else 0

    def _first_kept(self) -> int:
        (first,) = self._writing.execute("SELECT coalesce(min(seq), 1) FROM fact").fetchone()
        return int(first)

    def close(self) -> None:
        """Let go of the file."""
        self._reading.close()
        self._writing.close()

    def detach(self) -> None:
        """Let go of the file for good: all of it is then in the one file."""
        with failures():
            self._reading.close()
            self._writing.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self._writing.execute("PRAGMA journal_mode = DELETE").fetchall()
            self._writing.close()

    @property
    def unwritten(self) -> bool:
        """Whether the hall has said something that the file does not have yet."""
        return (self.high, self.backed_up) != self._written

    def read(self, sql: str, *values: object) -> list[Any]:
        """All rows, on the loop's own connection. Raises JournalDamaged, JournalStopped."""
        try:
            with failures():
                return self._reading.execute(sql, values).fetchall()
        except JournalDamaged:
            self.damaged = True
            raise

    def noted(self, key: str) -> str | None:
        """A small value; None when there is none, or a damaged one."""
        for value, crc in self.read("SELECT value, crc FROM note WHERE key = ?", key):
            if crc is None or crc == note_crc(key, value):
                return str(value)
        return None

    def holds(self, seq: int, digest: str) -> bool:
        """Whether fact ``seq`` is this one; a pruned one counts as held."""
        if seq < self.kept_from:
            return True
        rows = self.read("SELECT raw FROM fact WHERE seq = ?", seq)
        return bool(rows) and digest_of(rows[0][0]) == digest

    def commit(self, works: Sequence[Callable[[], Any]]) -> list[Any]:
        """Run all works in one transaction; raises JournalStopped, or the bug of a work, with nothing stored."""
        self._tail, self._first, self._band_moved = self.head, self.kept_from, False
        said = self.high, self.backed_up
        try:
            with failures():
                results = self._transact(works, said)
        except JournalDamaged:
            self.damaged = True
            raise
        self.head, self.kept_from, self._written = self._tail, self._first, said
        if self.mark.behind(self.head[0]):
            with suppress(JournalStopped):  # an older mark is a true one; the band's are written before the commit
                self.put_mark()
        return results

    def _transact(self, works: Sequence[Callable[[], Any]], said: tuple[int, int]) -> list[Any]:
        try:
            self._writing.execute("BEGIN IMMEDIATE")
            results = [work() for work in works]
            if self._tail != self.head:
                self.note("end", end_note(*self._tail))
            if said != self._written:
                self.note("high", str(said[0]))
                self.note("backed_up", str(said[1]))
            if self._band_moved:
                self.put_mark()
            self._writing.execute("COMMIT")
        except BaseException:
            if self._writing.in_transaction:  # SQLite itself has rolled back after some errors
                self._writing.execute("ROLLBACK")
            raise
        return results

    def put_mark(self) -> None:
        """Write down outside where the journal ends and how far its band is. Raises JournalStopped."""
        band: dict[str, dict[str, int]] = {}
        for date, service, count in self._writing.execute("SELECT date, service, count FROM band"):
            band.setdefault(date, {})[service] = count
        seq, digest = self.head
        self.mark.write(
            Mark(
                device=self.device,
                journal=self.journal,
                turn=self.turn,
                seq=seq,
                digest=digest,
                machine=self.machine,
                band=band,
            )
        )

    def probe(self) -> None:
        """Write and remove more than a fact needs: a page that happened to be free proves nothing."""
        self.commit([lambda: self.run("INSERT OR REPLACE INTO probe VALUES (1, zeroblob(65536))")])
        self.commit([lambda: self.run("DELETE FROM probe")])

    def run(self, sql: str, *values: object) -> int:
        """One statement of the transaction under way; gives how many rows it changed."""
        return self._writing.execute(sql, values).rowcount

    def ask(self, sql: str, *values: object) -> list[Any]:
        """One query of the transaction under way; gives all its rows."""
        return self._writing.execute(sql, values).fetchall()

    def note(self, key: str, value: str) -> None:
        """Keep a small value."""
        self.run("INSERT OR REPLACE INTO note VALUES (?, ?, ?)", key, value, note_crc(key, value))

    def append(self, fact: Fact) -> Fact:
        """Give the fact its place at the end of the chain."""
        seq, prev = self._tail
        fact = msgspec.structs.replace(fact, seq=seq + 1, prev=prev)
        self.restore(fact, encode(fact))
        return fact

    def restore(self, fact: Fact, raw: bytes) -> None:
        """Put a fact that has its place there, and all that follows from it."""
        self.run("INSERT INTO fact VALUES (?, ?)", fact.seq, raw)
        for sql, values in follows(fact, self.device, self.journal):
            self.run(sql, *values)
        self._tail = fact.seq, digest_of(raw)

    def band_moves(self) -> None:
        """The transaction under way changes the band: the mark is written before it is committed."""
        self._band_moved = True

    def prune_before(self, seq: int) -> None:
        """Drop earlier facts and the tickets that they began; at least the last fact stays."""
        self.run("DELETE FROM fact WHERE seq < ?", min(seq, self._tail[0]))
        self.run("DELETE FROM ticket WHERE seq < ?", min(seq, self._tail[0]))
        self._first = self._first_kept()
        self.note("kept_from", str(self._first))


def digest_of(raw: object) -> str:
    """SHA-256 of a fact as stored, in hex. Raises JournalDamaged for what is no fact."""
    if not isinstance(raw, bytes):
        raise JournalDamaged(f"a fact of type {type(raw).__name__}")
    return hashlib.sha256(raw).hexdigest()


def end_note(seq: int, digest: str) -> str:
    """Where a journal ends, as it is noted."""
    return f"{seq} {digest}"


def note_crc(key: str, value: str) -> int:
    """CRC-32 that a note is kept with: SQLite sees no flipped bit in a value."""
    return zlib.crc32(f"{key}={value}".encode())


def _lenient(text: bytes) -> str:
    """A damaged letter must not end the process."""
    return text.decode("utf-8", "replace")


@contextmanager
def failures(*, opening: bool = False) -> Iterator[None]:
    """Tell a disk that fails (JournalStopped) and a damaged file (JournalDamaged) from a bug of ours (as raised).

    While ``opening``, a table that is not as we made it is damage too.
    """
    try:
        yield
    except OSError as error:
        raise JournalStopped("disk-failed", str(error)) from error
    except UnicodeDecodeError as error:  # in the very words in which SQLite complains
        raise JournalDamaged(str(error)) from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0)
        primary = code & 0xFF
        if primary == _FULL:
            raise JournalStopped("disk-full", str(error)) from error
        if {code, primary} & _DAMAGED:
            raise JournalDamaged(str(error)) from error
        if primary in _FAILED:
            raise JournalStopped("disk-failed", str(error)) from error
        if opening and isinstance(error, sqlite3.OperationalError):
            raise JournalDamaged(str(error)) from error
        raise
