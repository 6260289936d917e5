"""Take the steps again that a lost hall's answers tell: on tickets, calls and windows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from hall import merging, parting, unheard
from hall.asked_for import item_of
from hall.catalogue import Catalogue
from hall.clock import business_date
from hall.contract import Answer, Held, Stepped, WindowState
from hall.numbering import bare
from hall.store import calls, desks, tickets
from hall.store.calls import Ended
from hall.store.tickets import Moved, Ticket
from hall.store.writer import Tx
from hall.ticket import BEGINS, TRANSITIONS, Step, TicketState, after
from hall.windows import Window

ADMITTED = "admitted-while-called"

LEADS_TO: dict[Step, TicketState] = {step: state for (_, step), state in TRANSITIONS.items()}
"""Where a step leads, wherever it came from: each leads to one state only."""

SENDS_AWAY = {"redirect": Step.REDIRECT, "miss": Step.MISS}
"""Commands after which another window may call the ticket, and their step."""

LETS_GO = frozenset({Step.REDIRECT, Step.MISS, Step.RETURN})
"""Steps after which another window may call the ticket."""

_ENDED: dict[Step, Ended] = {
    Step.FINISH: "finished",
    Step.MISS: "missed",
    Step.REDIRECT: "redirected",
    Step.RETURN: "returned",
}

encode = msgspec.json.Encoder().encode


class Clash(NamedTuple):
    """A step that did happen, of a ticket that another call had, or has had since. ``why`` is a conflict's keyword."""

    why: str
    detail: str


class _Where(NamedTuple):
    """At which window steps are taken again, for whom, when, and the tickets it had then."""

    window: int
    operator: str
    at_ms: int
    had: list[Held]

    @classmethod
    def of(cls, at: WindowState | Window, at_ms: int) -> _Where:
        had = [held for held in (at.held, at.finished, *at.parked) if held is not None]
        number = at.number if isinstance(at, Window) else at.window
        return cls(number, at.clerk.staff_no if at.clerk else "", at_ms, had)


class Redo:
    """One recovery's redoing, in one transaction. ``touched``: the tickets that took a step.

    ``unanswered``: by ticket, the step of a press that would have sent it away from its window.
    """

    def __init__(self, tx: Tx, catalogue: Catalogue, mode: str, unanswered: dict[str, Step]) -> None:
        self._tx = tx
        self._catalogue = catalogue
        self._mode = mode
        self._unanswered = unanswered
        self._today = desks.business_date(tx)
        self.touched: set[str] = set()

    def answer(self, answer: Answer) -> list[Clash]:
        """What a window was told: kept, and done again unless this database has it. Gives what contradicts it."""
        steps = unheard.left_to_take(self._tx, answer)
        if not steps and unheard.steps_kept(self._tx, answer.request) is not None:
            return []
        desks.put_answer(self._tx, answer.request, answer.at_ms, encode(answer))
        if answer.window is None:
            return []
        clashes = self._take_all(steps, _Where.of(answer.window, answer.at_ms))
        self._stand(answer.window, answer.at_ms)
        return clashes

    def call_shown(self, call: str, ticket_id: str, number: int, at_ms: int) -> bool:
        """A call that no answer tells, but a display did: the press that the hall did not live to answer.

        What the window served is finished by it, as *call-next* does. False when it is no such press: the call is
        known, or nobody has told the ticket, or it is at a window.
        """
        tx, ticket = self._tx, tickets.named(self._tx, ticket_id)
        if ticket is None or ticket.state in _AT_WINDOW or calls.begun_ms(tx, call) is not None:
            return False
        before = desks.window(tx, number)
        last = before.held
        held = Held(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            call=call,
            visit=ticket.visit,
            by_screen=True if ticket.by_screen else UNSET,
            item=item_of(tx, ticket.id),
        )
        window = replace(before.holding(held, "called"), version=before.version + 1, undo=None)
        steps = [_step(Step.CALL, held)]
        if last is not None:
            start = [_step(Step.START, last)] if before.phase == "called" else []
            steps = [*start, _step(Step.FINISH, last), *steps]
            window = replace(window, finished=last)
        self._take_all(steps, _Where.of(window, at_ms))
        desks.put_window(tx, window)
        return True

    def _take_all(self, steps: Sequence[Stepped], where: _Where) -> list[Clash]:
        clashes = []
        for step, following in zip_longest(steps, steps[1:]):
            event = step.step
            if event == Step.START and following and (following.step, following.call) == (Step.FINISH, step.call):
                event = "start-implied"  # as Desk.finish notes it
            clash = self._take(step, event, where)
            if clash is not None:
                clashes.append(clash)
        return clashes

    def _take(self, step: Stepped, event: str, where: _Where) -> Clash | None:
        """One step. Of a ticket that was called again since, only the call is kept."""
        tx, word, at_ms = self._tx, Step(step.step), where.at_ms
        ticket = tickets.named(tx, step.ticket) or self._unknown(step, where)
        own_id = calls.ticket_of(tx, step.call)
        if own_id is not None and own_id != ticket.id:
            ticket = parting.join(tx, own_id, ticket)
        other = ticket.call if ticket.call != step.call else ""
        overtaken = bool(other) and (calls.begun_ms(tx, other) or 0) > at_ms
        if word not in BEGINS:
            calls.note(tx, step.call, [event], at_ms, _ENDED.get(word))
        elif calls.begun_ms(tx, step.call) is None:
            calls.begin(tx, step.call, ticket, window=where.window, operator=where.operator, step=event, now_ms=at_ms)
        is_second = word in BEGINS and ticket.state in _HAD and after(ticket.state, word) is None
        clash = self._clash(step, ticket, where) if other and (overtaken or is_second) else None
        if clash is not None and clash.why == ADMITTED and not overtaken:
            parting.part(tx, ticket)
        if not overtaken:
            tickets.move(tx, ticket.id, ticket.state, Moved(LEADS_TO[word], step.service, where.window, step.call))
            self.touched.add(ticket.id)
        return clash

    def _clash(self, step: Stepped, ticket: Ticket, where: _Where) -> Clash | None:
        """The ticket has another call. None when a press that nobody answered had ended that one."""
        tx, other = self._tx, ticket.call
        overtaken = (calls.begun_ms(tx, other) or 0) > where.at_ms
        if not overtaken and (left := self._unanswered.pop(ticket.id, None)):
            calls.note(tx, other, [left], where.at_ms, _ENDED[left])  # it was answered by a hall that called it again
            return None
        detail = f"{step.step} of {ticket.number} ({ticket.id}) to window {where.window}, at window {ticket.window} too"
        return Clash(ADMITTED if calls.standing(tx, other)[1][:1] == [Step.ADMIT] else "called-again", detail)

    def _unknown(self, step: Stepped, where: _Where) -> Ticket:
        """No kiosk has told this ticket: as the window had it, at the place of its call."""
        held = next((held for held in where.had if held.ticket == step.ticket), None)
        digits = bare(held.number) if held else ""
        ticket = Ticket(
            id=step.ticket,
            date=self._today,
            code=self._catalogue.code_of(digits) if digits else step.service,
            serial=None,
            service=step.service,
            digits=digits,
            number=held.number if held else "",
            source=merging.SLIP,
            mode=self._mode,
            state=TicketState.CLOSED,
            paper=merging.SLIP,
            place_ms=where.at_ms,
            device=step.ticket.partition("/")[0],
            visit=held.visit if held else step.ticket,
            window=None,
            call="",
        )
        tickets.add(self._tx, ticket)
        return ticket

    def _stand(self, state: WindowState, at_ms: int) -> None:
        """The window as it was told. What could be undone cannot be any more: that minute is over."""
        tx, before = self._tx, desks.window(self._tx, state.window)
        window = Window(
            number=state.window,
            version=max(state.version, before.version) + 1,
            phase=state.phase,
            held=state.held and self._by_its_name(state.held),
            parked=[self._by_its_name(held) for held in state.parked],
            finished=state.finished and self._by_its_name(state.finished),
            clerk=state.clerk,
        )
        if business_date(at_ms) < self._today:
            window = window.next_day()
        if window.clerk != before.clerk:
            self._leave_others(window)
        desks.put_window(tx, window)

    def _by_its_name(self, held: Held) -> Held:
        """A ticket that the lost hall knew by its slip alone may have its own name here, or a wish it had not heard."""
        ticket = tickets.named(self._tx, held.ticket)
        if ticket is not None and ticket.by_screen:
            held = replace(held, by_screen=True)
        if ticket is None or ticket.id == held.ticket:
            return held
        return replace(held, ticket=ticket.id, number=ticket.number, visit=ticket.visit)

    def _leave_others(self, entered: Window) -> None:
        """A clerk who signs in here leaves every window where nothing is held."""
        for other in desks.all_windows(self._tx):
            same = other.clerk and entered.clerk and other.clerk.staff_no == entered.clerk.staff_no
            if same and other.number != entered.number and other.held is None:
                desks.put_window(self._tx, replace(other.signed_out(), version=other.version + 1))


_AT_WINDOW = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.PARKED})
_HAD = _AT_WINDOW | {TicketState.FINISHED}


def _step(step: Step, held: Held) -> Stepped:
    return Stepped(step=step.value, ticket=held.ticket, call=held.call, service=held.service)
