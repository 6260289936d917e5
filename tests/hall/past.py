"""A hall that is lost, and another in its place: boxes that keep their journals, and tell them again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from hall import recovering
from hall.contract import Answer, Batch, CallNext, Command, Finish, Hello, JournalEnd, Term
from hall.ingest import Ingest
from hall.recovering import Recovery, Waking
from hall.relive import Relive
from hall.store import desks
from hall.telling import Rules
from tests.hall.scene import Box, Scene

BATCH = 100
_ALL = slice(None)


class Town:
    """A hall with two kiosks and a box for each window; what its clerks are answered, their boxes journal."""

    def __init__(self) -> None:
        self.hall = Scene()
        self.halls = [self.hall]
        names = ("kiosk-1", "kiosk-2", "counter-1", "counter-2", "counter-3")
        self.boxes = {name: self.hall.box(name, f"{name}-journal") for name in names}

    def close(self) -> None:
        for hall in self.halls:
            hall.close()

    def press(self, kind: type[Command], window: int = 1, *, lost: bool = False, **fields: Any) -> Answer:
        """A press whose answer the window's box journals, unless it is lost; what is called is shown."""
        answer = self.hall.press(kind, window, **fields)
        self.hall.clock.pass_ms(10)
        if not lost:
            self.hear(answer, window, kind)
        return answer

    def hear(self, answer: Answer, window: int, kind: type[Command] = CallNext) -> None:
        box = self.boxes[f"counter-{window}"]
        box.tell(
            "answered",
            operator=f"100{window}",
            request=answer.request,
            window=window,
            type=str(kind.__struct_config__.tag),
            outcome=answer.outcome,
            reason=answer.reason or "",
            answer=msgspec.json.encode(answer).decode() if answer.outcome == "done" or answer.steps else "",
        )
        if answer.fresh:
            self.show(answer, window)

    def show(self, answer: Answer, window: int) -> None:
        """The call stands on the window's display, and its box calls it aloud."""
        assert answer.window is not None
        held = answer.window.held
        assert held is not None
        box = self.boxes[f"counter-{window}"]
        box.tell("shown", ticket=held.ticket, call=held.call, window=window, on="display")
        box.tell("spoken", ticket=held.ticket, call=held.call, window=window)

    def serve(self, window: int = 1, grade: str = "satisfied") -> str:
        """Somebody is called, served, and rates: the ticket."""
        answer = self.press(CallNext, window)
        assert answer.window is not None
        held = answer.window.held
        assert held is not None
        self.press(Finish, window)
        box = self.boxes[f"counter-{window}"]
        box.tell("rated", operator=f"100{window}", ticket=held.ticket, window=window, grade=grade, channel="pad")
        return held.ticket

    def pass_ms(self, ms: int) -> None:
        self.hall.clock.pass_ms(ms)
        for box in self.boxes.values():
            box.mono_ms += ms

    def rebuild(self, other: Scene | None = None) -> Recovery:
        """The hall is lost. In its place: another, or a new and empty one, which is recovering."""
        after = other or Scene()
        after.clock, after.requests = self.hall.clock, self.hall.requests
        self.hall = after
        if after not in self.halls:
            self.halls.append(after)
        after.write(lambda tx: desks.put_meta(tx, "copy", "rebuilt"))
        life = after.write(partial(recovering.wake, waking=self.waking()))
        assert life.recovery is not None
        return life.recovery

    def waking(self, **more: Any) -> Waking:
        return Waking(**{"mark": None, "found": 0, "enrolled": list(self.boxes), "now_ms": 0, **more})

    def greet(self, name: str, term: Term | None = None, also: Sequence[Box] = ()) -> None:
        """The box says hello to the hall that stands there now. ``also``: journals that it has set aside."""
        box = self.boxes[name]
        box.scene = self.hall
        hello = Hello(
            contract=2,
            device=name,
            journal=box.journal,
            boot=box.boot,
            mono_ms=box.mono_ms,
            wall_ms=0,
            mode="demo",
            term=term,
            journals=[JournalEnd(journal=of.journal, seq=len(of.facts), digest=of.head) for of in (box, *also)],
        )
        self.hall.write(partial(recovering.met, hello=hello, enrolled=list(self.boxes), now_ms=0))

    def retell(self, name: str, facts: slice = _ALL, *, of: Box | None = None, kept_from: int = 1) -> None:
        """The box sends these facts of its journal, or of one that it has set aside, again."""
        box = of or self.boxes[name]
        sent = box.facts[facts]
        for first in range(0, len(sent), BATCH):
            batch = Batch(
                device=name,
                journal=box.journal,
                boot=box.boot,
                mono_ms=box.mono_ms,
                facts=[msgspec.Raw(fact) for fact in sent[first : first + BATCH]],
                kept_from=kept_from,
            )
            ingest = Ingest(batch, Rules(self.hall.catalogue, "demo", recovering=True), self.hall.clock.now_ms())
            self.hall.write(ingest)
            self.hall.write(partial(recovering.heard, device=name))

    def relive(self) -> int | None:
        """What the hall does by itself once it waits for nobody."""
        return self.hall.write(Relive(Rules(self.hall.catalogue, "demo"), self.hall.clock.now_ms()))

    def recover(self, *boxes: str) -> None:
        """Every box, or these, says hello and tells everything; then the past is lived through again."""
        for name in boxes or self.boxes:
            self.greet(name)
            self.retell(name)
        assert self.relive() is not None

    def declare_absent(self, *boxes: str) -> None:
        """A person says that these will not come."""
        self.hall.write(partial(recovering.declare_absent, boxes=boxes))

    def recovery(self) -> Recovery | None:
        return self.hall.write(recovering.recovery)
