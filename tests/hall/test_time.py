"""Wall clocks of hall and boxes may be anything: the order of the queue and the business date stay right."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hall.contract import CallNext
from hall.day import Beginning, Looking
from hall.reckoning import HELD_MS, SETTLING_MS
from hall.ticket import TicketState
from tests.hall.scene import NOON_MS, TODAY, Box, FakeClock, Scene

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
TOMORROW = "2026-11-24"


@dataclass
class Hall:
    """A hall's store with the machine it runs on, and two kiosks; time passes for all three alike."""

    scene: Scene
    boxes: list[Box] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.boxes = [self.scene.box(name) for name in ("kiosk-1", "kiosk-2")]
        self.boot(FakeClock(NOON_MS, SETTLING_MS))

    def boot(self, clock: FakeClock) -> None:
        self.scene.clock = clock
        self.scene.write(Beginning(clock))
        self.look()

    def look(self) -> str:
        return self.scene.write(Looking(self.scene.clock))

    def pass_ms(self, ms: int) -> None:
        self.scene.clock.pass_ms(ms)
        for box in self.boxes:
            box.mono_ms += ms

    def day_begins(self) -> str:
        """Noon of the next day."""
        self.pass_ms(DAY_MS)
        return self.look()

    def take(self, box: Box) -> str:
        """A printed ticket; a second passes."""
        self.pass_ms(1000)
        return box.take()

    def cut_off(self, box: Box, date: str) -> tuple[str, list[bytes]]:
        """A ticket from the band of a box that has no line: its id, and what the box will tell when it has one."""
        self.pass_ms(1000)
        ticket = f"{box.name}/{box.journal}/{len(box.facts) + 1}"
        number = f"11{self.boxes.index(box) + 1}{len(box.facts) + 1:03d}"
        issued = {"ticket": ticket, "service": "11", "number": number, "source": "band", "date": date}
        return ticket, [
            box.fact("requested", service="11", touch="t"),
            box.fact("issued", **issued),
            box.fact("printed", ticket=ticket, evidence="gs-h"),
        ]

    def queue(self) -> list[str]:
        """All who wait, in the order in which they are called."""
        called = []
        while (answer := self.scene.call_next()).fresh:
            assert answer.window is not None
            assert answer.window.held is not None
            called.append(answer.window.held.ticket)
        return called


@pytest.fixture
def hall(scene: Scene) -> Hall:
    return Hall(scene)


@pytest.mark.parametrize("step_ms", [-60 * YEAR_MS, -HOUR_MS, HOUR_MS, YEAR_MS, 50 * YEAR_MS])
def test_a_hall_whose_clock_jumps_keeps_its_queue_and_its_day(hall: Hall, step_ms: int) -> None:
    first, second = hall.boxes
    order = [hall.take(first)]
    hall.scene.clock.step_ms(step_ms)
    assert hall.look() == TODAY
    order += [hall.take(second), hall.take(first)]
    hall.scene.clock.step_ms(-step_ms)
    hall.look()
    order += [hall.take(first), hall.take(second)]
    assert hall.queue() == order
    assert {hall.scene.ticket(ticket).date for ticket in order} == {TODAY}


def test_boxes_an_hour_or_half_a_century_apart_stand_in_the_order_of_the_touches(hall: Hall) -> None:
    first, second = hall.boxes
    first.wall_off_ms, second.wall_off_ms = HOUR_MS, -NOON_MS  # one is fast, one has been in 1970 since it booted
    early, told_early = hall.cut_off(second, TODAY)
    middle, told_middle = hall.cut_off(first, TODAY)
    late, told_late = hall.cut_off(second, TODAY)
    first.send(told_middle)
    second.send(told_early + told_late)
    assert hall.queue() == [early, middle, late]


def test_a_box_whose_clock_jumps_between_two_tickets_keeps_their_order(hall: Hall) -> None:
    box, other = hall.boxes
    order = []
    for off_ms in (0, 30 * YEAR_MS, -30 * YEAR_MS):
        box.wall_off_ms = off_ms
        order += [hall.take(box), hall.take(other)]
    assert hall.queue() == order


def test_a_kiosk_cut_off_over_the_change_of_day_issues_for_the_day_of_the_touch(hall: Hall) -> None:
    box, other = hall.boxes
    hall.take(box)
    hall.pass_ms(15 * HOUR_MS)
    evening, told_evening = hall.cut_off(box, TODAY)
    hall.pass_ms(2 * HOUR_MS)
    assert hall.look() == TOMORROW
    morning, told_morning = hall.cut_off(box, TODAY)  # it cannot know that the day has changed
    later = hall.take(other)
    box.send(told_evening + told_morning)
    assert hall.scene.ticket(evening).state is TicketState.CLOSED
    assert hall.scene.ticket(morning).date == TOMORROW
    assert hall.queue() == [morning, later]
    assert hall.scene.conflicts() == []


@pytest.mark.parametrize("step_ms", [-HOUR_MS, HOUR_MS])
def test_once_the_hall_has_taken_the_new_time_all_boxes_are_measured_by_it(hall: Hall, step_ms: int) -> None:
    first, second = hall.boxes
    hall.take(first)
    hall.scene.clock.step_ms(step_ms)
    assert hall.look() == TODAY
    assert hall.day_begins() == TOMORROW
    assert hall.scene.clock.now_ms() == hall.scene.clock.wall_ms()
    second.boot = "booted after that"
    order = [hall.take(box) for box in (second, first, second, first)]
    assert hall.queue() == order


@pytest.mark.parametrize("off_ms", [0, 60_000, 8 * HOUR_MS])
def test_a_hall_booted_anew_measures_boxes_anew_whatever_its_clock_says(hall: Hall, off_ms: int) -> None:
    first, second = hall.boxes
    order = [hall.take(first)]
    hall.pass_ms(10 * 60_000)
    hall.boot(FakeClock(NOON_MS + off_ms, 30_000, boot="second"))
    second.boot = "booted after that"
    order += [hall.take(box) for box in (second, first, second, first)]
    assert hall.queue() == order


def test_a_year_that_is_wrong_for_long_is_taken_in_the_end(hall: Hall) -> None:
    """Nobody but the wall can tell a hall the date: what has held for half an hour is the date."""
    waiting = hall.take(hall.boxes[0])
    hall.scene.clock.step_ms(YEAR_MS)
    hall.look()
    hall.pass_ms(HELD_MS)
    assert hall.look() == "2027-11-23"
    assert hall.scene.ticket(waiting).state is TicketState.CLOSED
    assert hall.scene.press(CallNext).reason == "nobody-waiting"
    assert hall.scene.ticket(hall.take(hall.boxes[0])).date == "2027-11-23"
