"""The page /boxes: all boxes for the hall's staff, told again after each change, as the guide's page is."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.pages import render
from hall.boxes.api import MAINTAINERS
from hall.boxes.checklist import is_in_order, standing_of
from hall.boxes.lookout import Lookout
from hall.catalogue import Catalogue
from hall.contract.maintenance import BoxLine
from hall.guides.answers import answer, refuse
from hall.guides.door import GuideDoor
from hall.guides.stream import Told
from hall.hall import Hall
from hall.identity import NOBODY, Peer
from hall.store.reader import Reader

Json = dict[str, Any]

MINUTE_MS = 60_000


class BoxesPage:
    """Who is signed in as a guide may look, and whoever's browser bears a technician's certificate."""

    def __init__(self, hall: Hall, reader: Reader, door: GuideDoor) -> None:
        self._hall = hall
        self._door = door
        self._lookout = Lookout(hall, reader)

    def routes(self) -> list[Route]:
        """The page, who looks, and what they are told."""
        return [
            Route("/boxes", self._page),
            Route("/boxes/session", self._session),
            Route("/boxes/state", self._state),
        ]

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(render("boxes", mode=self._hall.settings.hall.mode))

    async def _session(self, request: Request) -> Response:
        return answer({"who": self._who(request)})

    async def _state(self, request: Request) -> Response:
        return Told(self._hall, self) if self._who(request) else refuse(401, "signed-out")

    def _who(self, request: Request) -> str:
        """Whoever looks; "" for nobody who may."""
        peer: Peer = getattr(request.state, "peer", NOBODY)
        if peer.role in MAINTAINERS:
            return peer.name
        guide = self._door.guide(request)
        return guide.name if guide is not None else ""

    async def now(self) -> Json:
        """All that the page shows. No clock's reading is in it that would make it another each time."""
        hall, told, doors = self._hall, await self._lookout.boxes(), self._lookout.doors()
        return {
            "hall_name": hall.settings.hall.name,
            "hall_name_en": hall.settings.hall.name_en,
            "date": told.business_date,
            "recovering": hall.recovery is not None,
            "alarm": hall.news.alarm,
            "opens": told.opens,
            "stage": doors.stage,
            "minutes": doors.minutes,
            "all": len(told.boxes),
            "open": sum(not is_in_order(line) for line in told.boxes),
            "own": to_builtins(told.own),
            "boxes": [_row(line, hall.catalogue) for line in told.boxes],
        }


def _row(line: BoxLine, catalogue: Catalogue) -> Json:
    condition = line.condition
    return {
        "box": line.box,
        "where": _where(line.box, catalogue),
        "does": line.does,
        "windows": line.windows,
        "standing": standing_of(line),
        "heard_minutes": None if line.heard_ms is None or line.connected else line.heard_ms // MINUTE_MS,
        "needs": to_builtins(line.needs),
        "version": condition.version if condition else "",
    }


def _where(box: str, catalogue: Catalogue) -> Json | None:
    """The spot of the plan at which it stands."""
    spots = catalogue.directory.spots
    spot = next((spot for spot in spots if box in spot.here and spot.name), None)
    return {"zh": spot.name, "en": spot.name_en} if spot else None
