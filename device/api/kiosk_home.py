"""What the kiosk's first pages show beside its services: what the hall tells everybody, and what its screen is like."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.box import Kiosk
from device.api.answers import answer, body_of
from device.api.help import help_state
from device.flows.ask_help import HelpDesk
from device.flows.read_aloud import ReadAloud
from device.opening import opening
from device.sync.desired import Desired
from device.sync.directory import Lookup

REACH_MM = 1220
"""The highest that a person who sits can touch (EN 301 549 §8.3.2)."""
LEAST_BAND = 0.4
"""Of the screen's height: in less no page has room."""


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence to be read aloud."""

    key: str
    language: str


class KioskHome:
    """Part of the kiosk's state, and POST /kiosk/say."""

    def __init__(
        self, settings: Kiosk, lookup: Lookup, desired: Desired, help_desk: HelpDesk, aloud: ReadAloud
    ) -> None:
        self._lookup = lookup
        self._desired = desired
        self._help_desk = help_desk
        self._aloud = aloud
        band = (REACH_MM - settings.bottom_mm) / settings.screen_mm
        self._screen = {
            "busy_minutes": settings.busy_minutes,
            "low_band": round(min(1.0, max(LEAST_BAND, band)), 3),
        }

    def state(self) -> dict[str, Any]:
        """Beside what KioskCalls.state says."""
        return {
            "directory": self._lookup.directory.digest,
            "today": self._today(),
            "news": self._news(),
            "help": help_state(self._help_desk, "kiosk"),
            "speaks": self._aloud.can_speak,
            **self._screen,
        }

    def _today(self) -> list[tuple[str, str]] | None:
        """From and until, in order; none on a day on which the hall is closed. None where nobody knows."""
        told = opening(self._lookup.directory.hours, self._desired.business_date, None)
        return list(told.today) if told else None

    def _news(self) -> dict[str, Any] | None:
        """``open``: how many windows take a service now. None until the hall has told any news."""
        news = self._desired.news
        if news is None:
            return None
        open_for = Counter(code for services in news.open.values() for code in services)
        told = {"waits": news.waits, "popular": news.popular, "notices": news.notices}
        return {**msgspec.to_builtins(told), "open": dict(open_for)}

    def routes(self) -> list[Route]:
        """What the page may ask for."""
        return [Route("/kiosk/say", self._say, methods=["POST"])]

    async def _say(self, request: Request) -> Response:
        wanted = await body_of(request, Say)
        try:
            return answer({"said": self._aloud.say(wanted.key, wanted.language)})
        except KeyError:
            return answer({"error": "not-to-be-said"}, 400)
