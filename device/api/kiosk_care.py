"""Calls of the kiosk's maintenance view (换纸)."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, body_of, refuse
from device.api.stream import Streams
from device.flows.change_paper import Care, NotLetIn
from device.health import condition_of


class Entering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code as it was typed."""

    code: str

    def __repr__(self) -> str:
        return "Entering(…)"


class OfPrinter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked of one printer, by its name."""

    printer: str


class CareCalls:
    """Nothing but entering is answered while nobody is let in."""

    def __init__(self, care: Care, streams: Streams) -> None:
        self._care = care
        self._streams = streams

    def routes(self) -> list[Route]:
        """The maintenance view's part of the local API."""
        return [
            Route("/kiosk/care", self._state),
            Route("/kiosk/care/enter", self._enter, methods=["POST"]),
            Route("/kiosk/care/touched", self._touched, methods=["POST"]),
            Route("/kiosk/care/leave", self._leave, methods=["POST"]),
            Route("/kiosk/care/line", self._line, methods=["POST"]),
            Route("/kiosk/care/refilled", self._refilled, methods=["POST"]),
        ]

    async def _state(self, _: Request) -> Response:
        return self._streams.respond(self.state, self._care.watch)

    def state(self) -> dict[str, Any]:
        """All that the view shows."""
        care = self._care
        return {
            "open": care.is_open,
            "printers": [
                {
                    "name": cell.name,
                    **condition_of(cell),
                    "line": care.lines.get(cell.name, ""),
                    "counts": cell.counts is not None,
                }
                for cell in care.cells
            ],
        }

    async def _enter(self, request: Request) -> Response:
        told = await body_of(request, Entering)
        try:
            await self._care.enter(told.code)
        except NotLetIn as error:
            return refuse(403, "care", error.why)
        return answer(self.state())

    async def _touched(self, _: Request) -> Response:
        if not self._care.is_open:
            return refuse(409, "care", "closed")
        self._care.touched()
        return answer({})

    async def _leave(self, _: Request) -> Response:
        self._care.leave()
        return answer({})

    async def _line(self, request: Request) -> Response:
        told = await body_of(request, OfPrinter)
        cell = next((cell for cell in self._care.cells if cell.name == told.printer), None)
        if not self._care.is_open or cell is None:
            return refuse(409, "care", "closed")
        self._care.touched()
        await self._care.print_line(cell)
        return answer(self.state())

    async def _refilled(self, request: Request) -> Response:
        told = await body_of(request, OfPrinter)
        try:
            if not self._care.is_open:
                return refuse(409, "care", "closed")
            self._care.refilled(told.printer)
        except KeyError:
            return refuse(409, "care", "counts-nothing")
        self._care.touched()
        return answer(self.state())
