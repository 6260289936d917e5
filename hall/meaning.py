"""What a stored fact means for tickets, calls and ratings. What does not fit is said, never dropped."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hall import ratings
from hall.catalogue import Catalogue
from hall.clock import business_date
from hall.contract import Batch, Fact
from hall.numbering import bare
from hall.store import calls, desks, journals, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import Step, TicketState, after


class Misfit(Exception):
    """A fact does not fit what the hall knows. ``why`` is a keyword."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Meaning:
    """The meaning of one batch: tickets are loaded once, changed in memory, written once."""

    def __init__(self, tx: Tx, catalogue: Catalogue, batch: Batch, journal_id: int) -> None:
        self._tx = tx
        self._catalogue = catalogue
        self._device = batch.device
        self._mine = f"{batch.device}/{batch.journal}/"
        self._journal_id = journal_id
        self._today = desks.business_date(tx)
        self._stored: dict[str, Ticket | None] = {}
        self._tickets: dict[str, Ticket] = {}
        self._requested: dict[str, tuple[int, str]] = {}

    def apply(self, fact: Fact, hall_ms: int) -> None:
        """One fact that happened at ``hall_ms``. Raises Misfit for what does not fit; what does fit is applied."""
        meaning = _KINDS.get(fact.kind)
        if meaning is None:
            raise Misfit("unknown-kind", fact.kind)
        meaning(self, fact, hall_ms)

    def write(self) -> None:
        """Write what has changed."""
        for ticket_id, ticket in self._tickets.items():
            stored = self._stored[ticket_id]
            if stored is None:
                tickets.add(self._tx, ticket)
            elif stored != ticket:
                tickets.put(self._tx, stored, ticket)

    def _find(self, ticket_id: str) -> Ticket | None:
        if ticket_id not in self._stored:
            found = self._stored[ticket_id] = tickets.find(self._tx, ticket_id)
            if found is not None:
                self._tickets[ticket_id] = found
        return self._tickets.get(ticket_id)

    def _ticket(self, fact: Fact) -> Ticket:
        ticket_id = _text(fact, "ticket")
        ticket = self._find(ticket_id)
        if ticket is None:
            raise Misfit("no-such-ticket", ticket_id)
        return ticket

    def _step(self, ticket: Ticket, step: Step) -> TicketState:
        state = after(ticket.state, step)
        if state is None:
            raise Misfit(f"ticket-{ticket.state}", f"{step} of {ticket.number} ({ticket.id})")
        return state

    def _request(self, fact: Fact, hall_ms: int) -> None:
        ticket_id = f"{self._mine}{fact.seq}"
        self._requested[ticket_id] = (hall_ms, _text(fact, "place_of", ""))
        ticket = self._find(ticket_id)
        if ticket is not None:
            self._tickets[ticket_id] = self._placed(ticket)

    def _issue(self, fact: Fact, _hall_ms: int) -> None:
        ticket_id = _text(fact, "ticket")
        if not ticket_id.startswith(self._mine):
            raise Misfit("not-its-ticket", ticket_id)
        ticket = self._find(ticket_id) or self._unreserved(ticket_id, fact)
        state = self._step(ticket, Step.ISSUE) if ticket.state is not TicketState.CLOSED else ticket.state
        digits = bare(_text(fact, "number"))
        if digits != ticket.digits:
            ticket = ticket._replace(
                digits=digits, number=self._catalogue.label(ticket.code, digits), source=_text(fact, "source", "band")
            )
        self._tickets[ticket_id] = ticket._replace(state=state)
        known = tickets.numbered(self._tx, ticket.date, ticket.code, digits) if ticket.source == "band" else []
        if twins := [twin.id for twin in known if twin.id != ticket_id]:
            raise Misfit("number-twice", f"{ticket.number} is also {twins[0]}")
        if ticket.code not in self._catalogue.services:
            raise Misfit("no-such-service", ticket.code)

    def _unreserved(self, ticket_id: str, fact: Fact) -> Ticket:
        """A ticket the hall never gave a number: from a kiosk's own band."""
        service, digits = _text(fact, "service"), bare(_text(fact, "number"))
        ticket = Ticket(
            id=ticket_id,
            date=_text(fact, "date", self._today),
            code=service,
            serial=None,
            service=service,
            digits=digits,
            number=self._catalogue.label(service, digits),
            source=_text(fact, "source", "band"),
            mode=fact.mode,
            state=TicketState.RESERVED,
            paper="",
            place_ms=0,
            device=self._device,
            visit=ticket_id,
            window=None,
            call="",
        )
        ticket = self._placed(ticket)
        if ticket.date != self._today and business_date(ticket.place_ms) == self._today:
            ticket = ticket._replace(date=self._today)  # the kiosk was cut off over the change of day
        if ticket.date != self._today:
            ticket = ticket._replace(state=TicketState.CLOSED)
        return ticket

    def _placed(self, ticket: Ticket) -> Ticket:
        """At the place of its touch, or of the first ticket's touch when this one was printed anew."""
        hall_ms, place_of = self._requested.get(ticket.id) or self._stored_request(ticket.id)
        first = self._find(place_of) if place_of else None
        if first is not None:
            return ticket._replace(place_ms=first.place_ms, visit=first.visit)
        return ticket._replace(place_ms=hall_ms)

    def _stored_request(self, ticket_id: str) -> tuple[int, str]:
        seq = ticket_id.removeprefix(self._mine)
        found = journals.requested(self._tx, self._journal_id, int(seq)) if seq.isdecimal() else None
        if found is None:
            raise Misfit("no-such-request", ticket_id)
        return found[0], _text(msgspec.json.decode(found[1], type=Fact), "place_of", "")

    def _paper(self, fact: Fact, _hall_ms: int) -> None:
        ticket = self._ticket(fact)
        if ticket.paper == "doubtful" and fact.kind == "printed":
            self._tickets[ticket.id] = ticket._replace(paper="printed")  # the citizen has said it came out
            return
        state = self._step(ticket, Step.PRINT) if ticket.state is not TicketState.CLOSED else ticket.state
        self._tickets[ticket.id] = ticket._replace(state=state, paper=fact.kind)

    def _void(self, fact: Fact, _hall_ms: int) -> None:
        ticket = self._ticket(fact)
        self._tickets[ticket.id] = ticket._replace(state=self._step(ticket, Step.VOID))

    def _show(self, fact: Fact, hall_ms: int) -> None:
        if not calls.show(self._tx, _text(fact, "call"), _text(fact, "ticket"), hall_ms):
            raise Misfit("no-such-call", _text(fact, "call"))

    def _rate(self, fact: Fact, hall_ms: int) -> None:
        rating = ratings.rating_of(fact, self._ticket(fact), hall_ms)
        if rating is None:
            raise Misfit("invalid", "no grade, or no reason, that this contract knows")
        if not ratings.keep(self._tx, rating):
            raise Misfit("rated-twice", rating.visit)

    def _only_kept(self, _fact: Fact, _hall_ms: int) -> None:
        """A fact that only tells what a box did: stored, and nothing follows."""


def _text(fact: Fact, key: str, default: str | None = None) -> str:
    value = fact.data.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise Misfit("invalid", f"{fact.kind} without {key}")
    return value


_KINDS: dict[str, Callable[[Meaning, Fact, int], None]] = {
    "opened": Meaning._only_kept,  # noqa: SLF001 - this module's own table
    "requested": Meaning._request,  # noqa: SLF001
    "issued": Meaning._issue,  # noqa: SLF001
    "printed": Meaning._paper,  # noqa: SLF001
    "doubtful": Meaning._paper,  # noqa: SLF001
    "voided": Meaning._void,  # noqa: SLF001
    "request": Meaning._only_kept,  # noqa: SLF001
    "shown": Meaning._show,  # noqa: SLF001
    "rating-opened": Meaning._only_kept,  # noqa: SLF001
    "rated": Meaning._rate,  # noqa: SLF001
    "not-rated": Meaning._rate,  # noqa: SLF001
    "device": Meaning._only_kept,  # noqa: SLF001
}
