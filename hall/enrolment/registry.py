"""Whose certificates are good: a file beside the hall's data, outside of what is copied and restored.

A hall set back to an old copy of its database must not believe a stolen box again. Dates are not looked at: a clock may
be lost (hall.api). Who may speak is said by the CA, by the settings, which name every box, and by this file:

| this box's name         | serial of the certificate shown        | what follows                                 |
|-------------------------|----------------------------------------|----------------------------------------------|
| never enrolled here     | any that is not revoked                | welcome; remembered, so that it can be       |
| enrolled here           | the newest, or the one before it       | welcome: a renewal cuts nobody off           |
| enrolled here           | any other                              | *certificate-revoked*: replaced              |
| any                     | revoked                                | *certificate-revoked*                        |
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import msgspec

from config.durable import write_durably

SEEN = 8
"""Serials of a box that was never enrolled here that are remembered."""

_SERIAL = re.compile(r"[0-9A-F]{16,40}")
"""Of the authority's: random, up to 20 bytes; a box has no such name."""

Reason = Literal["replaced", "renewed", "revoked"]


class Known(msgspec.Struct, kw_only=True):
    """One box's certificates by serial (hex), newest first. ``enrolled``: by this hall; else they were only seen."""

    serials: list[str] = []
    enrolled: bool = False


class Revoked(msgspec.Struct, frozen=True, kw_only=True):
    """Never again."""

    box: str
    why: Reason
    at_ms: int


class _Kept(msgspec.Struct, kw_only=True):
    boxes: dict[str, Known] = {}
    revoked: dict[str, Revoked] = {}


class RegistryDamaged(Exception):
    """The file cannot be read: without it nobody knows who is revoked."""


class NothingToRevoke(Exception):
    """No certificate of that name or serial has ever been seen or made here."""


class Registry:
    """The file, in memory. Every change is on the disk before anybody is told."""

    def __init__(self, file: Path, wall_ms: Callable[[], int]) -> None:
        self._file = file
        self._wall_ms = wall_ms
        self._one = asyncio.Lock()
        try:
            self._kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
        except FileNotFoundError:
            self._kept = _Kept()
        except msgspec.MsgspecError as error:
            raise RegistryDamaged(f"{file}: {error}") from None

    def admits(self, box: str, serial: str) -> bool:
        """Whether a box with this certificate may speak."""
        if self.is_revoked(serial):
            return False
        known = self._kept.boxes.get(box)
        return known is None or not known.enrolled or serial in known.serials

    def is_revoked(self, serial: str) -> bool:
        """Whether anybody's certificate was taken back: an observer's and a technician's too."""
        return serial in self._kept.revoked

    def is_new(self, box: str, serial: str) -> bool:
        """Whether a good certificate has never been seen before."""
        known = self._kept.boxes.get(box)
        return known is None or serial not in known.serials

    async def see(self, box: str, serial: str) -> None:
        """A box that was not enrolled here has shown this certificate."""
        async with self._one:
            kept = self._copy()
            known = kept.boxes.setdefault(box, Known())
            if not known.enrolled and serial not in known.serials:
                known.serials = [serial, *known.serials][:SEEN]
                await self._put(kept)

    async def enrolled(self, box: str, serial: str) -> None:
        """This certificate was made for a machine that takes the name: whatever had it before is refused."""
        async with self._one:
            kept = self._copy()
            self._revoke(kept, kept.boxes.get(box, Known()).serials, box, "replaced")
            kept.boxes[box] = Known(serials=[serial], enrolled=True)
            await self._put(kept)

    async def renewed(self, box: str, by: str, serial: str) -> None:
        """The machine that showed ``by`` has a next certificate."""
        async with self._one:
            kept = self._copy()
            known = kept.boxes.get(box, Known())
            good = [serial, by]
            if known.enrolled:
                self._revoke(kept, [old for old in known.serials if old not in good], box, "renewed")
            kept.boxes[box] = Known(serials=good, enrolled=True)
            await self._put(kept)

    async def revoke(self, name: str) -> str:
        """A box by its name, with all its certificates, or anybody's by its serial, even if it was never seen here.

        Gives the box, or the serial where it is of none. Raises NothingToRevoke.
        """
        async with self._one:
            kept = self._copy()
            serial = serial_of(name.replace(":", ""))
            box = name if name in kept.boxes else _holder(kept, serial)
            if not box:
                if not _SERIAL.fullmatch(serial):
                    raise NothingToRevoke(name)
                self._revoke(kept, [serial], "", "revoked")
                await self._put(kept)
                return serial
            known = kept.boxes[box]
            gone = list(known.serials) if box == name else [serial]
            self._revoke(kept, gone, box, "revoked")
            known.serials = [good for good in known.serials if good not in gone]
            known.enrolled = known.enrolled or box == name  # by name: nothing is good until it is enrolled anew
            await self._put(kept)
            return box

    def certificates(self, box: str) -> list[str]:
        """Serials of this box that are good or were seen, newest first."""
        known = self._kept.boxes.get(box)
        return list(known.serials) if known else []

    def state(self, box: str) -> Literal["none", "seen", "enrolled", "revoked"]:
        """How a box stands: unknown here, known by what it showed, enrolled, or with no certificate that is good."""
        known = self._kept.boxes.get(box)
        if known is None:
            return "none"
        if not known.serials:
            return "revoked"
        return "enrolled" if known.enrolled else "seen"

    def _revoke(self, kept: _Kept, serials: list[str], box: str, why: Reason) -> None:
        for serial in serials:
            kept.revoked[serial] = Revoked(box=box, why=why, at_ms=self._wall_ms())

    def _copy(self) -> _Kept:
        """What fails to be written has not happened."""
        return msgspec.json.decode(msgspec.json.encode(self._kept), type=_Kept)

    async def _put(self, kept: _Kept) -> None:
        told = msgspec.json.format(msgspec.json.encode(kept), indent=1)
        await asyncio.to_thread(write_durably, self._file, told)
        self._kept = kept


def serial_of(text: str) -> str:
    """A serial as this file has it: hex in capitals, without noughts before it."""
    return text.upper().lstrip("0")


def _holder(kept: _Kept, serial: str) -> str:
    return next((box for box, known in kept.boxes.items() if serial in known.serials), "")
