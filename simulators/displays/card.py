"""One display: what is in its memory, and when it goes dark by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from simulators.displays.onbon import Area, Clear, DynamicArea, Power, Request, Reset

VANISHES = 2
"""RunMode 2: loop, then vanish at the time-out."""


@dataclass(frozen=True, slots=True)
class _Held:
    area: Area
    since: float


class Card:
    """A card's areas on its own clock. ``changed`` is told when what is seen has become another."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.on = True
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._held: dict[int, _Held] = {}
        self._ahead = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def areas(self) -> tuple[Area, ...]:
        """What is lit."""
        return tuple(held.area for held in self._held.values()) if self.on else ()

    def obey(self, request: Request, at: float) -> None:
        """Do what a request asks; ``at`` is when its last byte came, monotonic seconds."""
        match request:
            case Clear() | Reset():
                self._held.clear()
                self.on = True
            case Power(on):
                self.on = on
            case DynamicArea(delete, areas):
                for number in list(self._held) if delete is None else delete:
                    self._held.pop(number, None)
                for area in areas:
                    self._held[area.number] = _Held(area, at + self._ahead)
        self._watch()

    def advance(self, seconds: float) -> None:
        """Let this card's clock run ahead."""
        self._ahead += seconds
        self._expire()

    def close(self) -> None:
        """Stop the clock."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _watch(self) -> None:
        self.close()
        ends = [self._end(held) for held in self._held.values() if held.area.run_mode == VANISHES]
        if ends:
            self._timer = self._loop.call_at(min(ends) - self._ahead, self._expire)

    def _expire(self) -> None:
        now = self._loop.time() + self._ahead
        gone = [n for n, held in self._held.items() if held.area.run_mode == VANISHES and self._end(held) <= now]
        for number in gone:
            del self._held[number]
        self._watch()
        if gone:
            self._changed()

    def _end(self, held: _Held) -> float:
        return held.since + held.area.timeout
