"""The business date: handed out by the hall, changed at 04:00 in Shanghai, never while a window serves."""

from __future__ import annotations

import asyncio

import structlog
from msgspec.structs import replace

from hall.clock import Clock, business_date, seconds_to_change
from hall.store import desks, tickets
from hall.store.writer import Tx, Writer

log = structlog.get_logger("hall.day")

LOOK_S = 30.0
"""How often a day that is due is tried again, and how late a stepped wall clock is noticed."""

KEPT_MS = 2 * 24 * 3_600_000
"""Answers of two days stay, for boxes that repeat a request after a night without power."""


class Turning:
    """Turn to this day in one transaction, unless a window serves. Gives the day the hall is in then."""

    def __init__(self, to: str, now_ms: int) -> None:
        self._to = to
        self._now_ms = now_ms

    def __call__(self, tx: Tx) -> str:
        """Close what is open of the day before, empty the windows, begin the numbers anew."""
        today = desks.business_date(tx)
        windows = desks.all_windows(tx)
        if today >= self._to or any(window.phase == "serving" for window in windows):
            return today
        if today:
            tickets.close_day(tx, today)
            desks.forget_answers(tx, self._now_ms - KEPT_MS)
        for window in windows:
            desks.put_window(tx, replace(window.next_day(), version=window.version + 1))
        desks.put_meta(tx, "business_date", self._to)
        tx.effects.business_date = self._to
        return self._to


async def turn(writer: Writer, clock: Clock) -> str:
    """Turn to the day it is, when that is due and no window serves. Returns the day the hall is in."""
    now_ms = clock.now_ms()
    return await writer.write(Turning(business_date(now_ms), now_ms))


async def run(writer: Writer, clock: Clock) -> None:
    """Turn each day, until cancelled."""
    while True:
        today = await turn(writer, clock)
        due = business_date(clock.now_ms())
        if today != due:
            log.info("day-waits", today=today, due=due, why="a window serves, or the wall clock went back")
        await asyncio.sleep(min(LOOK_S, seconds_to_change(clock.now_ms())))
