"""What boxes told, and what of it did not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hall.store.writer import Tx


class Journal(NamedTuple):
    """How far one journal of one box is stored. ``forked_at``: the first seq of its own, 0 for one that is no fork.

    ``kept_from``: the first seq that can be had of it.
    """

    id: int
    device: str
    name: str
    high: int
    digest: str
    last_ms: int
    forked_at: int
    kept_from: int


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


FORMER = 8
"""Machines that a name has had of late; what was on its way in older ones has long been settled."""

_COLUMNS = "id, device, journal, high, digest, last_ms, forked_at, kept_from"


def journal(tx: Tx, device: str, name: str) -> Journal:
    """This journal; begun when it is new."""
    found = find(tx, device, name)
    if found is None:
        tx.execute("INSERT INTO journal (device, journal) VALUES (?, ?)", (device, name))
        found = journal(tx, device, name)
    return found


def find(tx: Tx, device: str, name: str) -> Journal | None:
    """This journal; None when nothing was told under this name."""
    sql = f"SELECT {_COLUMNS} FROM journal WHERE device = ? AND journal = ?"  # noqa: S608 - our own column names
    row = tx.execute(sql, (device, name)).fetchone()
    return Journal(*row) if row else None


def others(tx: Tx, device: str, known: Sequence[str]) -> list[str]:
    """Names of this box's journals that told something, without those ``known`` and pasts that parted; newest first."""
    rows = tx.execute(
        "SELECT journal FROM journal WHERE device = ? AND high > 0 AND journal NOT GLOB '*~*' ORDER BY last_ms DESC",
        (device,),
    ).fetchall()
    return [name for (name,) in rows if name not in known][:FORMER]


def forks(tx: Tx, base: Journal) -> list[Journal]:
    """Other pasts that were told under this journal's name, in the order in which they came."""
    sql = f"SELECT {_COLUMNS} FROM journal WHERE device = ? AND journal GLOB ? || '~*' ORDER BY id"  # noqa: S608 - our own column names
    return [Journal(*row) for row in tx.execute(sql, (base.device, base.name))]


def begin_fork(tx: Tx, base: Journal, forked_at: int, prev: str) -> Journal:
    """A journal of its own for facts that part from this one at ``forked_at``; the first of them names ``prev``."""
    name = f"{base.name}~{len(forks(tx, base)) + 1}"
    before = tx.execute(
        "SELECT hall_ms FROM fact WHERE journal_id = ? AND seq = ?", (base.id, forked_at - 1)
    ).fetchone()
    tx.execute(
        "INSERT INTO journal (device, journal, high, digest, last_ms, forked_at, kept_from)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (base.device, name, forked_at - 1, prev, before[0] if before else 0, forked_at, forked_at),
    )
    return journal(tx, base.device, name)


def append(tx: Tx, journal: Journal, facts: Sequence[StoredFact]) -> None:
    """Facts that follow what is stored of this journal, or a hole that is given (contract.Batch.kept_from)."""
    tx.executemany(_INSERT_FACT, facts)
    first, last = facts[0], facts[-1]
    tx.execute(
        "UPDATE journal SET high = ?, digest = ?, last_ms = ?, kept_from = ? WHERE id = ?",
        (
            last.seq,
            last.digest,
            last.hall_ms,
            journal.kept_from if first.seq == journal.high + 1 else first.seq,
            journal.id,
        ),
    )


def fill(tx: Tx, journal: Journal, facts: Sequence[StoredFact]) -> None:
    """Facts of a hole that was given: somebody still has them. The journal's end stays."""
    tx.executemany(_INSERT_FACT, facts)
    begins = tx.execute(
        "SELECT max(seq) FROM fact WHERE journal_id = ? AND seq <= ? AND NOT EXISTS"
        " (SELECT 1 FROM fact AS before WHERE before.journal_id = fact.journal_id AND before.seq = fact.seq - 1)",
        (journal.id, journal.kept_from),
    ).fetchone()[0]
    tx.execute("UPDATE journal SET kept_from = ? WHERE id = ?", (begins or journal.kept_from, journal.id))


def ms_before(tx: Tx, journal_id: int, seq: int) -> int:
    """Hall time of the last stored fact before this one, else of the first one after it; 0 for none."""
    for sql in (
        "SELECT hall_ms FROM fact WHERE journal_id = ? AND seq < ? ORDER BY seq DESC LIMIT 1",
        "SELECT hall_ms FROM fact WHERE journal_id = ? AND seq > ? ORDER BY seq LIMIT 1",
    ):
        row = tx.execute(sql, (journal_id, seq)).fetchone()
        if row is not None:
            return int(row[0])
    return 0


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


def is_newest_boot(tx: Tx, device: str, boot: str) -> bool:
    """Whether no later boot of this box has said hello. Boots are numbered in the order of their first hello."""
    sql = "SELECT boot, seen FROM boot WHERE device = ? AND seen > 0"
    seen: dict[str, int] = dict(tx.execute(sql, (device,)).fetchall())
    newest = max(seen.values(), default=0)
    if boot not in seen:
        tx.execute("UPDATE boot SET seen = ? WHERE device = ? AND boot = ?", (newest + 1, device, boot))
        return True
    return seen[boot] == newest


def keep_slip_key(tx: Tx, device: str, key: str) -> None:
    """A kiosk's slips may be signed for this key, from now on and as before for those it had."""
    tx.execute("INSERT OR IGNORE INTO slip_key (device, key) VALUES (?, ?)", (device, key))


def slip_keys(tx: Tx) -> dict[str, list[str]]:
    """By kiosk: the keys that its slips may be signed for."""
    keys: dict[str, list[str]] = {}
    for device, key in tx.execute("SELECT device, key FROM slip_key ORDER BY device, key"):
        keys.setdefault(device, []).append(key)
    return keys


def boot_offset(tx: Tx, device: str, boot: str) -> int | None:
    """Hall time minus the box's mono_ms in this boot; None for a boot the hall never saw alive."""
    row = tx.execute("SELECT offset_ms FROM boot WHERE device = ? AND boot = ?", (device, boot)).fetchone()
    return row[0] if row else None
