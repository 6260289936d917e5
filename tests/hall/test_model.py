"""Queue and windows from all sides: whatever boxes tell and clerks press, in whatever order."""

from __future__ import annotations

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from hall.contract import (
    Answer,
    CallNext,
    CallNumber,
    Command,
    Finish,
    Miss,
    Park,
    Recall,
    Redirect,
    Start,
    TakeBack,
    Undo,
)
from hall.store import tickets
from tests.hall.scene import Scene

WINDOWS = st.sampled_from([1, 2, 3])
SERVICES = st.sampled_from(["11", "21", "31", "91"])
PLAIN: list[type[Command]] = [CallNext, Recall, Start, Finish, Miss, Park, Undo]

BETWEEN = {"miss", "redirect", "undo-miss", "undo-finish"}
"""What must stand between two calls of one ticket (design §4)."""


class Queue(RuleBasedStateMachine):
    """Three windows share one queue and each has its own."""

    issued = Bundle("issued")
    printed = Bundle("printed")

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        self.kiosk = self.scene.box()
        self.answers: dict[str, Answer] = {}
        self.commands: dict[str, tuple[type[Command], int, dict[str, str]]] = {}

    def teardown(self) -> None:
        self.scene.close()

    @rule(target=issued, service=SERVICES)
    def touch(self, service: str) -> str:
        return self.kiosk.issue(service)[0]

    @rule(target=printed, ticket=consumes(issued), outcome=st.sampled_from(["printed", "doubtful"]))
    def slip(self, ticket: str, outcome: str) -> str:
        self.kiosk.tell(outcome, ticket=ticket, evidence="status")
        return ticket

    @rule(target=printed, ticket=printed)
    def void(self, ticket: str) -> object:
        self.kiosk.tell("voided", ticket=ticket, reason="citizen")
        return multiple()

    @rule(window=WINDOWS)
    def show(self, window: int) -> None:
        if self.scene.window(window).held:
            self.scene.show(window)

    @rule(kind=st.sampled_from(PLAIN), window=WINDOWS)
    def press(self, kind: type[Command], window: int) -> None:
        self._press(kind, window)

    @rule(ticket=printed, window=WINDOWS)
    def call_number(self, ticket: str, window: int) -> None:
        self._press(CallNumber, window, digits=self.scene.ticket(ticket).digits)

    @rule(ticket=printed, window=WINDOWS)
    def take_back(self, ticket: str, window: int) -> None:
        self._press(TakeBack, window, ticket=ticket)

    @rule(service=SERVICES, window=WINDOWS)
    def redirect(self, service: str, window: int) -> None:
        self._press(Redirect, window, service=service)

    @rule(ms=st.sampled_from([100, 30_000, 61_000]))
    def time_passes(self, ms: int) -> None:
        self.scene.clock.pass_ms(ms)

    @rule(data=st.data())
    def an_answer_was_lost(self, data: st.DataObject) -> None:
        if not self.answers:
            return
        request = data.draw(st.sampled_from(sorted(self.answers)))
        kind, window, fields = self.commands[request]
        versions = [self.scene.window(number).version for number in (1, 2, 3)]
        assert self.scene.press(kind, window, request=request, **fields) == self.answers[request]
        assert [self.scene.window(number).version for number in (1, 2, 3)] == versions

    def _press(self, kind: type[Command], window: int, **fields: str) -> None:
        request = f"m{len(self.answers)}"
        before = self.scene.window(window)
        answer = self.scene.press(kind, window, request=request, **fields)
        assert answer.request == request
        assert answer.window is not None
        assert (answer.window.version, answer.window.held) == (
            self.scene.window(window).version,
            self.scene.window(window).held,
        )
        if answer.outcome == "refused" and answer.reason != "nobody-waiting":
            assert self.scene.window(window) == before
        self.answers[request] = answer
        self.commands[request] = (kind, window, fields)

    @invariant()
    def no_ticket_is_called_twice_without_a_reason_between(self) -> None:
        steps: dict[str, list[str]] = {}
        for ticket, events in self.scene.rows("SELECT ticket, events FROM call ORDER BY row"):
            told = steps.setdefault(ticket, [])
            assert not told or BETWEEN & {*told}, f"{ticket} called again after {told}"
            told[:] = [event["step"] for event in json.loads(f"[{events}]")]

    @invariant()
    def each_ticket_is_at_one_window_at_most(self) -> None:
        windows = [self.scene.window(number) for number in (1, 2, 3)]
        held = [w.held.ticket for w in windows if w.held] + [p.ticket for w in windows for p in w.parked]
        assert len({*held}) == len(held)
        for window in windows:
            if window.held:
                assert self.scene.ticket(window.held.ticket).state == window.phase
            assert all(self.scene.ticket(parked.ticket).state == "parked" for parked in window.parked)

    @invariant()
    def counts_are_what_a_count_gives(self) -> None:
        counted = self.scene.write(tickets.waiting)
        assert {service: n for service, n in self.scene.waiting.items() if n} == counted


Queue.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestQueue = Queue.TestCase
