"""What its holder asks of a ticket at a kiosk, and what a guide does with it: told as facts, from any box.

| told         | the ticket                       | what it means                                                     |
|--------------|----------------------------------|-------------------------------------------------------------------|
| by-screen    | any                              | called by the screens from now on, at a window as well; it is     |
|              |                                  | missed only after *looked-for* (hall.commands)                    |
| stepped-away | waiting, redirected              | away: nobody calls it next, its number or its slip does; its      |
|              |                                  | place stays; back by itself when the minutes are over (Away)      |
| stepped-away | has stepped away before          | conflict *away-twice*: nothing                                    |
| stepped-back | away                             | waiting                                                           |
| stepped-back | has been away, and no longer is  | nothing: its time was over, or somebody has called it             |
| stepped-back | never was away                   | conflict *never-away*                                             |
| given-back   | waiting, redirected, away,       | void, never called; whoever shows its slip after all is served    |
|              | missed                           | like the holder of any void one                                   |
| transferred  | waiting, redirected, away        | waits for the other service, at its place; time away is over      |
| readmitted   | missed, void, closed today       | waits again, at its place                                         |
| looked-for   | is at a window under that call   | it may be missed there                                            |
| looked-for   | is no longer                     | nothing: the guide was on the way, and somebody came              |
| any other    | called meanwhile, finished, …    | conflict *ticket-<its state>*: nothing                            |

A cut-off counter knows of none of this: whom it has admitted or missed was admitted or missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from hall.contract import AWAY_MS, Fact, Held
from hall.store import desks, wishes
from hall.store.tickets import Ticket
from hall.store.writer import StoreFailed, Tx
from hall.telling import Misfit, Telling, step, text
from hall.ticket import Step, TicketState
from hall.windows import Window

if TYPE_CHECKING:
    from hall.clock import Clock
    from hall.hall import Hall

MINUTE_MS = 60_000

AGAIN_S = 10.0
"""Between a try that a full or failing disk has ended and the next."""


def by_screen(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """The holder wants to be called by the screens."""
    ticket = telling.ticket(fact)
    telling.put(ticket._replace(by_screen=1))

    def marked(held: Held) -> Held:
        return replace(held, by_screen=True) if held.ticket == ticket.id else held

    _mark(telling, marked)


def stepped_away(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """The holder leaves for a while; AWAY_MS at most, once."""
    ticket = telling.ticket(fact)
    minutes = fact.data.get("minutes")
    if not isinstance(minutes, int) or isinstance(minutes, bool):
        raise Misfit("invalid", "stepped-away without minutes")
    if ticket.stepped:
        raise Misfit("away-twice", f"{ticket.number} ({ticket.id})")
    until_ms = hall_ms + min(minutes * MINUTE_MS, AWAY_MS)
    telling.put(ticket._replace(state=step(ticket, Step.STEP_AWAY), stepped=1, away_until_ms=until_ms))


def stepped_back(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """… and is back before that."""
    ticket = telling.ticket(fact)
    if not ticket.stepped:
        raise Misfit("never-away", f"{ticket.number} ({ticket.id})")
    if ticket.state is TicketState.AWAY:
        telling.put(_back(ticket))


def given_back(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """The holder wants it no longer."""
    ticket = telling.ticket(fact)
    telling.put(ticket._replace(state=step(ticket, Step.GIVE_UP)))


def transferred(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """A guide sends it to another service."""
    ticket, service = telling.ticket(fact), text(fact, "service")
    if service not in telling.rules.catalogue.services:
        raise Misfit("no-such-service", service)
    telling.put(ticket._replace(state=step(ticket, Step.TRANSFER), service=service))


def readmitted(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """A guide lets it wait again, on its own day."""
    ticket = telling.ticket(fact)
    if ticket.date != telling.today:
        raise Misfit("ticket-of-another-day", f"{ticket.number} ({ticket.id}) of {ticket.date}")
    telling.put(ticket._replace(state=step(ticket, Step.READMIT)))


def looked_for(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """A guide has looked for whoever was called, and has found them or not."""
    telling.ticket(fact)
    call = text(fact, "call")

    def marked(held: Held) -> Held:
        return replace(held, looked_for=True) if held.call == call else held

    _mark(telling, marked)


def _back(ticket: Ticket) -> Ticket:
    return ticket._replace(state=step(ticket, Step.STEP_BACK))


def _mark(telling: Telling, marked: Callable[[Held], Held]) -> None:
    """Mark a ticket wherever it stands at a window, or may come back to one."""
    for window in desks.all_windows(telling.tx):
        after = _with(window, marked)
        if after != window:
            desks.put_window(telling.tx, replace(after, version=window.version + 1))


def _with(window: Window, marked: Callable[[Held], Held]) -> Window:
    return replace(
        window,
        held=window.held and marked(window.held),
        parked=[marked(parked) for parked in window.parked],
        undo=window.undo and replace(window.undo, held=marked(window.undo.held)),
    )


class Returning:
    """Bring back in one transaction whose time away is over. Gives the ms until the next one's is; None for nobody."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, tx: Tx) -> int | None:
        """A hall whose time was set back meanwhile keeps nobody longer than AWAY_MS from now."""
        now_ms = self._clock.now_ms()
        wishes.shorten(tx, now_ms + AWAY_MS)
        wishes.bring_back(tx, now_ms)
        until_ms = wishes.next_back_ms(tx)
        return None if until_ms is None else until_ms - now_ms


class Away:
    """Waits for those who have stepped away."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def run(self) -> None:
        """Long-lived. What the hall that was here before had kept is looked at first."""
        hall = self._hall
        while True:
            hall.away.clear()
            try:
                left_ms = await hall.writer.write(Returning(hall.clock))
            except StoreFailed:
                left_ms = int(AGAIN_S * 1000)
            try:
                async with asyncio.timeout(None if left_ms is None else left_ms / 1000):
                    await hall.away.wait()
            except TimeoutError:
                continue
