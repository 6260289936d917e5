"""One window while one command is carried out: each step moves ticket, call and window together."""

from __future__ import annotations

import uuid
from typing import Literal, NamedTuple

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from hall.asked_for import item_of
from hall.clock import Clock
from hall.contract import Held, Refusal, Stepped
from hall.store import calls, ratings, tickets
from hall.store.calls import Ended
from hall.store.tickets import Moved, Ticket
from hall.store.writer import Tx
from hall.ticket import Step, TicketState, after
from hall.windows import Undo, Window


class Refused(Exception):
    """A command is refused and changes nothing."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason: Refusal = reason
        self.detail = detail


class TicketElsewhere(Exception):
    """A window holds a ticket whose row says otherwise: a bug, and nothing is written."""


class Press(NamedTuple):
    """Who pressed, when. Without a clock it is told afterwards, and nothing of it can be taken back."""

    operator: str
    now_ms: int
    clock: Clock | None = None


class Desk:
    """``window`` is the window as the steps so far have left it; nothing of it is stored here."""

    def __init__(self, tx: Tx, window: Window, press: Press) -> None:
        self.window = window
        self.steps: list[Stepped] = []
        """What tickets were made to do, in order."""
        self._tx = tx
        self._press = press

    def held(self) -> Held:
        """The ticket at the counter. Raises Refused when there is none."""
        if self.window.held is None:
            raise Refused("nothing-held")
        return self.window.held

    def is_unseen(self) -> bool:
        """Whether the window holds a call that no box has shown yet: nobody can have come for it."""
        window = self.window
        return window.phase == "called" and window.held is not None and not calls.is_shown(self._tx, window.held.call)

    def call(self, ticket: Ticket, step: Step) -> None:
        """Bring a ticket to this empty window under a call of its own."""
        self._begin(ticket, uuid.uuid4().hex, step, "called")

    def admit(self, ticket: Ticket, call: str = "") -> None:
        """Serve whoever has come with this ticket's slip, at this empty window."""
        self._begin(ticket, call or uuid.uuid4().hex, Step.ADMIT, "serving")
        self.window = replace(self.window, finished=None)
        self._served_from_now()
        self._tx.effects.valid.append(ticket.number)

    def make_room(self, coming: str) -> None:
        """Somebody with the ticket ``coming`` is here: what nobody has seen called goes back, all else is finished."""
        window = self.window
        if window.held is None:
            return
        if self.is_unseen() or (window.phase == "called" and window.held.ticket == coming):
            self.give_back()
        else:
            self.finish()

    def give_back(self) -> None:
        """Nobody has seen this call, or who was called stands at a counter as if not: it waits again, at its place."""
        self._step(self.held(), Step.RETURN, ended="returned")
        self.window = self.window.emptied()

    def _begin(self, ticket: Ticket, call: str, step: Step, phase: Literal["called", "serving"]) -> None:
        held = Held(
            ticket=ticket.id,
            number=ticket.number,
            service=ticket.service,
            call=call,
            visit=ticket.visit,
            by_screen=True if ticket.by_screen else UNSET,
            rated=self._rated(ticket.visit),
            item=item_of(self._tx, ticket.id),
        )
        self._move(held, ticket.state, step)
        press = self._press
        calls.begin(
            self._tx,
            call,
            ticket,
            window=self.window.number,
            operator=press.operator,
            step=step.value,
            now_ms=press.now_ms,
        )
        self.window = self.window.holding(held, phase)

    def recall(self) -> None:
        """Announce it again."""
        held = self.held()
        self._step(held, Step.RECALL)
        self.window = self.window.holding(replace(held, calls=held.calls + 1), "called")

    def start(self) -> None:
        """The person is there; the rating of the visit before is over."""
        held = self.held()
        self._step(held, Step.START)
        self.window = replace(self.window.holding(held, "serving"), finished=None)
        self._served_from_now()

    def finish(self) -> None:
        """Done. A start that nobody pressed is implied and marked."""
        held = self.held()
        if self.window.phase == "called":
            held = replace(held, start_implied=True)
            self._move(held, TicketState.CALLED, Step.START, Step.FINISH)
            self._note(held, "start-implied", Step.FINISH, ended="finished")
        else:
            self._step(held, Step.FINISH, ended="finished")
            self._tx.effects.ended.append((held.call, held.service, self._press.now_ms))
        asks = None if ratings.is_rated(self._tx, held.visit) else held  # a visit that was taken back and rated before
        self.window = replace(self.window.emptied(), finished=asks, undo=self._undo("finish", held))

    def miss(self) -> None:
        """Nobody came."""
        held = self.held()
        self._step(held, Step.MISS, ended="missed")
        self.window = replace(self.window.emptied(), undo=self._undo("miss", held))

    def leave(self) -> None:
        """Admitted by its digits, and not there after all."""
        self._step(self.held(), Step.LEAVE, ended="missed")
        self.window = self.window.emptied()

    def park(self) -> None:
        """Set aside here, under the same call."""
        held = self.held()
        self._step(held, Step.PARK)
        self.window = replace(self.window.emptied(), parked=[*self.window.parked, held])

    def take_back(self, ticket_id: str) -> None:
        """Resume what was set aside here. Raises Refused when it was not."""
        if self.window.held is not None:
            raise Refused("window-busy", self.window.held.number)
        held = next((parked for parked in self.window.parked if parked.ticket == ticket_id), None)
        if held is None:
            raise Refused("not-parked-here", ticket_id)
        self._move(held, TicketState.PARKED, Step.TAKE_BACK)
        self._note(held, Step.TAKE_BACK)
        rest = [parked for parked in self.window.parked if parked is not held]
        self.window = replace(self.window.holding(replace(held, calls=held.calls + 1), "called"), parked=rest)

    def redirect(self, service: str) -> None:
        """Send it to another service's queue, at its first place."""
        held = self.held()
        self._step(replace(held, service=service), Step.REDIRECT, ended="redirected")
        self.window = self.window.emptied()

    def undo(self, undo: Undo) -> None:
        """Take back a miss or finish. What was only called meanwhile is parked. Raises Refused when it is too late."""
        if self.window.phase == "serving":
            raise Refused("window-busy", self.held().number)
        ticket = tickets.find(self._tx, undo.held.ticket)
        missed = undo.step == "miss"
        left = TicketState.MISSED if missed else TicketState.FINISHED
        if ticket is None or (ticket.state, ticket.call) != (left, undo.held.call):
            raise Refused("too-late-to-undo", undo.held.number)
        if self.window.held is not None:
            self.park()
        step = Step.UNDO_MISS if missed else Step.UNDO_FINISH
        held = replace(undo.held, start_implied=False, rated=self._rated(undo.held.visit))
        self._move(held, left, step)
        self._note(held, step)
        self.window = replace(self.window.holding(held, "called" if missed else "serving"), undo=None)
        if not missed:
            self.window = replace(self.window, finished=None)

    def _served_from_now(self) -> None:
        self._tx.effects.began[self.held().call] = self._press.now_ms

    def _rated(self, visit: str) -> Literal[True] | UnsetType:
        return True if ratings.is_rated(self._tx, visit) else UNSET

    def _undo(self, step: Literal["miss", "finish"], held: Held) -> Undo | None:
        operator, _, clock = self._press
        if clock is None:
            return None
        return Undo(step=step, held=held, operator=operator, mono_ms=clock.mono_ms(), boot=clock.boot)

    def _step(self, held: Held, step: Step, *, ended: Ended | None = None) -> None:
        """A step of what is held. Raises Refused where the table has no such step from here."""
        self._move(held, TicketState(self.window.phase), step)
        self._note(held, step, ended=ended)

    def _move(self, held: Held, before: TicketState, *steps: Step) -> None:
        state = before
        for step in steps:
            to = after(state, step)
            if to is None:
                raise Refused("not-in-this-state", held.number)
            state = to
        moved = Moved(state, held.service, self.window.number, held.call)
        if not tickets.move(self._tx, held.ticket, before, moved):
            raise TicketElsewhere(f"{held.ticket} is not {before}")
        self.steps.extend(
            Stepped(step=step.value, ticket=held.ticket, call=held.call, service=held.service) for step in steps
        )

    def _note(self, held: Held, *steps: str, ended: Ended | None = None) -> None:
        calls.note(self._tx, held.call, steps, self._press.now_ms, ended)
