"""The only place of the hall that reads the time.

Three times, and what each is for: *mono* (since the machine's boot) for what expires, *now* (steady) for what happens
one after the other, *wall* for the date and for telling whether a box's clock is off. Somebody who puts the wall clock
right in the middle of a day must not put a citizen behind the next: *now* is set at the start and when a day begins,
and between these only time that has truly passed moves it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

SHANGHAI = timezone(timedelta(hours=8))
"""China keeps one time without summer time (since 1992), so no zone database is needed."""

DAY_CHANGE = timedelta(hours=4)
"""The business date changes at 04:00 in Shanghai, when no hall serves (design §4)."""

DAY_MS = 24 * 3_600_000

LAST_MS = 253_402_214_400_000
"""9999-12-31 00:00 UTC: a box may tell any number, and the calendar ends there."""


_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """What the hall may ask about time. Tests hand in a clock of their own."""

    boot: str
    """Names the machine's boot: ``mono_ms`` of another boot cannot be compared."""

    def now_ms(self) -> int:
        """Steady UTC time in ms: for places in queues, records and their order. Never steps during a day."""

    def wall_ms(self) -> int:
        """The machine's wall clock, UTC in ms: may step at any moment, by years."""

    def mono_ms(self) -> int:
        """CLOCK_BOOTTIME in ms: for what expires."""

    def set(self, now_ms: int) -> None:
        """From here on it is *now* this time: at the start, and when a day begins."""


class SystemClock:
    """The machine's own clocks; other readings may stand in for them. It begins with the wall's time."""

    def __init__(
        self,
        wall_ms: Callable[[], int] | None = None,
        mono_ms: Callable[[], int] | None = None,
        boot: str | None = None,
    ) -> None:
        self.boot = boot or _BOOT_ID.read_text(encoding="ascii").strip()
        self.wall_ms: Callable[[], int] = wall_ms or _wall_ms
        self.mono_ms: Callable[[], int] = mono_ms or _boottime_ms
        self._offset_ms = self.wall_ms() - self.mono_ms()

    def now_ms(self) -> int:
        """Steady UTC time in ms."""
        return self.mono_ms() + self._offset_ms

    def set(self, now_ms: int) -> None:
        """From here on it is this time."""
        self._offset_ms = now_ms - self.mono_ms()


def business_date(wall_ms: int) -> str:
    """The business date "YYYY-MM-DD" that this moment belongs to; beyond the calendar, its first or last."""
    return (shanghai(wall_ms) - DAY_CHANGE).date().isoformat()


def seconds_to_change(wall_ms: int) -> float:
    """Seconds until the next 04:00 in Shanghai; more than 0."""
    now = shanghai(wall_ms) - DAY_CHANGE
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    return (midnight - now).total_seconds()


def utc_now() -> datetime:
    """The moment certificates are dated with."""
    return datetime.now(UTC)


def day_began_ms(ms: int) -> int:
    """The last 04:00 in Shanghai, UTC ms."""
    return ms - DAY_MS + int(seconds_to_change(ms) * 1000)


def shanghai(ms: int) -> datetime:
    """This moment on a clock of Shanghai; beyond the calendar, its first or last."""
    return datetime.fromtimestamp(min(max(ms, 0), LAST_MS) / 1000, SHANGHAI)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _boottime_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
