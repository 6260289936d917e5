"""One rating a visit."""

from __future__ import annotations

from typing import NamedTuple

from hall.store.writer import Tx


class Rating(NamedTuple):
    """A grade, or why there is none."""

    visit: str
    date: str
    ticket: str
    number: str
    window: int
    operator: str
    outcome: str
    grade: str | None
    reason: str | None
    channel: str | None
    at_ms: int
    tags: str = ""
    """Keywords, comma-separated."""


_COLUMNS = ", ".join(Rating._fields)
_HOLES = ", ".join("?" * len(Rating._fields))


def find(tx: Tx, visit: str) -> Rating | None:
    """The rating of this visit."""
    row = tx.execute(f"SELECT {_COLUMNS} FROM rating WHERE visit = ?", (visit,)).fetchone()  # noqa: S608 - our own column names
    return Rating(*row) if row else None


def remove(tx: Tx, visit: str) -> None:
    """It was the rating of another visit."""
    tx.execute("DELETE FROM rating WHERE visit = ?", (visit,))


def is_rated(tx: Tx, visit: str) -> bool:
    """Whether this visit has a grade."""
    return tx.execute("SELECT 1 FROM rating WHERE visit = ? AND outcome = 'rated'", (visit,)).fetchone() is not None


def put(tx: Tx, rating: Rating) -> None:
    """The rating of its visit from now on."""
    tx.execute(f"INSERT OR REPLACE INTO rating ({_COLUMNS}) VALUES ({_HOLES})", rating)  # noqa: S608 - our own column names
