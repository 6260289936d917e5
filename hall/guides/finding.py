"""Whose slip a guide has scanned, or which number was typed: the tickets of today that it may be."""

from __future__ import annotations

import re

from hall import admission
from hall.admission import Slip
from hall.catalogue import Catalogue
from hall.contract import Struct
from hall.contract.slips import SlipRefused, check
from hall.numbering import bare
from hall.store import desks, journals, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import Step, after

TYPED = re.compile(r"[A-Za-z]?[0-9]{4,7}")
"""What is printed large on a slip: a letter as decoration, then the digits that name the ticket."""

DEEDS = {"transfer": Step.TRANSFER, "readmit": Step.READMIT, "give-back": Step.GIVE_UP}


class Found(Struct, frozen=True, kw_only=True):
    """A ticket as a guide sees it: never a name. ``may``: what can be done with it as it stands."""

    ticket: str
    number: str
    service: str
    state: str
    date: str
    place_ms: int
    window: int | None
    call: str
    may: list[str]


class NotFound(Exception):
    """``why``: a keyword of the wording room *refusal*, or of the guide's own."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def found_as(ticket: Ticket, catalogue: Catalogue, today: str) -> Found:
    """This ticket as a guide sees it."""
    may = [deed for deed, step in DEEDS.items() if ticket.date == today and after(ticket.state, step) is not None]
    return Found(
        ticket=ticket.id,
        number=ticket.number or catalogue.label(ticket.code, ticket.digits),
        service=ticket.service,
        state=ticket.state,
        date=ticket.date,
        place_ms=ticket.place_ms,
        window=ticket.window,
        call=ticket.call,
        may=may,
    )


class Finding:
    """What was scanned or typed, looked up in one transaction. Raises NotFound."""

    def __init__(self, scanned: str, catalogue: Catalogue) -> None:
        self._scanned = scanned
        self._catalogue = catalogue

    def __call__(self, tx: Tx) -> list[Found]:
        """A slip's one ticket; of a typed number all that have it: two kiosks may have been copies of each other."""
        today = desks.business_date(tx)
        typed = self._scanned.strip()
        found = self._typed(tx, bare(typed), today) if TYPED.fullmatch(typed) else [self._slip(tx, today)]
        if not found:
            raise NotFound("no-such-number")
        return [found_as(ticket, self._catalogue, today) for ticket in found]

    def _typed(self, tx: Tx, digits: str, today: str) -> list[Ticket]:
        return tickets.numbered(tx, today, self._catalogue.code_of(digits), digits)

    def _slip(self, tx: Tx, today: str) -> Ticket:
        try:
            slip = check(self._scanned, journals.slip_keys(tx), list(self._catalogue.services.values()), today)
        except SlipRefused as refused:
            raise NotFound(refused.reason) from None
        ticket = admission.whose(tx, Slip(slip.ticket, slip.digits, slip.service, slip.date))
        if ticket is None:
            raise NotFound("not-told-yet")
        return ticket
