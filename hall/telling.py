"""What one journal tells, while its meaning is found: whose it is, which tickets it names, what of them has changed."""

from __future__ import annotations

from typing import NamedTuple

from hall.catalogue import Catalogue
from hall.contract import Fact
from hall.store import desks, journals, tickets
from hall.store.journals import Journal
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import Step, TicketState, after

SEQ_DIGITS = 16
"""Of the largest that the contract has."""


class Rules(NamedTuple):
    """What the meaning of a fact depends on beside the fact."""

    catalogue: Catalogue
    mode: str
    recovering: bool = False
    """The meaning of what follows from commands (meaning.DEFERRED) waits until the hall is whole."""


class Misfit(Exception):
    """A fact does not fit what the hall knows. ``why`` is a keyword. What of the fact fits has been done."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Touch(NamedTuple):
    """When a ticket was asked for, on the hall's clock, and whose place it takes ("" for its own)."""

    hall_ms: int
    place_of: str


class Telling:
    """Tickets are loaded once, changed in memory, written once."""

    def __init__(self, tx: Tx, rules: Rules, journal: Journal) -> None:
        self.tx = tx
        self.rules = rules
        self.journal = journal
        self.today = desks.business_date(tx)
        self.touches: dict[str, Touch] = {}
        """Of tickets asked for in this batch."""
        self._stored: dict[str, Ticket | None] = {}
        self._tickets: dict[str, Ticket] = {}

    def write(self) -> None:
        """Write what has changed, and begin anew with what then stands."""
        for ticket_id, ticket in self._tickets.items():
            stored = self._stored[ticket_id]
            if stored is None:
                tickets.add(self.tx, ticket)
            elif stored != ticket:
                tickets.put(self.tx, stored, ticket)
        self._stored.clear()
        self._tickets.clear()

    def find(self, ticket_id: str) -> Ticket | None:
        """The ticket that goes by this id, its own or one drawn before it was known."""
        if ticket_id not in self._stored:
            found = tickets.named(self.tx, ticket_id)
            if found is None or found.id != ticket_id:
                return found and self.find(found.id)
            self._stored[ticket_id] = self._tickets[ticket_id] = found
        return self._tickets.get(ticket_id)

    def put(self, ticket: Ticket) -> None:
        """It stands so from now on."""
        self._stored.setdefault(ticket.id, None)
        self._tickets[ticket.id] = ticket

    def ticket(self, fact: Fact) -> Ticket:
        """The ticket that a fact is about. Raises Misfit."""
        ticket_id = self.named(fact)
        ticket = self.find(ticket_id)
        if ticket is None:
            raise Misfit("no-such-ticket", ticket_id)
        return ticket

    def named(self, fact: Fact, key: str = "ticket", default: str | None = None) -> str:
        """The ticket_id that a fact names. What a fork calls its own is not the other past's. Raises Misfit."""
        told = text(fact, key, default)
        if not self.journal.forked_at:
            return told
        base, _, last = told.rpartition("/")
        seq = seq_of(last) if base == f"{self.journal.device}/{self.journal.name.partition('~')[0]}" else None
        return self.own_id(seq) if seq is not None and seq >= self.journal.forked_at else told

    def own_id(self, seq: int) -> str:
        """The ticket that a fact of this journal begins."""
        return f"{self.journal.device}/{self.journal.name}/{seq}"

    def own(self, ticket_id: str) -> tuple[int, int] | None:
        """Journal and seq of the *requested* that began this ticket; None for another box's or journal's."""
        base, _, last = ticket_id.rpartition("/")
        device, _, name = base.partition("/")
        seq = seq_of(last)
        if device != self.journal.device or seq is None:
            return None
        if name == self.journal.name:
            return self.journal.id, seq
        if self.journal.forked_at and name == self.journal.name.partition("~")[0]:
            shared = journals.find(self.tx, device, name)
            return (shared.id, seq) if shared else None
        return None


def step(ticket: Ticket, taken: Step) -> TicketState:
    """Where the ticket stands after this step. Raises Misfit where there is none such."""
    state = after(ticket.state, taken)
    if state is None:
        raise Misfit(f"ticket-{ticket.state}", f"{taken} of {ticket.number} ({ticket.id})")
    return state


def seq_of(told: str) -> int | None:
    """The seq that stands in a ticket_id; None for what no journal counts to."""
    return int(told) if told.isascii() and told.isdecimal() and len(told) <= SEQ_DIGITS else None


def text(fact: Fact, key: str, default: str | None = None) -> str:
    """A string of the fact's data. Raises Misfit."""
    value = fact.data.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise Misfit("invalid", f"{fact.kind} without {key}")
    return value
