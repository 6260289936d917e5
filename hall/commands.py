"""A command from a window: carried out at most once, answered always, in one transaction.

Two windows press at the same moment. Each press is a transaction of its own, and one of them is first:

| first                        | then, at another window         | what the second one is told                     |
|------------------------------|---------------------------------|-------------------------------------------------|
| next                         | next                            | the next but one, or *nobody-waiting*           |
| next calls 1001              | call 1001                       | *number-not-callable*, and whom it serves stays |
| call 1001                    | next                            | whoever is after 1001                           |
| 1001 is redirected           | next of that service, call 1001 | 1001, at its first place                        |
| next of that service         | 1001 is redirected there        | done; the caller has somebody else already      |
| 1001 is missed               | call 1001                       | 1001; the miss can no longer be taken back      |
| … and the miss is taken back | call 1001                       | *number-not-callable*                           |
| 1001 is finished             | the slip of 1001                | *number-not-callable*                           |
| … and that is taken back     | anything with 1001              | *number-not-callable*: it is being served       |
| the slip of 1001             | call 1001, next                 | *number-not-callable*; whoever is after 1001    |

The answer to a press is lost, or its window's daemon is started anew before it comes:

| what the window does      | what stands in the hall     | what it is told                                    |
|---------------------------|-----------------------------|----------------------------------------------------|
| repeats that press        | done                        | the stored answer, however old; the state it holds |
|                           |                             | may be outdated, and a newer one drops it          |
| repeats that press        | not done, EXPIRES_MS ago    | *expired*; and this is stored, too                 |
| presses next anew         | a call that nobody has seen | that call again                                    |
| presses next anew         | a call that was shown       | the next; the one called is finished               |
| presses on its old screen | another call                | *screen-outdated*, and what stands                 |
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec.structs import replace

from hall import admission, queue
from hall.admission import Slip
from hall.catalogue import Catalogue
from hall.clock import Clock
from hall.contract import (
    Admit,
    Answer,
    CallNext,
    CallNumber,
    Command,
    Finish,
    Miss,
    Park,
    Recall,
    Redirect,
    Refusal,
    SignOut,
    Start,
    Stepped,
    TakeBack,
    Term,
    Undo,
)
from hall.desk import Desk, Press, Refused
from hall.store import desks, tickets
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.ticket import ADMISSIBLE, CALLABLE_BY_NUMBER, Step
from hall.windows import Window

Pressed = CallNext | CallNumber | Admit | Recall | Start | Finish | Miss | Park | TakeBack | Redirect | Undo | SignOut

encode = msgspec.json.Encoder().encode


class Outcome(msgspec.Struct, frozen=True):
    """What became of a command. With a ``reason`` it is refused, though what the window shows may have changed."""

    reason: Refusal | None = None
    detail: str = ""
    fresh: bool = False
    steps: list[Stepped] = []


DONE = Outcome()


class Carry:
    """One command on its way through one transaction; gives the encoded Answer."""

    def __init__(
        self, command: Command, catalogue: Catalogue, term: Term, clock: Clock, *, expired: bool = False
    ) -> None:
        self._command: Any = command
        self._catalogue = catalogue
        self._term = term
        self._clock = clock
        self._expired = expired

    def __call__(self, tx: Tx) -> bytes:
        """Carry it out, or find what was answered when it was."""
        command = self._command
        answered = desks.answer(tx, command.request)
        if answered is not None:
            return answered
        before = desks.window(tx, command.window)
        desk = Desk(tx, before, Press(command.operator, self._clock.now_ms(), self._clock))
        try:
            self._check(before)
            outcome = _COMMANDS[type(command)](self, tx, desk)
        except Refused as refusal:
            outcome = Outcome(refusal.reason, refusal.detail)
        outcome = replace(outcome, steps=desk.steps)
        return settle(tx, command.request, before, desk.window, outcome, self._term, self._clock)

    def _check(self, window: Window) -> None:
        command = self._command
        if self._expired:
            raise Refused("expired")
        if window.clerk is None:
            raise Refused("not-signed-in")
        if window.clerk.staff_no != command.operator:
            raise Refused("another-clerk", window.clerk.name)
        held = window.held.call if window.held else ""
        if command.call and command.call != held:
            raise Refused("screen-outdated")

    def _call_next(self, tx: Tx, desk: Desk) -> Outcome:
        if desk.is_unseen():
            return DONE
        if desk.window.held is not None:
            desk.finish()
        services = self._catalogue.windows[desk.window.number].services
        head = queue.earliest(tickets.heads(tx, services))
        ticket = tickets.find(tx, head.id) if head else None
        if ticket is None:
            return Outcome("nobody-waiting")
        desk.call(ticket, Step.CALL)
        return Outcome(fresh=True)

    def _call_number(self, tx: Tx, desk: Desk) -> Outcome:
        if desk.is_unseen():
            return DONE
        digits: str = self._command.digits
        found = tickets.numbered(tx, desks.business_date(tx), self._catalogue.code_of(digits), digits)
        if not found:
            raise Refused("no-such-number", digits)
        ticket = queue.earliest(ticket for ticket in found if ticket.state in CALLABLE_BY_NUMBER)
        if ticket is None:
            raise Refused("number-not-callable", f"{found[0].number} {found[0].state}")
        if desk.window.held is not None:
            desk.finish()
        desk.call(ticket, Step.CALL_NUMBER)
        return Outcome(fresh=True)

    def _admit(self, tx: Tx, desk: Desk) -> Outcome:
        told: Admit = self._command
        slip = Slip(told.ticket, told.digits, told.service, told.date)
        known = admission.whose(tx, slip)
        if (known.date if known else slip.date) != desks.business_date(tx):
            raise Refused("slip-of-another-day", slip.date)
        ticket = known or self._unknown(tx, slip)
        held = desk.window.held
        if held is not None and held.ticket == ticket.id:
            if desk.window.phase == "called":
                desk.start()
            return DONE
        if ticket.state not in ADMISSIBLE:
            raise Refused("number-not-callable", f"{ticket.number} {ticket.state}")
        desk.make_room(ticket.id)
        desk.admit(admission.on_paper(tx, ticket, slip, self._catalogue))
        return Outcome(fresh=True)

    def _unknown(self, tx: Tx, slip: Slip) -> Ticket:
        """A ticket that its kiosk has not told of yet."""
        if slip.service not in self._catalogue.services:
            raise Refused("no-such-service", slip.service)
        if tickets.named(tx, slip.ticket) is not None:
            raise Refused("no-such-number", slip.digits)
        ticket = admission.known_by(slip, slip.ticket, self._catalogue, self._command.mode, self._clock.now_ms())
        tickets.add(tx, ticket)
        return ticket

    def _recall(self, _tx: Tx, desk: Desk) -> Outcome:
        desk.recall()
        return DONE

    def _start(self, _tx: Tx, desk: Desk) -> Outcome:
        desk.start()
        return DONE

    def _finish(self, _tx: Tx, desk: Desk) -> Outcome:
        desk.finish()
        return DONE

    def _miss(self, _tx: Tx, desk: Desk) -> Outcome:
        held = desk.held()
        if held.by_screen is True and held.looked_for is not True:
            raise Refused("guide-first", held.number)
        desk.miss()
        return DONE

    def _park(self, _tx: Tx, desk: Desk) -> Outcome:
        desk.park()
        return DONE

    def _take_back(self, _tx: Tx, desk: Desk) -> Outcome:
        desk.take_back(self._command.ticket)
        return DONE

    def _redirect(self, _tx: Tx, desk: Desk) -> Outcome:
        service: str = self._command.service
        if service not in self._catalogue.services:
            raise Refused("no-such-service", service)
        desk.redirect(service)
        return DONE

    def _undo(self, _tx: Tx, desk: Desk) -> Outcome:
        undo = desk.window.undo
        if undo is None:
            raise Refused("nothing-to-undo")
        if undo.operator != self._command.operator:
            raise Refused("another-clerk", undo.operator)
        if not undo.left_ms(self._clock):
            raise Refused("too-late-to-undo", undo.held.number)
        desk.undo(undo)
        return DONE

    def _sign_out(self, _tx: Tx, desk: Desk) -> Outcome:
        if desk.window.held is not None:
            raise Refused("window-busy", desk.window.held.number)
        desk.window = desk.window.signed_out()
        return DONE


_COMMANDS: dict[type, Callable[[Carry, Tx, Desk], Outcome]] = {
    CallNext: Carry._call_next,  # noqa: SLF001 - this module's own table
    CallNumber: Carry._call_number,  # noqa: SLF001
    Admit: Carry._admit,  # noqa: SLF001
    Recall: Carry._recall,  # noqa: SLF001
    Start: Carry._start,  # noqa: SLF001
    Finish: Carry._finish,  # noqa: SLF001
    Miss: Carry._miss,  # noqa: SLF001
    Park: Carry._park,  # noqa: SLF001
    TakeBack: Carry._take_back,  # noqa: SLF001
    Redirect: Carry._redirect,  # noqa: SLF001
    Undo: Carry._undo,  # noqa: SLF001
    SignOut: Carry._sign_out,  # noqa: SLF001
}


def settle(tx: Tx, request: str, before: Window, after: Window, outcome: Outcome, term: Term, clock: Clock) -> bytes:
    """Store the window when it has changed, and the answer; give the answer as it goes out."""
    now_ms = clock.now_ms()
    if after != before:
        after = replace(after, version=before.version + 1)
        desks.put_window(tx, after)
    answer = encode(
        Answer(
            request=request,
            outcome="refused" if outcome.reason else "done",
            window=after.state(term, clock),
            reason=outcome.reason,
            detail=outcome.detail,
            fresh=outcome.fresh,
            at_ms=now_ms,
            steps=outcome.steps,
        )
    )
    desks.keep_answer(tx, request, now_ms, answer)
    return answer
