"""What boxes tell of themselves, the newest in memory, and what the hall has noticed of them since its start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hall.clock import Clock
from hall.contract.maintenance import Condition

FRESH_MS = 150_000
"""A box says how it is once a minute: two that were lost, and a bit."""

TWICE_MS = 20_000
"""A box that is refused says hello again at least every 8 s: one that has not for so long is off, or was mended."""

REFUSALS = frozenset({"identity-twice", "contract-differs", "wrong-mode"})
"""Refused hellos that somebody has to see to at the box."""


class Told(NamedTuple):
    """A Condition, and how long ago it was told, ms."""

    condition: Condition
    ago_ms: int


class Conditions:
    """One a box, by the name in its certificate. Nothing of it outlives the hall's process: unknown is a value."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, tuple[Condition, int]] = {}
        self._heard: dict[str, int] = {}
        self._refused: dict[str, tuple[str, int]] = {}

    def tell(self, box: str, condition: Condition) -> None:
        """A box says how it is; what it said before is forgotten."""
        self._told[box] = condition, self._clock.mono_ms()

    def heard(self, box: str) -> None:
        """It has said anything at all."""
        self._heard[box] = self._clock.mono_ms()

    def refused(self, box: str, why: str) -> None:
        """Its hello was refused with this keyword."""
        if why in REFUSALS:
            self._refused[box] = why, self._clock.mono_ms()

    def told(self, box: str) -> Told | None:
        """What it said last; None: nothing since the hall began."""
        known = self._told.get(box)
        return Told(known[0], self._clock.mono_ms() - known[1]) if known else None

    def maintained(self, boxes: Iterable[str]) -> dict[str, list[str]]:
        """Of these boxes those that a technician works at, as far as they say so still: the devices, none for all."""
        told = {box: known for box in boxes if (known := self.told(box)) and known.ago_ms <= FRESH_MS}
        return {
            box: sorted({device for lease in known.condition.leases for device in lease.devices})
            for box, known in told.items()
            if known.condition.leases
        }

    def heard_ms(self, box: str) -> int | None:
        """How long ago it spoke last; None: not since the hall began."""
        at_ms = self._heard.get(box)
        return None if at_ms is None else self._clock.mono_ms() - at_ms

    def refusal(self, box: str) -> str:
        """Why its hello is refused of late, "" normally. Of two machines of one name the other may be welcome."""
        why, at_ms = self._refused.get(box, ("", 0))
        return why if self._clock.mono_ms() - at_ms <= TWICE_MS else ""
