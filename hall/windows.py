"""The state of one window: what it holds, what it set aside, what its last press can take back. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec.structs import replace

from hall.clock import Clock
from hall.contract import Clerk, Held, Struct, Term, Undoable, WindowState

UNDO_MS = 60_000
"""How long *missed* and *finish* can be taken back (order 2)."""


class Undo(Struct, frozen=True, kw_only=True):
    """The last miss or finish of a window. ``mono_ms`` counts in ``boot`` of the hall's machine."""

    step: Literal["miss", "finish"]
    held: Held
    operator: str
    mono_ms: int
    boot: str

    def left_ms(self, clock: Clock) -> int:
        """What is left of the minute; 0 when it has passed, or when the machine was started anew since."""
        if self.boot != clock.boot:
            return 0
        return max(0, self.mono_ms + UNDO_MS - clock.mono_ms())


class Window(Struct, frozen=True, kw_only=True):
    """A window as the hall keeps it; ``version`` grows with each change."""

    number: int
    version: int = 0
    phase: Literal["closed", "idle", "called", "serving"] = "closed"
    held: Held | None = None
    parked: list[Held] = []
    finished: Held | None = None
    undo: Undo | None = None
    clerk: Clerk | None = None

    def holding(self, held: Held, phase: Literal["called", "serving"]) -> Window:
        """With this ticket at the counter."""
        return replace(self, held=held, phase=phase)

    def emptied(self) -> Window:
        """With nothing at the counter."""
        return replace(self, held=None, phase="idle" if self.clerk else "closed")

    def signed_in(self, clerk: Clerk) -> Window:
        """Opened by this clerk; nothing at the counter changes."""
        return replace(self, clerk=clerk, phase="idle" if self.held is None else self.phase)

    def signed_out(self) -> Window:
        """Closed; what is parked stays for whoever comes next."""
        return replace(self, clerk=None, phase="closed", undo=None)

    def next_day(self) -> Window:
        """With nothing left of the day before."""
        return replace(self.emptied(), parked=[], finished=None, undo=None)

    def state(self, term: Term, clock: Clock) -> WindowState:
        """As it is told to boxes, now."""
        undo = self.undo
        left = undo.left_ms(clock) if undo else 0
        return WindowState(
            window=self.number,
            term=term,
            version=self.version,
            phase=self.phase,
            held=self.held,
            parked=self.parked,
            finished=self.finished,
            undo=Undoable(
                step=undo.step,
                ticket=undo.held.ticket,
                number=undo.held.number,
                operator=undo.operator,
                left_ms=left,
            )
            if undo and left
            else None,
            clerk=self.clerk,
        )


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Window).decode
