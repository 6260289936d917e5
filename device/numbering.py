"""Numbers and names of tickets, as the contract has them."""

from __future__ import annotations

from hall.contract.numbering import (
    BAND_SIZE,
    Number,
    TicketId,
    band_digits,
    bare,
    label,
    parse,
    parse_ticket_id,
    ticket_id,
)

__all__ = ["BAND_SIZE", "Number", "TicketId", "band_digits", "bare", "label", "parse", "parse_ticket_id", "ticket_id"]
