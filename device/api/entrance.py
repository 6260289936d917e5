"""The entrance screen's state: open windows and what they do, who waits and what that means, hours, notices."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer
from device.guide import Guide
from device.opening import business_day, opening
from device.roles.box import Box
from device.watch import Watch

Json = dict[str, Any]


class EntranceCalls:
    """GET /entrance/state, GET /guide. ``tick`` changes with each minute of a sure clock."""

    def __init__(self, box: Box, tick: Watch, dwell_seconds: int) -> None:
        self._box = box
        self._dwell_seconds = dwell_seconds
        self._guide = Guide()
        self._watch = Watch()
        box.watch.feeds(self._watch)
        tick.feeds(self._watch)

    def routes(self) -> list[Route]:
        """For the page at the door, and what both pages say of matters and the house."""
        return [Route("/entrance/state", self._state), Route("/guide", self._whole)]

    async def _state(self, _: Request) -> Response:
        return self._box.streams.respond(self.state, self._watch)

    async def _whole(self, _: Request) -> Response:
        return answer(self.guide())

    def guide(self) -> Json:
        """What is said of matters and the house."""
        welcome = self._box.link.welcome
        return self._guide.of(self._box.lookup.directory, welcome.services if welcome else [])

    def state(self) -> Json:
        """All that the entrance screen shows beside the guide."""
        return {**hall_state(self._box), "windows": self._windows(), "dwell_seconds": self._dwell_seconds}

    def _windows(self) -> list[Json] | None:
        """Where a clerk sits just now; None before the hall has told anything."""
        news = self._box.desired.news
        if news is None:
            return None
        named = {window.number: window for window in self._box.lookup.directory.windows}
        told = []
        for number, services in sorted(news.open.items()):
            window = named.get(number)
            told.append(
                {
                    "number": number,
                    "name": window.name if window else "",
                    "name_en": window.name_en if window else "",
                    "services": [self._service(code) for code in services],
                }
            )
        return told

    def _service(self, code: str) -> Json:
        desired, welcome = self._box.desired, self._box.link.welcome
        named = next((service for service in welcome.services if service.code == code), None) if welcome else None
        wait = desired.news.waits.get(code) if desired.news else None
        return {
            "code": code,
            "name": named.name if named else code,
            "name_en": named.name_en if named else code,
            "waiting": desired.counts.waiting.get(code, 0) if desired.counts else None,
            "wait": [wait.low, wait.high] if wait else None,
        }


def hall_state(box: Box) -> Json:
    """What both pages of the entrance are told: the hall, the day, the hours, the notices."""
    welcome, desired = box.link.welcome, box.desired
    now = box.clock.local_time() if box.clock.trust() == "compared" else None
    day = business_day(desired.business_date, now, heard=box.link.hall == "up")
    hours = opening(box.lookup.directory.hours, day, now)
    news = desired.news
    return {
        "hall_name": welcome.hall if welcome else "",
        "hall_name_en": welcome.hall_en if welcome else "",
        "hall": box.link.hall,
        "mode": box.mode,
        "date": day,
        "time": f"{now:%H:%M}" if now else "",
        "opening": {"today": hours.today, "is_open": hours.is_open} if hours else None,
        "guide": box.lookup.directory.digest,
        "here": here_of(box),
        "notices": [{"id": notice.id, "text": msgspec.to_builtins(notice.text)} for notice in news.notices]
        if news
        else [],
        "alarm": msgspec.to_builtins(desired.alarm),
    }


def here_of(box: Box) -> str:
    """The spot at which this box stands, "" where the plan does not say."""
    name = box.loaded.values.box.name
    return next((spot.code for spot in box.lookup.directory.spots if name in spot.here), "")
