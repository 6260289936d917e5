"""The customer screen of one window: who sits there, what is being done, what is still to come, talking in writing.

All of it belongs to the ticket at the window and lives in memory; the rating is RatingDesk's.

| what happens                                  | what becomes of it                                             |
|-----------------------------------------------|----------------------------------------------------------------|
| the ticket ends, is parked, another is called | item, ticks, waiting and what was written are wiped            |
| the ticket is begun (start)                   | waiting is taken away; all else stays                          |
| another clerk takes the window over           | the plate is theirs; waiting is taken away                     |
| the daemon stops                              | gone with the memory; the clerk picks the item again           |
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import structlog
from msgspec import UNSET

from device.clerk_photos import Photo, PhotoFault, photo_of
from device.flows.serve import WindowDesk
from device.flows.talk import Talk
from device.sync.directory import Lookup
from hall.contract import Clerk, Held, Item, Said

log = structlog.get_logger()

MOST_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """The clerk asks for patience: for about so many ``minutes``, or is ``away`` for a moment."""

    why: Literal["minutes", "away"]
    minutes: int = 0


class CustomerDesk:
    """What one window's customer screen shows. The window's own watch changes with it."""

    def __init__(self, desk: WindowDesk, lookup: Lookup, photos: Path | None, phrases: Sequence[Said]) -> None:
        self.window = desk
        self.photo: Photo | None = None
        self.talk = Talk()
        self._lookup = lookup
        self._photos = photos
        self._phrases = phrases
        self._item = ""
        self._ticks: set[int] = set()
        self._waiting: Waiting | None = None
        self._photo_fault: PhotoFault = "photo-none"
        self._plate: Clerk | None = None
        self._ticket = self._step = ("", "")

    @property
    def held(self) -> Held | None:
        """Whom the clerk has before them, or has called."""
        return self.window.state.held if self.window.state else None

    @property
    def item(self) -> Item | None:
        """What is being done, as the citizen touched it or the clerk said; None when the service has no such item."""
        return next((item for item in self.items() if item.code == self._item), None)

    def items(self) -> list[Item]:
        """What may be done for the ticket at the window: the items of its service."""
        held = self.held
        return [item for item in self._lookup.directory.items if held is not None and item.service == held.service]

    def choose(self, code: str) -> bool:
        """Show this item's checklist and fee, "" for none; whether it is one of the ticket's service."""
        if code and code not in [item.code for item in self.items()]:
            return False
        self._item, self._ticks = code, set()
        self.changed()
        return True

    def tick(self, line: int, *, on: bool) -> bool:
        """This paper of the checklist was handed over, or was not; whether there is such a line."""
        item = self.item
        if item is None or not 0 <= line < len(item.materials):
            return False
        self._ticks = self._ticks | {line} if on else self._ticks - {line}
        self.changed()
        return True

    def wait(self, waiting: Waiting | None) -> None:
        """Ask for patience; None: it goes on."""
        self._waiting = waiting
        self.changed()

    def changed(self) -> None:
        """Both pages look again."""
        self.window.watch.changed()

    async def run(self) -> None:
        """Wipe what belonged to a ticket that is gone, hang up the plate of whoever sits there, for ever."""
        with self.window.watch.watching() as changed:
            while True:
                changed.clear()
                if self.settle():
                    self.changed()
                clerk = self.window.state.clerk if self.window.state else None
                if clerk != self._plate:
                    await self._hang(clerk)
                await changed.wait()

    def settle(self) -> bool:
        """Wipe what belonged to another ticket, before anything is shown or done; whether that was due."""
        state, held = self.window.state, self.held
        clerk = state.clerk if state else None
        ticket = (held.visit, held.call) if held else ("", "")
        step = (state.phase if state else "", clerk.staff_no if clerk else "")
        if (ticket, step) == (self._ticket, self._step):
            return False
        if ticket != self._ticket:
            self._item = held.item if held and held.item is not UNSET else ""  # as it was touched at the kiosk
            self._ticks = set()
            self.talk.end()
        self._ticket, self._step, self._waiting = ticket, step, None
        return True

    async def _hang(self, clerk: Clerk | None) -> None:
        """The plate of whoever sits there now: the one before is taken down first."""
        self._plate, self.photo, self._photo_fault = clerk, None, "photo-none"
        if clerk is not None and self._photos is not None:
            found = await asyncio.to_thread(photo_of, self._photos, clerk.staff_no)
            if isinstance(found, Photo):
                self.photo = found
            else:
                self._photo_fault = found
                log.info("no photo for the name-plate", window=self.window.number, why=found)
        self.changed()

    def plate(self) -> dict[str, Any] | None:
        """The name-plate (R108); None while nobody sits there. ``photo``: the name of what GET …/photo gives."""
        clerk = self.window.state.clerk if self.window.state else None
        if clerk is None:
            return None
        code = clerk.unit if clerk.unit is not UNSET else ""
        unit = next((unit for unit in self._lookup.directory.units if unit.code == code), None)
        photo = self.photo if self._plate == clerk else None
        return {
            "name": clerk.name,
            "post": clerk.post,
            "staff_no": clerk.staff_no,
            "unit": Said(zh=unit.name, en=unit.name_en) if unit else None,
            "photo": photo.digest if photo else "",
        }

    def shown(self) -> dict[str, Any]:
        """What both pages are told of the ticket."""
        item = self.item
        return {
            "item": _told(item) if item else None,
            "ticks": sorted(self._ticks),
            "wait": self._waiting,
            "talk": self.talk.shown(),
        }

    def for_clerk(self) -> dict[str, Any]:
        """What the clerk's page is told: also what may be chosen there."""
        self.settle()
        fault = self._photo_fault if self._photos and self.plate() and self.photo is None else ""
        return {
            **self.shown(),
            "screens": self.window.rating.screens,
            "items": [{"code": item.code, "name": item.name, "name_en": item.name_en} for item in self.items()],
            "phrases": self._phrases,
            "photo_fault": fault,
        }


def _told(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "materials": item.materials,
        "fee": item.fee,
        "promised_days": item.promised_days,
    }
