"""Calls of the kiosk page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, body_of, refuse
from device.api.stream import Streams
from device.flows.ask_citizen import Taken
from device.flows.number_ticket import CannotIssue
from device.flows.one_more import OneMore
from device.flows.take_ticket import Kiosk
from device.health import condition_of
from device.journal import JournalStopped
from device.printers import Printers
from device.sync.desired import Desired
from device.sync.link import Link


class Touch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A touch on a service; ``touch`` is drawn by the page, once a touch. ``item``: the matter that was chosen.

    ``may_ask``: this page can ask 还要一张吗, and does so when it is answered *one-more*; ``again``: it has.
    """

    service: str
    touch: str
    item: str = ""
    may_ask: bool = False
    again: bool = False


class CameOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The citizen's answer to the question whether the slip came out."""

    ticket_id: str
    came_out: bool


class Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The citizen's answer to the question whether they have the number from the screen."""

    ticket_id: str
    noted: bool


class KioskCalls:
    """What the kiosk page may ask and do."""

    def __init__(
        self,
        kiosk: Kiosk,
        link: Link,
        desired: Desired,
        printers: Printers,
        streams: Streams,
        mode: str,
        idle_seconds: int,
        more: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self._kiosk = kiosk
        self._link = link
        self._desired = desired
        self._printers = printers
        self._streams = streams
        self._mode = mode
        self._idle_seconds = idle_seconds
        self._more = more
        """What other parts of the kiosk add to the state."""
        self._one_more = OneMore()

    def routes(self) -> list[Route]:
        """The kiosk's part of the local API."""
        return [
            Route("/kiosk/state", self._state),
            Route("/kiosk/tickets", self._take, methods=["POST"]),
            Route("/kiosk/tickets/came-out", self._came_out, methods=["POST"]),
            Route("/kiosk/tickets/noted", self._noted, methods=["POST"]),
        ]

    async def _state(self, _: Request) -> Response:
        return self._streams.respond(self.state, self._kiosk.watch)

    def state(self) -> dict[str, Any]:
        """All that the page shows."""
        welcome = self._link.welcome
        counts = self._desired.counts.waiting if self._desired.counts and self._link.hall == "up" else None
        why_not = self._kiosk.why_not()
        return {
            "hall_name": welcome.hall if welcome else "",
            "hall_name_en": welcome.hall_en if welcome else "",
            "date": self._desired.business_date,
            "services": [
                {**msgspec.to_builtins(service), "waiting": counts.get(service.code, 0) if counts is not None else None}
                for service in (welcome.services if welcome else [])
            ],
            "hall": self._link.hall,
            "printer": condition_of(self._printers.active),
            "printers": [condition_of(cell) for cell in self._printers.cells],
            "can_issue": why_not is None,
            "why_not": why_not,
            "alarm": self._desired.alarm,
            "mode": self._mode,
            "idle_seconds": self._idle_seconds,
            "without_paper": self._kiosk.without_paper() if why_not is None else None,
            "doubtful": _taken(self._kiosk.doubtful) if self._kiosk.doubtful else None,
            "by_ear": self._kiosk.by_ear,
            "on_screen": _taken(self._kiosk.on_screen) if self._kiosk.on_screen else None,
            **self._more(),
        }

    async def _take(self, request: Request) -> Response:
        touch = await body_of(request, Touch)
        if touch.may_ask and not touch.again and self._one_more.asks(touch.service, touch.touch):
            return answer({"error": "one-more"}, 409)
        try:
            taken = await self._kiosk.take(touch.service, touch.touch, touch.item)
            if taken.outcome != "not-printed":
                self._one_more.given(touch.service, touch.touch)
            return answer(_taken(taken))
        except CannotIssue as error:
            return refuse(503, "reason", error.why)
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)

    async def _came_out(self, request: Request) -> Response:
        said = await body_of(request, CameOut)
        try:
            taken = await self._kiosk.came_out(said.ticket_id, yes=said.came_out, touch=f"again:{said.ticket_id}")
        except CannotIssue as error:
            return refuse(409, "reason", error.why)
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)
        return answer(_taken(taken))

    async def _noted(self, request: Request) -> Response:
        said = await body_of(request, Noted)
        try:
            return answer(_taken(await self._kiosk.noted(said.ticket_id, yes=said.noted)))
        except CannotIssue as error:
            return refuse(409, "reason", error.why)
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)


def _taken(taken: Taken) -> dict[str, Any]:
    ticket = taken.ticket
    return {
        "ticket_id": ticket.ticket,
        "number": ticket.number,
        "service": ticket.service.code,
        "service_name": ticket.service.name,
        "service_name_en": ticket.service.name_en,
        "place": ticket.service.place,
        "place_en": ticket.service.place_en,
        "outcome": taken.outcome,
        "ahead": ticket.ahead,
        "source": "band" if ticket.band else "hall",
        "reasons": list(taken.reasons),
    }
