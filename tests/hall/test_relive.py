"""A hall put together again from what its boxes tell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hall.contract import CallNext, CallNumber, Finish, Miss, Park, Recall, Redirect, Start, TakeBack, Undo
from hall.day import Turning
from hall.redo import LEADS_TO
from hall.relive import SKIPPED
from hall.ticket import TRANSITIONS, TicketState
from tests.hall.past import Town
from tests.hall.scene import NOON_MS, TODAY, Scene

SHIFT_MS = 3 * 3_600_000

TICKETS = (
    "SELECT id, date, code, serial, service, digits, number, source, state, paper, visit, window, call FROM ticket"
)
WAITING = "SELECT id, service FROM ticket WHERE waits = 1 ORDER BY place_ms, id"
CALLS = "SELECT id, ticket, number, window, operator, shown_ms IS NOT NULL, spoken_ms IS NOT NULL, ended FROM call"
STEPS = "SELECT id, events FROM call"
RATINGS = "SELECT visit, ticket, window, operator, outcome, grade FROM rating"


@pytest.fixture
def town() -> Iterator[Town]:
    town = Town()
    yield town
    town.close()


def everything(town: Town) -> dict[str, Any]:
    hall = town.hall
    told = {sql: sorted(hall.rows(sql)) for sql in (TICKETS, CALLS, RATINGS)}
    steps = {call: [event["step"] for event in json.loads(f"[{events}]")] for call, events in hall.rows(STEPS)}
    windows = {number: hall.window(number) for number in (1, 2, 3)}
    shown = {number: (window.phase, window.held, window.parked, window.clerk) for number, window in windows.items()}
    return {**told, WAITING: hall.rows(WAITING), "steps": steps, "windows": shown}


def a_days_work(town: Town) -> None:
    """Every press that there is, and tickets in every state."""
    kiosks = [town.boxes["kiosk-1"], town.boxes["kiosk-2"]]
    for n in range(12):
        kiosks[n % 2].take(["11", "21", "91"][n % 3])
    town.serve(1)
    town.serve(2, "dissatisfied")
    missed = town.press(CallNext, 1)
    town.press(Recall, 1)
    town.press(Miss, 1)
    town.press(CallNext, 2)
    town.press(Start, 2)
    town.press(Redirect, 2, service="31")
    parked = town.press(CallNext, 1)
    town.press(Park, 1)
    town.press(CallNext, 3)
    assert missed.window
    assert missed.window.held
    town.press(CallNumber, 2, digits=town.hall.ticket(missed.window.held.ticket).digits)
    town.press(Finish, 2)
    town.press(Undo, 2)
    assert parked.window
    assert parked.window.held
    town.press(TakeBack, 1, ticket=parked.window.held.ticket)
    town.boxes["kiosk-1"].issue()


def test_from_the_boxes_alone_come_the_same_tickets_calls_and_ratings(town: Town) -> None:
    a_days_work(town)
    before = everything(town)
    assert any(ended is None for *_, ended in before[CALLS])
    town.rebuild()
    town.recover()
    after = everything(town)
    reserved = {row for row in before[TICKETS] if row[8] == "reserved"}
    assert after == {**before, TICKETS: sorted(set(before[TICKETS]) - reserved)}
    assert town.hall.conflicts() == []
    assert town.recovery() is None


@pytest.mark.parametrize("order", [1, -1])
def test_it_does_not_matter_which_box_tells_first(town: Town, order: int) -> None:
    a_days_work(town)
    before = everything(town)
    town.rebuild()
    town.recover(*sorted(town.boxes)[::order])
    assert everything(town)["steps"] == before["steps"]
    assert everything(town)[WAITING] == before[WAITING]


@pytest.mark.parametrize("shift_ms", [SHIFT_MS, -SHIFT_MS])
def test_nor_what_the_new_halls_clock_says(town: Town, shift_ms: int) -> None:
    a_days_work(town)
    before = everything(town)
    town.rebuild()
    town.hall.clock.set(town.hall.clock.now_ms() + shift_ms)
    town.recover()
    after = everything(town)
    assert (after["steps"], after["windows"], after[RATINGS]) == (before["steps"], before["windows"], before[RATINGS])


@pytest.mark.parametrize("box", ["counter-1", "counter-2"], ids=["two boxes", "one box with two windows"])
def test_two_presses_of_one_millisecond_stand_in_their_order(town: Town, box: str) -> None:
    town.boxes["kiosk-1"].take("91")
    town.press(CallNext, 2)
    town.boxes["counter-1"] = town.boxes[box]
    redirected = town.hall.press(Redirect, 2, service="91")
    called = town.hall.press(CallNext, 1)
    for answer, window in ((called, 1), (redirected, 2)):
        town.hear(answer, window)
    before = everything(town)
    town.rebuild()
    town.recover("counter-1", "counter-2", "kiosk-1", "kiosk-2", "counter-3")
    assert called.window
    assert called.window.held
    assert town.hall.conflicts() == []
    assert everything(town)["windows"] == before["windows"]


@pytest.mark.parametrize(("kind", "how"), [(Redirect, "redirected"), (Miss, "missed")])
def test_who_was_sent_away_by_a_press_that_no_hall_lived_to_answer_was_sent_away(
    town: Town, kind: type[Redirect | Miss], how: str
) -> None:
    ticket = town.boxes["kiosk-1"].take("91")
    town.press(CallNext, 2)
    town.boxes["counter-2"].tell("request", request="lost", window=2, type=kind.__struct_config__.tag, ticket=ticket)
    more = {"service": "91"} if kind is Redirect else {}
    town.press(kind, 2, lost=True, request="lost", **more)
    town.press(CallNumber, 1, digits=town.hall.ticket(ticket).digits)
    town.rebuild()
    town.recover("counter-2", "counter-1", "kiosk-1", "kiosk-2", "counter-3")
    assert town.hall.conflicts() == []
    assert [row[-1] for row in town.hall.rows(f"{CALLS} ORDER BY at_ms")] == [how, None]
    assert (town.hall.window(1).phase, town.hall.window(2).phase) == ("called", "idle")


def test_a_day_begun_ten_years_too_early_comes_back_as_the_day_it_is(town: Town) -> None:
    town.hall.write(Turning("2036-11-23", NOON_MS))
    kiosk = town.boxes["kiosk-1"]
    tickets = [kiosk.take("91") for _ in range(3)]
    assert town.hall.ticket(tickets[0]).date == "2036-11-23"
    town.rebuild()
    town.recover()
    assert {town.hall.ticket(ticket).date for ticket in tickets} == {TODAY}
    assert town.hall.rows(WAITING) == [(ticket, "91") for ticket in tickets]
    assert town.hall.ticket(kiosk.take("91")).digits == "91004"


def test_no_number_is_given_twice(town: Town) -> None:
    kiosk = town.boxes["kiosk-1"]
    before = {town.hall.ticket(kiosk.take()).digits for _ in range(5)}
    town.rebuild()
    town.recover()
    assert town.hall.ticket(kiosk.take()).digits not in before


def test_nobody_is_called_again(town: Town) -> None:
    for _ in range(4):
        town.boxes["kiosk-1"].take("91")
    called = town.press(CallNext, 1).window
    town.rebuild()
    town.recover()
    again = [town.press(CallNext, window).window for window in (2, 3)]
    tickets = [state.held.ticket for state in (called, *again) if state and state.held]
    assert len(set(tickets)) == 3


def test_what_means_nothing_yet_means_nothing_yet(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    town.serve()
    town.rebuild()
    for name in town.boxes:
        town.greet(name)
    town.retell("kiosk-1")
    assert town.relive() is None
    assert town.hall.ticket(ticket).state == TicketState.WAITING
    town.retell("counter-1")
    assert town.hall.ticket(ticket).state == TicketState.WAITING
    assert town.hall.rows(RATINGS) == []


def test_an_answer_given_again_is_the_answer_given_then(town: Town) -> None:
    town.boxes["kiosk-1"].take()
    first = town.press(CallNext, 1, request="the-press")
    town.rebuild()
    town.recover()
    assert town.hall.press(CallNext, 1, request="the-press") == first


def test_a_refused_press_that_finished_a_visit_finishes_it_again(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    town.press(CallNext, 1)
    assert town.press(CallNext, 1).reason == "nobody-waiting"
    town.rebuild()
    town.recover()
    assert town.hall.ticket(ticket).state == TicketState.FINISHED
    assert town.hall.window(1).held is None


def test_a_call_that_only_a_display_knows_is_a_call(town: Town) -> None:
    """The hall died between the downlink and the answer."""
    first, second = town.boxes["kiosk-1"].take(), town.boxes["kiosk-1"].take()
    town.press(CallNext, 1)
    answer = town.press(CallNext, 1, lost=True)
    town.show(answer, 1)
    town.rebuild()
    town.recover()
    held = town.hall.window(1).held
    assert held
    assert answer.window
    assert answer.window.held
    assert (held.ticket, held.call) == (second, answer.window.held.call)
    assert town.hall.ticket(first).state == TicketState.FINISHED
    assert town.hall.ticket(second).state == TicketState.CALLED
    assert town.hall.conflicts() == []


def test_a_display_may_have_heard_before_the_answer_came(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    answer = town.press(CallNext, 1, lost=True)
    town.show(answer, 1)
    town.hear(answer, 1)
    town.rebuild()
    town.recover()
    assert [row[2] for row in town.hall.rows("SELECT id, ticket, ended FROM call")] == [None]
    assert town.hall.ticket(ticket).state == TicketState.CALLED


def test_another_box_may_have_spoken_by_a_clock_that_goes_before(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    answer = town.press(CallNext, 1, lost=True)
    assert answer.window
    assert answer.window.held
    town.boxes["kiosk-1"].tell("spoken", ticket=ticket, call=answer.window.held.call, window=1)
    town.boxes["kiosk-1"].take()
    town.pass_ms(5000)
    town.show(answer, 1)
    town.rebuild()
    town.recover()
    assert town.hall.conflicts() == []
    assert town.hall.rows("SELECT shown_ms IS NOT NULL, spoken_ms IS NOT NULL FROM call") == [(1, 1)]


def test_what_a_copy_has_already_is_not_done_again(town: Town) -> None:
    a_days_work(town)
    before = everything(town)
    town.rebuild(town.hall)
    town.recover()
    assert everything(town) == before


def test_what_an_old_copy_answered_to_nobody_gives_way_to_what_a_later_hall_told(town: Town) -> None:
    """The hall calls 1, its answer is lost, a backup is taken; another hall is asked again and calls 2."""
    first, second = (town.boxes["kiosk-1"].take("91") for _ in range(2))
    copy = town.hall
    town.press(CallNext, 1, lost=True, request="again")
    town.rebuild()
    for name in town.boxes:
        town.greet(name)
        town.retell(name)
    town.relive()
    called = town.press(CallNext, 2)
    assert called.window
    assert called.window.held
    assert called.window.held.ticket == first
    told = town.press(CallNext, 1, request="again")
    town.rebuild(copy)
    town.recover()
    assert town.hall.conflicts() == []
    shown = {number: held.ticket for number in (1, 2) if (held := town.hall.window(number).held)}
    assert shown == {1: second, 2: first}
    assert town.hall.press(CallNext, 1, request="again") == told


def test_a_press_that_was_given_up_gives_back_whom_an_old_copy_had_called_by_it(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take("91")
    copy = town.hall
    town.press(CallNext, 1, lost=True, request="given-up")
    town.rebuild()
    for name in town.boxes:
        town.greet(name)
        town.retell(name)
    town.relive()
    town.hear(town.hall.press(CallNext, 1, request="given-up", expired=True), 1)
    town.rebuild(copy)
    town.recover()
    assert (town.hall.window(1).held, town.hall.ticket(ticket).state) == (None, TicketState.WAITING)
    assert town.hall.waiting == {"91": 1}


def test_what_stood_at_a_window_overnight_is_closed(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    served = town.serve()
    waiting = town.boxes["kiosk-1"].take()
    town.press(CallNext, 1)
    town.pass_ms(24 * 3_600_000)
    town.rebuild(Scene("2026-11-24"))
    town.recover()
    assert ticket == served
    assert town.hall.ticket(served).state == TicketState.FINISHED
    assert town.hall.ticket(waiting).state == TicketState.CLOSED
    assert town.hall.window(1).held is None
    assert len(town.hall.rows(CALLS)) == 2
    assert len(town.hall.rows(RATINGS)) == 1
    assert town.hall.waiting == {}


def test_a_kiosk_that_is_absent_leaves_its_tickets_to_those_who_called_them(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take()
    town.press(CallNext, 1)
    town.rebuild()
    town.declare_absent("kiosk-1")
    town.recover("kiosk-2", "counter-1", "counter-2", "counter-3")
    held = town.hall.window(1).held
    assert held
    assert held.ticket == ticket
    town.press(Finish, 1)
    assert town.hall.ticket(ticket).state == TicketState.FINISHED


def test_numbers_that_only_an_absent_kiosk_knows_are_not_given_again(town: Town) -> None:
    first, second = town.boxes["kiosk-1"], town.boxes["kiosk-2"]
    told = town.hall.ticket(second.take()).digits
    untold = {town.hall.ticket(first.take()).digits for _ in range(5)}
    town.rebuild()
    town.declare_absent("kiosk-1")
    town.recover("kiosk-2", "counter-1", "counter-2", "counter-3")
    later = town.hall.ticket(second.take()).digits
    assert later not in untold
    assert int(later) == int(told) + SKIPPED + 1
    town.recover("kiosk-1")
    assert town.hall.ticket(second.take()).digits == f"{int(later) + 1}"
    assert town.hall.conflicts() == []


def test_a_kiosk_that_comes_back_fills_in_what_it_knows(town: Town) -> None:
    called, waiting = town.boxes["kiosk-1"].take("91"), town.boxes["kiosk-1"].take("91")
    digits = town.hall.ticket(called).digits
    town.press(CallNext, 1)
    town.rebuild()
    town.declare_absent("kiosk-1")
    town.recover("kiosk-2", "counter-1", "counter-2", "counter-3")
    assert town.press(CallNext, 2).reason == "nobody-waiting"
    town.recover("kiosk-1")
    assert town.hall.ticket(called).state == TicketState.CALLED
    assert town.hall.ticket(called).digits == digits
    assert town.hall.ticket(called).source == "hall"
    assert town.hall.ticket(waiting).state == TicketState.WAITING
    assert town.hall.conflicts() == []


def test_a_counter_that_comes_back_too_late_changes_no_later_call(town: Town) -> None:
    ticket = town.boxes["kiosk-1"].take("91")
    town.press(CallNext, 1)
    town.press(Miss, 1)
    town.rebuild()
    town.declare_absent("counter-1")
    town.recover("kiosk-1", "kiosk-2", "counter-2", "counter-3")
    again = town.press(CallNext, 2)
    assert again.fresh
    town.recover("counter-1")
    assert town.hall.ticket(ticket).state == TicketState.CALLED
    assert town.hall.window(2).held
    assert len(town.hall.rows(CALLS)) == 2
    assert set(town.hall.conflicts()) == {"called-again"}


def test_a_fact_of_another_mode_is_shown_and_means_nothing(town: Town) -> None:
    box = town.boxes["counter-1"]
    box.fact("rated", mode="live", ticket="kiosk-1/x/1", window=1, grade="satisfied", channel="pad")
    town.rebuild()
    town.recover()
    assert town.hall.conflicts() == ["wrong-mode"]


def test_each_step_leads_to_one_state_wherever_it_came_from() -> None:
    for (_, step), state in TRANSITIONS.items():
        assert LEADS_TO[step] is state


def test_a_lost_answer_that_was_asked_for_again_stands_before_what_was_done_meanwhile(town: Town) -> None:
    kiosk, counter = town.boxes["kiosk-1"], town.boxes["counter-1"]
    kiosk.take()
    slip = kiosk.take()
    counter.tell("request", request="r-lost", window=1, type="call-next", ticket="")
    lost = town.press(CallNext, 1, lost=True, request="r-lost")
    town.pass_ms(7_000)
    digits = town.hall.ticket(slip).digits
    counter.tell("admitted", window=1, call="own", digits=digits, service="11", date=TODAY, slip=slip, how="scanned")
    town.hear(lost, 1)
    town.rebuild()
    town.recover()
    [(at_ms,)] = town.hall.rows("SELECT at_ms FROM call WHERE id = 'own'")
    assert at_ms > lost.at_ms + 6_000


def test_facts_stay_in_their_order_when_a_later_batch_was_less_delayed(town: Town) -> None:
    ticket = town.hall.ticket(town.boxes["kiosk-1"].take("91"))
    counter = town.boxes["counter-1"]
    counter.scene = Scene()
    slip = {"slip": ticket.id, "digits": ticket.digits, "service": "91", "date": TODAY, "how": ""}
    told = counter.tell("admitted", operator="1001", window=1, call="own", **slip)
    before = len(counter.facts)
    counter.tell("finished", operator="1001", window=1, call="own", ticket=told)
    town.rebuild()
    town.hall.clock.pass_ms(100)  # what the first batch is late
    for name in town.boxes:
        town.greet(name)
        town.retell(name, slice(before if name == "counter-1" else None))
    counter.mono_ms += 100
    town.retell("counter-1", slice(before, None))
    times = town.hall.rows("SELECT hall_ms FROM fact WHERE kind IN ('admitted', 'finished') ORDER BY seq")
    assert times == sorted(times, reverse=True)
    assert times[0] != times[1]
    town.relive()
    assert (town.hall.conflicts(), town.hall.ticket(ticket.id).state) == ([], TicketState.FINISHED)


@pytest.mark.parametrize("called_first", [True, False])
@pytest.mark.parametrize("scanned", [True, False])
def test_what_the_lost_hall_took_for_one_visit_is_one_visit(town: Town, *, scanned: bool, called_first: bool) -> None:
    """A slip is served without the hall, which calls its number, misses it, hears of the slip, and ends that visit."""
    ticket = town.hall.ticket(town.boxes["kiosk-1"].take("91"))
    counter = town.boxes["counter-1"]
    hall, counter.scene = counter.scene, Scene()
    slip = ticket.id if scanned else ""
    if called_first:
        town.press(CallNext, 2)
    town.pass_ms(1000)
    counter.tell(
        "admitted",
        operator="1001",
        window=1,
        call="own",
        slip=slip,
        digits=ticket.digits,
        service="91",
        date=TODAY,
        how="",
    )
    town.pass_ms(1000)
    if not called_first:
        town.press(CallNext, 2)
    town.press(Miss, 2)
    counter.scene, told = hall, counter.facts
    counter.send(told)
    finished = town.press(Finish, 1, call="own")
    assert [step.ticket for step in finished.steps] == [ticket.id]
    counter.tell("rated", operator="1001", ticket=ticket.id, window=1, grade="dissatisfied", channel="pad")
    before = everything(town)
    town.rebuild()
    town.recover()
    after = everything(town)
    assert after[RATINGS] == before[RATINGS]
    called = sorted((row[1], row[-1]) for row in after[CALLS])
    assert called == [(ticket.id, "finished"), (ticket.id, "missed")]
    assert town.hall.ticket(ticket.id).state == TicketState.FINISHED
    assert len(after[TICKETS]) == 1


@pytest.mark.parametrize("scanned", [True, False])
def test_a_slip_served_by_a_cut_off_counter_and_called_by_the_lost_hall_is_two_visits_with_two_ratings(
    town: Town, *, scanned: bool
) -> None:
    ticket = town.hall.ticket(town.boxes["kiosk-1"].take("91"))
    counter = town.boxes["counter-1"]
    here: dict[str, Any] = {"operator": "1001", "window": 1, "call": "own"}
    counter.scene = Scene()  # cut off: what it tells now reaches no hall that lives
    slip = ticket.id if scanned else ""
    told = counter.tell("admitted", **here, slip=slip, digits=ticket.digits, service="91", date=TODAY, how="")
    town.pass_ms(1000)
    assert town.serve(2, "satisfied") == ticket.id
    counter.tell("finished", **here, ticket=told)
    counter.tell("rated", operator="1001", ticket=told, window=1, grade="dissatisfied", channel="pad")
    town.rebuild()
    town.recover()
    assert town.hall.conflicts() == ["admitted-while-called"]
    assert town.hall.rows("SELECT visit, window, grade FROM rating ORDER BY window") == [
        (told, 1, "dissatisfied"),
        (ticket.id, 2, "satisfied"),
    ]
    assert town.hall.rows("SELECT ticket, window, ended FROM call ORDER BY window") == [
        (told, 1, "finished"),
        (ticket.id, 2, "finished"),
    ]
