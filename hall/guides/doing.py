"""A guide's deeds, each in one transaction: done once however often it is asked for, or refused with a keyword.

| the guide                     | facts of the hall         | refused when                                   |
|-------------------------------|---------------------------|------------------------------------------------|
| takes a number for a visitor  | requested, issued, noted  | recovering, numbers-exhausted, no-such-service |
| sends to another service      | transferred               | called, served, done (ticket-…), same-service  |
| lets wait again               | readmitted                | not missed, void or closed (ticket-…)          |
| gives back                    | given-back                | called, served, done (ticket-…)                |
| has looked for who was called | looked-for                | no-such-ticket                                 |
| has been with who asked help  | help-ended                | –                                              |

A guide calls nobody and serves nobody (R1): no deed moves a ticket to a window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from config.hall import HALL
from hall import recovering
from hall.catalogue import Catalogue
from hall.clock import Clock
from hall.contract import Reserve, Term
from hall.deeds import Data, Deed, DeedRefused, Deeds
from hall.guides.finding import Found, found_as
from hall.ingest import Rules
from hall.numbering import NumbersExhausted
from hall.reserve import Giving
from hall.store import desks, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx

_encode = msgspec.json.Encoder().encode

STAFF = "staff"
"""Evidence of a *noted*: a guide has shown the number to the visitor, who has noted or photographed it."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a deed, and what the hall needs to do it. ``request`` is drawn by the page, once a deed."""

    request: str
    by: str
    """staff_no of the guide."""
    catalogue: Catalogue
    clock: Clock
    term: Term
    mode: str


class Doing:
    """One deed on its way through one transaction; gives its encoded answer. Raises DeedRefused, and keeps nothing."""

    def __init__(self, asking: Asking, deed: Callable[[Asking, Tx, Deeds], Found | None]) -> None:
        self._asking = asking
        self._deed = deed

    def __call__(self, tx: Tx) -> bytes:
        """Do it, or find what was answered when it was done."""
        asking = self._asking
        key = f"guide/{asking.by}/{asking.request}"
        if answered := desks.answer(tx, key):
            return answered
        if recovering.is_recovering(tx):
            raise DeedRefused("recovering")
        rules = Rules(asking.catalogue, asking.mode)
        found = self._deed(asking, tx, Deeds(tx, rules, asking.clock, asking.term.draw, asking.by))
        answer = _encode({"ticket": found})
        desks.keep_answer(tx, key, asking.clock.now_ms(), answer)
        return answer


def take(service: str) -> Callable[[Asking, Tx, Deeds], Found]:
    """A number for a visitor who has none, callable at once."""

    def deed(asking: Asking, tx: Tx, deeds: Deeds) -> Found:
        if service not in asking.catalogue.services:
            raise DeedRefused("no-such-service", service)
        data: Data = {"service": service, "touch": asking.request, "by": asking.by}
        [requested] = deeds.tell(Deed("requested", data))
        ticket_id = deeds.ticket_id(requested)
        reserve = Reserve(
            ticket=ticket_id,
            service=service,
            mode=requested.mode,
            mono_ms=requested.mono_ms,
            boot=requested.boot,
            digest=requested.digest(),
        )
        try:
            given = Giving(reserve, HALL, asking.catalogue, asking.clock.now_ms())(tx)
        except NumbersExhausted:
            raise DeedRefused("numbers-exhausted", service) from None
        issued: Data = {
            "ticket": ticket_id,
            "service": service,
            "number": given.digits,
            "source": "hall",
            "date": given.date,
            "by": asking.by,
        }
        noted: Data = {"ticket": ticket_id, "evidence": STAFF, "by": asking.by}
        deeds.tell(Deed("issued", issued, ticket_id), Deed("noted", noted, ticket_id))
        return found_as(_stored(tx, ticket_id), asking.catalogue, desks.business_date(tx))

    return deed


def transfer(ticket: str, service: str) -> Callable[[Asking, Tx, Deeds], Found]:
    """Send it to another service, at its place."""

    def deed(asking: Asking, tx: Tx, deeds: Deeds) -> Found:
        if _stored(tx, ticket).service == service:
            raise DeedRefused("same-service", service)
        return _told(asking, tx, deeds, "transferred", {"ticket": ticket, "service": service})

    return deed


def readmit(ticket: str) -> Callable[[Asking, Tx, Deeds], Found]:
    """Let it wait again, at its place."""
    return lambda asking, tx, deeds: _told(asking, tx, deeds, "readmitted", {"ticket": ticket})


def give_back(ticket: str) -> Callable[[Asking, Tx, Deeds], Found]:
    """Its holder wants it no longer."""
    return lambda asking, tx, deeds: _told(asking, tx, deeds, "given-back", {"ticket": ticket})


def looked_for(ticket: str, call: str, *, found: bool) -> Callable[[Asking, Tx, Deeds], Found]:
    """A guide has looked for whoever was called."""
    data: Data = {"ticket": ticket, "call": call, "found": found}
    return lambda asking, tx, deeds: _told(asking, tx, deeds, "looked-for", data)


def been_there(help_: str) -> Callable[[Asking, Tx, Deeds], None]:
    """Whoever asked for help has had it."""

    def deed(asking: Asking, _tx: Tx, deeds: Deeds) -> None:
        deeds.tell(Deed("help-ended", {"help": help_, "how": "came", "by": asking.by}))

    return deed


def _told(asking: Asking, tx: Tx, deeds: Deeds, kind: str, data: Data) -> Found:
    ticket_id = _stored(tx, str(data["ticket"])).id
    deeds.tell(Deed(kind, {**data, "ticket": ticket_id, "by": asking.by}, ticket_id))
    return found_as(_stored(tx, ticket_id), asking.catalogue, desks.business_date(tx))


def _stored(tx: Tx, ticket_id: str) -> Ticket:
    ticket = tickets.named(tx, ticket_id)
    if ticket is None:
        raise DeedRefused("no-such-ticket", ticket_id)
    return ticket
