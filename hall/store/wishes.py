"""Tickets of those who have stepped away, and of those who watch the screens."""

from __future__ import annotations

from collections.abc import Sequence

from hall.store import tickets
from hall.store.tickets import Moved, Ticket
from hall.store.writer import Tx
from hall.ticket import FLASHING, TRANSITIONS, Step, TicketState

_BACK = TRANSITIONS[TicketState.AWAY, Step.STEP_BACK]


def bring_back(tx: Tx, now_ms: int) -> None:
    """Whoever's time away is over waits again."""
    over = tx.execute(
        "SELECT id, service, window, call FROM ticket INDEXED BY ticket_away"
        " WHERE state = 'away' AND away_until_ms <= ? ORDER BY away_until_ms",
        (now_ms,),
    ).fetchall()
    for ticket_id, service, window, call in over:
        tickets.move(tx, ticket_id, TicketState.AWAY, Moved(_BACK, service, window, call))


def shorten(tx: Tx, until_ms: int) -> None:
    """Nobody stays away longer than until then."""
    tx.execute(
        "UPDATE ticket INDEXED BY ticket_away SET away_until_ms = ? WHERE state = 'away' AND away_until_ms > ?",
        (until_ms, until_ms),
    )


def next_back_ms(tx: Tx) -> int | None:
    """When the next time away is over; None when nobody is away."""
    until: int | None = tx.execute(
        "SELECT min(away_until_ms) FROM ticket INDEXED BY ticket_away WHERE state = 'away'"
    ).fetchone()[0]
    return until


def flashing(tx: Tx, date: str) -> dict[str, str]:
    """Tickets of this day that the screens call: id and number."""
    rows = tx.execute(
        "SELECT id, number, state FROM ticket INDEXED BY ticket_by_screen"
        " WHERE by_screen = 1 AND date = ? ORDER BY place_ms, id",
        (date,),
    )
    return {ticket_id: number for ticket_id, number, state in rows if state in FLASHING}


def ahead(tx: Tx, ticket: Ticket, services: Sequence[str]) -> int:
    """How many wait for these services and are called before this ticket."""
    one = (
        "SELECT count(*) AS n FROM ticket INDEXED BY ticket_queue"
        " WHERE service = ? AND waits = 1 AND (place_ms, id) < (?, ?)"
    )
    counted = " UNION ALL ".join([one] * len(services))
    places = [value for service in services for value in (service, ticket.place_ms, ticket.id)]
    row = tx.execute(f"SELECT coalesce(sum(n), 0) FROM ({counted})", places).fetchone()  # noqa: S608 - question marks
    return int(row[0])
