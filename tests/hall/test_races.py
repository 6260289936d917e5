"""Two windows press at the same moment, or one asks again: the tables of hall.commands, row by row."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from hall.contract import Admit, CallNext, CallNumber, Finish, Miss, Redirect, Start, Undo
from hall.store.tickets import Ticket
from hall.ticket import TicketState
from tests.hall.scene import TODAY, Box, Scene


@pytest.fixture
def ticket(scene: Scene, kiosk: Box) -> Ticket:
    """The first of two who wait for what windows 1, 2 and 3 all do."""
    first = scene.ticket(kiosk.take("91"))
    kiosk.take("91")
    return first


def slip(ticket: Ticket) -> dict[str, Any]:
    return {"ticket": ticket.id, "digits": ticket.digits, "service": ticket.code, "date": TODAY}


def at(scene: Scene, window: int) -> str:
    held = scene.window(window).held
    return held.ticket if held else ""


@pytest.mark.parametrize(("first", "second"), [*itertools.permutations((1, 2, 3), 2)])
def test_two_who_press_next_get_two_people(scene: Scene, ticket: Ticket, first: int, second: int) -> None:
    scene.call_next(first)
    scene.call_next(second)
    assert at(scene, first) == ticket.id
    assert at(scene, second) not in ("", ticket.id)
    assert scene.press(CallNext, 6 - first - second).reason == "nobody-waiting"


def test_a_number_just_called_is_not_called_again(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    before = scene.window(2)
    assert scene.press(CallNumber, 2, digits=ticket.digits).reason == "number-not-callable"
    assert (at(scene, 1), scene.window(2)) == (ticket.id, before)


def test_next_passes_over_a_number_just_called(scene: Scene, ticket: Ticket) -> None:
    scene.press(CallNumber, 2, digits=ticket.digits)
    assert scene.call_next(1).window.held.ticket != ticket.id  # type: ignore[union-attr]


@pytest.mark.parametrize("by_number", [True, False])
def test_one_just_redirected_is_called_at_its_first_place(scene: Scene, ticket: Ticket, *, by_number: bool) -> None:
    scene.call_next(1)
    scene.press(Redirect, 1, service="21")
    answer = scene.press(CallNumber, 2, digits=ticket.digits) if by_number else scene.press(CallNext, 2)
    assert answer.fresh
    assert at(scene, 2) == ticket.id
    assert scene.press(Undo, 1).reason == "nothing-to-undo"


def test_one_redirected_a_moment_too_late_waits_for_the_next(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    other = scene.call_next(2).window.held.ticket  # type: ignore[union-attr]
    scene.press(Redirect, 1, service="21")
    assert (at(scene, 2), scene.ticket(ticket.id).state) == (other, TicketState.REDIRECTED)
    scene.press(Finish, 2)
    assert scene.call_next(2).window.held.ticket == ticket.id  # type: ignore[union-attr]


def test_a_miss_is_not_taken_back_from_who_has_called_it(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    scene.press(Miss, 1)
    assert scene.press(CallNumber, 2, digits=ticket.digits).fresh
    assert scene.press(Undo, 1).reason == "too-late-to-undo"
    assert (at(scene, 1), at(scene, 2)) == ("", ticket.id)


def test_a_miss_taken_back_in_time_is_not_called_elsewhere(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    scene.press(Miss, 1)
    scene.press(Undo, 1)
    assert scene.press(CallNumber, 2, digits=ticket.digits).reason == "number-not-callable"
    assert (at(scene, 1), at(scene, 2)) == (ticket.id, "")


def test_a_finish_and_its_undo_leave_the_slip_where_it_is(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    scene.press(Start, 1)
    scene.press(Finish, 1)
    assert scene.press(Admit, 2, **slip(ticket)).reason == "number-not-callable"
    scene.press(Undo, 1)
    assert scene.press(Admit, 2, **slip(ticket)).reason == "number-not-callable"
    assert scene.press(CallNumber, 2, digits=ticket.digits).reason == "number-not-callable"
    assert at(scene, 1) == ticket.id


def test_one_admitted_is_neither_called_nor_next(scene: Scene, ticket: Ticket) -> None:
    scene.press(Admit, 1, **slip(ticket))
    assert scene.press(CallNumber, 2, digits=ticket.digits).reason == "number-not-callable"
    assert scene.call_next(3).window.held.ticket != ticket.id  # type: ignore[union-attr]
    assert at(scene, 1) == ticket.id


def test_a_press_repeated_by_a_daemon_started_anew_gets_its_answer_however_late(scene: Scene, ticket: Ticket) -> None:
    first = scene.press(CallNext, 1, request="once")
    scene.show(1)
    scene.press(Finish, 1)
    scene.clock.pass_ms(3_600_000)
    before = scene.window(1)
    assert scene.press(CallNext, 1, expired=True, request="once") == first
    assert (scene.window(1), scene.ticket(ticket.id).state) == (before, TicketState.FINISHED)


def test_a_press_that_reaches_the_hall_too_late_is_never_done(scene: Scene, ticket: Ticket) -> None:
    late = scene.press(CallNext, 1, expired=True, request="once")
    assert (late.reason, late.steps, at(scene, 1)) == ("expired", [], "")
    assert scene.press(CallNext, 1, request="once") == late


def test_next_pressed_anew_gives_again_what_nobody_has_seen(scene: Scene, ticket: Ticket) -> None:
    lost = scene.press(CallNext, 1, request="lost with the daemon")
    again = scene.press(CallNext, 1)
    assert (again.window, again.fresh, again.steps) == (lost.window, False, [])


def test_next_pressed_anew_after_it_was_shown_is_the_next(scene: Scene, ticket: Ticket) -> None:
    scene.call_next(1)
    answer = scene.call_next(1)
    assert [(step.step, step.ticket == ticket.id) for step in answer.steps] == [
        ("start", True),
        ("finish", True),
        ("call", False),
    ]


def test_a_press_on_an_old_screen_is_told_what_stands(scene: Scene, ticket: Ticket) -> None:
    lost = scene.press(CallNext, 1)
    answer = scene.press(Miss, 1, call="the call before")
    assert (answer.reason, answer.window) == ("screen-outdated", lost.window)
