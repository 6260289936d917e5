"""Two tickets turn out to be one: a slip served before its kiosk told of it, and the ticket that the kiosk tells."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from hall import queue, ratings
from hall.contract import Held
from hall.store import calls, desks, tickets
from hall.store import ratings as rated
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.windows import Window

SLIP = "slip"
"""Source of a ticket that the hall knows only because somebody came with its slip; paper of one that was scanned."""


def typed(twins: Iterable[Ticket]) -> Ticket | None:
    """The first of these that was served by its digits alone: nobody has read an id from its slip."""
    return queue.earliest(twin for twin in twins if twin.source == SLIP and not twin.paper)


def become(tx: Tx, served: Ticket, ticket: Ticket) -> bool:
    """What was done to ``served`` was done to ``ticket``. False when both were graded: the first grade stands."""
    known = tickets.find(tx, ticket.id)
    if known is not None and known.id != served.id:
        tickets.remove(tx, known)
    tickets.remove(tx, served)
    tickets.add(tx, ticket)
    if served.id != ticket.id:
        tickets.name(tx, served.id, ticket.id)
    calls.move(tx, served.date, served.id, ticket)
    for window in desks.all_windows(tx):
        moved = _with(window, served.id, ticket)
        if moved != window:
            desks.put_window(tx, replace(moved, version=window.version + 1))
    return _rate(tx, served, ticket)


def _rate(tx: Tx, served: Ticket, ticket: Ticket) -> bool:
    rating = rated.find(tx, served.visit)
    if rating is None or served.visit == ticket.visit:
        return True
    rated.remove(tx, served.visit)
    return ratings.keep(tx, rating._replace(visit=ticket.visit, ticket=ticket.id, number=ticket.number))


def _with(window: Window, told: str, ticket: Ticket) -> Window:
    """The window with this ticket wherever the other stood."""

    def held(there: Held) -> Held:
        if there.ticket != told:
            return there
        return replace(there, ticket=ticket.id, number=ticket.number, visit=ticket.visit)

    return replace(
        window,
        held=window.held and held(window.held),
        parked=[held(parked) for parked in window.parked],
        finished=window.finished and held(window.finished),
        undo=window.undo and replace(window.undo, held=held(window.undo.held)),
    )
