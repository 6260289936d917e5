"""How far the machine's wall clock is believed, and what time it is when it is not. Pure.

| the hall starts                                             | *now* is             | the wall's date is believed |
|-------------------------------------------------------------|----------------------|-----------------------------|
| in the boot it ran in before                                | what it would be     | unless it stepped meanwhile |
| in another boot, wall at most a year ahead of what is stored| the wall's           | at once                     |
| in another boot, wall behind (no RTC, a dead battery)       | where the store ends | its day has been: no turn   |
| in another boot, wall further ahead                         | where the store ends | once it has held            |
| with nothing stored                                         | the wall's           | unless it was never set     |

| while the hall runs                                         | *now*                | the wall's date is believed |
|-------------------------------------------------------------|----------------------|-----------------------------|
| wall and boot time go on side by side                       | goes on              | yes                         |
| the wall steps                                              | goes on              | once it has held            |
| … forward, at most a year, in the machine's first minutes   | goes on              | at once: it is being set    |
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from hall.clock import Clock

STEP_MS = 60_000
"""A wall clock is slewed by far less between two looks; the same minute makes a box's clock one that is off."""

HELD_MS = 30 * 60_000
"""Whoever has put a clock wrong has noticed by then; a new day that comes half an hour late has harmed nobody."""

SETTLING_MS = 10 * 60_000
"""A machine without a clock of its own asks the network for the time within its first minutes."""

LEAP_MS = 366 * 24 * 3_600_000
"""No hall is shut for longer, and a battery that fails gives another year."""

EARLIEST_MS = 1_577_836_800_000  # 2020-01-01
"""This program is younger: a wall clock that says less was never set."""


class Reckoning(msgspec.Struct, frozen=True, kw_only=True):
    """What the hall keeps of its clocks."""

    boot: str
    offset_ms: int
    """*now* minus *mono* in this boot."""
    shift_ms: int
    """*wall* minus *mono* before it stepped last, or as it is."""
    stepped_ms: int | None = None
    """When it stepped, in *mono*; None once it is believed again."""


def resumed(kept: Reckoning | None, newest_ms: int, clock: Clock) -> Reckoning:
    """At the start. ``newest_ms``: the newest time that the hall itself has put into its store, 0 for none."""
    if kept is not None and kept.boot == clock.boot:
        return kept
    wall_ms, mono_ms = clock.wall_ms(), clock.mono_ms()
    doubtful = newest_ms > 0 and not newest_ms <= wall_ms <= newest_ms + LEAP_MS
    return Reckoning(
        boot=clock.boot,
        offset_ms=(newest_ms if doubtful else wall_ms) - mono_ms,
        shift_ms=wall_ms - mono_ms,
        stepped_ms=mono_ms if doubtful and wall_ms > newest_ms else None,
    )


def looked(kept: Reckoning, clock: Clock) -> Reckoning:
    """After a look at the wall clock."""
    mono_ms = clock.mono_ms()
    shift_ms = clock.wall_ms() - mono_ms
    step_ms = shift_ms - kept.shift_ms
    if abs(step_ms) > STEP_MS:
        being_set = mono_ms < SETTLING_MS and step_ms > 0 and shift_ms - kept.offset_ms <= LEAP_MS
        return replace(kept, shift_ms=shift_ms, stepped_ms=None if being_set else mono_ms)
    if kept.stepped_ms is not None and mono_ms - kept.stepped_ms >= HELD_MS:
        return replace(kept, stepped_ms=None)
    return kept


def is_believed(reckoning: Reckoning, clock: Clock) -> bool:
    """Whether the day may turn to the wall's date."""
    return reckoning.stepped_ms is None and clock.wall_ms() >= EARLIEST_MS


def set_anew(reckoning: Reckoning, clock: Clock) -> Reckoning:
    """A day begins with the wall's time."""
    return replace(reckoning, offset_ms=clock.wall_ms() - clock.mono_ms())
