"""Callers and rating keypads on one line: presses go out, numbers, answers and stars come in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from simulators.control import AnyCommand, Event, Fault, Grade, Press
from simulators.faults import Faults
from simulators.keypads import ff68
from simulators.keypads.sender import Sender, Word
from simulators.line import Line

GRADES = range(5)

OF_ADDRESS = frozenset({"factory-address"})
FIRST_CALLER, FIRST_KEYPAD = 1, 129
"""What a new one is set to by its maker."""

GAP_SECONDS = 0.05
"""Silence inside a frame after which it is given up: else one broken length would swallow what follows."""


class Keypads:
    """The devices with these addresses: callers below 128, keypads from 129."""

    def __init__(
        self, line: Line, emit: Callable[[Event], None], *, callers: Sequence[int], keypads: Sequence[int]
    ) -> None:
        self._line = line
        self._emit = emit
        self._loop = asyncio.get_running_loop()
        self._reader = ff68.FrameReader()
        self._senders = {address: Sender(line, place) for place, address in enumerate((*callers, *keypads))}
        self._numbers: dict[int, tuple[str, int | None]] = dict.fromkeys(callers, ("", None))
        self._stars = dict.fromkeys(keypads, 0)
        self._faults = Faults(line, self._senders, OF_ADDRESS, _factory)
        self._last_byte = 0.0
        self._collisions = 0
        line.receive = self.receive
        line.on_collision = self._collided

    def snapshot(self) -> list[Event]:
        """What every device shows."""
        return [self._state()]

    def do(self, command: AnyCommand) -> None:
        """Press keys, switch faults. Raises ValueError for keys and devices that are not there."""
        match command:
            case Press(address, keys):
                digits, key = _keys(keys)
                press = partial(_press, digits, key)
                self._say(address, self._numbers, press, partial(self._echo, address))
            case Grade(address, grade):
                if grade not in GRADES:
                    raise ValueError(f"a grade is 0–4, not {grade}")
                said = partial(_grade, grade)
                self._say(address, self._stars, said, lambda _frame: ff68.Received(self._faults.set_to(address)))
            case Fault():
                self._faults.switch(command)
                self._emit(self._state())
            case _:
                raise ValueError("keypads take press, grade and fault")

    def close(self) -> None:
        """Stop every try."""
        for sender in self._senders.values():
            sender.close()

    def receive(self, byte: int, at: float) -> None:
        """Take one byte from the line."""
        if at - self._last_byte > GAP_SECONDS:
            self._reader = ff68.FrameReader()
        self._last_byte = at
        frame = self._reader.feed(byte)
        message = ff68.message(*frame) if frame else None
        if message is None:
            return
        for address, sender in self._senders.items():
            meant = self._faults.set_to(address) == message.address and not self._faults.silent(address)
            if meant and not sender.hear(message, at):
                self._show(address, message, at)

    def _show(self, address: int, message: ff68.Message, at: float) -> None:
        match message:
            case ff68.ShowNumber(_, digits, waiting):
                self._numbers[address] = (digits, waiting)
                self._emit({"event": "display", "address": address, "digits": digits, "waiting": waiting, "t": at})
            case ff68.Tell(_, success):
                self._emit({"event": "answered", "address": address, "success": success, "t": at})
            case ff68.Alarm():
                self._emit({"event": "alarm", "address": address, "t": at})
            case ff68.Stars(_, stars):
                self._stars[address] = stars
                self._emit({"event": "lit", "address": address, "stars": stars, "t": at})

    def _say(
        self,
        address: int,
        devices: dict[int, tuple[str, int | None]] | dict[int, int],
        frame: Callable[..., bytes],
        answer: Callable[[bytes], ff68.Message],
    ) -> None:
        if address not in devices:
            raise ValueError(f"no such device at address {address}")
        if self._faults.silent(address):
            self._pressed(address, False, self._loop.time(), 0)
            return
        word = Word(
            lambda: frame(self._faults.set_to(address), wrong_checksum=self._faults.wrong_checksum(address)),
            answer,
            partial(self._pressed, address),
        )
        self._senders[address].say(word)

    def _echo(self, address: int, frame: bytes) -> ff68.Message:
        return ff68.Echo(self._faults.set_to(address), frame[5:-2])

    def _pressed(self, address: int, acknowledged: bool, at: float, tries: int) -> None:
        self._emit({"event": "pressed", "address": address, "acknowledged": acknowledged, "tries": tries, "t": at})

    def _collided(self, at: float) -> None:
        self._collisions += 1
        self._emit({"event": "collision", "count": self._collisions, "t": at})

    def _state(self) -> Event:
        return {
            "event": "state",
            "callers": [
                {"address": a, "digits": digits, "waiting": waiting, "silent": self._faults.silent(a)}
                for a, (digits, waiting) in self._numbers.items()
            ],
            "keypads": [{"address": a, "stars": n, "silent": self._faults.silent(a)} for a, n in self._stars.items()],
            "faults": self._faults.names(),
            "collisions": self._collisions,
        }


def _keys(text: str) -> tuple[str, str]:
    """``5,function`` → digits and key. Raises ValueError for another form."""
    *digits, key = (part.strip() for part in text.split(","))
    if key not in ff68.KEYS or any(len(digit) != 1 or digit not in "0123456789" for digit in digits):
        raise ValueError(f"press digits and then one of {', '.join(ff68.KEYS)}: 1,0,0,1,call")
    return "".join(digits), key


def _press(digits: str, key: str, address: int, *, wrong_checksum: bool) -> bytes:
    return ff68.press(address, digits, key, wrong_checksum=wrong_checksum)


def _grade(grade: int, address: int, *, wrong_checksum: bool) -> bytes:
    return ff68.grade(address, grade, wrong_checksum=wrong_checksum)


def _factory(address: int) -> int:
    return FIRST_CALLER if address < FIRST_KEYPAD else FIRST_KEYPAD
