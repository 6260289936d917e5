"""When the hall is open: the hours of a day by weekday and season, and whether it is open at this moment. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hall.contract import Hours


@dataclass(frozen=True, slots=True)
class Opening:
    """``today``: from and until, in order; none on a day without hours. ``is_open`` None where no clock is sure."""

    today: tuple[tuple[str, str], ...]
    is_open: bool | None
    week: tuple[Hours, ...]
    """All hours of the season."""


def opening(hours: Sequence[Hours], business_date: str, now: datetime | None) -> Opening | None:
    """For the day of ``now``, Beijing time, or for the business date where no clock is sure; None without either."""
    day = now.date() if now is not None else _day(business_date)
    if day is None or not hours:
        return None
    season = tuple(each for each in hours if in_season(each, day))
    today = tuple(sorted((each.opens, each.closes) for each in season if day.isoweekday() in each.weekdays))
    is_open = None if now is None else any(opens <= f"{now:%H:%M}" < closes for opens, closes in today)
    return Opening(today, is_open, season)


def in_season(hours: Hours, day: date) -> bool:
    """Whether these hours hold on this day; a season may go over the new year."""
    of_year = f"{day:%m-%d}"
    if hours.begins <= hours.ends:
        return hours.begins <= of_year <= hours.ends
    return of_year >= hours.begins or of_year <= hours.ends


def _day(business_date: str) -> date | None:
    try:
        return date.fromisoformat(business_date)
    except ValueError:
        return None
