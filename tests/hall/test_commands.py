from __future__ import annotations

import pytest

from hall.contract import (
    CallNext,
    CallNumber,
    Command,
    Finish,
    Miss,
    Park,
    Recall,
    Redirect,
    SignOut,
    Start,
    TakeBack,
    Undo,
)
from hall.ticket import TicketState
from tests.hall.scene import Box, Scene


def test_the_first_touch_is_called_first_whatever_its_service(scene: Scene, kiosk: Box) -> None:
    first, second = kiosk.take("13"), kiosk.take("11")
    held = scene.call_next().window
    assert held is not None
    assert held.held is not None
    assert held.held.ticket == first
    assert scene.call_next().window.held.ticket == second  # type: ignore[union-attr]


def test_a_window_calls_only_its_own_services(scene: Scene, kiosk: Box) -> None:
    kiosk.take("41")
    assert scene.press(CallNext, 1).reason == "nobody-waiting"
    assert scene.press(CallNext, 3).fresh


def test_a_ticket_is_callable_only_once_printed_has_arrived(scene: Scene, kiosk: Box) -> None:
    ticket, digits = kiosk.issue()
    assert scene.press(CallNext).reason == "nobody-waiting"
    assert scene.press(CallNumber, digits=digits).reason == "number-not-callable"
    kiosk.tell("printed", ticket=ticket, evidence="gs-h")
    assert scene.press(CallNext).fresh


def test_a_repeated_request_gives_the_same_answer_and_calls_nobody_else(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    kiosk.take()
    first = scene.press(CallNext, request="once")
    scene.show()
    assert scene.press(CallNext, request="once") == first
    assert scene.waiting["11"] == 1


def test_a_call_not_yet_shown_is_given_again(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    kiosk.take()
    first = scene.press(CallNext)
    again = scene.press(CallNext)
    assert (again.outcome, again.fresh, again.window) == ("done", False, first.window)


def test_next_finishes_what_is_served_and_marks_an_implied_start(scene: Scene, kiosk: Box) -> None:
    first = kiosk.take()
    kiosk.take()
    scene.call_next()
    window = scene.call_next().window
    assert window is not None
    assert window.finished is not None
    assert (window.finished.ticket, window.finished.start_implied) == (first, True)
    assert scene.ticket(first).state is TicketState.FINISHED


def test_when_nobody_waits_the_finish_still_stands(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    scene.call_next()
    scene.press(Start)
    answer = scene.press(CallNext)
    assert (answer.outcome, answer.reason) == ("refused", "nobody-waiting")
    assert answer.window is not None
    assert (answer.window.phase, answer.window.held) == ("idle", None)
    assert scene.ticket(ticket).state is TicketState.FINISHED


def test_finished_stays_known_until_the_next_start(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    kiosk.take()
    scene.call_next()
    scene.press(Start)
    scene.call_next()
    assert scene.window().finished is not None
    scene.press(Start)
    assert scene.window().finished is None


def test_call_number_takes_waiting_redirected_and_missed_tickets(scene: Scene, kiosk: Box) -> None:
    waiting, redirected, missed = (scene.ticket(kiosk.take()) for _ in range(3))
    scene.press(CallNumber, digits=redirected.digits)
    scene.show()
    scene.press(Redirect, service="41")
    scene.press(CallNumber, digits=missed.digits)
    scene.show()
    scene.press(Miss)
    for ticket in (waiting, redirected, missed):
        answer = scene.press(CallNumber, digits=ticket.digits)
        assert answer.fresh, answer
        scene.show()
        scene.press(Finish)
    assert scene.press(CallNumber, digits=waiting.digits).reason == "number-not-callable"
    assert scene.press(CallNumber, digits="11999").reason == "no-such-number"


def test_a_refused_number_leaves_what_is_served_alone(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next()
    scene.press(Start)
    before = scene.window()
    assert scene.press(CallNumber, digits="11999").outcome == "refused"
    assert scene.window() == before


def test_recall_park_and_take_back_keep_the_call(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    called = scene.call_next().window
    assert called is not None
    assert called.held is not None
    scene.press(Recall)
    scene.press(Park)
    assert scene.window().phase == "idle"
    back = scene.press(TakeBack, ticket=called.held.ticket).window
    assert back is not None
    assert back.held is not None
    assert (back.phase, back.held.call, back.held.calls, back.parked) == ("called", called.held.call, 3, [])


def test_take_back_wants_an_empty_window_and_a_ticket_parked_there(scene: Scene, kiosk: Box) -> None:
    parked = kiosk.take()
    kiosk.take()
    scene.call_next()
    scene.press(Park)
    assert scene.press(TakeBack, 2, ticket=parked).reason == "not-parked-here"
    scene.call_next()
    assert scene.press(TakeBack, ticket=parked).reason == "window-busy"


def test_redirect_keeps_the_first_place(scene: Scene, kiosk: Box) -> None:
    early = kiosk.take("11")
    kiosk.take("41")
    scene.call_next(1)
    answer = scene.press(Redirect, 1, service="41")
    assert answer.window is not None
    assert answer.window.phase == "idle"
    assert (scene.waiting["11"], scene.waiting["41"]) == (0, 2)
    assert scene.call_next(3).window.held.ticket == early  # type: ignore[union-attr]


def test_redirect_to_no_service_is_refused(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next()
    assert scene.press(Redirect, service="77").reason == "no-such-service"


@pytest.mark.parametrize("kind", [Recall, Start, Finish, Miss, Park])
def test_with_nothing_held_there_is_nothing_to_do(scene: Scene, kind: type[Command]) -> None:
    assert scene.press(kind).reason == "nothing-held"


@pytest.mark.parametrize("kind", [Recall, Start, Miss])
def test_who_is_being_served_is_neither_called_nor_missed(scene: Scene, kiosk: Box, kind: type[Command]) -> None:
    kiosk.take()
    scene.call_next()
    scene.press(Start)
    assert scene.press(kind).reason == "not-in-this-state"


def test_a_press_on_an_outdated_screen_is_refused_and_told_what_stands(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    window = scene.call_next().window
    answer = scene.press(Miss, call="another call")
    assert answer.reason == "screen-outdated"
    assert answer.window == window


def test_only_the_clerk_who_sits_there_may_press(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    assert scene.press(CallNext, operator="1002").reason == "another-clerk"
    assert scene.press(SignOut).outcome == "done"
    assert scene.press(CallNext).reason == "not-signed-in"


def test_a_clerk_does_not_leave_a_ticket_behind(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next()
    assert scene.press(SignOut).reason == "window-busy"


def test_each_change_of_a_window_has_a_higher_version(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    versions = [scene.call_next().window, scene.press(Start).window, scene.press(Finish).window]
    assert [state.version for state in versions if state] == [1, 2, 3]
    assert scene.press(Finish).window.version == 3  # type: ignore[union-attr]


class TestUndo:
    def test_a_miss_comes_back_as_the_same_call(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        called = scene.call_next().window
        scene.press(Miss)
        back = scene.press(Undo).window
        assert called is not None
        assert back is not None
        assert (back.phase, back.held, back.undo) == ("called", called.held, None)

    def test_a_finish_comes_back_as_served(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        scene.call_next()
        scene.press(Start)
        scene.press(Finish)
        back = scene.press(Undo).window
        assert back is not None
        assert (back.phase, back.finished) == ("serving", None)

    def test_the_answer_says_how_long_it_can_be_taken_back(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        scene.call_next()
        scene.press(Miss)
        scene.clock.pass_ms(20_000)
        undo = scene.press(Recall).window.undo  # type: ignore[union-attr]
        assert undo is not None
        assert (undo.step, undo.left_ms, undo.operator) == ("miss", 40_000, "1001")

    def test_after_a_minute_it_is_too_late(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        scene.call_next()
        scene.press(Miss)
        scene.clock.pass_ms(60_000)
        assert scene.press(Undo).reason == "too-late-to-undo"

    def test_once_another_window_has_called_it_it_is_too_late(self, scene: Scene, kiosk: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        scene.call_next(1)
        scene.press(Miss, 1)
        scene.press(CallNumber, 2, digits=ticket.digits)
        scene.show(2)
        scene.press(Miss, 2)
        assert scene.press(Undo, 1).reason == "too-late-to-undo"

    def test_what_was_only_called_meanwhile_is_parked(self, scene: Scene, kiosk: Box) -> None:
        first, second = kiosk.take(), kiosk.take()
        scene.call_next()
        scene.press(Miss)
        scene.call_next()
        window = scene.press(Undo).window
        assert window is not None
        assert window.held is not None
        assert window.held.ticket == first
        assert [held.ticket for held in window.parked] == [second]

    def test_who_is_being_served_is_not_put_aside(self, scene: Scene, kiosk: Box) -> None:
        kiosk.take()
        kiosk.take()
        scene.call_next()
        scene.press(Miss)
        scene.call_next()
        scene.press(Start)
        assert scene.press(Undo).reason == "window-busy"

    def test_there_may_be_nothing_to_undo(self, scene: Scene) -> None:
        assert scene.press(Undo).reason == "nothing-to-undo"


def test_a_call_is_one_row_with_every_step(scene: Scene, kiosk: Box) -> None:
    kiosk.take()
    scene.call_next()
    scene.press(Miss)
    scene.press(Undo)
    scene.press(Finish)
    [(ended, steps)] = scene.rows(
        "SELECT ended, (SELECT group_concat(json_extract(value, '$.step')) FROM json_each('[' || events || ']'))"
        " FROM call"
    )
    assert (ended, steps) == ("finished", "call,miss,undo-miss,start-implied,finish")
