"""When a hall is open on a day: its hours by weekday and season, told alike by the hall and by its boxes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hall.contract.directory import Hours


def season_of(hours: Iterable[Hours], day: date) -> tuple[Hours, ...]:
    """The hours that hold in this day's season."""
    return tuple(each for each in hours if in_season(each, day))


def hours_on(hours: Iterable[Hours], day: date) -> tuple[tuple[str, str], ...]:
    """From and until, "HH:MM", in order; none on a day the hall is not open."""
    return tuple(
        sorted((each.opens, each.closes) for each in season_of(hours, day) if day.isoweekday() in each.weekdays)
    )


def in_season(hours: Hours, day: date) -> bool:
    """Whether these hours hold on this day; a season may go over the new year."""
    of_year = f"{day:%m-%d}"
    if hours.begins <= hours.ends:
        return hours.begins <= of_year <= hours.ends
    return of_year >= hours.begins or of_year <= hours.ends


def day_of(business_date: str) -> date | None:
    """The day of "YYYY-MM-DD"; None for "" and what is no date."""
    try:
        return date.fromisoformat(business_date)
    except ValueError:
        return None
