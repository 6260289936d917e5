"""The printer itself: intake, buffer, motor, and what it says of itself."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from simulators import line as wire
from simulators.control import AnyCommand, Event, Fault, Refill
from simulators.line import Wire
from simulators.printer import commands as c
from simulators.printer import status
from simulators.printer.paper import DOTS_A_MM
from simulators.printer.reader import Reader, RealTimeEar
from simulators.printer.status import Condition, Paper
from simulators.printer.tray import Tray
from simulators.printer.typesetter import Motion, Typesetter

FAULTS = frozenset(
    {
        "paper-low",
        "paper-out",
        "paper-out-mid",
        "cover-open",
        "cutter-jam",
        "head-hot",
        "silent",
        "no-status",
        "no-gs-h",
        "slip-in-mouth",
    }
)
"""``slip-in-mouth``: nobody takes what came out; the presenter's sensor sees it (DLE EOT 5, bit 04 of this head).
``silent`` is a hung printer: it takes bytes and does nothing. ``no-status`` prints, but answers no question."""

REFILLED = FAULTS & {"paper-low", "paper-out", "paper-out-mid", "cover-open"}

CUT_SECONDS = 0.1
NEW_JOB_SECONDS = 0.05
"""Silence after which a byte begins a new job."""
LINES_BEFORE_END = 3
"""Printed lines after which the paper of ``paper-out-mid`` ends."""


class Printer:
    """One printer on one line. Paper moves at ``mm_per_second``; ``buffer`` bytes wait while it cannot print.

    ``xonxoff``: it says when the buffer is nearly full; without, what does not fit is lost. ``automatic``: automatic
    status is on from power-on, and again after each ESC @.
    """

    def __init__(
        self,
        line: Wire,
        tray: Tray,
        emit: Callable[[Event], None],
        *,
        mm_per_second: float = 250.0,
        buffer: int = 4096,
        xonxoff: bool = False,
        automatic: bool = False,
    ) -> None:
        self._line = line
        self._tray = tray
        self._emit = emit
        self._rows_per_second = mm_per_second * DOTS_A_MM
        self._size = buffer
        self._xonxoff = xonxoff
        self._stopped = False
        self._loop = asyncio.get_running_loop()
        self._faults: set[str] = set()
        self._ear = RealTimeEar()
        self._reader = Reader()
        self._setter = Typesetter(tray.strip.width)
        self._buffer: deque[int] = deque()
        self._motions: deque[Motion] = deque()
        self._motor: asyncio.TimerHandle | None = None
        self._heard: float | None = None
        self._last_byte = -NEW_JOB_SECONDS
        self._lines_left = 0
        self._counted = 0
        self._automatic = self._automatic_at_first = automatic
        self._tells_offline = False
        line.receive = self.receive
        tray.moved()

    @property
    def condition(self) -> Condition:
        """How the printer is now."""
        paper: Paper = "out" if "paper-out" in self._faults else "low" if "paper-low" in self._faults else "ok"
        return Condition(
            paper=paper,
            cover_open="cover-open" in self._faults,
            cutter_jam="cutter-jam" in self._faults,
            head_hot="head-hot" in self._faults,
            slip_in_mouth="slip-in-mouth" in self._faults,
        )

    @property
    def _prints(self) -> bool:
        return not self.condition.offline and "silent" not in self._faults

    def snapshot(self) -> list[Event]:
        """Its state, and the paper that is to be seen."""
        paper = [{"event": "paper", "png": str(self._tray.live)}] if self._tray.live else []
        return [self._state(), *paper]

    def do(self, command: AnyCommand) -> None:
        """Switch a fault, or refill. Raises ValueError for what a printer does not know."""
        before = self.condition
        match command:
            case Refill():
                self._faults -= REFILLED
            case Fault(name, on) if name in wire.FAULTS:
                self._line.switch(name, on)
            case Fault(name, on) if name in FAULTS:
                self._switch(name, on)
            case _:
                known = ", ".join(sorted(FAULTS | wire.FAULTS))
                raise ValueError(f"a printer refills, and has the faults {known}")
        self._changed(before)

    def close(self) -> None:
        """Stop motor and pictures."""
        self._stop_motor()
        self._tray.close()

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        if "silent" in self._faults:
            return
        request = self._ear.hear(byte)
        self._note(request, at)
        if len(self._buffer) < self._size:
            self._buffer.append(byte)
        match request:
            case c.StatusRequest(n):
                self._say(status.real_time(n, self.condition), at)
            case c.Recover(clear=True):
                self._clear(at)
            case c.ClearBuffers():
                self._clear(at)
                self._say(status.CLEARED, at)
        self._work(at)

    def _note(self, request: c.RealTime | None, at: float) -> None:
        """Tell of a new job's first byte; real-time requests belong to no job."""
        if request is not None:
            self._heard = None
            return
        if self._heard is None:
            self._heard = at
        if self._ear.listening:
            return
        first, self._heard = self._heard, None
        if first - self._last_byte > NEW_JOB_SECONDS:
            self._emit({"event": "byte", "t": first})
        self._last_byte = at

    def _work(self, at: float) -> None:
        """Take commands from the buffer until paper has to move."""
        while self._buffer and not self._motions and self._prints:
            command = self._reader.feed(self._buffer.popleft())
            if command is not None:
                self._execute(command, at)
        self._control_flow(at)
        if self._motions and self._motor is None and self._prints:
            motion = self._motions[0]
            done = at + motion.rows / self._rows_per_second + CUT_SECONDS * motion.cuts
            self._motor = self._loop.call_at(done, self._moved, done)

    def _control_flow(self, at: float) -> None:
        full, empty = len(self._buffer) > self._size * 3 // 4, len(self._buffer) < self._size // 4
        if self._xonxoff and (empty if self._stopped else full):
            self._stopped = not self._stopped
            self._line.send(status.XOFF if self._stopped else status.XON, at)

    def _execute(self, command: c.Command, at: float) -> None:
        match command:
            case c.PrintCompleteRequest() | c.PaperRequest() | c.InfoRequest():
                self._answer(command, at)
            case c.AutomaticStatus(n):
                self._automatic = n != 0
                if self._automatic:
                    self._say_automatic(at)
            case c.OfflineNotice(kind):
                self._tells_offline = kind != 0
            case c.Drawer() | c.Buzzer():
                self._emit({"event": "bell", "t": at})
            case c.Initialize():
                self._initialize(at)
            case _:
                self._motions.extend(self._setter.take(command))

    def _answer(self, request: c.PrintCompleteRequest | c.PaperRequest | c.InfoRequest, at: float) -> None:
        match request:
            case c.PrintCompleteRequest(ident):
                if "no-gs-h" not in self._faults:
                    self._say(status.print_complete(ident), at)
            case c.PaperRequest(n):
                self._say(status.paper_sensor(n, self.condition), at)
            case c.InfoRequest(n):
                self._say(status.info(n), at)

    def _initialize(self, at: float) -> None:
        """Power-on mode. What hangs there uncut was another job's: whoever comes next tears it off."""
        if self._tray.printed_on:
            self._fall(self._tray.tear(), at)
        self._setter.initialize()
        self._tray.torn = False
        self._automatic = self._automatic_at_first

    def _moved(self, at: float) -> None:
        """The motor has stopped: what was meant is on paper, unless the paper ended or the cover opened meanwhile."""
        self._motor = None
        if not self._prints:
            return
        motion = self._motions.popleft()
        marks = len(self._tray.strip.marks)
        motion.print(self._tray.strip)
        self._tray.moved()
        if motion.cuts:
            self._fall(self._tray.cut(), at)
        elif "paper-out-mid" in self._faults and len(self._tray.strip.marks) > marks:
            self._near_the_end(at)
        self._work(at)

    def _near_the_end(self, at: float) -> None:
        self._lines_left -= 1
        if self._lines_left <= 0:
            before = self.condition
            self._faults.discard("paper-out-mid")
            self._paper_ends(at)
            self._changed(before)

    def _paper_ends(self, at: float) -> None:
        self._faults.add("paper-out")
        if self._tray.printed_on:
            self._fall(self._tray.tear(), at)
            self._tray.torn = True

    def _fall(self, slip: Event | None, at: float) -> None:
        """A piece of paper leaves the printer."""
        if slip is not None:
            size, self._counted = self._reader.taken - self._counted, self._reader.taken
            self._emit({**slip, "bytes": size, "t": at})
            self._emit(self._state())

    def _clear(self, at: float) -> None:
        """Forget everything not yet printed; a slip begun is torn off."""
        self._stop_motor()
        self._buffer.clear()
        self._motions.clear()
        self._reader.restart()
        self._setter.clear()
        self._fall(self._tray.tear(), at)
        self._tray.torn = False

    def _stop_motor(self) -> None:
        if self._motor is not None:
            self._motor.cancel()
            self._motor = None

    def _switch(self, name: str, on: bool) -> None:
        now = self._loop.time()
        if name == "paper-out" and on:
            self._paper_ends(now)
        elif name == "silent" and on is not (name in self._faults):
            self._clear(now)  # hung, or fresh from power-on: either way nothing of before is known
        if name == "paper-out-mid" and on:
            self._lines_left = LINES_BEFORE_END
        (self._faults.add if on else self._faults.discard)(name)

    def _changed(self, before: Condition) -> None:
        """Tell everybody who asked how the printer now is, and go on if it can."""
        now = self._loop.time()
        self._emit(self._state())
        if self.condition != before:
            if self._automatic:
                self._say_automatic(now)
            if self._tells_offline and self.condition.offline and not before.offline:
                self._say(status.GOING_OFFLINE, now)
        self._work(now)

    def _state(self) -> Event:
        return {
            "event": "state",
            "paper": self.condition.paper,
            "cover": "open" if self.condition.cover_open else "closed",
            "faults": sorted(self._faults | self._line.faults),
            "slips": self._tray.slips,
        }

    def _say_automatic(self, at: float) -> None:
        self._say(status.automatic(self.condition), at)

    def _say(self, answer: bytes, at: float) -> None:
        if not self._faults & {"silent", "no-status"}:
            self._line.send(answer, at)
