"""Boxes as the queue's model sees them: a kiosk and counters that lose the hall, go on, and tell it later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hall.contract import Admit, Answer, CallNumber, Command, Held
from tests.hall.scene import TODAY, Box, Scene


@dataclass(frozen=True)
class Paper:
    """A number in somebody's hand."""

    ticket: str
    digits: str


class Teller:
    """A box that keeps its facts until it has the hall."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.is_up = True
        self._told = 0

    def say(self, kind: str, **data: Any) -> str:
        """It happened. Returns the id of the ticket that this fact may begin."""
        self.box.fact(kind, **data)
        if self.is_up:
            self.tell()
        return f"{self.box.name}/{self.box.journal}/{len(self.box.facts)}"

    def tell(self, batch: int = 1000) -> None:
        """Tell the hall what it has not been told, so many facts at a time."""
        while self._told < len(self.box.facts):
            self._told = self.box.send(self.box.facts[self._told : self._told + batch])

    def tell_again(self) -> None:
        """The answers were lost: all that was told is told once more."""
        if self._told and self.is_up:
            self.box.send(self.box.facts[: self._told])


class Kiosk(Teller):
    """Gives numbers: the hall's, or its own when it has lost the hall, or when the answer comes too late."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.box("kiosk-1", "aaaaaaaaaaaaaaaa"))
        self.given: dict[str, str] = {}
        """Digits by ticket."""
        self._count = 0

    def touch(self, service: str, *, late: bool) -> Paper:
        ticket = self.say("requested", service=service, touch="t")
        digits, source = "", "band"
        if self.is_up:
            digits, source = self.box.reserve(ticket, service, digest=self.box.head).digits, "hall"
        if late or not digits:
            self._count += 1
            digits, source = f"{service}1{self._count:03}", "band"
        self.say("issued", ticket=ticket, service=service, number=digits, source=source, date=TODAY)
        self.given[ticket] = digits
        return Paper(ticket, digits)


@dataclass
class Pending:
    """A press that was not answered."""

    kind: type[Command]
    fields: dict[str, Any]


@dataclass
class Rated:
    """A grade that was pressed while the hall was away."""

    ticket: str


class Counter(Teller):
    """One window. ``state`` is what its clerk sees."""

    def __init__(self, scene: Scene, number: int) -> None:
        super().__init__(scene.box(f"counter-{number}", f"{number}" * 16))
        self.scene = scene
        self.number = number
        self.pending: Pending | None = None
        self.admitted: list[str] = []
        """Calls of its own."""
        self.rated: list[str] = []
        """Tickets graded, as it calls them."""
        self.answers: dict[str, tuple[Pending, Answer]] = {}
        self._busy: dict[str, bool] = {}
        """Digits served here without the hall: whether they may not be admitted again."""
        self._requests = 0
        self._finished: Held | None = None
        self.hear()

    def hear(self) -> None:
        """The downlink tells the window."""
        window = self.scene.window(self.number)
        self.phase, self.held = window.phase, window.held

    def show(self) -> None:
        """What is called stands on the display."""
        if self.held is not None and self.phase == "called":
            self.say("shown", ticket=self.held.ticket, call=self.held.call, window=self.number, on="page")
            self.say("spoken", ticket=self.held.ticket, call=self.held.call, window=self.number)

    def press(self, kind: type[Command], *, lost: str = "", **fields: Any) -> Answer | None:
        """A command: answered, or its request or answer lost."""
        self._requests += 1
        press = Pending(kind, {"request": f"r{self.number}-{self._requests}", **fields})
        if lost == "request":
            self.pending = press
            return None
        answer = self._send(press)
        if lost == "answer":
            self.pending = press
            return None
        self._answered(press, answer)
        return answer

    def repeat(self, *, expired: bool) -> None:
        """The press that was not answered goes out again, perhaps by a daemon that was started anew."""
        if self.pending is not None:
            press, self.pending = self.pending, None
            self._answered(press, self._send(press, expired=expired))

    def again(self, request: str) -> Answer:
        """An answered request reaches the hall a second time, late."""
        return self._send(self.answers[request][0], expired=True)

    def lose(self) -> None:
        """The cable is cut; what was pressed and not answered has expired before the clerk goes on alone."""
        self.is_up = False
        self.scene.clock.pass_ms(6_000)

    def come_back(self, batch: int) -> None:
        """Facts go up before state comes down; then what was never answered is asked again."""
        self.is_up = True
        self.tell(batch)
        self.repeat(expired=True)
        self.hear()

    def admit(self, paper: Paper, *, scanned: bool) -> None:
        """Serve whoever shows this number, without the hall."""
        if self._busy.get(paper.digits):
            return
        self._busy[paper.digits] = True
        self.finish()
        call = f"own-{self.number}-{len(self.admitted)}"
        self.admitted.append(call)
        service, slip = paper.digits[:2], paper.ticket if scanned else ""
        how = "scanned" if scanned else "typed"
        data = {"digits": paper.digits, "service": service, "date": TODAY, "slip": slip, "how": how}
        ticket = self.say("admitted", window=self.number, call=call, **data)
        self.held = Held(ticket=ticket, number=paper.digits, service=service, call=call, visit=ticket)
        self.phase = "called"
        self.show()

    def start(self) -> None:
        if self.phase == "called" and self.held is not None:
            self._step("started", self.held)
            self.phase = "serving"

    def finish(self) -> None:
        if self.held is not None:
            self._step("finished", self.held)
            self._finished, self.held, self.phase = self.held, None, "idle"

    def miss(self) -> None:
        if self.phase == "called" and self.held is not None:
            self._step("missed", self.held)
            self._busy[self.held.number] = False
            self.held, self.phase = None, "idle"

    def rate(self) -> None:
        """The citizen who was finished last presses a grade."""
        if self._finished is not None:
            ticket, self._finished = self._finished.ticket, None
            self.say("rated", ticket=ticket, window=self.number, grade="satisfied", channel="pad")
            self.rated.append(ticket)

    def _step(self, kind: str, held: Held) -> None:
        self.say(kind, window=self.number, ticket=held.ticket, call=held.call)

    def _send(self, press: Pending, *, expired: bool = False) -> Answer:
        return self.scene.press(press.kind, self.number, expired=expired, **press.fields)

    def _answered(self, press: Pending, answer: Answer) -> None:
        self.answers[answer.request] = (press, answer)
        assert answer.window is not None
        self.phase, self.held = answer.window.phase, answer.window.held
        if answer.window.finished is not None:
            self._finished = answer.window.finished


def fields_of(kind: type[Command], paper: Paper) -> dict[str, str]:
    """What this press says of a number."""
    if kind is CallNumber:
        return {"digits": paper.digits}
    if kind is Admit:
        return {"ticket": paper.ticket, "digits": paper.digits, "service": paper.digits[:2], "date": TODAY}
    return {"ticket": paper.ticket}
