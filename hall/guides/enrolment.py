"""The page /enrolment: a technician among the guides gets codes for boxes, and takes boxes back."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.pages import render
from config.wording import both
from hall.contract.enrolment import shown
from hall.enrolment.codes import LASTS_MS
from hall.enrolment.desk import NoAuthority, NoSuchBox
from hall.enrolment.registry import NothingToRevoke
from hall.guides.answers import answer, body_of
from hall.guides.door import GuideDoor
from hall.hall import Hall

log = structlog.get_logger("hall.guides")

MINUTE_MS = 60_000


class WhichBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box of the settings."""

    box: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class EnrolmentPage:
    """Behind the guides' sign-in, for those whose settings say that they are technicians."""

    def __init__(self, hall: Hall, door: GuideDoor) -> None:
        self._hall = hall
        self._door = door

    def routes(self) -> list[Route]:
        """The page, what it shows, and its two deeds."""
        return [
            Route("/enrolment", self._page),
            Route("/enrolment/state", self._state),
            Route("/enrolment/code", self._code, methods=["POST"]),
            Route("/enrolment/revoke", self._revoke, methods=["POST"]),
        ]

    async def _page(self, _: Request) -> Response:
        return HTMLResponse(render("enrolment", mode=self._hall.settings.hall.mode))

    async def _state(self, request: Request) -> Response:
        guide = self._door.guide(request)
        if guide is None:
            return answer({"who": None})
        return answer({"who": guide.name, "allowed": guide.technician, **(self._told() if guide.technician else {})})

    async def _code(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        which = await body_of(request, WhichBox)
        try:
            code = await self._hall.enrolment.code(which.box)
        except NoSuchBox:
            return _refuse(404, "no-such-box")
        except NoAuthority:
            return _refuse(409, "no-authority")
        return answer({"box": which.box, "code": shown(code), "minutes": LASTS_MS // MINUTE_MS})

    async def _revoke(self, request: Request) -> Response:
        if (refused := self._refused(request)) is not None:
            return refused
        which = await body_of(request, WhichBox)
        try:
            return answer({"box": await self._hall.enrolment.revoke(which.box)})
        except NothingToRevoke:
            return _refuse(409, "nothing-to-revoke")
        except OSError as failed:
            log.error("not revoked", device=which.box, why=str(failed))  # noqa: TRY400 - the disk's doing
            return _refuse(503, "not-stored")

    def _refused(self, request: Request) -> Response | None:
        guide = self._door.guide(request)
        if guide is None:
            return _refuse(401, "not-allowed")
        if not guide.technician:
            return _refuse(403, "not-allowed")
        log.info("technician", staff_no=guide.staff_no, asks=request.url.path)
        return None

    def _told(self) -> dict[str, Any]:
        desk, named = self._hall.enrolment, self._hall.settings.hall
        codes = {code.box: code for code in desk.codes.standing()}
        connected = self._hall.downlink.connected
        return {
            "hall_name": named.name,
            "hall_name_en": named.name_en,
            "authority": desk.authority is not None,
            "boxes": [
                {
                    "box": box,
                    "state": desk.registry.state(box),
                    "connected": box in connected,
                    "code_minutes": -(-codes[box].left_ms // MINUTE_MS) if box in codes else None,
                    "code_used": box in codes and codes[box].used,
                }
                for box in self._hall.catalogue.boxes
            ],
        }


def _refuse(status: int, why: str) -> Response:
    return answer({"error": why, "text": both("enrolment", f"refused-{why}")}, status)
