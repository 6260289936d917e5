"""Give a ticket its number: one transaction, the same number however often it is asked for.

| the box asks                                  | the hall                    | what follows                       |
|-----------------------------------------------|-----------------------------|------------------------------------|
| for the first time                            | knows nothing of the ticket | the next number                    |
| again: the answer was lost, or came too late  | gave it a number            | the same number                    |
| again: it took one of its band meanwhile      | gave it a number            | the same number, which stays a gap |
| when it has told of the number it took itself | knows that number           | that number                        |
| with another digest of its *requested*        | gave it to another past     | *forked*: two boxes of one name    |
"""

from __future__ import annotations

from typing import NamedTuple

from hall.catalogue import Catalogue
from hall.contract import Reserve
from hall.numbering import digits_of
from hall.store import desks, journals, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.telling import seq_of
from hall.ticket import TicketState


class Given(NamedTuple):
    """A number and the place that comes with it."""

    digits: str
    date: str
    place_ms: int


class Forked(Exception):
    """Another past has this ticket already: the box is a copy, or was restored from one."""


class Giving:
    """One reservation on its way through one transaction.

    Raises NumbersExhausted past 9999 of a service a day, and Forked.
    """

    def __init__(self, reserve: Reserve, device: str, catalogue: Catalogue, now_ms: int) -> None:
        self._reserve = reserve
        self._device = device
        self._catalogue = catalogue
        self._now_ms = now_ms

    def __call__(self, tx: Tx) -> Given:
        """The number this ticket has, or a new one."""
        reserve = self._reserve
        known = tickets.find(tx, reserve.ticket)
        self._prove(tx, known)
        if known is not None:
            return Given(known.digits, known.date, known.place_ms)
        offset = journals.seen_alive(tx, self._device, reserve.boot, self._now_ms - reserve.mono_ms)
        first = tickets.find(tx, reserve.place_of) if reserve.place_of else None
        ticket = self._ticket(tx, first, reserve.mono_ms + offset)
        tickets.add(tx, ticket)
        return Given(ticket.digits, ticket.date, ticket.place_ms)

    def _prove(self, tx: Tx, known: Ticket | None) -> None:
        """The ticket's *requested* must be the one that the hall knows, from a reservation or the fact itself."""
        digest = self._reserve.digest
        if not digest:
            return
        told = known.proof if known else ""
        if not told:
            base, _, seq = self._reserve.ticket.rpartition("/")
            journal = journals.find(tx, self._device, base.partition("/")[2])
            number = seq_of(seq)
            told = journals.digest(tx, journal.id, number) if journal and number else ""
        if told and told != digest:
            raise Forked(self._reserve.ticket)

    def _ticket(self, tx: Tx, first: Ticket | None, touched_ms: int) -> Ticket:
        reserve, date = self._reserve, desks.business_date(tx)
        known = max(tickets.last_serial(tx, date, reserve.service), desks.skipped(tx, date, reserve.service))
        serial = known + 1
        digits = digits_of(reserve.service, serial)
        return Ticket(
            id=reserve.ticket,
            date=date,
            code=reserve.service,
            serial=serial,
            service=reserve.service,
            digits=digits,
            number=self._catalogue.label(reserve.service, digits),
            source="hall",
            mode=reserve.mode,
            state=TicketState.RESERVED,
            paper="",
            place_ms=first.place_ms if first else touched_ms,
            device=self._device,
            visit=first.visit if first else reserve.ticket,
            window=None,
            call="",
            proof=reserve.digest,
        )
