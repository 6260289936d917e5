"""Which device is at which window? Keypads are pressed, displays show a number; what is alone is not asked about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from drivers import registry
from drivers.contract import DeviceFault, Silent
from drivers.deadline import Deadline
from drivers.input_enrol import pressed_keypad
from drivers.input_node import Devices
from drivers.transport import transport_for
from workshop.probe.line import KEYS_BAUD, heard_keys
from workshop.probe.plugged import place
from workshop.setup.person import Person

PRESS_SECONDS = 60.0
SHOW_SECONDS = 5.0
HEAR_SECONDS = 1.0
"""A pad repeats its press for longer, until somebody acknowledges it."""
TYPING = "usb-keypad"
KEYS = ("ff68-caller", "ff68-keypad", TYPING)
UNITS = {"onbon-bx5k": ("dots", "dots15", "bytes8")}
"""What cards of one model count a width in, as halls have been seen to have them (protocols/led-displays.md §1)."""
DISPLAYS = ("onbon-bx5k", "onbon-bx5e", "cpower5200", "modbus-text", "strip-a090", "alpha-sign", "vfd-2x20")


@dataclass(frozen=True, slots=True)
class Part:
    """A device as far as it is known. ``window`` None: not asked yet; 0: of no window."""

    port: str
    model: str
    baud: int | None = None
    address: int | None = None
    window: int | None = None
    simulated: bool = False
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def place(self) -> tuple[str, int | None]:
        """No two have the same."""
        return self.port, self.address


class Hands(Protocol):
    """What a person's hands and eyes tell of the devices."""

    async def pressed(self, known: Sequence[Part]) -> Part:
        """The keypad on which the next key goes down, of those that are not ``known``. Waits for PRESS_SECONDS.

        Raises Silent, Gone.
        """

    async def shows(self, part: Part, text: str) -> bool:
        """Have a display show this; whether it took it. What is seen on it then, only a person can tell."""


class _NoProgress:
    def progress(self, port: str, baud: int | None) -> None:
        """Nobody is told."""

    def done(self, port: str) -> None:
        """Nobody is told."""


class RealHands:
    """On this machine's ports: ``silent`` are lines on which nobody answered, where keys may be heard."""

    def __init__(self, silent: Sequence[str], typing: Devices | None) -> None:
        self._silent = silent
        self._typing = typing

    async def pressed(self, known: Sequence[Part]) -> Part:
        """Listens on everything at once."""
        works = [self._heard(port, known) for port in self._silent]
        if self._typing is not None:
            works.append(self._typed(self._typing, known))
        tasks = [asyncio.ensure_future(work) for work in works]
        try:
            async with asyncio.timeout(PRESS_SECONDS):
                for done in asyncio.as_completed(tasks):
                    return await done
        except TimeoutError:
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        raise Silent("no key was pressed on any keypad")

    async def _heard(self, port: str, known: Sequence[Part]) -> Part:
        at, taken = place(port), {part.place for part in known}
        while True:
            for device in await heard_keys(at, _NoProgress(), HEAR_SECONDS):
                part = Part(port, device.model, KEYS_BAUD, device.address, simulated=at.simulated)
                if part.place not in taken:
                    return part

    async def _typed(self, devices: Devices, known: Sequence[Part]) -> Part:
        taken = {part.port for part in known}
        while True:
            port = f"input:{await pressed_keypad(devices, Deadline.after(PRESS_SECONDS))}"
            if port not in taken:
                return Part(port, TYPING)

    async def shows(self, part: Part, text: str) -> bool:
        """With its own driver."""
        cls = registry.driver_class(part.model)
        try:
            settings = registry.settings_for(cls, dict(part.options), part.address)
        except registry.SettingsProblem:
            return False  # 65 dots are no whole number of bytes
        driver = cls(settings, transport_for(part.port, part.baud or 9600)())
        try:
            await driver.open(Deadline.after(SHOW_SECONDS))
            await driver.show(text, Deadline.after(SHOW_SECONDS))
        except DeviceFault:
            return False
        finally:
            await driver.close()
        return True


async def bind(parts: Sequence[Part], windows: Sequence[int], hands: Hands, person: Person) -> list[Part]:
    """Every part with its window; keypads that only speak when they are pressed are added."""
    displays = [part for part in parts if part.model in DISPLAYS]
    keys = [part for part in parts if part.model in KEYS and part.window is not None]
    others = [_alone(part) for part in parts if part.model not in (*DISPLAYS, *KEYS)]
    bound = [*others, *await _displays(displays, windows, hands, person)]
    for window in windows:
        keys += await _keypads(window, [*keys], hands, person)
    return [*bound, *keys]


def _alone(part: Part) -> Part:
    """A printer or a reader serves the box; which window's it is may be said in the settings later."""
    return part if part.window is not None else replace(part, window=0)


async def _displays(parts: Sequence[Part], windows: Sequence[int], hands: Hands, person: Person) -> list[Part]:
    unknown = [part for part in parts if part.window is None]
    bound = [part for part in parts if part.window is not None]
    if len(unknown) == len(windows) == 1 and len(_ways(unknown[0])) == 1:
        if await hands.shows(unknown[0], str(windows[0])):
            return [*bound, replace(unknown[0], window=windows[0])]
        person.tell("display-mute", port=unknown[0].port, address=unknown[0].address)
        return bound
    for number, part in enumerate(unknown, 1):
        if windows and (seen := await _seen(part, number, windows, hands, person)) is not None:
            bound.append(seen)
    return bound


async def _seen(part: Part, number: int, windows: Sequence[int], hands: Hands, person: Person) -> Part | None:
    """The display as it was told when somebody saw the number on it, with its window; None when nobody did."""
    shown = False
    for way in _ways(part):
        if await hands.shows(way, str(number)):
            shown = True
            if window := await _window_of(person, number, windows):
                return replace(way, window=window)
    if not shown:
        person.tell("display-mute", port=part.port, address=part.address)
    return None


def _ways(part: Part) -> list[Part]:
    """In each unit that its card may count in: which it is, only somebody who looks at the display can tell."""
    units = UNITS.get(part.model, ())
    if not units or "unit" in dict(part.options):
        return [part]
    return [replace(part, options=(*part.options, ("unit", unit))) for unit in units]


async def _window_of(person: Person, number: int, windows: Sequence[int]) -> int:
    """0: nowhere of this box."""
    while True:
        said = await person.ask("display-where", number=number, windows=_listed(windows))
        if not said:
            return 0
        if said.isdecimal() and int(said) in windows:
            return int(said)
        person.tell("no-such-window", said=said, windows=_listed(windows))


async def _keypads(window: int, known: list[Part], hands: Hands, person: Person) -> list[Part]:
    """All that are pressed at this window, one after the other, until the person presses Enter or nothing comes."""
    found: list[Part] = []
    while True:
        person.tell("press-at", window=window)
        try:
            part = await person.unless_skipped(hands.pressed([*known, *found]))
        except DeviceFault:
            part = None
        if part is None:
            return found
        found.append(replace(part, window=window))
        person.tell("pressed-at", window=window, model=part.model, port=part.port)


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
