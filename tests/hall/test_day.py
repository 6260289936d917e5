from __future__ import annotations

from hall.clock import business_date, seconds_to_change
from hall.contract import CallNext, Finish, Miss, Park, Start
from hall.day import Turning
from hall.ticket import TicketState
from tests.hall.scene import NOON_MS, TODAY, Box, Scene

TOMORROW = "2026-11-24"
HOUR_MS = 3_600_000


def turn(scene: Scene, to: str) -> str:
    return scene.write(Turning(to, scene.clock.now_ms()))


def test_the_date_changes_at_four_in_shanghai() -> None:
    four = NOON_MS + 16 * HOUR_MS
    assert business_date(four - 1) == TODAY
    assert business_date(four) == TOMORROW


def test_whatever_a_box_takes_for_the_time_is_some_day() -> None:
    assert [business_date(ms) for ms in (-(2**60), 2**53, 2**63)] == ["1970-01-01", "9999-12-31", "9999-12-31"]
    assert seconds_to_change(NOON_MS) == 16 * 3600


def test_a_new_day_closes_what_is_open_and_empties_the_windows(scene: Scene, kiosk: Box) -> None:
    parked, missed, called, waiting = (kiosk.take() for _ in range(4))
    scene.call_next()
    scene.press(Park)
    scene.call_next()
    scene.press(Miss)
    scene.call_next()
    assert turn(scene, TOMORROW) == TOMORROW
    assert {scene.ticket(t).state for t in (parked, missed, called, waiting)} == {TicketState.CLOSED}
    window = scene.window()
    assert (window.phase, window.held, window.parked, window.undo) == ("idle", None, [], None)


def test_what_was_finished_stays_finished(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    scene.call_next()
    scene.press(Finish)
    turn(scene, TOMORROW)
    assert scene.ticket(ticket).state is TicketState.FINISHED


def test_numbers_start_anew(scene: Scene, kiosk: Box) -> None:
    assert kiosk.issue()[1] == "11001"
    assert kiosk.issue()[1] == "11002"
    turn(scene, TOMORROW)
    assert kiosk.issue()[1] == "11001"


def test_the_day_never_changes_while_a_window_serves(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next()
    scene.press(Start)
    assert turn(scene, TOMORROW) == TODAY
    scene.press(Finish)
    assert turn(scene, TOMORROW) == TOMORROW


def test_the_day_never_goes_back(scene: Scene) -> None:
    assert turn(scene, "2026-11-01") == TODAY


def test_answers_of_days_ago_are_forgotten(scene: Scene) -> None:
    scene.press(CallNext)
    turn(scene, TOMORROW)
    assert scene.rows("SELECT count(*) FROM answer") == [(1,)]
    scene.clock.pass_ms(49 * HOUR_MS)
    turn(scene, "2026-11-27")
    assert scene.rows("SELECT count(*) FROM answer") == [(0,)]
