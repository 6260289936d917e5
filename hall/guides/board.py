"""What the guide's page shows: who asks for help, whom to look for, what was left, and how kiosks and windows are.

Numbers and places only: never a name or an identity number of a citizen, never a reason for priority.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hall.clock import day_began_ms
from hall.contract import Held
from hall.guides.attention import Attention, Voided
from hall.store import attention as stored
from hall.store.attention import Begun, Standing
from hall.store.reader import DeviceState, Reader
from hall.windows import Window

if TYPE_CHECKING:
    from hall.hall import Hall

CARD_MS = 30_000
"""A card that was not taken back for so long is a guide's business (order 5)."""

PARKED_MS = 15 * 60_000
"""Set aside for so long: somebody should see whether its holder is still there."""

VOID_MS = 30 * 60_000
"""Whoever holds a void number has found help by then, or has gone home."""

FRESH_MS = 300
"""All tablets that ask within this time are given the same."""

Json = dict[str, Any]


class Board:
    """Reads facts as they come, and everything else as it stands. One for all guides."""

    def __init__(self, hall: Hall, reader: Reader) -> None:
        self._hall = hall
        self._reader = reader
        self._attention = Attention()
        self._date = ""
        self._one = asyncio.Lock()
        self._made: Json = {}
        self._made_ms = -FRESH_MS

    async def now(self) -> Json:
        """All of it."""
        async with self._one:
            if self._hall.clock.mono_ms() - self._made_ms >= FRESH_MS:
                await self._follow()
                self._made = await self._draw()
                self._made_ms = self._hall.clock.mono_ms()
            return self._made

    async def _follow(self) -> None:
        hall = self._hall
        if self._date != hall.business_date:
            self._attention, self._date = Attention(), hall.business_date
        today_ms = hall.clock.wall_ms() - day_began_ms(hall.clock.wall_ms())
        since_ms = hall.clock.now_ms() - today_ms  # what was left open yesterday has gone home
        mode = hall.settings.hall.mode
        for told in await asyncio.to_thread(stored.told, self._reader, self._attention.row, since_ms, mode):
            self._attention.heard(told)
        for help_ in [name for name in hall.coming if name not in self._attention.help]:
            hall.help_is_coming(help_, comes=False)

    async def _draw(self) -> Json:
        hall, found = self._hall, self._attention
        held = [(window, each) for window in hall.windows.values() for each in (window.held, *window.parked) if each]
        begun = await asyncio.to_thread(stored.begun, self._reader, [each.call for _, each in held])
        named = [
            *found.voided,
            *(call.ticket for call in found.help.values()),
            *(left.name for left in found.left.values()),
        ]
        standing = {each.ticket: each for each in await asyncio.to_thread(stored.standing, self._reader, named)}
        now_ms = hall.clock.now_ms()
        return {
            "hall_name": hall.settings.hall.name,
            "hall_name_en": hall.settings.hall.name_en,
            "date": hall.business_date,
            "recovering": hall.recovery is not None,
            "alarm": hall.news.alarm,
            "notices": hall.news.notices,
            "help": self._help(standing),
            "walk": [*self._called(held, begun, now_ms), *self._void(standing, now_ms)],
            "left": self._left(standing, now_ms),
            "boxes": self._boxes(await asyncio.to_thread(self._reader.devices)),
            "windows": [self._window(number) for number in hall.catalogue.windows],
            "services": self._services(),
        }

    def _help(self, standing: dict[str, Standing]) -> list[Json]:
        coming = self._hall.coming
        return [
            {
                "help": call.help,
                "at": call.at,
                "where": self.where(call.device, call.window),
                "number": standing[call.ticket].number if call.ticket in standing else "",
                "since_ms": call.since_ms,
                "coming": call.help in coming,
            }
            for call in self._attention.help.values()
        ]

    def _called(self, held: list[tuple[Window, Held]], begun: dict[str, Begun], now_ms: int) -> Iterator[Json]:
        asked = {call.ticket for call in self._attention.help.values()}
        for window, each in held:
            began = begun.get(each.call, Begun(now_ms, now_ms))
            is_held = each is window.held
            if is_held and window.phase == "called" and (each.by_screen is True or each.ticket in asked):
                why, since_ms = ("by-screen" if each.by_screen is True else "asked-help"), began.at_ms
            elif not is_held and now_ms - began.last_ms >= PARKED_MS:
                why, since_ms = "parked", began.last_ms
            else:
                continue
            yield {
                "why": why,
                "ticket": each.ticket,
                "number": each.number,
                "call": each.call,
                "window": window.number,
                "where": self.where("", window.number),
                "since_ms": since_ms,
                "looked": self._attention.looked.get(each.call),
            }

    def _void(self, standing: dict[str, Standing], now_ms: int) -> Iterator[Json]:
        for void in self._attention.voided.values():
            ticket = standing.get(void.ticket)
            if ticket is None or ticket.state != "void" or now_ms - void.since_ms > VOID_MS:
                continue
            yield self._voided(void, ticket)

    def _voided(self, void: Voided, ticket: Standing) -> Json:
        return {
            "why": "void",
            "reason": void.why,
            "ticket": ticket.ticket,
            "number": ticket.number,
            "call": "",
            "window": None,
            "where": self.where(void.device, None),
            "since_ms": void.since_ms,
            "looked": None,
        }

    def _left(self, standing: dict[str, Standing], now_ms: int) -> list[Json]:
        return [
            {
                "what": left.what,
                "where": self.where(left.device, None),
                "number": standing[left.name].number if left.name in standing else "",
                "since_ms": left.since_ms,
            }
            for left in self._attention.left.values()
            if left.what != "card" or now_ms - left.since_ms >= CARD_MS
        ]

    def _boxes(self, devices: list[DeviceState]) -> list[Json]:
        hall = self._hall
        connected = hall.downlink.connected
        return [
            {
                "box": name,
                "where": self.where(name, None),
                "gives_numbers": bool(box.digit),
                "connected": name in connected,
                "devices": [
                    {
                        "name": device.name,
                        "phase": device.phase,
                        "reasons": [word for word in device.reasons.split(",") if word],
                        "since_ms": device.at_ms,
                    }
                    for device in devices
                    if device.box == name
                ],
            }
            for name, box in hall.catalogue.boxes.items()
        ]

    def _window(self, number: int) -> Json:
        info, window = self._hall.catalogue.windows[number], self._hall.windows.get(number)
        return {
            "window": number,
            "name": info.name,
            "name_en": info.name_en,
            "phase": window.phase if window else "closed",
            "open": window is not None and window.clerk is not None,
            "services": info.services,
        }

    def _services(self) -> list[Json]:
        hall = self._hall
        return [
            {
                "code": code,
                "letter": service.letter,
                "name": service.name,
                "name_en": service.name_en,
                "place": service.place,
                "place_en": service.place_en,
                "waiting": hall.waiting.get(code, 0),
            }
            for code, service in hall.catalogue.services.items()
        ]

    def where(self, device: str, window: int | None) -> Json:
        """A window by its name, else the spot of the plan at which this box stands, else the box's own name."""
        catalogue = self._hall.catalogue
        if window is not None and window in catalogue.windows:
            info = catalogue.windows[window]
            return {"zh": f"{window} {info.name}", "en": f"{window} {info.name_en or info.name}", "window": window}
        spot = next((spot for spot in catalogue.directory.spots if device in spot.here and spot.name), None)
        if spot is None:
            return {"zh": device, "en": device, "window": None}
        return {"zh": spot.name, "en": spot.name_en or spot.name, "window": None}
