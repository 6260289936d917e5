"""Looks at all boxes at once: what they say of themselves, beside what the hall knows of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hall.boxes.checklist import Doors, doors, line_of, sorted_by_need
from hall.boxes.own import own_needs
from hall.boxes.seen import Does, Seen
from hall.clock import day_began_ms, shanghai
from hall.contract.maintenance import Boxes
from hall.store.reader import DeviceState, Reader

if TYPE_CHECKING:
    from config.hall import BoxEntry
    from hall.hall import Hall

HELLO_MS = 10_000
"""Of a recovering hall a box asks every 2 s whether it is whole; it has no downlink then."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database knows of the boxes."""

    devices: tuple[DeviceState, ...] = ()
    forked: frozenset[str] = frozenset()


class Lookout:
    """One for all who look."""

    def __init__(self, hall: Hall, reader: Reader) -> None:
        self._hall = hall
        self._reader = reader
        self._here: dict[str, int] = {}

    async def boxes(self) -> Boxes:
        """All enrolled boxes as they stand."""
        hall = self._hall
        stored = await asyncio.to_thread(self._stored)
        seen = [self._seen(entry, stored) for entry in hall.catalogue.boxes.values()]
        windows = {entry.name: entry.windows for entry in hall.catalogue.boxes.values()}
        return Boxes(
            hall=hall.settings.hall.name,
            business_date=hall.business_date,
            now_ms=hall.clock.wall_ms(),
            opens=self.doors().opens,
            boxes=sorted_by_need(line_of(each, windows[each.box]) for each in seen),
            own=own_needs(hall.own_certificate, hall.clock.wall_ms()),
        )

    def doors(self) -> Doors:
        """When they open today, and how long it is until then."""
        hall = self._hall
        return doors(hall.catalogue.directory.hours, hall.business_date, shanghai(hall.clock.wall_ms()))

    def _stored(self) -> Stored:
        today_ms = day_began_ms(self._hall.clock.now_ms())
        return Stored(tuple(self._reader.devices()), frozenset(self._reader.forked_since(today_ms)))

    def _seen(self, entry: BoxEntry, stored: Stored) -> Seen:
        hall, name = self._hall, entry.name
        known, recovery = hall.conditions, hall.recovery
        heard_ms, now_ms = known.heard_ms(name), hall.clock.mono_ms()
        connected = name in hall.downlink.connected
        if recovery is not None and heard_ms is not None and heard_ms <= HELLO_MS:
            connected = True
        if connected:
            self._here[name] = now_ms
        listened_ms = now_ms - self._here[name] if name in self._here else None
        times = [ms for ms in (heard_ms, listened_ms) if ms is not None]
        return Seen(
            box=name,
            does=does_of(entry),
            connected=connected,
            heard_ms=heard_ms,
            here_ms=min(times, default=None),
            up_ms=now_ms - hall.began_mono_ms,
            refusal=known.refusal(name),
            forked=name in stored.forked,
            recovering=recovery is not None,
            awaited=recovery is not None and name in recovery.awaited,
            absent=recovery is not None and name in recovery.absent,
            devices=tuple(device for device in stored.devices if device.box == name),
            told=known.told(name),
        )


def does_of(entry: BoxEntry) -> tuple[Does, ...]:
    """What a box is there for, as the hall's settings tell."""
    does: dict[Does, bool] = {
        "kiosk": bool(entry.digit),
        "windows": bool(entry.windows),
        "voice": bool(entry.zone),
        "board": bool(entry.board),
    }
    return tuple(each for each, yes in does.items() if yes)
