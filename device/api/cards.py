"""Reading a card for the clerk's page. One request is one reading: its stream tells the page how it goes.

    POST /window/N/card       {"reader": "id_card"}    event stream: notice, reading, read (masked), over
    POST /window/N/card/read  {"reading": ID}          the notice was shown and nobody minds: read
    POST /window/N/card/show  {"reading": ID}          the whole values, on the clerk's own press
    POST /window/N/card/end   {"reading": ID, "why": "done" | "declined" | "canceled"}

What stands on a card is told in answer to these calls alone, to the page that holds the clerk's token and the reading's
id. When the stream's connection ends, for whatever reason, the reading is over and forgotten.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from config.box import Cards
from device.api.answers import answer, body_of, refuse
from device.api.stream import Streams
from device.api.window import clerk_of
from device.flows.card_readers import WAIT_SECONDS
from device.flows.read_card import CardDesk, CardRefusal, Reading, Why
from device.flows.serve import WindowDesk
from device.sessions import Sessions
from device.sync.desired import Desired
from device.sync.link import Link
from hall.contract import Clerk

_STATUS: dict[CardRefusal, int] = {
    "not-signed-in": 401,
    "nothing-held": 409,
    "no-card-reader": 409,
    "reading-over": 409,
}


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reader."""

    reader: Literal["id_card", "smart_card"]


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reading."""

    reading: str


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which reading is over, and why."""

    reading: str
    why: Literal["done", "declined", "canceled"]


class CardCalls:
    """What the clerk's page may ask of the card readers at its window."""

    def __init__(
        self,
        desks: dict[int, WindowDesk],
        cards: dict[int, CardDesk],
        link: Link,
        desired: Desired,
        sessions: Sessions,
        streams: Streams,
        settings: Cards,
    ) -> None:
        self._desks = desks
        self._cards = cards
        self._link = link
        self._desired = desired
        self._sessions = sessions
        self._streams = streams
        self._settings = settings

    def routes(self) -> list[Route]:
        """The card readers' part of the local API."""
        return [
            Route("/window/{n:int}/card", self._announce, methods=["POST"]),
            Route("/window/{n:int}/card/read", self._read, methods=["POST"]),
            Route("/window/{n:int}/card/show", self._show, methods=["POST"]),
            Route("/window/{n:int}/card/end", self._end, methods=["POST"]),
        ]

    async def _announce(self, request: Request) -> Response:
        at = self._at(request)
        if isinstance(at, Response):
            return at
        cards, clerk = at
        reading = cards.announce((await body_of(request, Wish)).reader, clerk)
        if isinstance(reading, str):
            return _refused(reading)
        notice = self._notice(request.path_params["n"])

        def state() -> dict[str, Any]:
            return {**cards.state(reading, self._desired.business_date), "notice": notice}

        return _UntilGone(self._streams.respond(state, cards.watch), cards, reading)

    async def _read(self, request: Request) -> Response:
        at = self._at(request)
        if isinstance(at, Response):
            return at
        cards, clerk = at
        refusal = cards.read((await body_of(request, Which)).reading, clerk)
        return _refused(refusal) if refusal else answer({"outcome": "done"})

    async def _show(self, request: Request) -> Response:
        at = self._at(request)
        if isinstance(at, Response):
            return at
        cards, clerk = at
        values = cards.show((await body_of(request, Which)).reading, clerk)
        return _refused(values) if isinstance(values, str) else answer({"values": values})

    async def _end(self, request: Request) -> Response:
        at = self._at(request)
        if isinstance(at, Response):
            return at
        cards, clerk = at
        body = await body_of(request, End)
        cards.end(body.reading, clerk, Why(body.why))
        return answer({"outcome": "done"})

    def _at(self, request: Request) -> tuple[CardDesk, Clerk] | Response:
        """The readers of this window and the clerk who sits there, or why not."""
        cards = self._cards.get(request.path_params["n"])
        if cards is None:
            return refuse(404, "refusal", "no-card-reader")
        clerk = clerk_of(request, self._sessions)
        return (cards, clerk) if clerk is not None else _refused("not-signed-in")

    def _notice(self, window: int) -> dict[str, Any]:
        """Who reads, why, and for how long it is kept; what the hall has not told yet is empty."""
        welcome, info = self._link.welcome, self._desks[window].info
        return {
            "hall": welcome.hall if welcome else "",
            "hall_en": welcome.hall_en if welcome else "",
            "window": window,
            "name": info.name if info else "",
            "name_en": info.name_en if info else "",
            "purpose": self._settings.purpose,
            "purpose_en": self._settings.purpose_en,
            "keep_seconds": self._settings.keep_seconds,
            "wait_seconds": int(WAIT_SECONDS),
        }


class _UntilGone(Response):
    """A stream whose reading is over when the stream is."""

    def __init__(self, stream: Response, cards: CardDesk, reading: Reading) -> None:
        self._stream = stream
        self._cards = cards
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._stream(scope, receive, send)
        finally:
            self._cards.leave(self._reading)


def _refused(refusal: CardRefusal) -> Response:
    return refuse(_STATUS[refusal], "refusal", refusal)
