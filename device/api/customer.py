"""The customer screen's page and calls, and what the clerk's page may do to it.

    GET  /customer/N, /customer/N/state, /customer/N/photo
    POST /customer/N/rate   {"ticket", "grade", "tags"}             the citizen's grade; without it nobody is rated
    POST /customer/N/write  {"sheet", "stroke", "points", "aspect"}  points of one stroke
    POST /customer/N/type   {"sheet", "text"}                       what stands in the line
    POST /customer/N/talk   {"open"} · /customer/N/wipe {}
    POST /window/N/customer (the clerk's token) {"act": …}

The citizen's screen has no token: it can rate, write and ask for a person (POST /help). The clerk's calls cannot rate.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from device.api.answers import answer, body_of, refuse
from device.api.help import help_state
from device.api.stream import Streams
from device.api.window import clerk_of
from device.flows.ask_help import HelpDesk
from device.flows.customer import MOST_MINUTES, CustomerDesk, Waiting
from device.flows.rate import RatingDesk
from device.flows.rating_tags import TAGS
from device.flows.talk import MOST_SAID, MOST_SAID_EN, MOST_TYPED
from device.sessions import Sessions
from device.sync.desired import Desired
from device.sync.link import Link
from hall.contract import GRADES, Grade, Mode, Said

MOST_AT_ONCE = 2000
Number = Annotated[int, msgspec.Meta(ge=-(10**6), le=10**6)]


class Rated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The grade that the citizen pressed when asked for this ticket, and what they chose beside it."""

    ticket: str
    grade: Grade
    tags: Annotated[list[str], msgspec.Meta(max_length=10)] = []


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """More of one stroke: x, y, x, y and so on."""

    sheet: int
    stroke: int
    points: Annotated[list[Number], msgspec.Meta(max_length=MOST_AT_ONCE)]
    aspect: Annotated[int, msgspec.Meta(ge=100, le=10_000)]


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in the citizen's line."""

    sheet: int
    text: Annotated[str, msgspec.Meta(max_length=MOST_TYPED)]


class Opened(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Talk in writing, or no longer."""

    open: bool


class ClerkAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the clerk does to the customer screen."""

    act: Literal["item", "tick", "wait", "talk", "say", "wipe"]
    code: str = ""
    line: int = 0
    on: bool = False
    why: Literal["minutes", "away", ""] = ""
    minutes: Annotated[int, msgspec.Meta(ge=0, le=MOST_MINUTES)] = 0
    zh: Annotated[str, msgspec.Meta(max_length=MOST_SAID)] = ""
    en: Annotated[str, msgspec.Meta(max_length=MOST_SAID_EN)] = ""


class CustomerCalls:
    """What the customer screens of a box may ask and do, and their clerks to them."""

    def __init__(
        self,
        desks: Mapping[int, CustomerDesk],
        link: Link,
        desired: Desired,
        help_desk: HelpDesk,
        sessions: Sessions,
        streams: Streams,
        mode: Mode,
    ) -> None:
        self._desks = desks
        self._link = link
        self._desired = desired
        self._help = help_desk
        self._sessions = sessions
        self._streams = streams
        self._mode = mode

    def routes(self) -> list[Route]:
        """The customer screens' part of the local API."""
        screen = "/customer/{n:int}"
        return [
            Route(f"{screen}/state", self._state),
            Route(f"{screen}/photo", self._photo),
            *[
                Route(f"{screen}/{name}", call, methods=["POST"])
                for name, call in (
                    ("rate", self._rate),
                    ("write", self._write),
                    ("type", self._type),
                    ("talk", self._talk),
                    ("wipe", self._wipe),
                )
            ],
            Route("/window/{n:int}/customer", self._clerk, methods=["POST"]),
        ]

    async def _state(self, request: Request) -> Response:
        desk = self._desk(request)
        if desk is None:
            return refuse(404, "refusal", "no-such-window")
        stream = self._streams.respond(lambda: self.state(desk), desk.window.watch)
        return _OnScreen(stream, desk.window.rating)

    def state(self, desk: CustomerDesk) -> dict[str, Any]:
        """All that the screen shows."""
        desk.settle()
        window, held = desk.window, desk.held
        welcome, info = self._link.welcome, window.info
        services = {service.code: service for service in (welcome.services if welcome else [])}
        return {
            "hall": Said(zh=welcome.hall, en=welcome.hall_en) if welcome else None,
            "window": window.number,
            "name": Said(zh=info.name, en=info.name_en) if info else None,
            "services": [_named(services[code]) for code in (info.services if info else []) if code in services],
            "phase": window.state.phase if window.state else None,
            "number": held.number if held else "",
            "ticket": held.ticket if held else "",
            "service": _named(services[held.service]) if held and held.service in services else None,
            "plate": desk.plate(),
            **desk.shown(),
            **_rating(window.rating),
            "grades": [{"grade": grade, "tags": TAGS[grade]} for grade in GRADES],
            "help": help_state(self._help, "window", window.number),
            "alarm": self._desired.alarm,
            "mode": self._mode,
        }

    async def _photo(self, request: Request) -> Response:
        desk = self._desk(request)
        photo = desk.photo if desk else None
        if photo is None:
            return Response(status_code=404)
        return Response(photo.content, media_type=photo.kind)

    async def _rate(self, request: Request) -> Response:
        rated = await body_of(request, Rated)
        desk = self._desk(request)
        if desk is None or not {*rated.tags} <= {*TAGS[rated.grade]}:
            return refuse(400, "refusal", "invalid")
        return answer({"kept": await desk.window.rating.rate(rated.ticket, rated.grade, sorted({*rated.tags}))})

    async def _write(self, request: Request) -> Response:
        written = await body_of(request, Written)
        return self._done(request, lambda desk: desk.talk.write(**_fields(written)))

    async def _type(self, request: Request) -> Response:
        typed = await body_of(request, Typed)
        return self._done(request, lambda desk: desk.talk.type(typed.sheet, typed.text))

    async def _talk(self, request: Request) -> Response:
        opened = await body_of(request, Opened)
        return self._done(request, lambda desk: _open(desk, yes=opened.open))

    async def _wipe(self, request: Request) -> Response:
        return self._done(request, lambda desk: desk.talk.wipe())

    async def _clerk(self, request: Request) -> Response:
        clerk = clerk_of(request, self._sessions)
        desk = self._desk(request)
        if clerk is None or desk is None:
            return refuse(401, "refusal", "not-signed-in")
        refusal = _do(desk, await body_of(request, ClerkAct))
        return refuse(409, "refusal", refusal) if refusal else answer({"outcome": "done"})

    def _desk(self, request: Request) -> CustomerDesk | None:
        desk = self._desks.get(request.path_params["n"])
        if desk is not None:
            desk.settle()
        return desk

    def _done(self, request: Request, deed: Callable[[CustomerDesk], None]) -> Response:
        """What the citizen does to the sheet: there is one while their ticket stands at the window."""
        desk = self._desk(request)
        if desk is None or desk.held is None:
            return refuse(409, "refusal", "nothing-held")
        deed(desk)
        desk.changed()
        return answer({"sheet": desk.talk.sheet})


class _OnScreen(Response):
    """A stream that counts as a screen for as long as somebody reads it."""

    def __init__(self, stream: Response, rating: RatingDesk) -> None:
        self._stream = stream
        self._rating = rating

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._rating.on_screen():
            await self._stream(scope, receive, send)


def _do(desk: CustomerDesk, act: ClerkAct) -> str | None:
    """Do it; why not, in a keyword of the room *refusal*."""
    if act.act == "wait":
        desk.wait(Waiting(act.why, act.minutes) if act.why else None)
        return None
    if desk.held is None:
        return "nothing-held"
    if act.act == "item":
        return None if desk.choose(act.code) else "screen-outdated"
    if act.act == "tick":
        return None if desk.tick(act.line, on=act.on) else "screen-outdated"
    if act.act == "talk":
        _open(desk, yes=act.on)
    elif act.act == "say":
        desk.talk.say(Said(zh=act.zh, en=act.en))
    else:
        desk.talk.wipe()
    desk.changed()
    return None


def _open(desk: CustomerDesk, *, yes: bool) -> None:
    if yes:
        desk.talk.open = True
    else:
        desk.talk.end()


def _fields(written: Written) -> dict[str, Any]:
    return msgspec.structs.asdict(written)


def _named(service: Any) -> Said:
    return Said(zh=service.name, en=service.name_en)


def _rating(desk: RatingDesk) -> dict[str, Any]:
    """The rating that is open, and how the last one ended."""
    asked, last = desk.invitation, desk.last
    left = max(0.0, asked.until - asyncio.get_running_loop().time()) if asked else 0.0
    return {
        "rating": {"ticket": asked.held.ticket, "number": asked.held.number, "left_ms": int(left * 1000)}
        if asked
        else None,
        "rated": {"ticket": last.ticket, "grade": last.grade, "reason": last.reason} if last else None,
    }
