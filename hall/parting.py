"""One ticket turns out to be two: a slip that a cut-off counter served, whose number the lost hall had called as well.

Told in the order of time the admission comes first and has the slip's ticket; the lost hall, which had not heard of it,
called that ticket afterwards. As when it is told live (hall.admission): the ticket is the call's, and what the counter
did is a ticket of its own, with its own rating.

The lost hall may have heard of it when nobody had that ticket any more (missed, say): then it took both for one, and an
answer of its own, to the counter that was back, says so.
"""

from __future__ import annotations

from msgspec.structs import replace

from hall import merging
from hall.contract import Held
from hall.store import calls, desks, ratings, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import ADMISSIBLE
from hall.windows import Window


def part(tx: Tx, ticket: Ticket) -> None:
    """What was done to ``ticket`` under its call, that of an admission, was done to a ticket of its own."""
    own_id = tickets.admitted_as(tx, ticket.id, ticket.call)
    if own_id is None:  # admitted by a command: no counter told it, and the rating names the ticket itself
        return
    own = ticket._replace(id=own_id, serial=None, source=merging.SLIP, visit=own_id, proof="")
    rating = ratings.find(tx, ticket.visit)
    tickets.forget_name(tx, own_id)
    tickets.add(tx, own)
    calls.give(tx, ticket.call, own)
    if rating is not None and rating.window == ticket.window:
        ratings.remove(tx, ticket.visit)
        ratings.put(tx, rating._replace(visit=own.visit, ticket=own.id))
    for window in desks.all_windows(tx):
        parted = _with(window, ticket.call, own)
        if parted != window:
            desks.put_window(tx, replace(parted, version=window.version + 1))


def join(tx: Tx, own_id: str, ticket: Ticket) -> Ticket:
    """One to the lost hall: ``ticket``, as the other stands; the other itself when somebody has the ticket."""
    own = tickets.find(tx, own_id)
    if own is None:
        return ticket
    if ticket.state not in ADMISSIBLE:
        return own
    whole = ticket._replace(state=own.state, window=own.window, call=own.call)
    merging.become(tx, own, whole)
    return whole


def _with(window: Window, call: str, own: Ticket) -> Window:
    """The window with this ticket wherever that call stood."""

    def held(there: Held) -> Held:
        return replace(there, ticket=own.id, visit=own.visit) if there.call == call else there

    return replace(
        window,
        held=window.held and held(window.held),
        parked=[held(parked) for parked in window.parked],
        finished=window.finished and held(window.finished),
        undo=window.undo and replace(window.undo, held=held(window.undo.held)),
    )
