"""Tickets and the queues they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from hall.store.writer import Tx
from hall.ticket import CALLABLE, FLASHING, OPEN, TicketState


class Ticket(NamedTuple):
    """A ticket as stored; the schema file says what each column means."""

    id: str
    date: str
    code: str
    serial: int | None
    service: str
    digits: str
    number: str
    source: str
    mode: str
    state: TicketState
    paper: str
    place_ms: int
    device: str
    visit: str
    window: int | None
    call: str
    proof: str = ""
    by_screen: int = 0
    stepped: int = 0
    away_until_ms: int = 0


_COLUMNS = ", ".join(Ticket._fields)
_HOLES = ", ".join("?" * len(Ticket._fields))
_STATE = Ticket._fields.index("state")


def _ticket(row: Sequence[Any] | None) -> Ticket | None:
    if row is None:
        return None
    return Ticket._make((*row[:_STATE], TicketState(row[_STATE]), *row[_STATE + 1 :]))


def find(tx: Tx, ticket_id: str) -> Ticket | None:
    """The ticket of this id."""
    return _ticket(tx.execute(f"SELECT {_COLUMNS} FROM ticket WHERE id = ?", (ticket_id,)).fetchone())  # noqa: S608 - our own column names


def add(tx: Tx, ticket: Ticket) -> None:
    """A new ticket."""
    waits = ticket.state in CALLABLE
    tx.execute(f"INSERT INTO ticket ({_COLUMNS}, waits) VALUES ({_HOLES}, ?)", (*ticket, waits))  # noqa: S608 - our own column names
    if waits:
        tx.count(ticket.service, 1)
    if ticket.by_screen:
        _flash(tx, ticket.id, ticket.number, ticket.state)


def put(tx: Tx, before: Ticket, after: Ticket) -> None:
    """What a box told has changed the ticket."""
    tx.execute(
        "UPDATE ticket SET serial = ?, service = ?, digits = ?, number = ?, source = ?, state = ?, waits = ?,"
        " paper = ?, place_ms = ?, visit = ?, window = ?, call = ?, proof = ?,"
        " by_screen = ?, stepped = ?, away_until_ms = ? WHERE id = ?",
        (
            after.serial,
            after.service,
            after.digits,
            after.number,
            after.source,
            after.state,
            after.state in CALLABLE,
            after.paper,
            after.place_ms,
            after.visit,
            after.window,
            after.call,
            after.proof,
            after.by_screen,
            after.stepped,
            after.away_until_ms,
            after.id,
        ),
    )
    _count(tx, before, after)
    if after.by_screen:
        _flash(tx, after.id, after.number, after.state)
    if after.state is TicketState.AWAY:
        tx.effects.away = True


def remove(tx: Tx, ticket: Ticket) -> None:
    """It has turned out to be another one, which stands in its stead."""
    tx.execute("DELETE FROM ticket WHERE id = ?", (ticket.id,))
    if ticket.state in CALLABLE:
        tx.count(ticket.service, -1)
    if ticket.by_screen:
        tx.effects.flashing[ticket.id] = ""


def name(tx: Tx, told: str, ticket_id: str) -> None:
    """What boxes call ``told`` is this ticket."""
    tx.execute("UPDATE alias SET ticket = ? WHERE ticket = ?", (ticket_id, told))
    tx.execute("DELETE FROM alias WHERE told = ?", (ticket_id,))
    tx.execute("INSERT OR REPLACE INTO alias (told, ticket) VALUES (?, ?)", (told, ticket_id))


def forget_name(tx: Tx, told: str) -> None:
    """What boxes call ``told`` is a ticket of its own."""
    tx.execute("DELETE FROM alias WHERE told = ?", (told,))


def admitted_as(tx: Tx, ticket_id: str, call: str) -> str | None:
    """The id that a cut-off counter drew when it served this ticket under this call; None when none told it."""
    row = tx.execute(
        "SELECT told FROM alias JOIN journal ON told GLOB device || '/' || journal || '/*'"
        " JOIN fact ON journal_id = id AND seq = CAST(substr(told, length(device) + length(journal) + 3) AS INTEGER)"
        " WHERE ticket = ? AND kind = 'admitted' AND json_extract(raw, '$.data.call') = ?",
        (ticket_id, call),
    ).fetchone()
    return row[0] if row else None


def named(tx: Tx, told: str) -> Ticket | None:
    """The ticket that boxes call so: its own id, or one that was drawn before it was known."""
    ticket = find(tx, told)
    if ticket is None:
        row = tx.execute("SELECT ticket FROM alias WHERE told = ?", (told,)).fetchone()
        ticket = find(tx, row[0]) if row else None
    return ticket


def of_journal(tx: Tx, device: str, journal: str, states: Sequence[TicketState]) -> list[str]:
    """Ids of the tickets that stand so and were begun in this journal, or in a fork of it."""
    begins = f"{device}/{journal}"
    holes = ", ".join("?" * len(states))
    sql = f"SELECT id FROM ticket WHERE id > ? AND id < ? AND state IN ({holes}) ORDER BY id"  # noqa: S608 - holes
    return [ticket for (ticket,) in tx.execute(sql, (begins, f"{begins}\x7f", *states)).fetchall()]


class Moved(NamedTuple):
    """Where a command leaves a ticket."""

    state: TicketState
    service: str
    window: int | None
    call: str


def move(tx: Tx, ticket_id: str, before: TicketState, to: Moved) -> bool:
    """Move a ticket that stands in ``before``; False, and nothing changed, when it no longer does.

    Only a ticket at a window changes its service, so one that waits or will wait is counted for ``to.service``.
    """
    done = tx.execute(
        "UPDATE ticket SET state = ?, waits = ?, service = ?, window = ?, call = ? WHERE id = ? AND state = ?"
        " RETURNING number, by_screen",
        (to.state, to.state in CALLABLE, to.service, to.window, to.call, ticket_id, before),
    ).fetchall()
    if not done:
        return False
    number, by_screen = done[0]
    if by_screen:
        _flash(tx, ticket_id, number, to.state)
    if before in CALLABLE:
        tx.count(to.service, -1)
    if to.state in CALLABLE:
        tx.count(to.service, 1)
    return True


class Head(NamedTuple):
    """The place of whoever stands first in a queue."""

    place_ms: int
    id: str


def heads(tx: Tx, services: Sequence[str]) -> list[Head]:
    """The first of each service's queue, as far as anybody waits there; read from the queues' index alone."""
    if not services:
        return []
    return [Head(*row) for row in tx.execute(_heads(len(services)), services).fetchall()]


_QUEUE = "FROM ticket INDEXED BY ticket_queue WHERE service = ? AND waits = 1 ORDER BY place_ms, id LIMIT"
"""Who stands in one queue, in order: whoever is called and whoever the boards show come from the same words."""


@cache
def _heads(queues: int) -> str:
    head = f"SELECT * FROM (SELECT place_ms, id {_QUEUE} 1)"  # noqa: S608 - our own words
    return " UNION ALL ".join([head] * queues)


class Standing(NamedTuple):
    """Someone in a queue, as everybody may see them."""

    place_ms: int
    id: str
    number: str


def front(tx: Tx, service: str, count: int) -> list[Standing]:
    """The first of one queue, however many stand behind them."""
    sql = f"SELECT place_ms, id, number {_QUEUE} ?"
    return [Standing(*row) for row in tx.execute(sql, (service, count)).fetchall()]


def numbered(tx: Tx, date: str, code: str, digits: str) -> list[Ticket]:
    """Today's tickets with these digits: one, or more when a kiosk's band was copied."""
    sql = f"SELECT {_COLUMNS} FROM ticket WHERE date = ? AND code = ? AND digits = ? ORDER BY place_ms, id"  # noqa: S608 - our own column names
    return [ticket for row in tx.execute(sql, (date, code, digits)) if (ticket := _ticket(row)) is not None]


def last_serial(tx: Tx, date: str, code: str) -> int:
    """The last number the hall gave of this service on this day; 0 for none."""
    row = tx.execute("SELECT max(serial) FROM ticket WHERE date = ? AND code = ?", (date, code)).fetchone()
    return row[0] or 0


def close_day(tx: Tx, date: str) -> int:
    """Close what is still open of this day, and what waits of earlier ones. Returns how many."""
    tx.execute("UPDATE ticket SET state = 'closed', waits = 0 WHERE waits = 1 AND date < ?", (date,))
    states = [state.value for state in OPEN]
    holes = ", ".join("?" * len(states))
    sql = f"UPDATE ticket SET state = 'closed', waits = 0 WHERE date = ? AND state IN ({holes})"  # noqa: S608 - question marks
    return tx.execute(sql, (date, *states)).rowcount


def at_windows(tx: Tx, date: str) -> list[Ticket]:
    """Tickets of this day that stand at a window, or set aside there."""
    sql = (
        f"SELECT {_COLUMNS} FROM ticket INDEXED BY ticket_day"  # noqa: S608 - our own column names
        " WHERE date = ? AND state IN ('called', 'serving', 'parked')"
    )
    return [ticket for row in tx.execute(sql, (date,)).fetchall() if (ticket := _ticket(row)) is not None]


def band(tx: Tx, date: str, kiosk: int) -> dict[str, int]:
    """By service code: the last number of this kiosk's own band that is known on this day.

    A band's digits are code, kiosk and three digits: no other number has that length (hall.numbering).
    """
    sql = (
        "SELECT code, max(CAST(substr(digits, -3) AS INTEGER)) FROM ticket INDEXED BY ticket_day"
        " WHERE date = ? AND length(digits) = length(code) + 4 AND substr(digits, length(code) + 1, 1) = ?"
        " GROUP BY code"
    )
    return dict(tx.execute(sql, (date, str(kiosk))).fetchall())


def waiting(tx: Tx) -> dict[str, int]:
    """How many wait, by service."""
    sql = "SELECT service, count(*) FROM ticket INDEXED BY ticket_queue WHERE waits = 1 GROUP BY service"
    return dict(tx.execute(sql).fetchall())


def _count(tx: Tx, before: Ticket, after: Ticket) -> None:
    if before.state in CALLABLE:
        tx.count(before.service, -1)
    if after.state in CALLABLE:
        tx.count(after.service, 1)


def _flash(tx: Tx, ticket_id: str, number: str, state: TicketState) -> None:
    tx.effects.flashing[ticket_id] = number if state in FLASHING else ""
