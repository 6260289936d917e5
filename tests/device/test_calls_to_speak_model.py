"""Whatever windows do and whichever box speaks: nothing is left unspoken, repeated before others, or mixed up."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from device.flows.calls_to_speak import Call, CallsToSpeak, call_of, sentence
from hall.contract import Held, WindowState
from tests.device.counter import TERM, held

WINDOWS = (1, 2, 3, 4, 5)
BOXES = (0, 1)


class Speaking(RuleBasedStateMachine):
    """A zone's windows, two boxes that speak for it in turn, and what people have heard so far."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.made = 0
        self.states: dict[int, WindowState] = {}
        self.told: dict[int, str] = {}
        """What the hall knows as spoken last, by window."""
        self.journals: list[dict[int, str]] = [{}, {}]
        self.boxes = [self.start(box) for box in BOXES]
        self.speaks = 0
        self.heard: list[Call] = []
        self.in_the_air: list[Call] = []
        self.look()

    def start(self, box: int) -> CallsToSpeak:
        journal = self.journals[box]
        return CallsToSpeak(lambda window: journal.get(window, ""), lambda window: self.told.get(window, ""))

    @property
    def box(self) -> CallsToSpeak:
        return self.boxes[self.speaks]

    def look(self) -> None:
        """As device.sync.zone lets windows be seen: what another box has spoken does not stand."""
        self.now += 1
        mine = self.journals[self.speaks]
        elsewhere = {window: key for window, key in self.told.items() if mine.get(window) != key}
        seen = {}
        for window, state in self.states.items():
            call = call_of(state)
            seen[window] = None if call is not None and call.key == elsewhere.get(window) else state
        self.box.look(seen, self.now)

    def stand(self, window: int, phase: str, ticket: Held | None) -> None:
        self.states[window] = WindowState(window=window, term=TERM, version=1, phase=phase, held=ticket)  # type: ignore[arg-type]
        self.look()

    def called(self, window: int) -> Held | None:
        state = self.states.get(window)
        return state.held if state is not None and state.phase == "called" else None

    @rule(window=st.sampled_from(WINDOWS))
    def next(self, window: int) -> None:
        self.made += 1
        self.stand(window, "called", held(f"A{self.made:03}"))

    @rule(window=st.sampled_from(WINDOWS))
    def recall(self, window: int) -> None:
        if (ticket := self.called(window)) is not None:
            self.stand(window, "called", held(ticket.number, ticket.calls + 1))

    @rule(window=st.sampled_from(WINDOWS), phase=st.sampled_from(("serving", "idle")))
    def start_or_miss(self, window: int, phase: str) -> None:
        if (ticket := self.called(window)) is not None:
            self.stand(window, phase, ticket if phase == "serving" else None)

    @rule(most=st.integers(1, 6))
    @precondition(lambda self: not self.in_the_air)
    def begin_sentence(self, most: int) -> None:
        self.look()
        self.in_the_air = self.box.waiting(most)
        heard = {call.call for call in self.heard}
        left = [call for call in self.box.waiting(99) if call not in self.in_the_air]
        repeats = any(call.call in heard for call in self.in_the_air)
        assert not (repeats and any(call.call not in heard for call in left)), "repeated before others were heard"

    @rule()
    @precondition(lambda self: bool(self.in_the_air))
    def end_sentence(self) -> None:
        self.speak(self.in_the_air)

    def speak(self, calls: list[Call]) -> None:
        self.heard += calls
        self.box.done(calls)
        for call in calls:
            self.told[call.window] = self.journals[self.speaks][call.window] = call.key
        self.in_the_air = []
        self.look()

    @rule()
    def the_box_is_started_anew(self) -> None:
        self.in_the_air = []
        self.boxes[self.speaks] = self.start(self.speaks)
        self.look()

    @rule()
    @precondition(lambda self: not self.in_the_air)
    def the_other_box_speaks(self) -> None:
        self.speaks = 1 - self.speaks
        self.look()

    @invariant()
    def nothing_waits_that_does_not_stand(self) -> None:
        for call in self.box.waiting(99):
            assert call == call_of(self.states.get(call.window))

    @invariant()
    def no_call_is_heard_twice(self) -> None:
        keys = [(call.window, call.key) for call in self.heard]
        assert len(keys) == len(set(keys))

    @invariant()
    def a_sentence_says_each_number_with_its_own_window(self) -> None:
        calls = self.box.waiting(6)
        for brief in (False, True):
            if len(calls) > 1:
                said = sentence(calls, "zh-CN", brief=brief)
                assert all(f"{call.number}{'' if brief else '号'}到{call.window}号" in said for call in calls)

    def teardown(self) -> None:
        """When everybody rests, all that stands is heard, in a few sentences."""
        for _ in range(2 * len(WINDOWS)):
            self.look()
            self.in_the_air = self.box.waiting(2)
            self.speak(self.in_the_air)
        heard = {(call.window, call.key) for call in self.heard}
        standing = [call for state in self.states.values() if (call := call_of(state)) is not None]
        assert all((call.window, call.key) in heard for call in standing)


TestSpeaking = Speaking.TestCase
TestSpeaking.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
