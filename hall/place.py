"""Where a ticket stands, for its holder.

``ahead`` counts as *next* chooses: of the windows that take this ticket's service those where a clerk sits (all of them
while none is open), and everybody who waits for any service of theirs at a place before this one. Who has stepped
away, was missed or is at a window is not ahead. A window that takes fewer services than another may come to this ticket
sooner; nobody but those counted can be called before it by *next*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from hall.catalogue import Catalogue
from hall.contract import AskPlace, Place, Wait
from hall.store import tickets, wishes
from hall.store.writer import Tx
from hall.ticket import CALLABLE, TicketState

_QUEUED = CALLABLE | {TicketState.AWAY}

WaitFor = Callable[[str, int], Wait | None]
"""What waiting means behind so many of a service (hall.waits)."""


class FindPlace:
    """One question, in one transaction that writes nothing."""

    def __init__(
        self, ask: AskPlace, catalogue: Catalogue, sitting: Mapping[int, Sequence[str]], wait_for: WaitFor, now_ms: int
    ) -> None:
        self._ask = ask
        self._catalogue = catalogue
        self._sitting = sitting
        self._wait_for = wait_for
        self._now_ms = now_ms

    def __call__(self, tx: Tx) -> Place:
        """Its place; without state, number and service for a ticket that the hall does not know."""
        ticket = tickets.named(tx, self._ask.ticket)
        if ticket is None:
            return Place(ticket=self._ask.ticket, number="", service="", state="")
        ahead = wishes.ahead(tx, ticket, self._rivals(ticket.service)) if ticket.state in _QUEUED else None
        away = ticket.state is TicketState.AWAY
        return Place(
            ticket=self._ask.ticket,
            number=ticket.number,
            service=ticket.service,
            state=ticket.state.value,
            ahead=ahead,
            wait=None if ahead is None else self._wait_for(ticket.service, wishes.ahead(tx, ticket, [ticket.service])),
            window=ticket.window,
            may_step_away=ticket.state in CALLABLE and not ticket.stepped,
            away_ms=max(0, ticket.away_until_ms - self._now_ms) if away else 0,
            by_screen=bool(ticket.by_screen),
        )

    def _rivals(self, service: str) -> list[str]:
        """Services whose holders are called by the same windows."""
        sitting = [services for services in self._sitting.values() if service in services]
        every = [window.services for window in self._catalogue.windows.values() if service in window.services]
        return sorted({service, *(code for services in sitting or every for code in services)})
