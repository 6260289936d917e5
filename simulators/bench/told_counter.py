"""One counter's day as its journal tells it: presses and answers, calls shown, ratings invited and given."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from simulators.bench.box import Chain
from simulators.bench.full_hall import FullCounter
from simulators.bench.told_window import Pressed, ToldWindow
from simulators.demo.settings import GRADES

SHOWN_MS = 400
"""From a call's answer to its display's acknowledgement."""

ANSWERED_MS = 3
RATING_SECONDS = 60


class Slip(NamedTuple):
    """A ticket on paper, as far as counters care."""

    ticket: str
    number: str
    service: str
    printed_ms: int


class Hours(NamedTuple):
    """A day's first and last moment, UTC ms."""

    begin_ms: int
    end_ms: int


class _Happened(NamedTuple):
    at_ms: int
    kind: str
    visit: str
    data: dict[str, str | int | bool]


class ToldCounter:
    """Visits one after the other. ``free_ms``: when the one before is over."""

    def __init__(self, counter: FullCounter, term: dict[str, int | str], hours: Hours, draw: random.Random) -> None:
        self.counter = counter
        self.window = ToldWindow(counter.window, counter.clerk, term, draw)
        self.ratings: dict[str, str] = {}
        """Grade, or why there is none, by visit."""
        self.free_ms = hours.begin_ms + ANSWERED_MS
        self._hours = hours
        self._draw = draw
        self._happened: list[_Happened] = []
        self._press(self.window.sign_in(hours.begin_ms))

    def serve(self, slip: Slip, visit_ms: float) -> bool:
        """Call, serve, rate: as much of it as the day has room for. False when it ends before the call."""
        at_ms = max(self.free_ms, slip.printed_ms)
        if at_ms >= self._hours.end_ms - ANSWERED_MS:
            return False
        served = self.window.held if self.window.phase != "idle" else None
        called = self._press(self.window.next(at_ms, slip.ticket, slip.number, slip.service))
        if served is not None:
            self._rate(served["ticket"], at_ms, visit_ms)
        shown = {"ticket": slip.ticket, "call": called.call, "window": self.window.number, "on": "display"}
        self._happens(at_ms + ANSWERED_MS + min(SHOWN_MS, round(visit_ms / 50)), "shown", slip.ticket, shown)
        takes_ms = visit_ms * self._draw.uniform(0.5, 1.5)
        self.free_ms = at_ms + round(takes_ms)
        self._visit(slip.ticket, at_ms, takes_ms, visit_ms)
        return True

    def _visit(self, ticket: str, at_ms: int, takes_ms: float, visit_ms: float) -> None:
        """Most come and start; some are recalled and missed; half are finished by the next call alone."""
        window, early_ms = self.window, at_ms + round(takes_ms / 10)
        if self._draw.random() < 0.05:
            self.free_ms = at_ms + round(takes_ms / 5)
            if self._open(early_ms):
                self._press(window.recall(early_ms))
            if self._open(self.free_ms):
                self._press(window.miss(self.free_ms))
            return
        if self._draw.random() < 0.9 and self._open(early_ms):
            self._press(window.start(early_ms))
        if self._draw.random() < 0.5 and self._open(self.free_ms):
            self._press(window.finish(self.free_ms))
            self._rate(ticket, self.free_ms, visit_ms)

    def _rate(self, ticket: str, at_ms: int, visit_ms: float) -> None:
        asked = {"ticket": ticket, "window": self.window.number}
        at_ms += ANSWERED_MS
        self._happens(at_ms, "rating-opened", ticket, {**asked, "seconds": RATING_SECONDS})
        at_ms += round(visit_ms / 20)
        if not self._open(at_ms):
            return
        if self._draw.random() < 0.8:
            self.ratings[ticket] = grade = self._draw.choice(GRADES)
            self._happens(at_ms, "rated", ticket, {**asked, "grade": grade, "channel": "pad"})
        else:
            self.ratings[ticket] = "timed-out"
            self._happens(at_ms, "not-rated", ticket, {**asked, "reason": "timed-out"})

    def _open(self, at_ms: int) -> bool:
        return at_ms < self._hours.end_ms - ANSWERED_MS

    def _press(self, pressed: Pressed) -> Pressed:
        what: dict[str, Any] = {"request": pressed.request, "window": self.window.number, "type": pressed.type}
        if pressed.type != "sign-in":
            self._happens(pressed.at_ms, "request", pressed.ticket, {**what, "ticket": pressed.ticket})
        answered = {**what, "outcome": "done", "reason": "", "answer": pressed.answer}
        self._happens(pressed.at_ms + ANSWERED_MS, "answered", "", answered)
        return pressed

    def _happens(self, at_ms: int, kind: str, visit: str, data: dict[str, Any]) -> None:
        if at_ms <= self._hours.end_ms:
            self._happened.append(_Happened(at_ms, kind, visit, data))

    def tell(self, chain: Chain) -> None:
        """All of it, in the order of time; what happened at one moment in the order in which it was said."""
        for at_ms, kind, visit, data in sorted(self._happened, key=lambda happened: happened.at_ms):
            chain.tell(kind, visit, at_ms, self.counter.clerk.staff_no, **data)
