from datetime import timedelta

import pytest

from device.clock import Clock

NOW_MS = 1_767_571_200_000  # 2026-01-05 00:00:00 UTC
YEAR_MS = 365 * 24 * 3_600_000


def clock() -> Clock:
    return Clock(wall_ms=lambda: NOW_MS, mono_ms=lambda: 5, boot_id="boot")


def test_before_the_hall_has_answered_nobody_knows_whether_the_clock_is_right() -> None:
    assert clock().trust() == "unknown"


@pytest.mark.parametrize(
    ("offset_ms", "trust"), [(0, "compared"), (60_000, "compared"), (-60_000, "compared"), (60_001, "off")]
)
def test_a_clock_within_a_minute_of_the_halls_is_believed(offset_ms: int, trust: str) -> None:
    box = clock()
    box.compare(NOW_MS + offset_ms)
    assert box.trust() == trust
    assert box.offset_ms == offset_ms


def test_slips_show_the_halls_time_in_utc_plus_8() -> None:
    box = clock()
    box.compare(NOW_MS + 30_000)
    shown = box.local_time()
    assert shown.isoformat() == "2026-01-05T08:00:30+08:00"
    assert shown.utcoffset() == timedelta(hours=8)


def test_a_clock_that_is_not_believed_is_not_corrected_either() -> None:
    box = clock()
    box.compare(NOW_MS + 3_600_000)
    assert box.local_time().isoformat() == "2026-01-05T08:00:00+08:00"


class Stepping:
    """A machine whose wall clock somebody puts."""

    def __init__(self) -> None:
        self.wall_ms = NOW_MS
        self.mono_ms = 5_000
        self.clock = Clock(wall_ms=lambda: self.wall_ms, mono_ms=lambda: self.mono_ms, boot_id="boot")

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms


@pytest.mark.parametrize("years", [-56, -1, 1, 30])
def test_a_clock_that_steps_after_it_was_compared_is_believed_no_more(years: int) -> None:
    box = Stepping()
    box.clock.compare(NOW_MS)
    box.pass_ms(60_000)
    assert box.clock.trust() == "compared"
    box.wall_ms += years * YEAR_MS
    assert box.clock.trust() == "off"
    box.wall_ms -= years * YEAR_MS
    assert box.clock.trust() == "compared"


def test_hours_after_the_hall_has_spoken_its_time_is_still_shown() -> None:
    box = Stepping()
    box.clock.compare(NOW_MS + 30_000)
    box.pass_ms(5 * 3_600_000)
    box.wall_ms -= 10_000
    assert box.clock.local_time().isoformat() == "2026-01-05T13:00:30+08:00"
    assert box.clock.offset_ms == 40_000


def test_a_box_without_a_clock_of_its_own_is_off_until_its_clock_is_set() -> None:
    box = Stepping()
    box.wall_ms = 60_000  # 1970
    assert box.clock.trust() == "unknown"
    box.clock.compare(NOW_MS)
    assert box.clock.trust() == "off"
    box.wall_ms = NOW_MS
    assert box.clock.trust() == "compared"


def test_the_kernel_names_this_boot_and_its_time_goes_on() -> None:
    box = Clock()
    first = box.mono_ms()
    assert len(box.boot_id) == 36
    assert box.mono_ms() >= first > 0
    assert box.wall_ms() > NOW_MS
