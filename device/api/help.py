"""Calls of every page at which somebody may ask for a person to come."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, body_of, refuse
from device.flows.ask_help import At, HelpDesk
from device.journal import JournalStopped


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody at this place asks for a person; ``ticket``: theirs, where the page knows it."""

    at: At
    window: int = 0
    ticket: str = ""


class Ended(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody came, or need not."""

    help: str
    how: Literal["came", "not-needed"]


def help_state(desk: HelpDesk, at: At, window: int = 0) -> dict[str, Any] | None:
    """What a page is told of the call of its place: its name, whether somebody is on the way; None without one."""
    call = desk.at(at, window)
    return {"help": call.help, "coming": desk.is_coming(call)} if call else None


class HelpCalls:
    """POST /help and POST /help/ended."""

    def __init__(self, desk: HelpDesk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """For every box that serves a page."""
        return [
            Route("/help", self._ask, methods=["POST"]),
            Route("/help/ended", self._ended, methods=["POST"]),
        ]

    async def _ask(self, request: Request) -> Response:
        ask = await body_of(request, Ask)
        try:
            await self._desk.ask(ask.at, ask.window, ask.ticket)
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)
        return answer(help_state(self._desk, ask.at, ask.window))

    async def _ended(self, request: Request) -> Response:
        ended = await body_of(request, Ended)
        try:
            return answer({"ended": await self._desk.end(ended.help, ended.how)})
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)
