"""The only place of the hall that reads the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

SHANGHAI = timezone(timedelta(hours=8))
"""China keeps one time without summer time (since 1992), so no zone database is needed."""

DAY_CHANGE = timedelta(hours=4)
"""The business date changes at 04:00 in Shanghai, when no hall serves (design §4)."""


class Clock(Protocol):
    """What the hall may ask about time. Tests hand in a clock of their own."""

    boot: str
    """Names the machine's boot: ``mono_ms`` of another boot cannot be compared."""

    def now_ms(self) -> int:
        """UTC wall time in ms: for people and records, never to expire anything."""

    def mono_ms(self) -> int:
        """CLOCK_BOOTTIME in ms: for what expires."""


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        self.boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()

    def now_ms(self) -> int:
        """UTC wall time in ms."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """CLOCK_BOOTTIME in ms."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def business_date(now_ms: int) -> str:
    """The business date "YYYY-MM-DD" that this moment belongs to."""
    return (_shanghai(now_ms) - DAY_CHANGE).date().isoformat()


def seconds_to_change(now_ms: int) -> float:
    """Seconds until the next 04:00 in Shanghai; more than 0."""
    now = _shanghai(now_ms) - DAY_CHANGE
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), SHANGHAI)
    return (midnight - now).total_seconds()


def utc_now() -> datetime:
    """The moment certificates are dated with."""
    return datetime.now(UTC)


def _shanghai(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms / 1000, SHANGHAI)
