"""A clerk's caller that is a numeric keypad (USB, evdev): digits, and keys whose meaning the settings give.

It has no display: neither the called number nor the outcome of a press can be shown on it.

| what the device does                       | what it means here                                         |
|--------------------------------------------|------------------------------------------------------------|
| its nodes are open and grabbed             | idle, no reason                                            |
| a read ends in ENODEV                      | Gone: link-lost, until it is plugged into the same socket  |
| EACCES, EBUSY, a key stuck at opening      | Gone, Gone, Silent: link-lost, with the remedy             |

Source: protocols/rating-keypads.md §1. Which key is which is nobody's standard: the default below is ours, for the
18 keys of a plain keypad. The port gives 24-byte records (drivers/input_port.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.caller.keystrokes import DIGITS, Meaning, Typing, meaning_of
from drivers.contract import KeyPress, State, Transport
from drivers.deadline import Deadline
from drivers.evdev_ear import Ear
from drivers.evdev_record import KEYPAD_COLUMN

DEFAULT_KEYS = {
    "enter": "call",
    "+": "recall",
    "-": "cancel",
    "*": "start",
    "/": "wait",
    ".": "function",
    "backspace": "erase",
    "esc": "clear",
}
DIGITS_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class UsbCallerSettings:
    """``keys``: key → meaning (drivers/caller/keystrokes.py). ``digits_seconds``: digits typed are kept so long."""

    keys: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_KEYS))
    digits_seconds: float = DIGITS_SECONDS

    def __post_init__(self) -> None:
        for key in self.keys:
            if key not in KEYPAD_COLUMN or key in DIGITS:
                others = " ".join(name for name in KEYPAD_COLUMN if name not in DIGITS)
                raise ValueError(f"keys has the key {key!r} → name one of: {others} (digits are digits)")
        try:
            meanings = self.meanings()
        except ValueError as wrong:
            raise ValueError(f"keys has a wrong meaning: {wrong}") from None
        if not any(isinstance(meaning, KeyPress) for meaning in meanings.values()):
            raise ValueError('keys gives no key a meaning → write keys = { enter = "call", "+" = "recall" }')
        if not 1 <= self.digits_seconds <= 600:
            raise ValueError(f"digits_seconds = {self.digits_seconds} → give 1 to 600")

    def meanings(self) -> dict[str, Meaning]:
        """What each key means, digits included."""
        return {key: meaning_of(str(word)) for key, word in [*zip(DIGITS, DIGITS, strict=True), *self.keys.items()]}


class UsbCaller:
    """A drivers.contract.Caller. Never polled: the kernel says at once when it is unplugged."""

    Settings = UsbCallerSettings
    family = "caller"
    reads = "input"
    poll_seconds = 0.0

    def __init__(self, settings: UsbCallerSettings, transport: Transport) -> None:
        self._meanings = settings.meanings()
        self._transport = transport
        self._ear = Ear(transport)
        self._typing = Typing(settings.digits_seconds)

    async def open(self, deadline: Deadline) -> State:
        """Open and grab it. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        self._typing.forget()
        return State.of()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """It is there: open, and not told to be unplugged."""
        return State.of()

    async def next_press(self) -> KeyPress:
        """The next key that is no digit, with the digits typed before it. Waits for ever. Raises Gone."""
        while True:
            meaning = self._meanings.get(await self._ear.next_key())
            press = self._typing.press(meaning, asyncio.get_running_loop().time()) if meaning else None
            if press is not None:
                return press

    async def tell(self, success: bool, deadline: Deadline) -> bool:  # noqa: ARG002 - there is nothing to tell with
        """False: it can show nothing."""
        return False

    async def show_number(self, digits: str, waiting: int, deadline: Deadline) -> bool:  # noqa: ARG002 - as above
        """False: it can show nothing."""
        return False

    async def close(self) -> None:
        """Let it go."""
        await self._transport.close()
