"""Calls of the clerk's page."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from device.api.answers import answer, body_of, refuse, sentence
from device.api.stream import Streams
from device.flows.customer import CustomerDesk
from device.flows.press import Press, press
from device.flows.read_card import CardDesk
from device.flows.serve import WindowDesk
from device.flows.sign_in import Door
from device.health import Health
from device.journal import JournalStopped
from device.sessions import Sessions
from device.sync.desired import Desired
from device.sync.link import REVOKED, HallRefused, HallUnreachable, Link
from hall.contract import Clerk, Mode, WindowState


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who wants to sit at this window."""

    name: str
    pin: str


class PressBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A button. ``press`` is drawn by the page, once a press, and kept when it is sent again."""

    act: str
    press: str
    digits: str = ""
    ticket: str = ""
    service: str = ""
    text: str = ""


class WindowCalls:
    """What the clerk's page may ask and do."""

    def __init__(
        self,
        desks: dict[int, WindowDesk],
        link: Link,
        desired: Desired,
        health: Health,
        door: Door,
        streams: Streams,
        mode: Mode,
        cards: dict[int, CardDesk],
        customers: Mapping[int, CustomerDesk] | None = None,
    ) -> None:
        self._desks = desks
        self._cards = cards
        self._customers = customers or {}
        self._link = link
        self._desired = desired
        self._health = health
        self._door = door
        self._streams = streams
        self._mode = mode

    def routes(self) -> list[Route]:
        """The windows' part of the local API."""
        return [
            Route("/window/{n:int}/state", self._state),
            Route("/window/{n:int}/sign-in", self._sign_in, methods=["POST"]),
            Route("/window/{n:int}/sign-out", self._sign_out, methods=["POST"]),
            Route("/window/{n:int}/press", self._press, methods=["POST"]),
        ]

    async def _state(self, request: Request) -> Response:
        desk = self._desk(request)
        if desk is None:
            return refuse(404, "refusal", "no-such-window")
        return self._streams.respond(lambda: self.state(desk), desk.watch)

    def state(self, desk: WindowDesk) -> dict[str, Any]:
        """All that the page shows."""
        rating, last = desk.rating.invitation, desk.rating.last
        left = max(0.0, rating.until - asyncio.get_running_loop().time()) if rating else 0.0
        return {
            "window": _window(desk, desk.state),
            "info": desk.info,
            "link": self._link.hall,
            "revoked": self._link.refusal == REVOKED,
            "alone": desk.island.away,
            "recovering": self._link.reached_hall and bool(self._link.welcome and self._link.welcome.recovering),
            "waiting": self._desired.counts.waiting if self._desired.counts else {},
            "waiting_here": desk.waiting_here(),
            "services": self._link.welcome.services if self._link.welcome else [],
            "rating": {
                "ticket": rating.held.ticket,
                "number": rating.held.number,
                "left_ms": int(left * 1000),
                "seconds": int(desk.rating.seconds),
            }
            if rating
            else None,
            "last_rating": {"number": last.number, "grade": last.grade, "reason": last.reason} if last else None,
            "card_readers": self._cards[desk.number].there() if desk.number in self._cards else [],
            "customer": self._customers[desk.number].for_clerk() if desk.number in self._customers else None,
            "absent": _absent(desk),
            "devices": self._health.devices(desk.number),
            "alarm": self._desired.alarm,
            "mode": self._mode,
            "settings_refused": bool(self._health.refused),
        }

    async def _sign_in(self, request: Request) -> Response:
        desk = self._desk(request)
        if desk is None:
            return refuse(404, "refusal", "no-such-window")
        who = await body_of(request, Credentials)
        try:
            entered = await self._door.enter(desk, who.name, who.pin)
        except (HallUnreachable, JournalStopped):
            return refuse(503, "refusal", "hall-unreachable")
        except HallRefused as error:
            return refuse(503, "refusal", error.reason or "invalid")
        if isinstance(entered, str):
            unknown = desk.island.away and entered == "wrong-name-or-pin"
            return refuse(401, "refusal", "known-here-only" if unknown else entered)
        clerk, token = entered
        return answer({"token": token, "clerk": clerk})

    async def _sign_out(self, request: Request) -> Response:
        desk, clerk = self._desk(request), self._clerk(request)
        if desk is None or clerk is None:
            return refuse(401, "refusal", "not-signed-in")
        try:
            refusal = await self._door.leave(desk, clerk)
        except (HallUnreachable, HallRefused, JournalStopped):
            return refuse(503, "refusal", "hall-unreachable")
        return refuse(409, "refusal", refusal) if refusal else answer({"outcome": "done"})

    async def _press(self, request: Request) -> Response:
        desk, clerk = self._desk(request), self._clerk(request)
        if desk is None or clerk is None:
            return refuse(401, "refusal", "not-signed-in")
        body = await body_of(request, PressBody)
        what = Press(body.act, body.press, body.digits, body.ticket, body.service, body.text)
        try:
            pressed = await press(desk, what, clerk, self._mode)
        except KeyError:
            return refuse(400, "refusal", "invalid")
        except HallUnreachable:
            return refuse(503, "refusal", "hall-unreachable")
        except HallRefused as error:
            return refuse(502, "refusal", error.reason or "invalid")
        except JournalStopped as error:
            return refuse(503, "reason", error.reason)
        return answer(
            {
                "outcome": "done" if pressed.reason is None else "refused",
                "reason": pressed.reason,
                "text": sentence("refusal", pressed.say or pressed.reason) if pressed.reason else None,
                "window": _window(desk, pressed.window),
            }
        )

    def _desk(self, request: Request) -> WindowDesk | None:
        return self._desks.get(request.path_params["n"])

    def _clerk(self, request: Request) -> Clerk | None:
        return clerk_of(request, self._door.sessions)


def clerk_of(request: Request, sessions: Sessions) -> Clerk | None:
    """Who presses: the bearer of a session at the window of this path; None for nobody."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return sessions.clerk(request.path_params["n"], token) if kind == "Bearer" else None


def _absent(desk: WindowDesk) -> dict[str, Any] | None:
    """How long whoever is called is still to be waited for; None when nobody is called."""
    state = desk.state
    if state is None or state.held is None or state.phase != "called":
        return None
    waiting, wanted = desk.missed.waiting(), desk.missed.wanted
    return {
        "for": waiting.for_,
        "left_ms": int(waiting.left_s * 1000),
        "seconds": wanted.seconds,
        "calls": waiting.calls,
        "wanted": wanted.calls,
    }


def _window(desk: WindowDesk, state: WindowState | None) -> dict[str, Any] | None:
    """A window with ``steps``: of two states with one version, the page follows the one of more steps."""
    return {**msgspec.to_builtins(state), "steps": desk.island.steps} if state else None
