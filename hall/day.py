"""The business date: handed out by the hall, changed at 04:00 in Shanghai, never while a window serves.

The wall clock says when, as far as it is believed (hall.reckoning); it is the only thing that the wall clock decides.
A day never goes back.
"""

from __future__ import annotations

import asyncio

import structlog
from msgspec.structs import replace

from hall import reckoning
from hall.clock import Clock, business_date, seconds_to_change
from hall.store import desks, tickets, times
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


class Beginning:
    """Set the hall's time at its start, in one transaction."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, tx: Tx) -> None:
        """From what is kept, or from where the store ends, or from the wall."""
        clock = self._clock
        kept = times.reckoning(tx)
        begun = reckoning.resumed(kept, times.newest_ms(tx), clock)
        clock.set(clock.mono_ms() + begun.offset_ms)
        if begun != kept:
            times.unset_boots(tx)
            times.keep_reckoning(tx, begun)


class Looking:
    """Look at the wall clock and turn the day when that is due. Gives the day the hall is in then."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, tx: Tx) -> str:
        """In one transaction. The hall's time is set anew with the day, when nobody waits who could lose a place."""
        clock = self._clock
        kept = times.reckoning(tx) or reckoning.resumed(None, times.newest_ms(tx), clock)
        seen = reckoning.looked(kept, clock)
        today, due = desks.business_date(tx), business_date(clock.wall_ms())
        if reckoning.is_believed(seen, clock) and due > today:
            today = Turning(due, clock.now_ms())(tx)
            if today == due:
                seen = reckoning.set_anew(seen, clock)
                clock.set(clock.wall_ms())
                times.unset_boots(tx)
        if seen != kept:
            times.keep_reckoning(tx, seen)
        return today


async def begin(writer: Writer, clock: Clock) -> None:
    """Set the hall's time, before anything is stamped with it."""
    await writer.write(Beginning(clock))


async def turn(writer: Writer, clock: Clock) -> str:
    """Turn to the day it is, when that is due, believed, and no window serves. Returns the day the hall is in."""
    return await writer.write(Looking(clock))


async def run(writer: Writer, clock: Clock) -> None:
    """Turn each day, until cancelled."""
    said = ("", "")
    while True:
        today = await turn(writer, clock)
        due = business_date(clock.wall_ms())
        if today != due and said != (today, due):
            log.warning("day-waits", today=today, due=due, why="a window serves, or the wall clock stepped")
        said = (today, due)
        await asyncio.sleep(min(LOOK_S, seconds_to_change(clock.wall_ms())))
