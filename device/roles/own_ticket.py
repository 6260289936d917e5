"""What a kiosk does for whoever has a slip already: its place, and what its holder wants of it."""

from __future__ import annotations

from device.api.own_ticket import OwnTicketCalls
from device.flows.own_ticket import OwnTickets
from device.roles.box import Box, Role


def own_ticket(box: Box) -> Role:
    """The calls behind a scanned slip; none without ``[kiosk]``."""
    role = Role()
    if box.loaded.values.kiosk is not None:
        tickets = OwnTickets(box.journal, box.link, box.desired)
        role.routes += OwnTicketCalls(tickets, box.link).routes()
    return role
