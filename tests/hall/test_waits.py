"""How long waiting takes: people ahead × median service time ÷ windows open for the service."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.contract import Wait
from hall.waits import BEGUN, KEPT, LEAST_SAMPLES, Duration, Hall, ServiceTimes, Visit, levels, wait_for, waits

FIVE = Duration(median=5.0, spread=4.0)
MINUTE_MS = 60_000


def alone(ahead: int, windows: int, duration: Duration = FIVE) -> Wait | None:
    """One service, and so many windows that do nothing else."""
    return waits(Hall({"11": ahead}, {number: ["11"] for number in range(windows)}, {"11": duration})).get("11")


@pytest.mark.parametrize(
    ("ahead", "windows", "low", "high"),
    [
        (0, 1, 0, 5),
        (0, 9, 0, 5),
        (1, 1, 0, 10),  # 5 ± 2
        (2, 1, 5, 15),  # 10 ± 2.8
        (12, 1, 50, 70),  # 60 ± 6.9
        (12, 2, 25, 35),  # 30 ± 4.9
        (12, 4, 10, 20),  # 15 ± 3.5
        (100, 10, 40, 60),  # 50 ± 6.3
    ],
)
def test_people_ahead_times_service_time_by_windows(ahead: int, windows: int, low: int, high: int) -> None:
    assert alone(ahead, windows) == Wait(low=low, high=high)


def test_without_an_open_window_nothing_is_said() -> None:
    assert alone(12, 0) is None


def test_people_who_all_take_alike_still_make_a_range_of_five_minutes() -> None:
    assert alone(6, 1, Duration(5.0, 0.0)) == Wait(low=30, high=35)


class TestWindowsOfSeveralServices:
    def test_whoever_comes_now_stands_behind_all_that_the_window_takes(self) -> None:
        hall = Hall({"11": 6, "12": 6}, {1: ["11", "12"]}, {"11": FIVE, "12": Duration(10.0, 0.0)})
        assert levels(hall) == {"11": 90.0, "12": 90.0}

    def test_two_windows_that_share_one_service_end_together(self) -> None:
        hall = Hall({"11": 10, "12": 10}, {1: ["11"], 2: ["11", "12"]}, {"11": FIVE, "12": FIVE})
        assert levels(hall) == {"11": pytest.approx(50.0), "12": pytest.approx(50.0)}

    def test_a_window_that_nobody_else_needs_is_free_at_once(self) -> None:
        hall = Hall({"11": 10, "12": 0}, {1: ["11"], 2: ["12"]}, {"11": FIVE, "12": FIVE})
        assert waits(hall) == {"11": Wait(low=40, high=60), "12": Wait(low=0, high=5)}

    def test_an_empty_queue_at_a_window_that_is_busy_with_others_waits_with_them(self) -> None:
        hall = Hall({"11": 10, "12": 0}, {1: ["11", "12"]}, {"11": FIVE, "12": FIVE})
        assert waits(hall)["12"] == Wait(low=40, high=60)

    def test_a_service_of_unknown_length_takes_as_long_as_is_usual_and_is_not_told_itself(self) -> None:
        hall = Hall({"11": 2, "91": 4}, {1: ["11", "91"]}, {"11": FIVE})
        assert levels(hall)["11"] == 30.0
        assert [*waits(hall)] == ["11"]


class TestOneTicket:
    hall = Hall({"11": 12}, {1: ["11"], 2: ["11"]}, {"11": FIVE})

    def test_it_waits_for_those_before_it(self) -> None:
        assert wait_for(self.hall, "11", 0) == Wait(low=0, high=5)
        assert wait_for(self.hall, "11", 4) == Wait(low=5, high=15)
        assert wait_for(self.hall, "11", 12) == waits(self.hall)["11"]

    def test_what_cannot_be_told_is_not(self) -> None:
        assert wait_for(self.hall, "12", 4) is None


halls = st.builds(
    Hall,
    st.dictionaries(st.sampled_from("ABCD"), st.integers(0, 400)),
    st.dictionaries(st.integers(1, 6), st.lists(st.sampled_from("ABCD"), min_size=1, unique=True)),
    st.dictionaries(st.sampled_from("ABCD"), st.builds(Duration, st.floats(0.1, 60), st.floats(0, 30))),
)


@settings(deadline=None)
@given(halls)
def test_a_range_is_of_whole_steps_and_never_empty(hall: Hall) -> None:
    for service, wait in waits(hall).items():
        assert wait.low % 5 == wait.high % 5 == 0
        assert 0 <= wait.low < wait.high
        assert service in hall.durations
        assert any(service in services for services in hall.open.values())


@settings(deadline=None)
@given(halls)
def test_nobody_waits_for_more_than_all_the_work_there_is(hall: Hall) -> None:
    told = levels(hall)
    assert {*told} == {service for services in hall.open.values() for service in services}
    longest = max((duration.median for duration in hall.durations.values()), default=0.0)
    assert max(told.values(), default=0.0) <= sum(hall.waiting.values()) * longest + 1e-6


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(1, 30))
def test_more_people_never_wait_less_and_more_windows_never_longer(ahead: int, windows: int) -> None:
    here, more, wider = alone(ahead, windows), alone(ahead + 1, windows), alone(ahead, windows + 1)
    assert here is not None
    assert more is not None
    assert wider is not None
    assert (here.low, here.high) <= (more.low, more.high)
    assert wider.high <= here.high


class TestServiceTimes:
    def test_too_few_visits_say_nothing(self) -> None:
        times = ServiceTimes()
        for count in range(1, LEAST_SAMPLES + 1):
            assert times.of("11") is None
            times.add(Visit(f"c{count}", "11", count * MINUTE_MS))
        assert times.of("11") == Duration(median=3.0, spread=2.0)

    def test_a_visit_lasts_from_start_to_finish(self) -> None:
        times = ServiceTimes()
        for call in "abcde":
            times.began(call, 1_000)
            times.ended(call, "11", 1_000 + 7 * MINUTE_MS)
        assert times.of("11") == Duration(7.0, 0.0)

    def test_a_finish_that_was_taken_back_counts_once_with_its_last(self) -> None:
        times = ServiceTimes()
        for call in "abcde":
            times.began(call, 0)
            times.ended(call, "11", 2 * MINUTE_MS)
            times.ended(call, "11", 9 * MINUTE_MS)
        assert times.of("11") == Duration(9.0, 0.0)

    def test_a_finish_without_a_start_and_a_number_pressed_away_say_nothing(self) -> None:
        times = ServiceTimes()
        for count in range(20):
            times.ended(f"never began {count}", "11", MINUTE_MS)
            times.began(f"pressed away {count}", 0)
            times.ended(f"pressed away {count}", "11", 900)
        assert times.of("11") is None

    def test_the_newest_visits_count_and_nothing_grows(self) -> None:
        times = ServiceTimes()
        for count in range(BEGUN * 2):
            times.began(f"c{count}", 0)
            times.ended(f"c{count}", "11", (1 if count < BEGUN else 20) * MINUTE_MS)
        assert times.of("11") == Duration(20.0, 0.0)
        assert len(times._begun) == BEGUN
        assert len(times._taken["11"]) == KEPT
