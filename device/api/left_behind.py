"""What a kiosk's page is told of its card reader and its printer's mouth, and what it may say to them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, refuse
from device.api.stream import Streams
from device.flows.elder_card import ElderCard
from device.flows.left_behind import CardBack, SlipBack
from device.watch import Watch


class LeftBehindCalls:
    """The reader that belongs to the kiosk, None without one, and the slips that lie in its printers' mouths."""

    def __init__(
        self, card: ElderCard | None, back: CardBack | None, slip: SlipBack, streams: Streams, watch: Watch
    ) -> None:
        self._card = card
        self._back = back
        self._slip = slip
        self._streams = streams
        self._watch = watch

    def routes(self) -> list[Route]:
        """This part of the local API."""
        return [
            Route("/kiosk/left/state", self._state),
            Route("/kiosk/card/read", self._read, methods=["POST"]),
            Route("/kiosk/card/leave", self._leave, methods=["POST"]),
            Route("/kiosk/card/taken", self._taken, methods=["POST"]),
        ]

    def state(self) -> dict[str, Any]:
        """All that the page shows of it."""
        back = self._back
        return {
            "card": self._card.state() if self._card else None,
            "card_lies": {"sees": back.sees, "left": back.left} if back and back.lies else None,
            "slip_lies": self._slip.lies,
        }

    async def _state(self, _: Request) -> Response:
        return self._streams.respond(self.state, self._watch)

    async def _read(self, _: Request) -> Response:
        if self._card is None:
            return refuse(409, "refusal", "no-card-reader")
        self._card.begin()
        return answer({})

    async def _leave(self, _: Request) -> Response:
        if self._card is not None:
            self._card.leave()
        return answer({})

    async def _taken(self, _: Request) -> Response:
        if self._back is not None:
            self._back.taken()
        return answer({})
