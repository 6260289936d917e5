"""What the hall's staff put up for everybody: notices, and an alarm that stands over everything until it is over."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Literal

import msgspec
import structlog

from hall.contract import Alarm, Notice, Said
from hall.news import NewsDesk
from hall.store import desks
from hall.store.writer import StoreFailed, Tx, Writer

log = structlog.get_logger("hall.notices")

_NOTICES = "notices"
_ALARM = "alarm"

MOST = 20
"""Notices at a time: boards show them one after the other."""


class TooMany(Exception):
    """So many notices are up that nobody would live to see this one."""


class Notices:
    """Kept in the hall's database: a hall that is started anew goes on with them."""

    def __init__(self, writer: Writer, desk: NewsDesk, tell: Callable[[], None]) -> None:
        self._writer = writer
        self._desk = desk
        self._tell = tell
        self._turn = asyncio.Lock()
        self.alarm_said = False
        """Somebody has raised or ended the alarm since this hall's start: then it knows how that stands."""

    async def restore(self) -> None:
        """What was up when the hall stopped."""
        notices, alarm = await self._writer.write(lambda tx: (desks.meta(tx, _NOTICES), desks.meta(tx, _ALARM)))
        self._desk.put_up(
            msgspec.json.decode(notices or "[]", type=list[Notice]),
            msgspec.json.decode(alarm, type=Alarm) if alarm else None,
        )

    async def put_up(self, text: Said) -> Notice:
        """One more, the newest last. Raises TooMany, StoreFailed."""
        async with self._turn:
            if len(self._desk.notices) >= MOST:
                raise TooMany
            notice = Notice(id=secrets.token_hex(3), text=text)
            await self._keep([*self._desk.notices, notice])
        return notice

    async def take_down(self, notice: str) -> bool:
        """Whether it was up. Raises StoreFailed."""
        async with self._turn:
            rest = [each for each in self._desk.notices if each.id != notice]
            was_up = len(rest) < len(self._desk.notices)
            if was_up:
                await self._keep(rest)
        return was_up

    async def alarm(self, kind: Literal["evacuate", "exercise"], text: Said) -> Alarm:
        """Everybody has to leave, or practises it. Told at once, and even when the disk is full."""
        alarm = Alarm(kind=kind, text=text)
        await self._sound(alarm)
        return alarm

    async def over(self) -> bool:
        """Take the alarm back. Whether there was one."""
        self.alarm_said = True
        if self._desk.alarm is None:
            return False
        await self._sound(None)
        return True

    async def _sound(self, alarm: Alarm | None) -> None:
        """Told before it is kept: people come before the disk."""
        self.alarm_said = True
        log.warning("alarm", kind=alarm.kind if alarm else "over")
        self._desk.put_up(self._desk.notices, alarm)
        self._tell()
        kept = msgspec.json.encode(alarm).decode() if alarm else ""
        try:
            await self._writer.write(lambda tx: desks.put_meta(tx, _ALARM, kept))
        except StoreFailed as failed:
            log.error("alarm not kept: after a start of the hall it has to be given again", why=str(failed))  # noqa: TRY400 - the reason is the line

    async def _keep(self, notices: list[Notice]) -> None:
        kept = msgspec.json.encode(notices).decode()

        def keep(tx: Tx) -> None:
            desks.put_meta(tx, _NOTICES, kept)

        await self._writer.write(keep)
        self._desk.put_up(notices, self._desk.alarm)
