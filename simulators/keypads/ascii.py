"""A serial pad or caller that says a few bytes a key, by a table: one device, alone on its line."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from simulators.control import AnyCommand, Event, Fault, Grade, Press
from simulators.line import FAULTS, Line

ANSWER_SECONDS = 0.3
TRIES = 3
APART_SECONDS = 0.15
"""Between two keys of one entry: nobody types faster."""
LONGEST = 16


@dataclass(frozen=True, slots=True)
class Table:
    """All in hex. ``grades``: worst to best. The others are what the host may say; "" where the device knows no such.

    ``number``: ``nn`` stands for two digits in one byte, ``dd`` for one ASCII digit.
    """

    keys: Mapping[str, str] = field(default_factory=dict)
    grades: Sequence[str] = ()
    answer: str = ""
    lit: str = ""
    dark: str = ""
    success: str = ""
    failure: str = ""
    number: str = ""


class AsciiPad:
    """The device. With an ``answer`` it says a key up to three times until it hears it; else once."""

    def __init__(self, line: Line, emit: Callable[[Event], None], *, address: int, table: Table) -> None:
        self._line = line
        self._emit = emit
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._keys = {name: bytes.fromhex(said) for name, said in table.keys.items()}
        self._grades = [bytes.fromhex(said) for said in table.grades]
        self._answer = bytes.fromhex(table.answer)
        self._number = table.number.split()
        self._said_by_host: list[tuple[bytes, Event]] = [
            (bytes.fromhex(said), event)
            for said, event in (
                (table.lit, {"event": "lit", "stars": 5}),
                (table.dark, {"event": "lit", "stars": 0}),
                (table.success, {"event": "answered", "success": True}),
                (table.failure, {"event": "answered", "success": False}),
            )
            if said
        ]
        self._lit = False
        self._shown = ""
        self._silent = False
        self._held = bytearray()
        self._entries: deque[deque[bytes]] = deque()
        self._tries = 0
        self._awaiting = False
        self._timer: asyncio.TimerHandle | None = None
        line.receive = self.receive

    def snapshot(self) -> list[Event]:
        """What it shows."""
        return [self._state()]

    def do(self, command: AnyCommand) -> None:
        """Press keys, switch faults. Raises ValueError for keys and devices that are not there."""
        match command:
            case Press(address, keys):
                names = [name.strip() for name in keys.split(",")]
                if address != self._address or not all(name in self._keys for name in names):
                    raise ValueError(f"press at {self._address}: {','.join(self._keys) or 'it has grades alone'}")
                self._say([self._keys[name] for name in names])
            case Grade(address, grade):
                if address != self._address or grade not in range(len(self._grades)):
                    raise ValueError(f"grade at {self._address}: 0 to {len(self._grades) - 1}")
                self._say([self._grades[grade]])
            case Fault("silent", on):
                self._silent = on
                self._emit(self._state())
            case Fault(name, on) if name in FAULTS:
                self._line.switch(name, on)
                self._emit(self._state())
            case _:
                raise ValueError(f"it takes press, grade and the faults silent, {', '.join(sorted(FAULTS))}")

    def close(self) -> None:
        """Say no more."""
        self._entries.clear()
        self._stop()

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        self._held.append(byte)
        del self._held[:-LONGEST]
        if self._silent:
            return
        if self._awaiting and self._held.endswith(self._answer):
            self._held.clear()
            self._next(at)
            return
        event = next((event for said, event in self._said_by_host if self._held.endswith(said)), None)
        event = event or self._shown_number()
        if event is not None:
            self._held.clear()
            self._lit = event.get("stars", self._lit)
            self._shown = event.get("digits", self._shown)
            self._emit({"address": self._address, "t": at, **event})

    def _shown_number(self) -> Event | None:
        tail = bytes(self._held[-len(self._number) :])
        if not self._number or len(tail) < len(self._number):
            return None
        digits = ""
        for part, byte in zip(self._number, tail, strict=True):
            said = f"{byte:02x}" if part == "nn" else chr(byte) if part == "dd" else ""
            if not (said.isdigit() if part in ("nn", "dd") else byte == int(part, 16)):
                return None
            digits += said
        return {"event": "display", "digits": digits, "waiting": None}

    def _say(self, messages: list[bytes]) -> None:
        if self._silent:
            self._pressed(False, self._loop.time(), 0)
            return
        self._entries.append(deque(messages))
        if self._timer is None:
            self._try()

    def _try(self) -> None:
        self._tries += 1
        self._awaiting = bool(self._answer)
        passed = self._line.send(self._entries[0][0], self._loop.time())
        then = self._unanswered if self._answer else self._unheard
        wait = ANSWER_SECONDS if self._answer else APART_SECONDS
        self._timer = self._loop.call_at(passed + wait, then)

    def _unanswered(self) -> None:
        if self._tries < TRIES:
            self._try()
            return
        self._end(False, self._loop.time())

    def _unheard(self) -> None:
        self._next(self._loop.time())

    def _next(self, at: float) -> None:
        """The key was taken, or nobody says whether: go on to the next of this entry."""
        self._stop()
        self._entries[0].popleft()
        if self._entries[0]:
            self._timer = self._loop.call_later(APART_SECONDS if self._answer else 0.0, self._again)
        else:
            self._end(True if self._answer else None, at)

    def _again(self) -> None:
        self._tries = 0
        self._try()

    def _end(self, acknowledged: bool | None, at: float) -> None:
        self._stop()
        self._entries.popleft()
        self._pressed(acknowledged, at, self._tries)
        self._tries = 0
        if self._entries:
            self._try()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._awaiting = False

    def _pressed(self, acknowledged: bool | None, at: float, tries: int) -> None:
        said = {"event": "pressed", "acknowledged": acknowledged, "tries": tries}
        self._emit({"address": self._address, "t": at, **said})

    def _state(self) -> Event:
        pad = {"address": self._address, "stars": int(self._lit), "digits": self._shown, "silent": self._silent}
        faults = self._line.faults | ({"silent"} if self._silent else set())
        return {"event": "state", "keypads": [pad], "faults": sorted(faults)}
