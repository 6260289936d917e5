"""How far the hall believes its machine's wall clock: the rows of the tables in hall/reckoning.py."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.clock import business_date
from hall.day import Beginning, Looking
from hall.reckoning import HELD_MS, LEAP_MS, SETTLING_MS, STEP_MS
from tests.hall.scene import NOON_MS, TODAY, Box, FakeClock, Scene

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
UP_MS = SETTLING_MS + 1_000_000
"""A machine that has long been up."""


def started(scene: Scene, clock: FakeClock) -> FakeClock:
    """A hall's process begins on the machine that has this clock."""
    scene.clock = clock
    scene.write(Beginning(clock))
    return clock


def look(scene: Scene) -> str:
    return scene.write(Looking(scene.clock))


@pytest.fixture
def at_work(scene: Scene, kiosk: Box) -> Scene:
    """A hall that has run until noon and has stored what happened then."""
    started(scene, FakeClock(NOON_MS, UP_MS))
    assert look(scene) == TODAY
    kiosk.take()
    return scene


def test_a_hall_that_starts_again_goes_on_from_the_time_it_had(at_work: Scene) -> None:
    before = at_work.clock
    before.pass_ms(HOUR_MS)
    before.step_ms(-7 * HOUR_MS)
    again = started(at_work, FakeClock(before.wall_ms(), before.mono_ms()))
    assert again.now_ms() == before.now_ms() > again.wall_ms()


@pytest.mark.parametrize("wall_ms", [0, 946_684_800_000, NOON_MS - HOUR_MS])
def test_a_machine_that_has_lost_its_clock_goes_on_where_the_store_ends(at_work: Scene, wall_ms: int) -> None:
    newest = at_work.clock.now_ms()
    clock = started(at_work, FakeClock(wall_ms, 30_000, boot="without a battery"))
    assert clock.now_ms() == newest
    assert look(at_work) == TODAY


def test_the_network_sets_the_clock_of_a_machine_just_booted_and_the_day_turns_at_once(at_work: Scene) -> None:
    clock = started(at_work, FakeClock(0, 30_000, boot="without a battery"))
    assert look(at_work) == TODAY
    clock.pass_ms(60_000)
    clock.step_ms(NOON_MS + DAY_MS)
    assert look(at_work) == "2026-11-24"
    assert clock.now_ms() == clock.wall_ms()


def test_a_morning_after_a_night_without_power_is_another_day_at_once(at_work: Scene) -> None:
    clock = started(at_work, FakeClock(NOON_MS + 20 * HOUR_MS, 30_000, boot="next morning"))
    assert clock.now_ms() == NOON_MS + 20 * HOUR_MS
    assert look(at_work) == "2026-11-24"


def test_a_battery_that_gives_another_year_is_not_believed_before_half_an_hour(at_work: Scene) -> None:
    newest = at_work.clock.now_ms()
    clock = started(at_work, FakeClock(NOON_MS + LEAP_MS + DAY_MS, 30_000, boot="another year"))
    assert clock.now_ms() == newest
    assert look(at_work) == TODAY
    clock.pass_ms(HELD_MS - 1)
    assert look(at_work) == TODAY
    clock.pass_ms(1)
    assert look(at_work) == business_date(clock.wall_ms())


@pytest.mark.parametrize("years", [1, 4, 70])
def test_a_step_into_another_year_moves_nothing_and_is_forgotten_when_it_is_taken_back(
    at_work: Scene, years: int
) -> None:
    clock, before = at_work.clock, at_work.clock.now_ms()
    clock.step_ms(years * YEAR_MS)
    assert look(at_work) == TODAY
    clock.pass_ms(HELD_MS - 1)
    assert look(at_work) == TODAY
    clock.step_ms(-years * YEAR_MS)
    clock.pass_ms(1)
    assert look(at_work) == TODAY
    clock.pass_ms(HELD_MS)
    assert look(at_work) == TODAY
    assert clock.now_ms() - before == 2 * HELD_MS
    clock.pass_ms(15 * HOUR_MS)
    assert look(at_work) == "2026-11-24"


def test_a_step_is_seen_though_the_hall_was_stopped_when_it_happened(at_work: Scene) -> None:
    clock = at_work.clock
    clock.step_ms(DAY_MS)
    started(at_work, FakeClock(clock.wall_ms(), clock.mono_ms()))
    assert look(at_work) == TODAY
    started(at_work, FakeClock(clock.wall_ms() + HELD_MS, clock.mono_ms() + HELD_MS))
    assert look(at_work) == "2026-11-24"


def test_a_clock_put_back_never_brings_a_day_back(at_work: Scene) -> None:
    at_work.clock.step_ms(-30 * DAY_MS)
    at_work.clock.pass_ms(2 * HELD_MS)
    assert look(at_work) == TODAY


def test_a_small_correction_at_night_does_not_make_the_day_wait(at_work: Scene) -> None:
    at_work.clock.pass_ms(16 * HOUR_MS)
    at_work.clock.step_ms(STEP_MS)
    assert look(at_work) == "2026-11-24"


@pytest.mark.parametrize("wall_ms", [0, 946_684_800_000])
def test_a_new_hall_whose_clock_was_never_set_hands_out_no_date(wall_ms: int) -> None:
    scene = Scene(day="")
    clock = started(scene, FakeClock(wall_ms, 30_000))
    assert look(scene) == ""
    clock.step_ms(NOON_MS - wall_ms)
    clock.pass_ms(HELD_MS)
    assert look(scene) == ""
    clock.pass_ms(HELD_MS)
    assert look(scene) == TODAY
    scene.close()


@settings(deadline=None)  # a busy machine takes its time
@given(
    st.lists(
        st.tuples(st.integers(0, HOUR_MS), st.integers(-YEAR_MS, 60 * YEAR_MS)),
        max_size=20,
    )
)
def test_whatever_the_wall_does_during_a_day_only_passed_time_moves_the_halls(steps: list[tuple[int, int]]) -> None:
    scene = Scene()
    clock = started(scene, FakeClock(NOON_MS, UP_MS))
    for passed_ms, step_ms in steps:
        before, day = clock.now_ms(), scene.day()
        clock.step_ms(step_ms)
        clock.pass_ms(passed_ms)
        after = clock.now_ms()
        assert after - before == passed_ms
        assert look(scene) >= day
        assert clock.now_ms() == after or scene.day() > day
    scene.close()
