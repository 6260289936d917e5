"""Who is there? GS I, as far as the printer answers it."""

from __future__ import annotations

from drivers.contract import Identity
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer import escpos_commands as some
from drivers.ticket_printer.escpos_link import Link


async def ask_identity(link: Link, deadline: Deadline) -> Identity:
    """Ask an idle, on-line printer; one that does not tell its model is asked nothing more. Raises Gone, Silent.

    A printer without GS I takes the rest of it for text; the ESC @ after it empties the line again.
    """
    told: dict[int, str] = {}
    for n in (some.MODEL, some.MAKER, some.FIRMWARE, some.SERIAL):
        answer = await link.ask_in_turn(some.info_request(n) + codec.INITIALIZE + link.status_setting, deadline)
        if answer is None and n == some.MODEL:
            break
        told[n] = answer.text if answer is not None else ""
    return Identity(
        maker=told.get(some.MAKER, ""),
        model=told.get(some.MODEL, ""),
        firmware=told.get(some.FIRMWARE, ""),
        serial=told.get(some.SERIAL, ""),
    )
