"""What a kiosk tells of its tickets: asked for, numbered, on paper, in somebody's mind, or void.

A slip may have been served before its kiosk could tell of it. The hall then knows the ticket by its slip, or only by
its digits, and what the kiosk tells fills it in, whatever has become of it meanwhile:

| the kiosk tells   | the hall knows                  | what follows                               |
|-------------------|---------------------------------|--------------------------------------------|
| issued            | nothing                         | a ticket                                   |
| issued            | the number it reserved          | that ticket; another number leaves a gap   |
| issued            | the slip, scanned at a counter  | that ticket: fields filled in, state kept  |
| issued            | the digits, typed at a counter  | one ticket of the two (hall.merging)       |
| printed, noted, … | issued                          | waiting                                    |
| printed, noted, … | served already                  | how it came to paper, state kept           |
| doubtful          | how it came to paper            | nothing: a journal begun anew knows less   |
| voided            | served already                  | conflict: somebody has come with that slip |
| voided            | only the touch                  | nothing: no number was given               |
| anything          | closed, because its day is over | fields filled in                           |

A kiosk that begins a new journal tells no more of the one before it, whatever has become of that. Tickets on their way
there are *doubtful* from then on, and callable: their slips may be out. What the new journal knows better follows.
"""

from __future__ import annotations

import msgspec

from hall import merging
from hall.clock import business_date
from hall.contract import Fact
from hall.numbering import bare, serial_of
from hall.store import journals, tickets
from hall.store.tickets import Ticket
from hall.telling import Misfit, Telling, Touch, step, text
from hall.ticket import Step, TicketState

_ON_ITS_WAY = frozenset({TicketState.RESERVED, TicketState.ISSUED, TicketState.VOID})


def opened(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """A journal has begun: of tickets on their way in the one before it nobody will tell whether they came out."""
    if former := text(fact, "former", ""):
        on_their_way = (TicketState.RESERVED, TicketState.ISSUED)
        for ticket_id in tickets.of_journal(telling.tx, telling.journal.device, former, on_their_way):
            ticket = telling.find(ticket_id)
            if ticket is not None and ticket.state is TicketState.RESERVED:
                ticket = ticket._replace(state=step(ticket, Step.ISSUE))
            if ticket is not None:
                telling.put(ticket._replace(state=step(ticket, Step.PRINT), paper="doubtful"))


def requested(telling: Telling, fact: Fact, hall_ms: int) -> None:
    """A citizen touched a service: the ticket's place."""
    ticket_id = telling.own_id(fact.seq)
    telling.touches[ticket_id] = Touch(hall_ms, telling.named(fact, "place_of", ""))
    ticket = telling.find(ticket_id)
    if ticket is not None and ticket.source != merging.SLIP:
        telling.put(_placed(telling, ticket))
    telling.tx.effects.asked.append(str(fact.data.get("item") or ""))


def issued(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """A number was given."""
    ticket_id = telling.named(fact)
    if telling.own(ticket_id) is None:
        raise Misfit("not-its-ticket", ticket_id)
    known = telling.find(ticket_id)
    if known is not None and known.source == merging.SLIP:
        _fill_in(telling, known, _unreserved(telling, ticket_id, fact))
        return
    ticket = known or _unreserved(telling, ticket_id, fact)
    if not _is_known_by_slip(ticket):
        ticket = ticket._replace(state=step(ticket, Step.ISSUE))
    ticket = _numbered(telling, ticket, fact)
    twins = _twins(telling, ticket) if known is None or ticket.source == "band" else []
    if typed := merging.typed(twins):
        _fill_in(telling, typed, ticket)
        return
    telling.put(ticket)
    if others := [twin.id for twin in twins if twin.source != merging.SLIP]:
        raise Misfit("number-twice", f"{ticket.number} is also {others[0]}")
    if ticket.code not in telling.rules.catalogue.services:
        raise Misfit("no-such-service", ticket.code)


def outcome(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """Printed, noted from the screen, or nobody can say."""
    ticket = telling.ticket(fact)
    if fact.kind == "doubtful" and ticket.paper not in ("", merging.SLIP):
        return  # a journal begun anew doubts what the lost one had told
    if ticket.paper == "doubtful":
        telling.put(ticket._replace(paper=fact.kind))  # the citizen has said it came out
        return
    state = ticket.state if _is_known_by_slip(ticket) else step(ticket, Step.PRINT)
    telling.put(ticket._replace(state=state, paper=fact.kind))


def voided(telling: Telling, fact: Fact, _hall_ms: int) -> None:
    """It did not come out, or no number was ever given."""
    ticket_id = telling.named(fact)
    ticket = telling.find(ticket_id)
    if ticket is None:
        _touch(telling, ticket_id)
        return
    telling.put(ticket._replace(state=step(ticket, Step.VOID)))
    if fact.data.get("reason") != "citizen":  # who says that nothing came out holds no slip of it
        telling.tx.effects.void.append(ticket.number)


def _is_known_by_slip(ticket: Ticket) -> bool:
    """Served, or its day over, before its paper was told of: what is told of it changes its state no more."""
    if ticket.state is TicketState.CLOSED:
        return True
    return ticket.paper in ("", merging.SLIP) and ticket.state not in _ON_ITS_WAY


def _unreserved(telling: Telling, ticket_id: str, fact: Fact) -> Ticket:
    """A ticket the hall does not know to have given a number: a kiosk's own band has, or the hall before this one."""
    service, digits = text(fact, "service"), bare(text(fact, "number"))
    ticket = Ticket(
        id=ticket_id,
        date=text(fact, "date", telling.today),
        code=service,
        serial=serial_of(service, digits),
        service=service,
        digits=digits,
        number=telling.rules.catalogue.label(service, digits),
        source=text(fact, "source", "band"),
        mode=fact.mode,
        state=TicketState.RESERVED,
        paper="",
        place_ms=0,
        device=telling.journal.device,
        visit=ticket_id,
        window=None,
        call="",
    )
    ticket = _placed(telling, ticket)
    if ticket.date != telling.today and business_date(ticket.place_ms) == telling.today:
        ticket = ticket._replace(date=telling.today)  # the kiosk was cut off over the change of day
    if ticket.date != telling.today:
        ticket = ticket._replace(state=TicketState.CLOSED)
    return ticket


def _numbered(telling: Telling, ticket: Ticket, fact: Fact) -> Ticket:
    """With the number that the kiosk gave in the end."""
    digits = bare(text(fact, "number"))
    if digits == ticket.digits:
        return ticket
    label = telling.rules.catalogue.label(ticket.code, digits)
    serial = serial_of(ticket.code, digits) or ticket.serial
    return ticket._replace(digits=digits, number=label, serial=serial, source=text(fact, "source", "band"))


def _twins(telling: Telling, ticket: Ticket) -> list[Ticket]:
    """Other tickets with this number on that day."""
    known = tickets.numbered(telling.tx, ticket.date, ticket.code, ticket.digits)
    return [twin for twin in known if twin.id != ticket.id]


def _fill_in(telling: Telling, served: Ticket, ticket: Ticket) -> None:
    """As the kiosk tells the ticket, with all that has become of it since it was served."""
    telling.write()
    ticket = ticket._replace(
        state=served.state,
        service=served.service,
        paper=served.paper,
        window=served.window,
        call=served.call,
        by_screen=served.by_screen,
        stepped=served.stepped,
        away_until_ms=served.away_until_ms,
    )
    if not merging.become(telling.tx, served, ticket):
        raise Misfit("rated-twice", ticket.visit)


def _placed(telling: Telling, ticket: Ticket) -> Ticket:
    """At the place of its touch, or of the first ticket's touch when this one was printed anew."""
    touch = _touch(telling, ticket.id)
    first = telling.find(touch.place_of) if touch.place_of else None
    if first is not None:
        return ticket._replace(place_ms=first.place_ms, visit=first.visit)
    return ticket._replace(place_ms=touch.hall_ms)


def _touch(telling: Telling, ticket_id: str) -> Touch:
    """When it was asked for. Raises Misfit when nobody did."""
    return telling.touches.get(ticket_id) or _stored_touch(telling, ticket_id)


def _stored_touch(telling: Telling, ticket_id: str) -> Touch:
    own = telling.own(ticket_id)
    found = journals.requested(telling.tx, *own) if own else None
    if found is None:
        raise Misfit("no-such-request", ticket_id)
    return Touch(found[0], telling.named(msgspec.json.decode(found[1], type=Fact), "place_of", ""))
