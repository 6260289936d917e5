"""A citizen's rating keypad that types (USB, evdev): one key, one level of GB/T 39735.

It can neither be lit nor told anything: the invitation stands on the clerk's page alone, and nobody acknowledges.

| what the device does                       | what it means here                                         |
|--------------------------------------------|------------------------------------------------------------|
| its nodes are open and grabbed             | idle, no reason                                            |
| a read ends in ENODEV                      | Gone: link-lost, until it is plugged into the same socket  |
| EACCES, EBUSY, a key stuck at opening      | Gone, Gone, Silent: link-lost, with the remedy             |

Source: protocols/rating-keypads.md §1. The port below gives 24-byte records (drivers/input_port.py); in tests and
demonstrations they come from a simulated keypad, for not every machine has a kernel with uinput.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.contract import GradePress, State, Transport
from drivers.deadline import Deadline
from drivers.evdev_ear import Ear
from drivers.evdev_record import KEYPAD_COLUMN
from drivers.rating_keypad.levels import check_levels

REPEAT_MS = 300
"""The same key again within this is a contact that bounces, or a hand that trembles."""


@dataclass(frozen=True, slots=True)
class UsbKeypadSettings:
    """``mapping``: key → level of GB/T 39735. ``repeat_ms``: the same key again within this is the same press."""

    mapping: Mapping[str, str]
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        for key in self.mapping:
            if key not in KEYPAD_COLUMN:
                raise ValueError(f"mapping has the key {key!r} → name one of: {' '.join(KEYPAD_COLUMN)}")
        check_levels("mapping", self.mapping, "12345")
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")


class UsbKeypad:
    """A drivers.contract.RatingKeypad. Never polled: the kernel says at once when it is unplugged."""

    Settings = UsbKeypadSettings
    family = "rating_keypad"
    reads = "input"
    poll_seconds = 0.0

    def __init__(self, settings: UsbKeypadSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        self._ear = Ear(transport)
        self._last, self._last_at = "", 0.0

    async def open(self, deadline: Deadline) -> State:
        """Open and grab it. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._ear.start()
        self._last = ""
        return State.of()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """It is there: open, and not told to be unplugged."""
        return State.of()

    async def next_press(self) -> GradePress:
        """The next press; ``grade`` is the key's code in the keypad's column. Waits for ever. Raises Gone."""
        while True:
            key = await self._ear.next_key()
            word = self._settings.mapping.get(key)
            if word is not None and self._is_new(key):
                return GradePress(KEYPAD_COLUMN[key], word)

    async def acknowledge(self, press: GradePress, deadline: Deadline) -> None:
        """Nothing: it hears nobody and repeats nothing."""

    async def light(self, lit: bool, deadline: Deadline) -> bool:  # noqa: ARG002 - there is nothing to light
        """False: it has no light."""
        return False

    async def close(self) -> None:
        """Let it go."""
        await self._transport.close()

    def _is_new(self, key: str) -> bool:
        """By our own clock: the records' clock is the machine's, and may be set."""
        now = asyncio.get_running_loop().time()
        if key == self._last and now - self._last_at < self._settings.repeat_ms / 1000:
            return False
        self._last, self._last_at = key, now
        return True
