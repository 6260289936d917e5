"""What a copy of the database had answered, and nobody was told: the box asked a later life of the hall, or gave up.

The hall carries a command out, its answer is lost, a backup is taken. Set back to an older copy the hall is asked again
and answers otherwise, and that answer is what the clerk was told. Set back to the first backup it finds its own answer:
what was told stands, and a call that no display has shown goes back to waiting, at its place.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from hall.contract import Answer, Stepped
from hall.store import calls, desks, tickets
from hall.store.tickets import Moved
from hall.store.writer import Tx
from hall.ticket import BEGINS, Step, TicketState

_answer = msgspec.json.Decoder(Answer).decode


def left_to_take(tx: Tx, answer: Answer) -> list[Stepped]:
    """The steps that this answer tells and the one that is kept of its request, if any, does not."""
    had = steps_kept(tx, answer.request) or []
    return [step for step in answer.steps if step not in had]


def steps_kept(tx: Tx, request: str) -> list[Stepped] | None:
    """What the database says it did for this request; None when it knows nothing of it."""
    kept = desks.answer(tx, request)
    return None if kept is None else _answer(kept).steps


def give_back(tx: Tx, heard: Mapping[str, list[Stepped]], now_ms: int) -> None:
    """Calls that the kept answers to these requests began, and what was ``heard`` does not tell, nor any display."""
    for request, steps in heard.items():
        for step in steps_kept(tx, request) or []:
            if step.step in BEGINS and step not in steps and not calls.is_shown(tx, step.call):
                _give_back(tx, step, now_ms)


def _give_back(tx: Tx, step: Stepped, now_ms: int) -> None:
    ticket = tickets.named(tx, step.ticket)
    if ticket is None or ticket.call != step.call:
        return
    calls.note(tx, step.call, [Step.RETURN], now_ms, "returned")
    tickets.move(tx, ticket.id, ticket.state, Moved(TicketState.WAITING, ticket.service, None, ""))
    for window in desks.all_windows(tx):
        if window.held is not None and window.held.call == step.call:
            desks.put_window(tx, replace(window.emptied(), version=window.version + 1))
