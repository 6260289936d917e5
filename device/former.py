"""Journals that were set aside: a box goes on in a new one, what they still have is told to the hall all the same."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from pathlib import Path
from typing import Any

import structlog

from device.store import failures
from device.writer import JournalDamaged, JournalStopped
from hall.contract import JournalEnd

log = structlog.get_logger()

_TO_TELL = "SELECT coalesce(max(seq), 0), (SELECT value FROM note WHERE key = 'high') FROM fact"
_NAME = re.compile(r"journal-([0-9a-f]{16})-(\d+)\.db")


class Former:
    """One set-aside journal, only read. What the hall has of it is learnt anew in each life of the box."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.id, self.turn = name_of(file)
        """Journal, and turn of the one that followed it."""
        self.told = 0
        """Sequence number of the last fact that the hall has, by its last word."""
        self.backed_up = 0
        self._begins: list[int] | None = None
        """Where a run of facts without a hole begins; such a journal changes no more."""
        self.end = JournalEnd(journal=self.id, seq=0, digest="")
        for seq, raw in self.read("SELECT seq, raw FROM fact ORDER BY seq DESC LIMIT 1"):
            self.end = JournalEnd(journal=self.id, seq=seq, digest=hashlib.sha256(raw).hexdigest())

    @property
    def outbox(self) -> int:
        """Facts that the hall has not yet acknowledged, at most."""
        return max(0, self.end.seq - self.told)

    @property
    def done(self) -> bool:
        """The hall has all of it, in a backup too."""
        return min(self.told, self.backed_up) >= self.end.seq

    def unsent(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """At most ``limit`` facts after ``after`` without a hole between them, as (seq, raw JSON as stored)."""
        try:
            rows = self.read("SELECT seq, raw FROM fact WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
        except JournalDamaged as damaged:
            log.warning("set-aside journal damaged", file=self.file.name, after=after, why=str(damaged))
            self.end = JournalEnd(journal=self.id, seq=after, digest="")
            return []
        return [(seq, raw) for offset, (seq, raw) in enumerate(rows) if seq == rows[0][0] + offset]

    def kept_from(self, seq: int) -> int:
        """Facts from here to ``seq`` are there without a hole: Batch.kept_from of a batch that begins with ``seq``."""
        if self._begins is None:
            sql = "SELECT seq FROM fact AS f WHERE NOT EXISTS (SELECT 1 FROM fact WHERE seq = f.seq - 1)"
            self._begins = [begin for (begin,) in self.read(sql)]
        return max((begin for begin in self._begins if begin <= seq), default=1)

    def read(self, sql: str, *values: object) -> list[Any]:
        """All rows of one query. Raises JournalStopped, JournalDamaged."""
        return _read(self.file, sql, *values)


def _read(file: Path, sql: str, *values: object, opening: bool = False) -> list[Any]:
    with failures(opening=opening):
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()


def facts_to_tell(file: Path) -> int:
    """Facts that the hall has not acknowledged, of a journal that nobody writes; 0 when it cannot be read.

    At most so many: what the hall said last may not have been written down.
    """
    try:
        rows = _read(
            file, "SELECT coalesce(max(seq), 0), (SELECT value FROM note WHERE key = 'high') FROM fact", opening=True
        )
    except JournalStopped:  # a file that is damaged, not there, or not ours: its own start says more
        return 0
    (end, high), *_ = rows
    return max(0, int(end) - (int(high) if str(high).isdecimal() else 0))


def name_of(file: Path) -> tuple[str, int]:
    """Journal and turn in a set-aside journal's file name. Raises ValueError for another file."""
    found = _NAME.fullmatch(file.name)
    if found is None:
        raise ValueError(f"no set-aside journal: {file.name}")
    return found[1], int(found[2])


def formers_in(folder: Path) -> list[Former]:
    """All set-aside journals of a box, oldest first."""
    files = [file for file in folder.glob("journal-*.db") if _NAME.fullmatch(file.name)]
    formers = []
    for file in sorted(files, key=lambda file: name_of(file)[1]):
        try:
            formers.append(Former(file))
        except JournalDamaged as damaged:
            log.warning("set-aside journal damaged", file=file.name, why=str(damaged))
    return formers
