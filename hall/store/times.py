"""What the store knows of time: the hall's reckoning, and the newest moment that is written down."""

from __future__ import annotations

import msgspec

from hall.reckoning import Reckoning
from hall.store import desks
from hall.store.writer import Tx

_KEY = "clock"


def reckoning(tx: Tx) -> Reckoning | None:
    """As kept last; None before the first start."""
    kept = desks.meta(tx, _KEY)
    return msgspec.json.decode(kept, type=Reckoning) if kept else None


def keep_reckoning(tx: Tx, reckoning: Reckoning) -> None:
    """Through a restart."""
    desks.put_meta(tx, _KEY, msgspec.json.encode(reckoning).decode())


def newest_ms(tx: Tx) -> int:
    """The newest time of the hall's own that stands in the store; 0 for none. Reads the ends of two tables."""
    sql = (
        "SELECT max((SELECT coalesce(max(stored_ms), 0) FROM (SELECT stored_ms FROM fact ORDER BY row DESC LIMIT 1)),"
        " (SELECT coalesce(max(at_ms), 0) FROM (SELECT at_ms FROM call ORDER BY row DESC LIMIT 1)))"
    )
    newest: int = tx.execute(sql).fetchone()[0]
    return newest


def unset_boots(tx: Tx) -> None:
    """The hall's time was set anew: each boot's offset is taken anew once its box speaks, and stands until then."""
    tx.execute("UPDATE boot SET unset = 1")
