"""What a journal need not keep any more: backed up by the hall, and older than two business days.

Today and the two business days before it stay, acknowledged or not: a dead hall comes back from its boxes. The file
keeps its size: later facts take the room.
"""

from __future__ import annotations

from device import band
from device.store import Store

KEPT_DAYS = 3


def prune(store: Store, date: str) -> None:
    """Business date ``date`` has begun, or goes on. Part of a transaction."""
    seq, _ = store.head
    if store.run("INSERT OR IGNORE INTO day VALUES (?, ?)", date, seq + 1):
        band.carry_over(store, date)
    # A hall whose clock had jumped may have told a date of another year: it counts neither ahead nor behind.
    sql = """SELECT date, first FROM day AS told WHERE date <= ?1
             AND NOT EXISTS (SELECT 1 FROM day WHERE first <= told.first AND date > told.date AND date <= ?1)
             ORDER BY date DESC LIMIT 1 OFFSET ?2"""
    oldest = store.ask(sql, date, KEPT_DAYS - 1)
    for day, first in oldest:
        cut = min([first, store.backed_up + 1, *_needed(store)])
        if cut > store.kept_from:
            store.prune_before(cut)
        store.run("DELETE FROM band WHERE date < ?", day)
        store.run("DELETE FROM day WHERE date < ?", day)


def _needed(store: Store) -> list[int]:
    """First facts of what is still open: ratings, commands, tickets."""
    sql = """SELECT seq FROM rating UNION SELECT seq FROM pending
             UNION SELECT seq FROM ticket WHERE outcome IN ('requested', 'issued')"""
    return [seq for (seq,) in store.ask(sql)]
