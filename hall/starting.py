"""The start of a hall: a new term, and what its database knows."""

from __future__ import annotations

from typing import NamedTuple

from hall import recovering
from hall.recovering import Life, Waking
from hall.store import desks, tickets, wishes
from hall.store.database import WrongDatabase
from hall.store.writer import Tx
from hall.windows import Window


class Known(NamedTuple):
    """What a start reads from the database."""

    life: Life
    database: str
    business_date: str
    waiting: dict[str, int]
    windows: dict[int, Window]
    flashing: dict[str, str]


class Starting:
    """Begin a new term in one transaction. Raises WrongDatabase for a database of another mode."""

    def __init__(self, mode: str, waking: Waking) -> None:
        self._mode = mode
        self._waking = waking

    def __call__(self, tx: Tx) -> Known:
        """The next term, whether the database is whole, and what stands."""
        mode = desks.meta(tx, "mode")
        if mode and mode != self._mode:
            raise WrongDatabase(f"the database is of a hall in mode {mode}, the settings say {self._mode}")
        life = recovering.wake(tx, self._waking)
        desks.put_meta(tx, "mode", self._mode)
        windows = {window.number: window for window in desks.all_windows(tx)}
        today = desks.business_date(tx)
        flashing = wishes.flashing(tx, today)
        return Known(life, desks.meta(tx, "database"), today, tickets.waiting(tx), windows, flashing)
