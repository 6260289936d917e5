"""What boxes have told again since the hall began to doubt its database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from hall.contract import JournalEnd
from hall.store.writer import Tx


def newest_row(tx: Tx) -> int:
    """The newest fact's row; 0 for none. What is stored from here on stands above it."""
    row: int = tx.execute("SELECT coalesce(max(row), 0) FROM fact").fetchone()[0]
    return row


def has_told(tx: Tx, device: str, end: JournalEnd) -> bool:
    """Whether this journal is stored to this end: there, in a fork of it, or pruned because a backup has it."""
    if not end.seq:
        return True
    row = tx.execute(
        "SELECT 1 FROM journal LEFT JOIN fact ON fact.journal_id = journal.id AND fact.seq = ?"
        " WHERE journal.device = ? AND (journal.journal = ? OR journal.journal GLOB ? || '~*')"
        " AND (fact.digest = ? OR journal.kept_from > ?)",
        (end.seq, device, end.journal, end.journal, end.digest, end.seq),
    ).fetchone()
    return row is not None


class Retold(NamedTuple):
    """A stored fact, and whose it is."""

    row: int
    journal_id: int
    device: str
    journal: str
    seq: int
    digest: str
    kind: str
    hall_ms: int
    raw: str


def facts(tx: Tx, after_row: int, kinds: Collection[str]) -> Iterator[Retold]:
    """Facts of these kinds above this row, one journal after the other, in the order of seq."""
    sql = (
        "SELECT row, journal_id, device, journal, seq, fact.digest, kind, hall_ms, raw"
        " FROM fact JOIN journal ON journal.id = fact.journal_id WHERE row > ? ORDER BY journal_id, seq"
    )
    every = (Retold(*row) for row in tx.execute(sql, (after_row,)))
    return (fact for fact in every if fact.kind in kinds)
