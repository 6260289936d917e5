"""Facts put into a box's journal as if it had been cut off for days: its daemon must not run meanwhile.

A kiosk needs some minutes to print 3,300 slips, and printing is not what is measured. Facts are the journal's truth;
of what the daemon keeps beside them only the note of its end moves. Tickets and bands stay as they are, so the numbers
are taken from the band's upper end, which it has not reached.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from simulators.bench.box import Chain, digest
from simulators.bench.issue import band, tell_band
from simulators.bench.settings import BAND, SERVICES

FACTS_A_TICKET = 3


def fill(journal: Path, device: str, digit: int, facts: int, date: str) -> None:
    """Append so many facts, about tickets of the kiosk's own band, to a journal's file. Raises sqlite3.Error."""
    count = -(-facts // FACTS_A_TICKET)
    with closing(sqlite3.connect(journal)) as database, database:
        name = str(database.execute("SELECT value FROM note WHERE key = 'journal'").fetchone()[0])
        seq, raw = database.execute("SELECT seq, raw FROM fact ORDER BY seq DESC LIMIT 1").fetchone()
        chain = Chain(device, continues=(name, seq, digest(raw)))
        tell_band(chain, band(digit, BAND * len(SERVICES) - count, count), date)
        rows = list(enumerate(chain.untold()[:facts], seq + 1))
        database.executemany("INSERT INTO fact (seq, raw) VALUES (?, ?)", rows)
        last, raw = rows[-1]
        database.execute("UPDATE note SET value = ?, crc = NULL WHERE key = 'end'", (f"{last} {digest(raw)}",))
