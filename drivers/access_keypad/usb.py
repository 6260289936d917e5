"""An access keypad that types (USB, evdev): five keys by the kernel's names, and its jack's switch where it has one.

| what the device does                       | what it means here                                         |
|--------------------------------------------|------------------------------------------------------------|
| its nodes are open and grabbed             | idle, no reason                                            |
| EV_SW SW_HEADPHONE_INSERT, and at opening  | Headphone(plugged), each change once                       |
| a read ends in ENODEV                      | Gone: link-lost; whether a headphone is in is not known    |
| EACCES, EBUSY, a key stuck at opening      | Gone, Gone, Silent: link-lost, with the remedy             |

Source: linux/input-event-codes.h; protocols/rating-keypads.md §1 for what typing keypads have in common. Which key is
which differs by make: the default is arrows, Enter, Esc and Help.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers import evdev_record as event
from drivers.access_keypad.key_names import code_of
from drivers.access_keypad.meanings import check_meanings, event_of
from drivers.contract import AccessPress, Headphone, State, Transport
from drivers.deadline import Deadline
from drivers.framing import Framer

REPEAT_MS = 250
"""The same key again within this is a contact that bounces, or a hand that trembles."""
DEFAULT_KEYS = {
    "KEY_UP": "up",
    "KEY_DOWN": "down",
    "KEY_ENTER": "choose",
    "KEY_KPENTER": "choose",
    "KEY_ESC": "back",
    "KEY_HELP": "help",
}


@dataclass(frozen=True, slots=True)
class UsbAccessKeypadSettings:
    """``keys``: the kernel's name of a key, or its code as digits → up, down, choose, back or help.

    All five are needed; several keys may be the same one.

    ``repeat_ms``: the same key again within this is the same press.
    """

    keys: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_KEYS))
    repeat_ms: int = REPEAT_MS

    def __post_init__(self) -> None:
        if len(self.codes()) != len(self.keys):
            raise ValueError("keys names one key twice → give each key one name")
        check_meanings("keys", self.keys.values(), jack=False)
        if not 0 <= self.repeat_ms <= 5000:
            raise ValueError(f"repeat_ms = {self.repeat_ms} → give 0 to 5000")

    def codes(self) -> dict[int, str]:
        """Code of a key → what it is for. Raises ValueError, with the remedy, for a name that no key has."""
        return {code_of("keys", name): meaning for name, meaning in self.keys.items()}


@dataclass(frozen=True, slots=True)
class HeadphoneJackSettings:
    """None."""


class _Node:
    """What both have in common: a line of event records. Never polled: the kernel says at once when it is unplugged."""

    family = "access_keypad"
    reads = "input"
    any_keys = True
    poll_seconds = 0.0

    def __init__(self, transport: Transport, codes: Mapping[int, str], repeat_ms: int) -> None:
        self._transport = transport
        self._codes = codes
        self._repeat_ms = repeat_ms
        self._framer = Framer(event.scan, event.CAP)
        self._events: deque[AccessPress | Headphone] = deque()
        self._plugged: bool | None = None
        self._last, self._last_at = 0, 0.0

    async def open(self, deadline: Deadline) -> State:
        """Open it, grab its keys. Raises Gone, Silent."""
        await self._transport.open(deadline)
        self._framer.forget()
        self._events.clear()
        self._plugged = None
        self._last = 0
        return State.of()

    async def poll(self, deadline: Deadline) -> State:  # noqa: ARG002 - nothing is asked
        """It is there: open, and not told to be unplugged."""
        return State.of()

    async def next_press(self) -> AccessPress | Headphone:
        """The next press, or the headphone in or out. Waits for ever. Raises Gone."""
        while not self._events:
            for raw in self._framer.feed(await self._transport.read(None)):
                if (happened := self._happened(event.decode(raw))) is not None:
                    self._events.append(happened)
        return self._events.popleft()

    async def close(self) -> None:
        """Let it go."""
        await self._transport.close()

    def _happened(self, record: event.Record) -> AccessPress | Headphone | None:
        plugged = event.headphone(record)
        if plugged is not None:
            if plugged == self._plugged:
                return None
            self._plugged = plugged
            return Headphone(plugged)
        if (record.type, record.value) != (event.EV_KEY, event.DOWN) or not self._is_new(record.code):
            return None
        meaning = self._codes.get(record.code)
        return None if meaning is None else event_of(meaning)

    def _is_new(self, code: int) -> bool:
        """By our own clock: the records' clock is the machine's, and may be set."""
        now = asyncio.get_running_loop().time()
        if code == self._last and now - self._last_at < self._repeat_ms / 1000:
            return False
        self._last, self._last_at = code, now
        return True


class UsbAccessKeypad(_Node):
    """A drivers.contract.AccessKeypad."""

    Settings = UsbAccessKeypadSettings

    def __init__(self, settings: UsbAccessKeypadSettings, transport: Transport) -> None:
        super().__init__(transport, settings.codes(), settings.repeat_ms)


class HeadphoneJack(_Node):
    """A drivers.contract.AccessKeypad that is a jack alone, as sound cards have it: a node without keys."""

    Settings = HeadphoneJackSettings

    def __init__(self, settings: HeadphoneJackSettings, transport: Transport) -> None:  # noqa: ARG002 - it has none
        super().__init__(transport, {}, 0)
