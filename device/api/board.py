"""What the hall board shows: numbers, windows, times and the hall's own sentences, and nothing about anybody."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.stream import Streams
from device.clock import Clock
from device.flows.board_calls import BoardCalls
from device.opening import business_day, opening
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.link import Link
from device.watch import Watch
from hall.contract import Counter, Hours, News, QueueCounts, Service, Wait

BEAT_S = 1.5
"""A page that hears nothing for 5 s has lost its daemon, however that came about: frozen, killed, or cut off."""

Json = dict[str, Any]


class BoardPage:
    """``run`` beats while the box lives; ``watch`` changes with all that is shown."""

    def __init__(
        self,
        calls: BoardCalls,
        desired: Desired,
        link: Link,
        lookup: Lookup,
        clock: Clock,
        streams: Streams,
        mode: str,
    ) -> None:
        self.watch = Watch()
        self._calls = calls
        self._desired = desired
        self._link = link
        self._lookup = lookup
        self._clock = clock
        self._streams = streams
        self._mode = mode
        self._beat = 0
        self._up_ms: int | None = None

    def routes(self) -> list[Route]:
        """The board's part of the local API."""
        return [Route("/board/state", self._state)]

    async def run(self) -> None:
        """Long-lived."""
        while True:
            self._beat += 1
            self.watch.changed()
            await asyncio.sleep(BEAT_S)

    async def _state(self, _: Request) -> Response:
        return self._streams.respond(self.state, self.watch)

    def state(self) -> Json:
        """All that the page shows."""
        welcome, news, now_ms = self._link.welcome, self._desired.news, self._now_ms()
        if self._link.hall == "up":
            self._up_ms = now_ms
        services = {service.code: service for service in welcome.services} if welcome else {}
        counters, day = self._counters(), self._day()
        return {
            "hall_name": welcome.hall if welcome else "",
            "hall_name_en": welcome.hall_en if welcome else "",
            "date": day,
            "now_ms": now_ms,
            "stale": self._link.hall != "up",
            "up_ms": self._up_ms,
            "calls": [
                {
                    "window": state.window,
                    "number": held.number,
                    "phase": state.phase,
                    "calls": held.calls,
                    "by_screen": held.by_screen is True or (news is not None and held.number in news.by_screen),
                    **_named(services.get(held.service)),
                }
                for state, held in self._calls.newest_first()
            ],
            "themes": themes_of(services, counters, news, self._desired.counts),
            "open": [
                {"window": counter.number, "name": counter.name, "name_en": counter.name_en}
                for counter in counters
                if news is not None and counter.number in news.open
            ],
            "hours": hours_of(self._lookup.directory.hours, day),
            "has_hours": bool(self._lookup.directory.hours),
            "notices": to_builtins(news.notices) if news else [],
            "faults": to_builtins(news.faults) if news else [],
            "void": list(news.void) if news else [],
            "alarm": to_builtins(self._desired.alarm),
            "mode": self._mode,
            "beat": self._beat,
        }

    def _day(self) -> str:
        """As every screen of the hall has it."""
        now = self._clock.local_time() if self._clock.trust() == "compared" else None
        return business_day(self._desired.business_date, now, heard=self._link.hall == "up")

    def _now_ms(self) -> int | None:
        """What a clock on the wall may show; None when this box's cannot be believed."""
        return int(self._clock.local_time().timestamp() * 1000) if self._clock.trust() == "compared" else None

    def _counters(self) -> list[Counter]:
        """The windows that this board shows: those whose calls the hall tells it."""
        told = {counter.number: counter for counter in self._lookup.directory.windows}
        if not told and self._link.welcome:  # not asked for yet
            told = {
                info.number: Counter(number=info.number, name=info.name, name_en=info.name_en, services=info.services)
                for info in self._link.welcome.windows
            }
        return [told[number] for number in sorted(self._desired.windows) if number in told]


def themes_of(
    services: dict[str, Service], counters: list[Counter], news: News | None, counts: QueueCounts | None
) -> list[Json]:
    """The themes of what these windows take: who is next there, how many wait, how long."""
    taken = {code for counter in counters for code in counter.services}
    at_work = {code for codes in news.open.values() for code in codes} if news else set()
    codes: dict[str, list[str]] = {}
    for code, service in services.items():
        if code in taken:
            codes.setdefault(service.theme or service.name, []).append(code)
    return [
        {
            "name": theme,
            "name_en": services[own[0]].theme_en if services[own[0]].theme else services[own[0]].name_en,
            "next": news.next.get(theme, []) if news else [],
            "waiting": sum(counts.waiting.get(code, 0) for code in own) if counts else None,
            "wait": _range([news.waits[code] for code in own if code in news.waits]) if news else None,
            "open": any(code in at_work for code in own),
        }
        for theme, own in codes.items()
    ]


def hours_of(hours: list[Hours], business_date: str) -> list[Json]:
    """When the hall is open on this day, in order; nothing on a day it is not, or before the day is known."""
    told = opening(hours, business_date, None)
    return [{"opens": opens, "closes": closes} for opens, closes in told.today] if told else []


def _range(waits: list[Wait]) -> Json | None:
    """What holds for all of a theme's services."""
    if not waits:
        return None
    return {"low": min(wait.low for wait in waits), "high": max(wait.high for wait in waits)}


def _named(service: Service | None) -> Json:
    if service is None:
        return {"service": "", "service_en": "", "place": "", "place_en": ""}
    return {
        "service": service.name,
        "service_en": service.name_en,
        "place": service.place,
        "place_en": service.place_en,
    }
