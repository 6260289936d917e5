"""The bench page's calls for the counter with other makers' devices: lay, take, tear, press, and let the box check."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.wording import LANGUAGES, say
from simulators.client import BoxClient, CallFailed
from simulators.demo.more import More
from simulators.demo.more_seen import MoreSeen, card_of, sheet
from simulators.demo.more_settings import CALLER, PAD, SPEAKER, TYPED, sound_file
from simulators.demo.props import Props
from simulators.demo.tables import PAD_BIT
from simulators.id_card_reader.module import NAMES

KEYPADS = {4: TYPED, PAD_BIT + 4: TYPED, 5: CALLER, PAD_BIT + 5: PAD}
"""Which line a window's caller, and its keypad, hang on."""

Post = Callable[[bytes], Awaitable[dict[str, Any]]]


class Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that a hand does to a device: what its simulator is told."""

    line: Literal["id-card", "smart-card", "scanner", "office-printer"]
    do: Literal["lay-card", "lift-card", "tear-card", "insert", "remove", "tear", "lay-page", "take-pages", "refill"]
    more: dict[str, bool | int | str] = {}


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys of a caller by their names there, or a grade of a keypad (0 worst)."""

    window: Literal[4, 5]
    keys: str = ""
    grade: int | None = None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let the box check a device."""

    device: str
    level: Literal["internal", "external", "interactive"]


class MorePage:
    """Its routes; ``props`` holds the devices."""

    def __init__(self, more: More, seen: MoreSeen, props: Props, changed: Callable[[], None]) -> None:
        self._more, self._seen, self._props = more, seen, props
        self._changed = changed
        self._opening = asyncio.Lock()
        self._box = BoxClient(more.url)

    def posts(self) -> dict[str, Post]:
        """What is pressed there."""
        return {"/more/open": self._open, "/more/do": self._do, "/more/keys": self._keys, "/more/check": self._check}

    def routes(self) -> list[Route]:
        """What is looked at there."""
        return [
            Route("/more/page/{job:int}/{page:int}", self._page),
            Route("/more/sound/{begins}", self._sound),
            Route("/more/sheet/{picture}/{number:int}", self._sheet),
        ]

    def about(self) -> dict[str, Any]:
        """What does not change: whose cards may be laid down, and what stands on them."""
        return {"id_cards": {name: card_of(name) for name in NAMES}}

    async def close(self) -> None:
        """Ask no more."""
        await self._box.close()

    async def open(self) -> None:
        """Start what does not run."""
        async with self._opening:
            await self._more.start(self._props)

    async def fault(self, line: str, name: str, on: bool) -> bool:
        """Switch a fault of the device that has no simulator; whether it is that one."""
        if line != SPEAKER:
            return False
        if name != "unplug":
            raise ValueError(f"a speaker can be unplugged, no {name}")
        folder = sound_file(self._more.run).parent
        away = folder.with_name(f"{folder.name}-unplugged")
        here, there = (folder, away) if on else (away, folder)
        if here.is_dir():
            here.rename(there)
        return True

    async def _open(self, _body: bytes) -> dict[str, Any]:
        await self.open()
        return {"standing": self._more.standing}

    async def _do(self, body: bytes) -> dict[str, Any]:
        act = msgspec.json.decode(body, type=Act)
        answer = await self._props.do(act.line, act.do, **act.more)
        if not answer["ok"]:
            raise ValueError(answer.get("error"))
        return {}

    async def _keys(self, body: bytes) -> dict[str, Any]:
        """``acknowledged`` is null of a keypad that nobody answers; ``heard``: whether somebody reads it."""
        keys = msgspec.json.decode(body, type=Keys)
        address = keys.window if keys.grade is None else PAD_BIT + keys.window
        line = KEYPADS[address]
        if keys.grade is None:
            pressed = await self._props.press(line, address, "press", keys=keys.keys)
        else:
            pressed = await self._props.press(line, address, "grade", grade=keys.grade)
        if pressed is None:
            return {"acknowledged": False, "heard": False}
        return {"acknowledged": pressed["acknowledged"], "heard": pressed["tries"] > 0}

    async def _check(self, body: bytes) -> dict[str, Any]:
        """The box refuses every page, so it is this server that asks."""
        check = msgspec.json.decode(body, type=Check)
        self._told(check.device, {"running": True, "level": check.level})
        try:
            told = await self._box.check(check.device, check.level)
        except (CallFailed, ValueError):
            told = {"text": {language: say("bench", "more-no-box", language) for language in LANGUAGES}}
        self._told(check.device, {"running": False, **told, "level": check.level})
        return told

    def _told(self, device: str, answer: dict[str, Any]) -> None:
        self._seen.checks[device] = answer
        self._changed()

    async def _page(self, request: Request) -> Response:
        png = await asyncio.to_thread(self._seen.page, request.path_params["job"], request.path_params["page"])
        return Response(png, media_type="image/png") if png else Response(status_code=404)

    async def _sound(self, request: Request) -> Response:
        wav = await asyncio.to_thread(self._seen.sound, request.path_params["begins"])
        return Response(wav, media_type="audio/wav") if wav else Response(status_code=404)

    async def _sheet(self, request: Request) -> Response:
        try:
            jpeg = await asyncio.to_thread(sheet, request.path_params["picture"], request.path_params["number"])
        except ValueError:
            return Response(status_code=404)
        return Response(jpeg, media_type="image/jpeg")
