"""Calls of the query page: the way to a window, the notice on paper, how far a case is. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from config.pages import render
from device.api.answers import answer, body_of, refuse
from device.api.entrance import hall_state, here_of
from device.api.help import help_state
from device.directions import directions, name_of
from device.flows.print_notice import How, NoticeDesk
from device.guide import version_of
from device.item_sheet import sheet_of
from device.notice_slip import Notice
from device.roles.box import Box
from device.route import Plan
from device.route import Route as Walk
from device.said import in_both, said
from device.sync.calls import HallRefused, HallUnreachable
from device.watch import Watch
from hall.contract import AskProgress, Item, Progress, Spot

Json = dict[str, Any]

PROGRESS_S = 5.0
"""The hall may have to read a large file anew."""

WORTH_STEPS = 5.0
"""Metres below which nobody is asked whether they would rather take steps."""


class Print(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A notice is wanted."""

    item: str
    how: How
    language: Literal["zh-CN", "en"] = "zh-CN"


class QueryCalls:
    """What the query page may ask."""

    def __init__(self, box: Box, notices: NoticeDesk, watch: Watch, idle_seconds: int) -> None:
        self._box = box
        self._notices = notices
        self._watch = watch
        self._idle_seconds = idle_seconds

    def routes(self) -> list[Route]:
        """The query page's part of the local API."""
        return [
            Route("/query/state", self._state),
            Route("/query/route", self._route),
            Route("/query/print", self._print, methods=["POST"]),
            Route("/query/progress", self._progress, methods=["POST"]),
            Route("/query/item/{code}/notice", self._notice_page),
        ]

    async def _state(self, _: Request) -> Response:
        return self._box.streams.respond(self.state, self._watch)

    def state(self) -> Json:
        """All that the query page shows beside the guide."""
        box = self._box
        news, welcome = box.desired.news, box.link.welcome
        return {
            **hall_state(box),
            "open": {number: list(services) for number, services in news.open.items()} if news else None,
            "waits": {code: [wait.low, wait.high] for code, wait in news.waits.items()} if news else {},
            "progress": welcome is not None and welcome.progress is True,
            "print": self._notices.ways,
            "help": help_state(box.help_desk, "entrance"),
            "idle_seconds": self._idle_seconds,
        }

    async def _route(self, request: Request) -> Response:
        """GET /query/route?window=3,4 or ?kind=toilet: the way to the nearest of them.

        ``level``: without a step; ``steps``: with steps, where that is shorter or the only one; null for no way.
        """
        directory = self._box.lookup.directory
        plan = Plan(directory.spots, directory.ways)
        ends = _ends(directory.spots, request.query_params)
        begin = here_of(self._box) or next((spot.code for spot in directory.spots if spot.kind == "entrance"), "")
        level = plan.route(begin, ends, step_free=True)
        short = plan.route(begin, ends, step_free=False)
        if short is not None and level is not None and level.metres - short.metres < WORTH_STEPS:
            short = None
        told = {"level": self._told(level, begin), "steps": self._told(short, begin)}
        return answer({"here": bool(here_of(self._box)), **told})

    def _told(self, walk: Walk | None, begin: str) -> Json | None:
        if walk is None:
            return None
        directory = self._box.lookup.directory
        first = [spot for spot in directory.spots if spot.code == begin]
        spots = first + [leg.end for leg in walk.legs]
        return {
            "window": spots[-1].window,
            "metres": round(walk.metres),
            "points": [{"level": spot.level, "x": spot.x, "y": spot.y} for spot in spots],
            "sentences": directions(walk, directory.floors, name_of(spots[-1])),
        }

    async def _print(self, request: Request) -> Response:
        wanted = await body_of(request, Print)
        item = self._item(wanted.item)
        if item is None:
            return refuse(404, "query", "no-such-item")
        return answer(await self._notices.print(self._notice(item, wanted.language), wanted.how))

    async def _notice_page(self, request: Request) -> Response:
        item = self._item(request.path_params["code"])
        if item is None:
            return refuse(404, "query", "no-such-item")
        told, rows = hall_state(self._box), sheet_of(item, self._box.lookup.directory)
        dated = {"version": version_of(self._box.lookup.directory), "date": told["date"]}
        footing = said("item_guide", "version" if told["date"] else "version-undated", **dated)
        hall = in_both(told["hall_name"], told["hall_name_en"])
        packs = request.app.state.packs
        return HTMLResponse(render("notice", mode=self._box.mode, packs=packs, rows=rows, hall=hall, footing=footing))

    def _item(self, code: str) -> Item | None:
        return next((item for item in self._box.lookup.directory.items if item.code == code), None)

    def _notice(self, item: Item, language: str) -> Notice:
        directory, told = self._box.lookup.directory, hall_state(self._box)
        hall = in_both(told["hall_name"], told["hall_name_en"])[language]
        rows = sheet_of(item, directory)
        return Notice(hall, rows, version_of(directory), told["date"], self._box.mode, language)

    async def _progress(self, request: Request) -> Response:
        asked = await body_of(request, AskProgress)
        try:
            found = await self._box.link.post("/device/progress", asked, Progress, PROGRESS_S)
        except HallRefused as refused:
            if refused.reason == "too-many-tries":
                return refuse(429, "refusal", "too-many-tries")
            return refuse(503, "refusal", "hall-unreachable")
        except HallUnreachable:
            return refuse(503, "refusal", "hall-unreachable")
        return answer({**msgspec.to_builtins(found), "item_name": self._name_of(found.item)} if found.state else {})

    def _name_of(self, code: str) -> dict[str, str] | None:
        item = self._item(code)
        return in_both(item.name, item.name_en) if item else None


def _ends(spots: Sequence[Spot], asked: Mapping[str, str]) -> set[str]:
    """The spots that are asked for."""
    windows = {*asked.get("window", "").split(",")} - {""}
    return {
        spot.code for spot in spots if (spot.window and str(spot.window) in windows) or spot.kind == asked.get("kind")
    }
