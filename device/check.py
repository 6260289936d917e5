"""Is the journal's file sound? Asked at each start, so it must be cheap: 50 ms for 20,000 facts."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

from device.store import SCHEMA, Store, digest_of, end_note, failures
from device.writer import JournalDamaged

TAIL = 256
"""Facts whose chain is checked, besides all that the hall does not have: of the others the hall has a copy."""


_HEADER = b"SQLite format 3\0\x10\0"
_TABLES = """SELECT m.name, c.name, c.type, c."notnull", c.dflt_value, c.pk
             FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' ORDER BY 1, c.cid"""
_INDEXES = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY 1"


def check_header(file: Path) -> None:
    """The first bytes, which say how all others are to be read. Raises JournalDamaged, JournalStopped."""
    with failures():
        if not file.exists():
            return
        with file.open("rb") as stream:
            header = stream.read(100)
    # Bytes 18 and 19 say by which journal it is written and read: 1 for rollback, 2 for WAL (sqlite.org/fileformat2).
    if header and not (header.startswith(_HEADER) and {*header[18:20]} <= {1, 2}):
        raise JournalDamaged("the file's header is not SQLite's")


def check(store: Store) -> None:
    """Pages as SQLite checks them, tables as we made them, no fact missing, the chain of the last facts.

    ``store`` is identified. A journal that was salvaged with holes is held to its pages alone. Raises JournalDamaged.
    """
    with failures(opening=True):
        found = store.read("PRAGMA integrity_check(1)")
        if found != [("ok",)]:
            raise JournalDamaged(str(found[0][0]))
        if (store.read(_TABLES), store.read(_INDEXES)) != _as_made():
            raise JournalDamaged("the tables are not as we made them")
        if store.journal and not store.noted("holes"):
            _check_count(store)
            _check_chain(store)


@cache
def _as_made() -> tuple[list[Any], list[Any]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for file in SCHEMA:
            connection.executescript(file.read_text("utf-8"))
        return connection.execute(_TABLES).fetchall(), connection.execute(_INDEXES).fetchall()
    finally:
        connection.close()


def _check_count(store: Store) -> None:
    ((count,),) = store.read("SELECT count(*) FROM fact")
    last, _ = store.head
    if count != last - store.kept_from + 1 or store.kept_from != int(store.noted("kept_from") or 1):
        raise JournalDamaged(f"{count} facts from {store.kept_from} to {last}")


def _check_chain(store: Store) -> None:
    """Each fact names its predecessor's digest, and the last one is the one that was noted."""
    last, _ = store.head
    begin = max(store.kept_from, min(store.high + 1, last - TAIL + 1))
    digest = "" if begin == 1 else None
    for seq, raw in store.read("SELECT seq, raw FROM fact WHERE seq >= ? ORDER BY seq", begin):
        prev = b'"prev":"%s"' % digest.encode() if digest is not None else b'"prev":"'
        if not isinstance(raw, bytes) or not raw.startswith(b'{"seq":%d,%s' % (seq, prev)):
            raise JournalDamaged(f"fact {seq} does not follow its predecessor")
        digest = digest_of(raw)
    if (noted := store.noted("end")) and noted != end_note(*store.head):
        raise JournalDamaged(f"the last fact is {last}, noted is {noted}")
