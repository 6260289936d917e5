"""Where a ticket stands, for its holder. POST /device/place, by a kiosk at which its slip was scanned."""

from __future__ import annotations

from hall.contract.news import Wait
from hall.contract.words import Strict, Struct

AWAY_MS = 15 * 60_000
"""How long a ticket is held for someone who steps away (暂离), once."""


class AskPlace(Strict, frozen=True, kw_only=True):
    """``ticket``: a ticket_id whose slip the box has checked."""

    ticket: str


class Place(Struct, frozen=True, kw_only=True):
    """``state``: a word of hall.ticket.TicketState, "" for a ticket the hall does not know.

    ``ahead``: who is called before it, None unless it waits; ``window``: where it was called last.
    """

    ticket: str
    number: str
    service: str
    state: str
    ahead: int | None = None
    wait: Wait | None = None
    window: int | None = None
    may_step_away: bool = False
    away_ms: int = 0
    """What is left of its time away; 0 when its holder has not stepped away."""
    by_screen: bool = False
