"""Queue and windows from all sides: whatever boxes tell and clerks press, in whatever order, answered, lost or late.

A kiosk and three counters lose the hall and find it again. What each did alone is told later; what each asked is asked
again. Whatever they did: no number is called or served twice without a reason, nobody is called without a number in
hand, and at the end every slip, every admission and every grade is there.
"""

from __future__ import annotations

import dataclasses
import json
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from config.hall import BoxEntry
from hall.contract import (
    AWAY_MS,
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
    Start,
    TakeBack,
    Undo,
)
from hall.store import tickets
from hall.ticket import TicketState
from hall.wishes import Returning
from tests.hall.model_boxes import Counter, Kiosk, Paper, fields_of
from tests.hall.scene import Scene

WINDOWS = (1, 2, 3)
PLAIN: list[type[Command]] = [CallNext, Recall, Start, Finish, Miss, Park, Undo, Redirect]
OF_A_NUMBER: list[type[Command]] = [CallNumber, Admit, TakeBack]
LIKELY: dict[str, list[type[Command]]] = {
    "closed": PLAIN,
    "idle": [CallNext, CallNext, CallNext, Undo],
    "called": [Start, Start, Miss, Recall, Park, CallNext, Redirect],
    "serving": [Finish, CallNext, Park, Redirect],
}
"""What a clerk presses mostly, by what the screen shows."""

SERVICES = st.sampled_from(["11", "91", "91", "91"])
LOST = st.sampled_from(["", "", "", "request", "answer"])
OUTCOMES = ["printed", "printed", "doubtful", "noted"]
PICK = st.integers(0, 255)

BETWEEN = {"miss", "leave", "redirect", "return", "undo-miss", "undo-finish"}
"""What must stand between two calls or admissions of one ticket (design §4)."""

TWO_PASTS = {"admitted-while-called", "admitted-after-finished", "admitted-twice"}
"""A slip was served by a counter alone while it was elsewhere, too: both are kept."""

WISHES = ["stepped-away", "stepped-away", "stepped-back", "by-screen", "given-back", "transferred", "readmitted"]

KNOWN_CONFLICTS = {
    *TWO_PASTS,
    "away-twice",
    "never-away",
    "call-not-held",
    "rated-twice",
    *(f"ticket-{state}" for state in TicketState),
}


class Queue(RuleBasedStateMachine):
    """Three windows share one service; each other service is one window's own."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = Scene()
        boxes = {f"counter-{number}": BoxEntry(name=f"counter-{number}", windows=[number]) for number in WINDOWS}
        self.scene.catalogue = dataclasses.replace(
            self.scene.catalogue, boxes={**boxes, "kiosk-1": BoxEntry(name="kiosk-1", digit=1)}
        )
        self.kiosk = Kiosk(self.scene)
        self.counters = [Counter(self.scene, number) for number in WINDOWS]
        self.blank: list[Paper] = []
        """Numbers given, nothing on paper yet."""
        self.papers: list[Paper] = []
        self.doubtful: list[Paper] = []
        self.last_call = 0
        self.away: set[str] = set()
        """Tickets whose holders are away now."""
        self.was_away: set[str] = set()
        self.looked_for: set[str] = set()
        """Calls whose holder a guide has looked for, or is on the way to tell so."""

    def teardown(self) -> None:
        try:
            self.all_is_told()
        finally:
            self.scene.close()

    def counter(self, pick: int, *, up: bool) -> Counter | None:
        """One of those that have the hall, or have lost it."""
        there = [counter for counter in self.counters if counter.is_up == up]
        return there[pick % len(there)] if there else None

    def paper(self, pick: int) -> Paper | None:
        """Mostly one of the newest."""
        newest = self.papers[-6:] if pick % 3 else self.papers
        return newest[pick % len(newest)] if newest else None

    @initialize(services=st.lists(SERVICES, max_size=6))
    def the_hall_opens(self, services: list[str]) -> None:
        for service in services:
            self.touch(service, late=False, outcome="printed")

    @rule(service=SERVICES, late=st.booleans(), outcome=st.sampled_from(["", "in a hurry", *OUTCOMES]))
    def touch(self, service: str, late: bool, outcome: str) -> None:
        self.blank.append(self.kiosk.touch(service, late=late))
        if outcome == "in a hurry":  # every clerk presses while the slip is being printed
            for counter in self.counters:
                if counter.is_up:
                    self._press(counter, CallNext, "")
        elif outcome:
            self.slip(-1, outcome)

    @precondition(lambda self: self.blank)
    @rule(pick=PICK, outcome=st.sampled_from(OUTCOMES))
    def slip(self, pick: int, outcome: str) -> None:
        paper = self.blank.pop(pick % len(self.blank))
        self.kiosk.say(outcome, ticket=paper.ticket, evidence="status")
        self.papers.append(paper)
        if outcome == "doubtful":
            self.doubtful.append(paper)

    @precondition(lambda self: self.doubtful)
    @rule(pick=PICK)
    def void(self, pick: int) -> None:
        paper = self.doubtful.pop(pick % len(self.doubtful))
        self.kiosk.say("voided", ticket=paper.ticket, reason="citizen")

    @rule(pick=PICK)
    def show(self, pick: int) -> None:
        self.counters[pick % 3].show()

    @rule(presses=st.lists(st.tuples(PICK, PICK, LOST), min_size=1, max_size=4))
    def press(self, presses: list[tuple[int, int, str]]) -> None:
        for pick, which, lost in presses:
            self._press_likely(pick, which, lost)

    def _press_likely(self, pick: int, which: int, lost: str) -> None:
        counter = self.counter(pick, up=True)
        if counter is None:
            return
        kinds = LIKELY[counter.phase] if which % 8 else PLAIN
        kind = kinds[which // 8 % len(kinds)]
        self._press(counter, kind, lost, **({"service": "91"} if kind is Redirect else {}))
        if pick % 8:
            counter.show()

    @precondition(lambda self: self.papers)
    @rule(kind=st.sampled_from(OF_A_NUMBER), pick=PICK, which=PICK, lost=LOST)
    def press_for_a_number(self, kind: type[Command], pick: int, which: int, lost: str) -> None:
        counter, paper = self.counter(pick, up=True), self.paper(which)
        if kind is CallNumber and self.blank and which % 4 == 0:
            paper = self.blank[-1]  # a clerk may type any number
        if counter is not None and paper is not None:
            self._press(counter, kind, lost, **fields_of(kind, paper))

    @precondition(lambda self: self.papers)
    @rule(wish=st.sampled_from(WISHES), pick=PICK, minutes=st.sampled_from([1, 15]))
    def somebody_wishes(self, wish: str, pick: int, minutes: int) -> None:
        paper = self.paper(pick)
        if paper is not None:
            self.kiosk.say(wish, ticket=paper.ticket, minutes=minutes, service="91", by="G01")

    @rule(pick=PICK)
    def a_guide_looks(self, pick: int) -> None:
        held = self.scene.window(WINDOWS[pick % 3]).held
        if held is not None:
            self.looked_for.add(held.call)
            self.kiosk.say("looked-for", ticket=held.ticket, call=held.call, by="G01", found=False)

    @rule(what=st.sampled_from(["old press", "asked again", "downlink", "told again", "time"]), pick=PICK)
    def something_comes_late(self, what: str, pick: int) -> None:
        match what:
            case "old press":
                self._an_old_press_arrives(pick)
            case "asked again":
                self._an_answer_that_was_lost_is_asked_for(pick)
            case "downlink":
                self._the_downlink_tells(pick)
            case "told again":
                self._facts_are_told_again(pick)
            case _:
                self.scene.clock.pass_ms([100, 30_000, 61_000, AWAY_MS][pick % 4])
                self.scene.write(Returning(self.scene.clock))

    def _an_old_press_arrives(self, pick: int) -> None:
        counter = self.counters[pick % 3]
        before = self.scene.window(counter.number)
        answer = self.scene.press(CallNext, counter.number, expired=True, request=f"old-{self.scene.changes}")
        assert (answer.outcome, answer.reason) == ("refused", "expired")
        assert self.scene.window(counter.number) == before

    def _an_answer_that_was_lost_is_asked_for(self, pick: int) -> None:
        counter = self.counters[pick % 3]
        if counter.is_up:
            counter.repeat(expired=False)
        if not counter.answers:
            return
        request = [*counter.answers][pick % len(counter.answers)]
        changes = self.scene.changes
        assert counter.again(request) == counter.answers[request][1]
        assert self.scene.changes == changes

    def _the_downlink_tells(self, pick: int) -> None:
        counter = self.counters[pick % 3]
        if counter.is_up:
            counter.hear()

    def _facts_are_told_again(self, pick: int) -> None:
        teller = [self.kiosk, *self.counters][pick % 4]
        changes = self.scene.changes
        teller.tell_again()
        assert self.scene.changes == changes

    @rule(pick=PICK)
    def a_counter_loses_the_hall(self, pick: int) -> None:
        counter = self.counter(pick, up=True)
        if counter is not None:
            counter.lose()

    @rule(pick=PICK, batch=st.sampled_from([1, 3, 1000]))
    def a_counter_finds_the_hall(self, pick: int, batch: int) -> None:
        counter = self.counter(pick, up=False)
        if counter is not None:
            counter.come_back(batch)

    @precondition(lambda self: self.papers and not all(counter.is_up for counter in self.counters))
    @rule(pick=PICK, which=PICK, scanned=st.booleans())
    def a_counter_serves_a_slip_alone(self, pick: int, which: int, scanned: bool) -> None:
        counter, paper = self.counter(pick, up=False), self.paper(which)
        if counter is not None and paper is not None:
            counter.admit(paper, scanned=scanned)

    @precondition(lambda self: not all(counter.is_up for counter in self.counters))
    @rule(pick=PICK, act=st.sampled_from([Counter.start, Counter.finish, Counter.miss]))
    def a_counter_goes_on_alone(self, pick: int, act: object) -> None:
        counter = self.counter(pick, up=False)
        if counter is not None and callable(act):
            act(counter)

    @rule(pick=PICK)
    def rate(self, pick: int) -> None:
        self.counters[pick % 3].rate()

    @rule()
    def the_kiosk_loses_the_hall(self) -> None:
        self.kiosk.is_up = False

    @rule(batch=st.sampled_from([1, 2, 1000]))
    def the_kiosk_finds_the_hall(self, batch: int) -> None:
        self.kiosk.is_up = True
        self.kiosk.tell(batch)

    def _press(self, counter: Counter, kind: type[Command], lost: str, **fields: str) -> None:
        counter.repeat(expired=False)  # a window's presses go out in their order
        before = self.scene.window(counter.number)
        away = self._away()
        answer = counter.press(kind, lost=lost, **fields)
        held = self.scene.window(counter.number).held
        if kind is CallNext and held is not None:
            assert held.ticket not in away, f"{held.number} is called, and its holder is away"
        if kind is Miss and before.held is not None and self._is_by_screen(before.held.ticket) and held != before.held:
            assert before.held.call in self.looked_for, f"{before.held.number} is missed, and nobody has looked"
        if answer is not None:
            self._is_true(answer)
            if answer.outcome == "refused" and answer.reason != "nobody-waiting":
                assert self.scene.window(counter.number) == before

    def _is_true(self, answer: Answer) -> None:
        assert answer.window is not None
        window = self.scene.window(answer.window.window)
        assert (answer.window.version, answer.window.held) == (window.version, window.held)

    @invariant()
    def nobody_is_called_or_served_twice_without_a_reason_between(self) -> None:
        new = self.scene.rows("SELECT row, ticket, events FROM call WHERE row > ? ORDER BY row", self.last_call)
        for row, ticket, events in new:
            self.last_call = row
            before = self.scene.rows(
                "SELECT events FROM call WHERE ticket = ? AND row < ? ORDER BY row DESC LIMIT 1", ticket, row
            )
            for (told,) in before:
                assert BETWEEN & {*steps(told)}, f"{ticket} again after {told}"
            if steps(events)[0] in ("call", "call-number") and not before:
                assert self.scene.ticket(ticket).paper, f"{ticket} is called, and nobody knows of any paper"

    @invariant()
    def each_ticket_is_at_one_window_at_most(self) -> None:
        windows = [self.scene.window(number) for number in WINDOWS]
        held = [w.held.ticket for w in windows if w.held] + [p.ticket for w in windows for p in w.parked]
        assert len({*held}) == len(held)
        for window in windows:
            if window.held:
                assert self.scene.ticket(window.held.ticket).state == window.phase
            assert all(self.scene.ticket(parked.ticket).state == "parked" for parked in window.parked)

    @invariant()
    def nobody_steps_away_twice(self) -> None:
        away = self._away()
        assert not (away - self.away) & self.was_away
        self.away, self.was_away = away, self.was_away | away

    def _away(self) -> set[str]:
        return {ticket for (ticket,) in self.scene.rows("SELECT id FROM ticket WHERE state = 'away'")}

    def _is_by_screen(self, ticket: str) -> bool:
        """Whether its holder has said so, and the hall has heard it."""
        told = "SELECT 1 FROM fact WHERE kind = 'by-screen' AND json_extract(raw, '$.data.ticket') = ?"
        return bool(self.scene.rows(told, ticket))

    @invariant()
    def counts_are_what_a_count_gives(self) -> None:
        counted = self.scene.write(tickets.waiting)
        assert {service: n for service, n in self.scene.waiting.items() if n} == counted

    def all_is_told(self) -> None:
        """The evening: everybody has the hall again."""
        self.the_kiosk_finds_the_hall(1000)
        for counter in self.counters:
            counter.come_back(1000)
        self.scene.clock.pass_ms(AWAY_MS)
        self.scene.write(Returning(self.scene.clock))
        assert not self._away()
        self.nobody_is_called_or_served_twice_without_a_reason_between()
        conflicts = {*self.scene.conflicts()}
        assert conflicts <= KNOWN_CONFLICTS
        self._nothing_is_lost(both_pasts=bool(conflicts & TWO_PASTS))

    def _nothing_is_lost(self, *, both_pasts: bool) -> None:
        known = dict(self.scene.rows("SELECT id, digits FROM ticket"))
        assert self.kiosk.given.items() <= known.items()
        if not both_pasts:
            assert known.keys() == self.kiosk.given.keys(), "two tickets of one slip"
        for paper in self.papers:
            assert self.scene.ticket(paper.ticket).paper in ("printed", "doubtful", "noted")
        calls = {call for (call,) in self.scene.rows("SELECT id FROM call")}
        assert {call for counter in self.counters for call in counter.admitted} <= calls
        rated = {ticket for (ticket,) in self.scene.rows("SELECT ticket FROM rating")}
        for told in (ticket for counter in self.counters for ticket in counter.rated):
            named = self.scene.write(partial(tickets.named, told=told))
            assert named is not None
            assert named.id in rated


def steps(events: str) -> list[str]:
    return [event["step"] for event in json.loads(f"[{events}]")]


Queue.TestCase.settings = settings(
    max_examples=120, stateful_step_count=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestQueue = Queue.TestCase
