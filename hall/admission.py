"""Whoever shows a slip at a counter is served: by a command, or told afterwards by a counter that had lost the hall.

Whose slip it is, and what becomes of it:

| the hall knows                         | pressed (Admit)         | told (*admitted*, under an id S of its own)      |
|----------------------------------------|-------------------------|--------------------------------------------------|
| the slip's id, or its digits of a day  | that ticket is served   | that ticket was served; S is another name of it  |
| … reserved, another number on paper    | so it is: the paper     | so it is: the paper is right                     |
| … called to this very window           | started                 | that call goes back, and it was served           |
| … at another window, or done           | *number-not-callable*   | conflict; S is a ticket of its own, for its      |
|                                        |                         | rating is somebody's word, too                   |
| nothing: its kiosk has not told it yet | served under the slip's | served under the slip's id; typed, under S until |
|                                        | id                      | the kiosk tells whose number it was (hall.paper) |
| the id, with other digits (two boxes)  | *no-such-number*        | S is a ticket of its own                         |
| a slip of another day                  | *slip-of-another-day*   | its own day's: it was that day when it was told  |

And what stands at the window: a call that nobody has seen goes back to waiting, at its place; any other is finished.
"""

from __future__ import annotations

from typing import NamedTuple

from hall import queue
from hall.catalogue import Catalogue
from hall.merging import SLIP, typed
from hall.store import calls, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import ADMISSIBLE, Step, TicketState


class Slip(NamedTuple):
    """What was scanned, or typed: then ``ticket`` is "" and ``service`` is what the digits begin with."""

    ticket: str
    digits: str
    service: str
    date: str


def whose(tx: Tx, slip: Slip) -> Ticket | None:
    """The ticket whose slip this is; None when the hall does not know it, or knows it with another number."""
    named = tickets.named(tx, slip.ticket) if slip.ticket else None
    if named is not None and (named.digits == slip.digits or named.state is TicketState.RESERVED):
        return named
    same = tickets.numbered(tx, slip.date, slip.service, slip.digits)
    if slip.ticket and named is None:
        return typed(same)  # another id with these digits is another slip
    admissible = queue.earliest(ticket for ticket in same if ticket.state in ADMISSIBLE)
    return admissible or queue.earliest(same)


def known_by(slip: Slip, ticket_id: str, catalogue: Catalogue, mode: str, now_ms: int) -> Ticket:
    """A ticket of which the hall knows nothing but its slip."""
    return Ticket(
        id=ticket_id,
        date=slip.date,
        code=slip.service,
        serial=None,
        service=slip.service,
        digits=slip.digits,
        number=catalogue.label(slip.service, slip.digits),
        source=SLIP,
        mode=mode,
        state=TicketState.RESERVED,
        paper=SLIP if slip.ticket else "",
        place_ms=now_ms,
        device=ticket_id.partition("/")[0],
        visit=ticket_id,
        window=None,
        call="",
    )


def on_paper(tx: Tx, ticket: Ticket, slip: Slip, catalogue: Catalogue) -> Ticket:
    """The ticket with the number that stands on its slip, stored so: what the kiosk gave when the hall was too late."""
    if ticket.digits == slip.digits:
        return ticket
    numbered = ticket._replace(digits=slip.digits, number=catalogue.label(ticket.code, slip.digits), source="band")
    tickets.put(tx, ticket, numbered)
    return numbered


def why_not(tx: Tx, ticket: Ticket) -> str:
    """The conflict that it is to have served this ticket's slip, which is at another window or done."""
    _, steps = calls.standing(tx, ticket.call)
    if steps[:1] == [Step.ADMIT]:
        return "admitted-twice"
    return "admitted-after-finished" if ticket.state is TicketState.FINISHED else "admitted-while-called"
