"""The only place of wall time in a box. Stamps are UTC in ms with their trust; nothing is ordered by them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hall.contract import ClockTrust

BEIJING = timezone(timedelta(hours=8))
"""What people are shown; China has one zone and no summer time."""

TRUSTED_MS = 60_000
"""A clock further than this from the hall's is not believed."""

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock:
    """Wall and boot time of this box, and how far its wall clock is from the hall's.

    ``wall_ms``, ``mono_ms`` and ``boot_id`` replace the kernel's in tests.
    """

    def __init__(
        self,
        wall_ms: Callable[[], int] | None = None,
        mono_ms: Callable[[], int] | None = None,
        boot_id: str | None = None,
    ) -> None:
        self.wall_ms: Callable[[], int] = wall_ms or _wall_ms
        """UTC, ms since 1970."""
        self.mono_ms: Callable[[], int] = mono_ms or _boottime_ms
        """CLOCK_BOOTTIME, ms: goes on through suspend, never steps."""
        self.boot_id: str = boot_id or _BOOT_ID.read_text("ascii").strip()
        """Names this boot of the box: mono_ms of two boots cannot be compared."""
        self.offset_ms: int | None = None
        """Hall minus box; None until the hall has answered once since this start."""

    def compare(self, hall_now_ms: int) -> None:
        """Take the hall's time out of an answer that has just come in."""
        self.offset_ms = hall_now_ms - self.wall_ms()

    def trust(self) -> ClockTrust:
        """How far this box's wall time can be believed."""
        if self.offset_ms is None:
            return "unknown"
        return "compared" if abs(self.offset_ms) <= TRUSTED_MS else "off"

    def local_time(self) -> datetime:
        """Now in UTC+8, for slips; corrected by the hall's offset only where that is small enough to be believed."""
        correction = self.offset_ms if self.offset_ms is not None and self.trust() == "compared" else 0
        return datetime.fromtimestamp((self.wall_ms() + correction) / 1000, UTC).astimezone(BEIJING)


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _boottime_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
