"""What holders ask of their tickets, and what a guide does with them, as the hall understands it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pytest

from hall.contract import (
    AWAY_MS,
    Admit,
    AskPlace,
    CallNumber,
    Finish,
    Miss,
    Place,
    Recall,
    Start,
    Undo,
    Wait,
)
from hall.day import Turning
from hall.place import FindPlace
from hall.store import desks, wishes
from hall.wishes import Returning
from tests.hall.scene import Box, Scene


def place(scene: Scene, ticket: str, sitting: Mapping[int, Sequence[str]] | None = None) -> Place:
    """Whoever waits waits a quarter of an hour for each before them."""

    def wait_for(_: str, ahead: int) -> Wait:
        return Wait(low=ahead * 15, high=ahead * 15 + 5)

    return scene.write(
        FindPlace(AskPlace(ticket=ticket), scene.catalogue, sitting or {}, wait_for, scene.clock.now_ms())
    )


def left_ms(scene: Scene) -> int | None:
    return scene.write(Returning(scene.clock))


def state(scene: Scene, ticket: str) -> str:
    return scene.ticket(ticket).state.value


def digits(scene: Scene, ticket: str) -> str:
    return scene.ticket(ticket).digits


# 暂离


def test_whoever_has_stepped_away_is_not_called_and_keeps_the_place(scene: Scene, kiosk: Box) -> None:
    first, second = kiosk.take(), kiosk.take()
    kiosk.tell("stepped-away", ticket=first, minutes=15)
    assert scene.waiting == {"11": 1}
    called = scene.call_next()
    assert called.window is not None
    assert called.window.held is not None
    assert called.window.held.ticket == second
    assert scene.call_next().reason == "nobody-waiting"
    kiosk.tell("stepped-back", ticket=first)
    third = kiosk.take()
    again = scene.call_next()
    assert again.window is not None
    assert again.window.held is not None
    assert again.window.held.ticket == first
    assert state(scene, third) == "waiting"


def test_fifteen_minutes_later_the_ticket_waits_again_by_itself(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    left = left_ms(scene)
    assert left is not None
    assert left <= AWAY_MS
    scene.clock.pass_ms(left - 1)
    assert left_ms(scene) == 1
    assert state(scene, ticket) == "away"
    scene.clock.pass_ms(1)
    assert left_ms(scene) is None
    assert state(scene, ticket) == "waiting"
    assert scene.waiting == {"11": 1}


def test_nobody_stays_away_longer_than_the_hall_allows_whatever_a_box_or_a_clock_says(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("stepped-away", ticket=ticket, minutes=600)
    assert (left_ms(scene) or 0) <= AWAY_MS
    scene.clock.set(scene.clock.now_ms() - 10 * AWAY_MS)
    assert left_ms(scene) == AWAY_MS


def test_stepping_away_told_too_late_is_over_at_once_and_used_up(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    fact = kiosk.fact("stepped-away", ticket=ticket, minutes=15)
    scene.clock.pass_ms(AWAY_MS)
    kiosk.mono_ms += AWAY_MS
    kiosk.send([fact])
    assert left_ms(scene) is None
    assert state(scene, ticket) == "waiting"
    assert not place(scene, ticket).may_step_away


def test_a_second_stepping_away_is_a_conflict_and_changes_nothing(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    kiosk.tell("stepped-back", ticket=ticket)
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    assert scene.conflicts() == ["away-twice"]
    assert state(scene, ticket) == "waiting"
    assert left_ms(scene) is None


def test_its_number_or_its_slip_ends_the_time_away(scene: Scene, kiosk: Box) -> None:
    by_number, by_slip = kiosk.take(), kiosk.take()
    for ticket in (by_number, by_slip):
        kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    assert scene.press(CallNumber, digits=digits(scene, by_number)).fresh
    assert state(scene, by_number) == "called"
    told = digits(scene, by_slip)
    assert scene.press(Admit, 2, ticket=by_slip, digits=told, service="11", date=scene.day()).fresh
    assert state(scene, by_slip) == "serving"
    scene.clock.pass_ms(AWAY_MS)
    assert left_ms(scene) is None
    assert (state(scene, by_number), state(scene, by_slip)) == ("called", "serving")


def test_who_comes_back_after_the_time_was_over_is_no_conflict(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    scene.clock.pass_ms(AWAY_MS)
    left_ms(scene)
    kiosk.tell("stepped-back", ticket=ticket)
    assert state(scene, ticket) == "waiting"
    assert not scene.conflicts()


def test_the_end_of_the_day_closes_who_is_away(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    scene.write(Turning("2026-11-24", scene.clock.now_ms()))
    assert state(scene, ticket) == "closed"
    assert left_ms(scene) is None


@pytest.mark.parametrize(
    ("kind", "data", "why"),
    [
        ("stepped-back", {}, "never-away"),
        ("stepped-away", {}, "invalid"),
        ("stepped-away", {"minutes": True}, "invalid"),
        ("transferred", {"service": "77"}, "no-such-service"),
        ("readmitted", {"by": "G01"}, "ticket-waiting"),
    ],
)
def test_what_does_not_fit_is_a_conflict_and_changes_nothing(
    scene: Scene, kiosk: Box, kind: str, data: dict[str, Any], why: str
) -> None:
    ticket = kiosk.take()
    before = scene.ticket(ticket)
    kiosk.tell(kind, ticket=ticket, **data)
    assert scene.conflicts() == [why]
    assert scene.ticket(ticket) == before


@pytest.mark.parametrize("kind", ["stepped-away", "given-back", "transferred", "readmitted"])
def test_who_was_called_meanwhile_stays_called_and_it_is_said(scene: Scene, kiosk: Box, kind: str) -> None:
    ticket = kiosk.take()
    scene.call_next()
    kiosk.tell(kind, ticket=ticket, minutes=15, service="21", by="G01")
    assert scene.conflicts() == ["ticket-called"]
    assert state(scene, ticket) == "called"


# 不办了退号, and the guide


def test_a_ticket_given_back_is_void_never_called_and_served_by_its_slip(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("given-back", ticket=ticket)
    assert state(scene, ticket) == "void"
    assert scene.waiting == {"11": 0}
    assert scene.call_next().reason == "nobody-waiting"
    assert scene.press(CallNumber, digits=digits(scene, ticket)).reason == "number-not-callable"
    kiosk.tell("readmitted", ticket=ticket, by="G01")
    assert scene.call_next().fresh


def test_a_guide_sends_a_waiting_ticket_elsewhere_at_its_place(scene: Scene, kiosk: Box) -> None:
    first = kiosk.take("21")
    kiosk.take("11")
    kiosk.tell("transferred", ticket=first, service="11", by="G01")
    assert scene.waiting == {"21": 0, "11": 2}
    answer = scene.call_next()
    assert answer.window is not None
    assert answer.window.held is not None
    assert answer.window.held.ticket == first


def test_a_missed_ticket_waits_again_at_its_old_place(scene: Scene, kiosk: Box) -> None:
    first = kiosk.take()
    scene.call_next()
    scene.press(Miss)
    kiosk.take()
    kiosk.tell("readmitted", ticket=first, by="G01")
    assert scene.press(Undo).reason == "too-late-to-undo"
    answer = scene.call_next()
    assert answer.window is not None
    assert answer.window.held is not None
    assert answer.window.held.ticket == first


# 请用屏幕叫我


def flashing(scene: Scene) -> dict[str, str]:
    return scene.write(lambda tx: wishes.flashing(tx, desks.business_date(tx)))


def test_who_is_called_by_the_screens_is_missed_only_after_a_guide_has_looked(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("by-screen", ticket=ticket)
    answer = scene.call_next()
    assert answer.window is not None
    held = answer.window.held
    assert held is not None
    assert held.by_screen is True
    before = scene.window()
    refused = scene.press(Miss)
    assert (refused.outcome, refused.reason) == ("refused", "guide-first")
    assert scene.window() == before
    kiosk.tell("looked-for", ticket=ticket, call="another call", by="G01", found=False)
    assert scene.press(Miss).reason == "guide-first"
    kiosk.tell("looked-for", ticket=ticket, call=held.call, by="G01", found=False)
    assert scene.press(Recall).outcome == "done"
    assert scene.press(Miss).outcome == "done"
    assert state(scene, ticket) == "missed"


def test_who_asks_for_the_screens_while_called_is_not_missed_either(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    scene.call_next()
    version = scene.window().version
    kiosk.tell("by-screen", ticket=ticket)
    assert scene.window().version > version
    assert scene.press(Miss).reason == "guide-first"


def test_a_slip_served_before_its_kiosk_told_of_it_keeps_its_holder_s_wish(scene: Scene, kiosk: Box) -> None:
    ticket = f"{kiosk.name}/{kiosk.journal}/1"
    number = {"digits": "111001", "service": "11", "date": scene.day()}
    counter = scene.box("counter-1", "ef" * 8)
    counter.tell("admitted", operator="1001", window=1, call="c-own", slip=ticket, how="scanned", **number)
    counter.tell("by-screen", ticket=ticket)
    kiosk.tell("requested", service="11", touch="t")
    kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=scene.day())
    assert scene.ticket(ticket).source == "band"
    assert scene.ticket(ticket).by_screen


def test_each_call_needs_a_look_of_its_own(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("by-screen", ticket=ticket)
    held = scene.call_next().window
    assert held is not None
    assert held.held is not None
    kiosk.tell("looked-for", ticket=ticket, call=held.held.call, by="G01", found=False)
    scene.press(Miss)
    scene.press(CallNumber, digits=digits(scene, ticket))
    scene.show()
    assert scene.press(Miss).reason == "guide-first"


def test_a_cut_off_counter_cannot_know_and_its_word_stands(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    kiosk.tell("by-screen", ticket=ticket)
    answer = scene.call_next()
    assert answer.window is not None
    assert answer.window.held is not None
    counter = scene.box("counter-1", "ef" * 8)
    counter.tell("missed", window=1, ticket=ticket, call=answer.window.held.call)
    assert state(scene, ticket) == "missed"


def test_the_screens_flash_from_waiting_until_served(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    assert flashing(scene) == {}
    kiosk.tell("by-screen", ticket=ticket)
    number = scene.ticket(ticket).number
    assert flashing(scene) == {ticket: number}
    scene.call_next()
    assert flashing(scene) == {ticket: number}
    scene.press(Start)
    assert flashing(scene) == {}
    scene.press(Finish)
    assert flashing(scene) == {}


# Place


def test_ahead_is_who_the_windows_of_its_service_would_call_before_it(scene: Scene, kiosk: Box) -> None:
    services = scene.catalogue.windows[1].services
    mine, other = services[0], services[1]
    before, rival, away = kiosk.take(mine), kiosk.take(other), kiosk.take(mine)
    ticket = kiosk.take(mine)
    kiosk.take(mine)
    kiosk.tell("stepped-away", ticket=away, minutes=15)
    assert place(scene, ticket, {1: [mine]}).ahead == 1
    assert place(scene, ticket, {1: [mine, other]}).ahead == 2
    assert place(scene, ticket).ahead == 2, "no window is open: any that takes the service may be"
    assert place(scene, before).ahead == 0
    assert place(scene, rival, {1: [mine, other]}).ahead == 1
    scene.write(partial(Returning(scene.clock)))
    assert place(scene, away).state == "away"


def test_a_place_says_what_its_holder_may_do(scene: Scene, kiosk: Box) -> None:
    ticket = kiosk.take()
    told = place(scene, ticket)
    assert (told.state, told.may_step_away, told.away_ms, told.by_screen) == ("waiting", True, 0, False)
    kiosk.tell("by-screen", ticket=ticket)
    kiosk.tell("stepped-away", ticket=ticket, minutes=15)
    scene.clock.pass_ms(60_000)
    told = place(scene, ticket)
    assert (told.state, told.may_step_away, told.by_screen) == ("away", False, True)
    assert told.ahead == 0
    assert 0 < told.away_ms <= AWAY_MS - 60_000
    scene.press(CallNumber, digits=digits(scene, ticket))
    told = place(scene, ticket)
    assert (told.state, told.window, told.ahead, told.may_step_away) == ("called", 1, None, False)
    assert place(scene, "kiosk-9/aaaaaaaaaaaaaaaa/1") == Place(
        ticket="kiosk-9/aaaaaaaaaaaaaaaa/1", number="", service="", state=""
    )


def test_the_wait_of_a_place_is_that_behind_those_of_the_same_service(scene: Scene, kiosk: Box) -> None:
    queue = [kiosk.take() for _ in range(3)]
    assert [place(scene, ticket).wait for ticket in queue] == [
        Wait(low=0, high=5),
        Wait(low=15, high=20),
        Wait(low=30, high=35),
    ]
