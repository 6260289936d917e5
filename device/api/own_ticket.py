"""Calls of a kiosk's page about a slip that was scanned there, and about the number just taken."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, body_of, refuse
from device.flows.own_ticket import Became, HallAway, NotPossible, OwnTickets, Wish, possible
from device.journal import JournalStopped
from device.sync.link import Link
from hall.contract import Place
from hall.contract.slips import LONGEST, SlipRefused


class Scanned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the scanner typed."""

    text: str


class Wished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A press of whoever has the slip; ``look`` as the scan was answered."""

    look: str
    wish: Wish


class Left(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The page has left that slip."""

    look: str


class Taken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number that was just taken here."""

    ticket_id: str


class OwnTicketCalls:
    """What may be asked of a ticket at a kiosk."""

    def __init__(self, tickets: OwnTickets, link: Link) -> None:
        self._tickets = tickets
        self._link = link

    def routes(self) -> list[Route]:
        """This part of the local API."""
        return [
            Route("/kiosk/ticket/scan", self._scan, methods=["POST"]),
            Route("/kiosk/ticket/wish", self._wish, methods=["POST"]),
            Route("/kiosk/ticket/leave", self._leave, methods=["POST"]),
            Route("/kiosk/ticket/by-screen", self._by_screen, methods=["POST"]),
        ]

    async def _scan(self, request: Request) -> Response:
        scanned = await body_of(request, Scanned)
        try:
            look = await self._tickets.scan(scanned.text[:LONGEST])
        except SlipRefused as refused:
            return refuse(409, "refusal", refused.reason)
        except HallAway as away:
            return refuse(503, "refusal", away.why)
        return answer({"look": look.id, "place": self._told(look.place)})

    async def _wish(self, request: Request) -> Response:
        wished = await body_of(request, Wished)
        try:
            return self._became(await self._tickets.wish(wished.look, wished.wish))
        except NotPossible:
            return refuse(409, "refusal", "not-in-this-state")
        except JournalStopped as stopped:
            return refuse(503, "reason", stopped.reason)

    async def _leave(self, request: Request) -> Response:
        left = await body_of(request, Left)
        self._tickets.leave(left.look)
        return answer({})

    async def _by_screen(self, request: Request) -> Response:
        taken = await body_of(request, Taken)
        try:
            return self._became(await self._tickets.by_screen(taken.ticket_id))
        except NotPossible:
            return refuse(409, "refusal", "no-such-number")
        except JournalStopped as stopped:
            return refuse(503, "reason", stopped.reason)

    def _became(self, became: Became) -> Response:
        place = self._told(became.place) if became.place else None
        return answer({"outcome": became.outcome, "place": place})

    def _told(self, place: Place) -> dict[str, Any]:
        """What the page shows: no ticket_id, and the names of service and window."""
        welcome = self._link.welcome
        services = {service.code: service for service in welcome.services} if welcome else {}
        windows = {window.number: window for window in welcome.windows} if welcome else {}
        service = services.get(place.service)
        window = windows.get(place.window) if place.window is not None else None
        return {
            "number": place.number,
            "state": place.state,
            "service_name": service.name if service else "",
            "service_name_en": service.name_en if service else "",
            "ahead": place.ahead,
            "wait": msgspec.to_builtins(place.wait),
            "window": place.window,
            "window_name": window.name if window else "",
            "window_name_en": window.name_en if window else "",
            "away_ms": place.away_ms,
            "by_screen": place.by_screen,
            "wishes": possible(place),
        }
