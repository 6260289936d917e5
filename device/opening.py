"""Which day every screen of the hall speaks of, and when the hall is open on it. Pure.

| the hall   | this box's clock | the day                                                                          |
|------------|------------------|----------------------------------------------------------------------------------|
| is heard   | –                | the business date that the hall handed out: it changes at 04:00, when none serve |
| is lost    | sure             | by the clock, and it changes at 04:00 as well                                    |
| is lost    | not sure         | the last one that the hall told; none before it has told any                     |

So at one in the morning boards and entrance speak of the same day, the one whose slips are still in people's hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hall.contract import Hours
from hall.contract.opening import day_of, hours_on, season_of

DAY_CHANGE = timedelta(hours=4)
"""As the hall's own (hall.clock)."""


@dataclass(frozen=True, slots=True)
class Opening:
    """``today``: from and until, in order; none on a day without hours. ``is_open`` None where no clock is sure."""

    today: tuple[tuple[str, str], ...]
    is_open: bool | None
    week: tuple[Hours, ...]
    """All hours of the season."""


def business_day(told: str, now: datetime | None, *, heard: bool) -> str:
    """The date as it is told, "" where nobody knows. ``told``: by the hall; ``now``: Beijing, by a sure clock."""
    if now is None or (heard and told):
        return told
    return (now - DAY_CHANGE).date().isoformat()


def opening(hours: Sequence[Hours], day: str, now: datetime | None) -> Opening | None:
    """On this business day, at ``now``, Beijing time; None without hours or a day."""
    on = day_of(day)
    if on is None or not hours:
        return None
    today = hours_on(hours, on)
    is_open = None if now is None else any(opens <= f"{now:%H:%M}" < closes for opens, closes in today)
    return Opening(today, is_open, season_of(hours, on))
