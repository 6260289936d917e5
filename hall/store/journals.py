"""What boxes told, and what of it did not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hall.store.writer import Tx


class Journal(NamedTuple):
    """How far one journal of one box is stored."""

    id: int
    high: int
    digest: str
    last_ms: int


class StoredFact(NamedTuple):
    """One row of the fact table."""

    journal_id: int
    seq: int
    digest: str
    kind: str
    mode: str
    operator: str
    post: str
    visit: str
    boot: str
    mono_ms: int
    at_ms: int
    trust: str
    hall_ms: int
    stored_ms: int
    raw: str


class Conflict(NamedTuple):
    """One row of the conflict table."""

    device: str
    journal: str
    seq: int
    digest: str
    why: str
    detail: str
    stored_ms: int
    fact: str


def _insert(verb: str, table: str, row: type[StoredFact | Conflict]) -> str:
    names = row._fields
    return f"{verb} INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


_INSERT_FACT = _insert("INSERT", "fact", StoredFact)
_INSERT_CONFLICT = _insert("INSERT OR IGNORE", "conflict", Conflict)


def journal(tx: Tx, device: str, name: str) -> Journal:
    """This journal; begun when it is new."""
    sql = "SELECT id, high, digest, last_ms FROM journal WHERE device = ? AND journal = ?"
    row = tx.execute(sql, (device, name)).fetchone()
    if row is None:
        tx.execute("INSERT INTO journal (device, journal) VALUES (?, ?)", (device, name))
        row = tx.execute(sql, (device, name)).fetchone()
    return Journal(*row)


def append(tx: Tx, journal_id: int, facts: Sequence[StoredFact]) -> None:
    """Facts that follow what is stored of this journal."""
    tx.executemany(_INSERT_FACT, facts)
    last = facts[-1]
    tx.execute(
        "UPDATE journal SET high = ?, digest = ?, last_ms = ? WHERE id = ?",
        (last.seq, last.digest, last.hall_ms, journal_id),
    )


def digest(tx: Tx, journal_id: int, seq: int) -> str:
    """The digest of a stored fact; "" when it is not stored."""
    row = tx.execute("SELECT digest FROM fact WHERE journal_id = ? AND seq = ?", (journal_id, seq)).fetchone()
    return row[0] if row else ""


def requested(tx: Tx, journal_id: int, seq: int) -> tuple[int, str] | None:
    """Hall time of a *requested* fact and the fact itself; None when there is none at this seq."""
    sql = "SELECT hall_ms, raw FROM fact WHERE journal_id = ? AND seq = ? AND kind = 'requested'"
    row: tuple[int, str] | None = tx.execute(sql, (journal_id, seq)).fetchone()
    return row


def conflicts(tx: Tx, found: Sequence[Conflict]) -> None:
    """What did not fit; told again, it stands there once."""
    tx.executemany(_INSERT_CONFLICT, found)


def seen_alive(tx: Tx, device: str, boot: str, offset_ms: int) -> int:
    """A box spoke in this boot. Returns the boot's offset: the least so far, this one included.

    What was seen before the hall's time was set anew does not count.
    """
    sql = "SELECT offset_ms FROM boot WHERE device = ? AND boot = ? AND unset = 0"
    known = tx.execute(sql, (device, boot)).fetchone()
    if known is not None and known[0] <= offset_ms:
        return int(known[0])
    tx.execute(
        "INSERT INTO boot (device, boot, offset_ms) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET offset_ms = excluded.offset_ms, unset = 0",
        (device, boot, offset_ms),
    )
    return offset_ms


def boot_offset(tx: Tx, device: str, boot: str) -> int | None:
    """Hall time minus the box's mono_ms in this boot; None for a boot the hall never saw alive."""
    row = tx.execute("SELECT offset_ms FROM boot WHERE device = ? AND boot = ?", (device, boot)).fetchone()
    return row[0] if row else None
