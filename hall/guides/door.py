"""A guide signs in with name and PIN, and bears a cookie that no script can read and no other site can use."""

from __future__ import annotations

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.hall import GuideEntry
from hall.guides.answers import answer, body_of, refuse
from hall.guides.sessions import LASTS_MS, GuideSessions
from hall.hall import Hall
from hall.sign_in import Door

log = structlog.get_logger("hall.guides")

COOKIE = "__Host-guide"
"""A browser takes a cookie of this prefix only over HTTPS and for this host alone (RFC 6265bis §4.1.3.2)."""

_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"


class Entering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name and PIN as they were typed."""

    name: str
    pin: str

    def __repr__(self) -> str:
        return "Entering(…)"


class GuideDoor:
    """Who is signed in."""

    def __init__(self, hall: Hall) -> None:
        self._guides = hall.catalogue.guides
        self._door = Door(hall.catalogue.guides, hall.clock)
        self._sessions = GuideSessions(hall.clock)

    def routes(self) -> list[Route]:
        """In, out, and whether still in."""
        return [
            Route("/guide/sign-in", self._enter, methods=["POST"]),
            Route("/guide/sign-out", self._leave, methods=["POST"]),
            Route("/guide/session", self._whose),
        ]

    def guide(self, request: Request) -> GuideEntry | None:
        """Whoever is signed in at the tablet that asks; None for nobody."""
        return self._sessions.whose(request.cookies.get(COOKIE, ""))

    async def _enter(self, request: Request) -> Response:
        told = await body_of(request, Entering)
        admitted = await self._door.admit(told.name, told.pin)
        if admitted.reason:
            log.info("guide refused", why=admitted.reason)
            return refuse(403, admitted.reason)
        guide = self._guides[told.name]
        self._sessions.end(request.cookies.get(COOKIE, ""))
        log.info("guide signed in", staff_no=guide.staff_no)
        entered = answer({"guide": _told(guide)})
        entered.headers["set-cookie"] = (
            f"{COOKIE}={self._sessions.begin(guide)}; Max-Age={LASTS_MS // 1000}; {_ATTRIBUTES}"
        )
        return entered

    async def _leave(self, request: Request) -> Response:
        self._sessions.end(request.cookies.get(COOKIE, ""))
        left = answer({"guide": None})
        left.headers["set-cookie"] = f"{COOKIE}=; Max-Age=0; {_ATTRIBUTES}"
        return left

    async def _whose(self, request: Request) -> Response:
        guide = self.guide(request)
        return answer({"guide": _told(guide) if guide is not None else None})


def _told(guide: GuideEntry) -> dict[str, str]:
    return {"name": guide.name, "staff_no": guide.staff_no}
