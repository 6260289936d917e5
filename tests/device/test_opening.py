"""Hours of today by weekday and season, and open or closed only where a clock is sure."""

from __future__ import annotations

from datetime import datetime

import pytest

from device.clock import BEIJING
from device.opening import Opening, business_day, opening
from hall.contract import Hours
from hall.contract.opening import in_season
from tests.device.house import SUMMER, WINTER

HOURS = [SUMMER, WINTER]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def known(date: str, now: datetime | None = None, hours: list[Hours] = HOURS) -> Opening:
    found = opening(hours, business_day(date, now, heard=False), now)
    assert found is not None
    return found


@pytest.mark.parametrize(("date", "today"), [("2026-09-30", ("08:30", "18:00")), ("2026-10-01", ("09:00", "17:30"))])
def test_on_the_day_of_the_change_the_hours_are_others(date: str, today: tuple[str, str]) -> None:
    assert known(date).today == (today,)


def test_a_season_may_go_over_the_new_year() -> None:
    assert in_season(WINTER, at("2026-12-31").date())
    assert in_season(WINTER, at("2027-05-31").date())
    assert not in_season(WINTER, at("2027-06-01").date())


@pytest.mark.parametrize(("time", "is_open"), [("08:59", False), ("09:00", True), ("17:29", True), ("17:30", False)])
def test_open_from_the_first_minute_until_the_last(time: str, is_open: bool) -> None:
    assert known("", at(f"2026-11-23T{time}")).is_open is is_open


def test_without_a_sure_clock_nobody_says_open_or_closed() -> None:
    assert known("2026-11-23").is_open is None


def test_a_break_at_noon_closes() -> None:
    halves = [Hours(weekdays=[1], opens="14:00", closes="17:00"), Hours(weekdays=[1], opens="09:00", closes="12:00")]
    noon = known("", at("2026-11-23T12:30"), halves)
    assert noon.today == (("09:00", "12:00"), ("14:00", "17:00"))
    assert noon.is_open is False


def test_a_sunday_has_no_hours() -> None:
    sunday = known("", at("2026-11-22T10:00"))
    assert (sunday.today, sunday.is_open) == ((), False)


@pytest.mark.parametrize(("hours", "date"), [([], "2026-11-23"), (HOURS, ""), (HOURS, "no date")])
def test_without_hours_or_a_day_nothing_is_said(hours: list[Hours], date: str) -> None:
    assert opening(hours, date, None) is None
