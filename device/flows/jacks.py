"""The access keypads of one place as one: keys, and whether a headphone is in any of their jacks."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from device.cell import Cell
from drivers.contract import LINK_LOST, AccessKeypad, AccessPress, Headphone


@dataclass(frozen=True, slots=True)
class KeypadLost:
    """One of them is gone: whether a headphone is in its jack is not known any more."""


class Jacks:
    """``next`` gives what is done with them, in order."""

    def __init__(self, keypads: Sequence[Cell[AccessKeypad]]) -> None:
        self._keypads = keypads
        self._plugged: dict[str, bool] = {}
        """By keypad that has a jack; none of those that have not told."""
        self._happened: asyncio.Queue[AccessPress | Headphone | KeypadLost] = asyncio.Queue()

    @property
    def may_begin(self) -> bool:
        """Whether a key may begin a visit: a headphone is in, or no jack here tells."""
        return any(self._plugged.values()) or not self._plugged

    @property
    def has_jack(self) -> bool:
        """Whether a jack here tells of its headphone."""
        return bool(self._plugged)

    async def run(self) -> None:
        """Long-lived: hear all of them."""
        async with asyncio.TaskGroup() as group:
            for keypad in self._keypads:
                group.create_task(self._hear(keypad), name=f"{keypad.name} heard")
                group.create_task(self._lose(keypad), name=f"{keypad.name} looked after")

    async def next(self) -> AccessPress | Headphone | KeypadLost:
        """Waits for ever."""
        return await self._happened.get()

    async def _hear(self, keypad: Cell[AccessKeypad]) -> None:
        while True:
            event: AccessPress | Headphone = await keypad.heard.get()
            if isinstance(event, Headphone):
                self._plugged[keypad.name] = event.plugged
                event = Headphone(any(self._plugged.values()))
            self._happened.put_nowait(event)

    async def _lose(self, keypad: Cell[AccessKeypad]) -> None:
        there = False
        with keypad.watch.watching() as changed:
            while True:
                changed.clear()
                lost = LINK_LOST.keyword in keypad.state.keywords()
                if lost and there:
                    self._plugged.pop(keypad.name, None)
                    self._happened.put_nowait(KeypadLost())
                there = not lost
                await changed.wait()
