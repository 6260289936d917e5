"""What a guide may look up and do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.hall import GuideEntry
from hall.contract.slips import LONGEST
from hall.deeds import DeedRefused, Deeds
from hall.guides import doing
from hall.guides.answers import answer, body_of, refuse
from hall.guides.doing import Asking, Doing
from hall.guides.door import GuideDoor
from hall.guides.finding import Finding, Found, NotFound
from hall.guides.speaking import Speak, speak
from hall.hall import Hall
from hall.store.writer import Tx

log = structlog.get_logger("hall.guides")

T = TypeVar("T")

Key = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]
"""Drawn by the page, once a deed."""


Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
"""Of a ticket, a call, a service, a call for help."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call's body is made of."""


class Find(Told, frozen=True):
    """What a scanner typed, or a guide."""

    scanned: Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Take(Told, frozen=True):
    """A number for a visitor."""

    request: Key
    service: Name


class Transfer(Told, frozen=True):
    """A ticket, and the service it is to wait for."""

    request: Key
    ticket: Name
    service: Name


class OfTicket(Told, frozen=True):
    """A deed that needs only its ticket."""

    request: Key
    ticket: Name


class LookedFor(Told, frozen=True):
    """Whether the holder of a called ticket was found."""

    request: Key
    ticket: Name
    call: Name
    found: bool


class OfHelp(Told, frozen=True):
    """A call for help by its name; ``coming`` false takes the promise back."""

    request: Key
    help: Name
    coming: bool = True


class GuideCalls:
    """Each call wants a signed-in guide."""

    def __init__(self, hall: Hall, door: GuideDoor) -> None:
        self._hall = hall
        self._door = door

    def routes(self) -> list[Route]:
        """Look-ups and deeds, all as posts: a deed in an address would be done by whoever follows a link."""
        return [
            self._route("/guide/find", Find, self._find),
            self._route("/guide/take", Take, self._take),
            self._route("/guide/transfer", Transfer, self._transfer),
            self._route("/guide/readmit", OfTicket, self._readmit),
            self._route("/guide/give-back", OfTicket, self._give_back),
            self._route("/guide/looked-for", LookedFor, self._looked_for),
            self._route("/guide/coming", OfHelp, self._coming),
            self._route("/guide/been-there", OfHelp, self._been_there),
            self._route("/guide/speak", Speak, self._speak),
        ]

    def _route(self, path: str, kind: type[T], call: Callable[[GuideEntry, T], Awaitable[Response]]) -> Route:
        async def answered(request: Request) -> Response:
            guide = self._door.guide(request)
            if guide is None:
                return refuse(401, "signed-out")
            told = await body_of(request, kind)
            try:
                return await call(guide, told)
            except (NotFound, DeedRefused) as refused:
                log.info("guide's call refused", path=path, why=refused.why)
                return refuse(409, refused.why)

        return Route(path, answered, methods=["POST"])

    async def _find(self, _: GuideEntry, told: Find) -> Response:
        found = await self._hall.writer.write(Finding(told.scanned, self._hall.catalogue))
        return answer({"found": found})

    async def _take(self, guide: GuideEntry, told: Take) -> Response:
        return await self._done(guide, told.request, doing.take(told.service))

    async def _transfer(self, guide: GuideEntry, told: Transfer) -> Response:
        return await self._done(guide, told.request, doing.transfer(told.ticket, told.service))

    async def _readmit(self, guide: GuideEntry, told: OfTicket) -> Response:
        return await self._done(guide, told.request, doing.readmit(told.ticket))

    async def _give_back(self, guide: GuideEntry, told: OfTicket) -> Response:
        return await self._done(guide, told.request, doing.give_back(told.ticket))

    async def _looked_for(self, guide: GuideEntry, told: LookedFor) -> Response:
        return await self._done(guide, told.request, doing.looked_for(told.ticket, told.call, found=told.found))

    async def _coming(self, _: GuideEntry, told: OfHelp) -> Response:
        self._hall.help_is_coming(told.help, comes=told.coming)
        return answer({"ticket": None})

    async def _been_there(self, guide: GuideEntry, told: OfHelp) -> Response:
        done = await self._done(guide, told.request, doing.been_there(told.help))
        self._hall.help_is_coming(told.help, comes=False)
        return done

    async def _speak(self, guide: GuideEntry, told: Speak) -> Response:
        await speak(self._hall, guide, told)
        return answer({})

    async def _done(
        self, guide: GuideEntry, request: str, deed: Callable[[Asking, Tx, Deeds], Found | None]
    ) -> Response:
        hall = self._hall
        mode = hall.settings.hall.mode
        asking = Asking(request, guide.staff_no, hall.catalogue, hall.clock, hall.term, mode)
        return Response(await hall.writer.write(Doing(asking, deed)), media_type="application/json")
