"""Puts the news together in rounds: at most one in NEWS_S, however many tickets come and go between two of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hall import queue, waits
from hall.contract import LEASE_MS, Wait
from hall.faults import faults
from hall.store.news import NewsReader
from hall.store.writer import Effects
from hall.waits import ServiceTimes, Visit

if TYPE_CHECKING:
    from hall.hall import Hall

NEWS_S = 0.5
"""Between two rounds."""

LOOK_S = 5.0
"""Without any change: what comes with time alone, a box that is silent, a zone that nobody calls for."""

NEXT = 5
"""How many are told to make ready (请准备)."""

POPULAR = 8

SILENT_MS = 60_000
"""A kiosk that was here and has not been heard for so long: its people had better go to another."""


class Newsroom:
    """What the hall learns becomes news. Only on the loop."""

    def __init__(self, hall: Hall, reader: NewsReader) -> None:
        self._hall = hall
        self._reader = reader
        self._times = ServiceTimes()
        self._asked: Counter[str] = Counter()
        self._devices = reader.devices()
        self._told: dict[str, Any] = {}
        self._seen_ms: dict[str, int] = {}
        self._items = {item.code for item in hall.catalogue.directory.items}
        self._themes: dict[str, list[str]] = {}
        for service in hall.catalogue.services.values():
            self._themes.setdefault(service.theme or service.name, []).append(service.code)
        self.put_together()
        self._told = hall.news.parts()

    def learn(self, effects: Effects) -> None:
        """What a commit has changed. Costs a ticket next to nothing: the work is done in rounds."""
        desk = self._hall.news
        for call, at_ms in effects.began.items():
            self._times.began(call, at_ms)
        for call, service, at_ms in effects.ended:
            self._times.ended(call, service, at_ms)
        if effects.asked:
            self._asked.update(effects.asked)
        if effects.void:
            desk.void(effects.void, self._hall.clock.mono_ms())
        if effects.valid:
            desk.valid(effects.valid)
        if effects.business_date is not None:
            self._asked = Counter({item: count // 2 for item, count in self._asked.items() if count > 1})
            desk.next_day()
        desk.flash(effects.flashing)
        if effects.counted is not None:
            self._remember_visits()
        if effects.devices:
            self._devices = self._reader.devices()
        if effects.devices or effects.waiting or effects.counted is not None or effects.ended:
            desk.changed.set()

    def wait_for(self, service: str, ahead: int) -> Wait | None:
        """For somebody who waits already with so many of this service before them; None where it cannot be told."""
        return waits.wait_for(self._seen(), service, ahead)

    async def run(self) -> None:
        """Until cancelled: a round after each change, and now and then without one."""
        self.remember()
        changed = self._hall.news.changed
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await changed.wait()
            changed.clear()
            self.put_together()
            self.tell()
            await asyncio.sleep(NEWS_S)

    def tell(self) -> None:
        """Tell every box, if there is anything that it was not told."""
        parts = self._hall.news.parts()
        if parts != self._told:
            self._told = parts
            self._hall.downlink.tell_news()

    def put_together(self) -> None:
        """One round."""
        hall, desk = self._hall, self._hall.news
        desk.next({theme: numbers for theme, codes in self._themes.items() if (numbers := self._next(codes))})
        desk.waits(waits.waits(self._seen()))
        desk.popular([item for item, _ in self._asked.most_common() if item in self._items][:POPULAR])
        desk.faults(faults(hall.catalogue, self._devices, self._gone(), self._silent()))
        desk.pass_time(hall.clock.mono_ms())

    def _next(self, codes: list[str]) -> list[str]:
        waiting = [code for code in codes if self._hall.waiting.get(code)]
        return [place.number for place in queue.first(self._reader.fronts(waiting, NEXT), NEXT)]

    def _seen(self) -> waits.Hall:
        return waits.Hall(self._hall.waiting, self._hall.news.open, self._times.known())

    def _gone(self) -> set[str]:
        """Boxes that have listened since this hall's start, and have not for a while."""
        now_ms, listening = self._hall.clock.mono_ms(), self._hall.downlink.listening()
        self._seen_ms.update(dict.fromkeys(listening, now_ms))
        return {box for box, seen_ms in self._seen_ms.items() if now_ms - seen_ms > SILENT_MS}

    def _silent(self) -> list[str]:
        """Zones with somebody at a window and nobody to call them aloud, long enough after the hall's start."""
        hall = self._hall
        if hall.clock.mono_ms() - hall.began_mono_ms <= 2 * LEASE_MS:
            return []
        zones = [
            zone
            for zone, windows in hall.catalogue.zones.items()
            if any(number in hall.news.open for number in windows)
        ]
        return sorted(zone for zone in zones if not hall.zones.holder(zone))

    def remember(self) -> None:
        """What was learnt before this start, as far back as costs some ms: the hall serves already meanwhile."""
        self._remember_visits()
        self._asked.update(self._reader.asked())
        self._hall.news.changed.set()

    def _remember_visits(self) -> None:
        """How long visits took of late, today's before those of the days before."""
        for call, service, ms in self._reader.served():
            self._times.add(Visit(call, service, ms))
