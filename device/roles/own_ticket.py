"""What a kiosk does beside giving numbers: scanned slips, a card on its reader, what somebody has left there."""

from __future__ import annotations

from device.api.left_behind import LeftBehindCalls
from device.api.own_ticket import OwnTicketCalls
from device.flows.elder_card import ElderCard
from device.flows.left_behind import CardBack, SlipBack
from device.flows.own_ticket import OwnTickets
from device.roles.box import Box, Role
from device.watch import Watch

READERS = ("id_card", "smart_card")
"""The kiosk's own reader is the first there is of these that belongs to no window."""


def own_ticket(box: Box) -> Role:
    """These parts; none without ``[kiosk]``."""
    role = Role()
    if box.loaded.values.kiosk is None:
        return role
    tickets = OwnTickets(box.journal, box.link, box.desired)
    role.routes += OwnTicketCalls(tickets, box.link).routes()
    watch = Watch()
    slip = SlipBack(box.hardware.all_of("ticket_printer"), box.journal)
    role.long_lived["slips left"] = slip.run
    card, back = _card(box, role)
    for part in (slip, card, back):
        if part is not None:
            part.watch.feeds(watch)
    role.routes += LeftBehindCalls(card, back, slip, box.streams, watch).routes()
    return role


def _card(box: Box, role: Role) -> tuple[ElderCard | None, CardBack | None]:
    for family in READERS:
        cell = next(iter(box.hardware.all_of(family)), None)
        if cell is not None:
            back = CardBack(family, cell, box.journal)
            card = ElderCard(family, cell, box.journal, box.tasks, lambda: box.desired.business_date, back)
            cell.watch.feeds(card.watch)
            role.long_lived["card left"] = back.run
            return card, back
    return None, None
