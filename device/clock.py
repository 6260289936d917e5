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
        self._compared: tuple[int, int] | None = None
        """The hall's time when it spoke last, and mono_ms then; None until it has, since this start."""

    def compare(self, hall_now_ms: int) -> None:
        """Take the hall's time out of an answer that has just come in."""
        self._compared = hall_now_ms, self.mono_ms()

    @property
    def offset_ms(self) -> int | None:
        """Hall minus box, as this box's wall clock stands now; None until the hall has spoken."""
        hall_ms = self._hall_ms()
        return None if hall_ms is None else hall_ms - self.wall_ms()

    def trust(self) -> ClockTrust:
        """How far this box's wall time can be believed now: one that has stepped since the hall spoke is off."""
        offset_ms = self.offset_ms
        if offset_ms is None:
            return "unknown"
        return "compared" if abs(offset_ms) <= TRUSTED_MS else "off"

    def local_time(self) -> datetime:
        """Now in UTC+8, for slips: the hall's time where this box's is near enough to be believed, else its own."""
        hall_ms = self._hall_ms()
        shown_ms = hall_ms if hall_ms is not None and self.trust() == "compared" else self.wall_ms()
        return datetime.fromtimestamp(shown_ms / 1000, UTC).astimezone(BEIJING)

    def _hall_ms(self) -> int | None:
        """What the hall's clock shows now, by what has passed since it spoke."""
        if self._compared is None:
            return None
        hall_ms, mono_ms = self._compared
        return hall_ms + self.mono_ms() - mono_ms


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


def _boottime_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000
