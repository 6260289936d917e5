"""What is in a dynamic-area card's memory, and when it goes dark by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

VANISHES = 2
"""RunMode 2: loop, then vanish at the time-out."""


class Timed(Protocol):
    """What a card has to know of an area to keep it; ``timeout`` in s."""

    @property
    def number(self) -> int:
        """An area replaces the one of the same number."""

    @property
    def run_mode(self) -> int:
        """What happens at the time-out."""

    @property
    def timeout(self) -> int:
        """Seconds without news."""


A = TypeVar("A", bound=Timed)


@dataclass(frozen=True, slots=True)
class _Held(Generic[A]):
    area: A
    since: float


class Card(Generic[A]):
    """A card's areas on its own clock. ``changed`` is told when what is seen has become another."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.on = True
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._held: dict[int, _Held[A]] = {}
        self._ahead = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def areas(self) -> tuple[A, ...]:
        """What is lit."""
        return tuple(held.area for held in self._held.values()) if self.on else ()

    def clear(self) -> None:
        """As after a power cut."""
        self._held.clear()
        self.on = True
        self._watch()

    def change(self, delete: Sequence[int] | None, areas: Sequence[A], at: float) -> None:
        """Delete these areas (None: all), then keep those; ``at`` is when the last byte came, monotonic seconds."""
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

    def _end(self, held: _Held[A]) -> float:
        return held.since + held.area.timeout
