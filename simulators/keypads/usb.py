"""USB keypads that type: rating keypads, callers, access keypads, each plugged into a port of its own.

Those with a jack have a switch that tells of the headphone: the "keys" headphone-in and headphone-out move its plug.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Collection, Mapping
from functools import partial

from simulators.control import AnyCommand, Event, Fault, Grade, Press
from simulators.keypads import records
from simulators.keypads.input_socket import InputSocket

FAULTS = frozenset({"unplug", "top-row", "num-lock", "held", "bounce", "overrun"})
"""unplug; digits as the letters' part has them; NumLock around each key; a key held until it repeats; a contact that
bounces; the kernel's buffer full while the key goes down."""

PRESS_SECONDS = 0.06
APART_SECONDS = 0.04
"""Between two keys of one entry."""
BOUNCE_SECONDS = 0.02
REPEAT_AFTER_SECONDS, REPEAT_SECONDS, REPEATS = 0.25, 0.033, 5
"""The kernel's own auto-repeat, and how often a held key is repeated here."""

PLUG = {"headphone-in": True, "headphone-out": False}

Step = tuple[float, Callable[[], None]]


class UsbKeypads:
    """Keypads by the number of their port. ``grade_keys``: the keys labelled worst to best; ``jacks``: who has one."""

    def __init__(
        self,
        ports: Mapping[int, InputSocket],
        emit: Callable[[Event], None],
        *,
        grade_keys: str = "12345",
        jacks: Collection[int] = (),
    ) -> None:
        self._emit = emit
        self._grade_keys = grade_keys
        self._faults: dict[str, set[int]] = {name: set() for name in FAULTS}
        self._keypads = {
            number: _Keypad(port, partial(self._has, number), number in jacks) for number, port in ports.items()
        }
        for port in ports.values():
            port.on_change = self._tell

    def snapshot(self) -> list[Event]:
        """Which are plugged in, and which faults are on."""
        return [self._state()]

    def do(self, command: AnyCommand) -> None:
        """Press keys, switch faults. Raises ValueError for keys and keypads that are not there."""
        match command:
            case Press(address, keys):
                self._press(address, [name.strip() for name in keys.split(",")])
            case Grade(address, grade):
                if grade not in range(len(self._grade_keys)):
                    raise ValueError(f"a grade is 0–{len(self._grade_keys) - 1}, not {grade}")
                self._press(address, [self._grade_keys[grade]])
            case Fault():
                self._switch(command)
                self._tell()
            case _:
                raise ValueError("keypads take press, grade and fault")

    def close(self) -> None:
        """Press no more."""
        for keypad in self._keypads.values():
            keypad.close()

    def _press(self, number: int, names: list[str]) -> None:
        if number not in self._keypads:
            raise ValueError(f"no keypad at port {number}")
        able = {*records.CODES, *(PLUG if self._keypads[number].has_jack else {})}
        if not able.issuperset(names):
            raise ValueError(f"press keys as 1,0,1,2,enter; there are {' '.join(sorted(able))}")
        self._keypads[number].press(names, partial(self._pressed, number))

    def _pressed(self, number: int, heard: bool) -> None:
        """A keypad that types is never answered: it cannot know whether its press was taken."""
        self._emit({"event": "pressed", "address": number, "acknowledged": None, "tries": int(heard)})

    def _switch(self, fault: Fault) -> None:
        if fault.name not in FAULTS:
            raise ValueError(f"the faults are {', '.join(sorted(FAULTS))}, not {fault.name}")
        meant = set(self._keypads) if fault.address is None else {fault.address}
        if not meant <= set(self._keypads):
            raise ValueError(f"no keypad at port {fault.address}")
        faulty = self._faults[fault.name]
        (faulty.update if fault.on else faulty.difference_update)(meant)
        if fault.name == "unplug":
            for number in meant:
                self._keypads[number].plug(not fault.on)

    def _tell(self) -> None:
        self._emit(self._state())

    def _has(self, number: int, fault: str) -> bool:
        return number in self._faults[fault]

    def _state(self) -> Event:
        keypads = [
            {"address": number, "plugged": keypad.port.plugged, "taken": keypad.port.taken}
            for number, keypad in self._keypads.items()
        ]
        return {"event": "state", "keypads": keypads, "faults": sorted(name for name, at in self._faults.items() if at)}


class _Keypad:
    """One keypad: its keys go down and up one after the other, in their own time."""

    def __init__(self, port: InputSocket, has: Callable[[str], bool], has_jack: bool) -> None:
        self.port = port
        self.has_jack = has_jack
        self._plugged = False
        port.stands = self._stands
        self._has = has
        self._loop = asyncio.get_running_loop()
        self._steps: deque[Step] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._heard = True

    def press(self, names: list[str], done: Callable[[bool], None]) -> None:
        """Press these keys after what is still to be pressed; then tell whether somebody read them all."""
        for name in names:
            self._steps += self._stroke(name)
        self._steps.append((0.0, partial(self._end, done)))
        self._begin()

    def plug(self, into: bool) -> None:
        """Plug it in, or out."""
        (self.port.open if into else self.port.close)()

    def close(self) -> None:
        """Stop."""
        self._steps.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _stands(self) -> bytes:
        return records.headphone(_now_us(), self._plugged) if self.has_jack else b""

    def _move_plug(self, into: bool) -> None:
        self._plugged = into
        self._say(self._stands())

    def _stroke(self, name: str) -> list[Step]:
        if name in PLUG:
            return [(APART_SECONDS, partial(self._move_plug, PLUG[name]))]
        down, up = partial(self._change, name, records.PRESSED), partial(self._change, name, records.RELEASED)
        steps: list[Step] = [(APART_SECONDS, self._wrap), (0.0, down)]
        if self._has("held"):
            again = partial(self._change, name, records.REPEATED)
            steps += [(REPEAT_AFTER_SECONDS, again), *[(REPEAT_SECONDS, again)] * (REPEATS - 1)]
        steps.append((PRESS_SECONDS, up))
        if self._has("bounce"):
            steps += [(BOUNCE_SECONDS, down), (BOUNCE_SECONDS, up)]
        return [*steps, (0.0, self._wrap)]

    def _change(self, name: str, value: int) -> None:
        said = records.change(_now_us(), name, value, top_row=self._has("top-row"))
        if value == records.PRESSED and self._has("overrun"):
            said = records.overrun(_now_us(), said[: -len(records.record(0, 0, 0, 0))])
        self._say(said)

    def _wrap(self) -> None:
        if self._has("num-lock"):
            self._say(records.num_lock(_now_us()))

    def _say(self, said: bytes) -> None:
        self._heard = self.port.say(said) and self._heard

    def _end(self, done: Callable[[bool], None]) -> None:
        heard, self._heard = self._heard, True
        done(heard)

    def _begin(self) -> None:
        if self._timer is None and self._steps:
            self._timer = self._loop.call_later(self._steps[0][0], self._step)

    def _step(self) -> None:
        self._timer = None
        _, act = self._steps.popleft()
        act()
        self._begin()


def _now_us() -> int:
    return time.time_ns() // 1000
