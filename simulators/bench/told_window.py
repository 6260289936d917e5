"""One window as a hall tells it in its answers: every press answered, every step named, every version counted."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import msgspec

from simulators.demo.tables import DemoClerk

UNDO_MS = 60_000
"""How long *missed* and *finish* can be taken back."""

Held = dict[str, Any]


class Pressed(NamedTuple):
    """A press that was answered: what its *request* and *answered* say. ``call`` and ``ticket``: what is held then."""

    at_ms: int
    request: str
    type: str
    ticket: str
    answer: str
    call: str = ""


class ToldWindow:
    """Presses in the order of time; each gives its answer. ``calls`` says how every call stands."""

    def __init__(self, number: int, clerk: DemoClerk, term: dict[str, int | str], draw: random.Random) -> None:
        self.number = number
        self.phase = "closed"
        self.held: Held | None = None
        self.finished: Held | None = None
        self.calls: dict[str, tuple[str, int, str | None]] = {}
        """Ticket, window and how it ended, by call."""
        self._clerk: dict[str, str] | None = None
        self._who = {"staff_no": clerk.staff_no, "name": clerk.name, "post": ""}
        self._term = term
        self._draw = draw
        self._version = 0
        self._undo: tuple[str, Held, int] | None = None
        self._steps: list[dict[str, str]] = []

    def sign_in(self, at_ms: int) -> Pressed:
        """The clerk opens the window."""
        self._clerk, self.phase = self._who, "idle"
        return self._answered(at_ms, "sign-in", "")

    def next(self, at_ms: int, ticket: str, number: str, service: str) -> Pressed:
        """Finish what is served, then call this ticket."""
        before = self.held
        if before is not None:
            self._finish(at_ms)
        held = {"ticket": ticket, "number": number, "service": service, "call": self._name(), "visit": ticket}
        self.held, self.phase = {**held, "calls": 1, "start_implied": False}, "called"
        self._step("call")
        return self._answered(at_ms, "call-next", before["ticket"] if before else "", fresh=True)

    def recall(self, at_ms: int) -> Pressed:
        """Announce it again."""
        held = self._now()
        self.held = {**held, "calls": held["calls"] + 1}
        self._step("recall")
        return self._answered(at_ms, "recall", held["ticket"])

    def start(self, at_ms: int) -> Pressed:
        """The person is there."""
        self.phase, self.finished = "serving", None
        self._step("start")
        return self._answered(at_ms, "start", self._now()["ticket"])

    def finish(self, at_ms: int) -> Pressed:
        """Done."""
        ticket = self._now()["ticket"]
        self._finish(at_ms)
        return self._answered(at_ms, "finish", ticket)

    def miss(self, at_ms: int) -> Pressed:
        """Nobody came."""
        held = self._now()
        self._step("miss", "missed")
        self._undo, self.held, self.phase = ("miss", held, at_ms), None, "idle"
        return self._answered(at_ms, "miss", held["ticket"])

    def _finish(self, at_ms: int) -> None:
        if self.phase == "called":
            self._step("start")
            self.held = {**self._now(), "start_implied": True}
        self._step("finish", "finished")
        self.finished = self._now()
        self._undo, self.held, self.phase = ("finish", self.finished, at_ms), None, "idle"

    def _now(self) -> Held:
        if self.held is None:
            raise ValueError(f"window {self.number} holds nothing")
        return self.held

    def _step(self, step: str, ended: str | None = None) -> None:
        held = self._now()
        self._steps.append(
            {"step": step, "ticket": held["ticket"], "call": held["call"], "service": held["service"]},
        )
        self.calls[held["call"]] = held["ticket"], self.number, ended

    def _answered(self, at_ms: int, kind: str, ticket: str, *, fresh: bool = False) -> Pressed:
        self._version += 1
        steps, self._steps = self._steps, []
        request = self._name()
        answer = {
            "request": request,
            "outcome": "done",
            "window": self._state(at_ms),
            "reason": None,
            "detail": "",
            "fresh": fresh,
            "at_ms": at_ms,
            "steps": steps,
        }
        call = self.held["call"] if self.held else ""
        return Pressed(at_ms, request, kind, ticket, msgspec.json.encode(answer).decode(), call)

    def _state(self, at_ms: int) -> dict[str, Any]:
        return {
            "window": self.number,
            "term": self._term,
            "version": self._version,
            "phase": self.phase,
            "held": self.held,
            "parked": [],
            "finished": self.finished,
            "undo": self._undoable(at_ms),
            "clerk": self._clerk,
        }

    def _undoable(self, at_ms: int) -> dict[str, Any] | None:
        if self._undo is None:
            return None
        step, held, since_ms = self._undo
        left_ms = UNDO_MS - (at_ms - since_ms)
        if left_ms <= 0:
            return None
        who = {"ticket": held["ticket"], "number": held["number"], "operator": self._who["staff_no"]}
        return {"step": step, **who, "left_ms": left_ms}

    def _name(self) -> str:
        """A request's or a call's: 32 hex digits, as a box and a hall draw them."""
        return f"{self._draw.getrandbits(128):032x}"
