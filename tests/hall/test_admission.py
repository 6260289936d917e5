"""A slip that is served without being called: by a press, or told afterwards by a counter that had lost the hall."""

from __future__ import annotations

from typing import Any

import pytest

from hall.contract import Admit, Answer, CallNext, CallNumber, Finish, Miss, Redirect, Start
from hall.store.tickets import Ticket
from hall.ticket import TicketState
from tests.hall.scene import TODAY, Box, Scene


@pytest.fixture
def counter(scene: Scene) -> Box:
    return scene.box("counter-1", "cccccccccccccccc")


def admit(counter: Box, digits: str, *, slip: str = "", window: int = 1, call: str = "own-1", date: str = TODAY) -> str:
    """The counter tells that it served this number by itself. Returns the id it gave the ticket."""
    how = "scanned" if slip else "typed"
    return counter.tell(
        "admitted",
        operator=f"100{window}",
        window=window,
        call=call,
        digits=digits,
        service=digits[:2],
        date=date,
        slip=slip,
        how=how,
    )


def step(counter: Box, kind: str, ticket: str, *, window: int = 1, call: str = "own-1") -> None:
    counter.tell(kind, window=window, ticket=ticket, call=call)


def rate(counter: Box, ticket: str, grade: str = "satisfied", window: int = 1) -> None:
    counter.tell("rated", operator=f"100{window}", ticket=ticket, window=window, grade=grade, channel="pad")


def band(kiosk: Box, number: str = "111001", *, printed: bool = True) -> str:
    """The kiosk tells of a ticket of its own band."""
    ticket = kiosk.tell("requested", service="11", touch="t")
    kiosk.tell("issued", ticket=ticket, service="11", number=number, source="band", date=TODAY)
    if printed:
        kiosk.tell("printed", ticket=ticket, evidence="gs-h")
    return ticket


def all_tickets(scene: Scene) -> list[str]:
    return [row[0] for row in scene.rows("SELECT id FROM ticket ORDER BY id")]


def steps(scene: Scene, call: str) -> list[str]:
    [(told,)] = scene.rows(
        "SELECT (SELECT group_concat(json_extract(value, '$.step')) FROM json_each('[' || events || ']'))"
        " FROM call WHERE id = ?",
        call,
    )
    return str(told).split(",")


def call_at_2(scene: Scene, ticket: Ticket) -> None:
    scene.press(CallNumber, 2, digits=ticket.digits)
    scene.show(2)


def held(scene: Scene, window: int = 1) -> tuple[str, str, str]:
    now = scene.window(window)
    assert now.held is not None
    return now.phase, now.held.ticket, now.held.call


class TestPressed:
    def scan(self, scene: Scene, ticket: str, digits: str, window: int = 1, date: str = TODAY) -> Answer:
        return scene.press(Admit, window, ticket=ticket, digits=digits, service=digits[:2], date=date)

    def test_whoever_shows_a_waiting_slip_is_served_at_once(self, scene: Scene, kiosk: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        answer = self.scan(scene, ticket.id, ticket.digits)
        assert answer.fresh
        assert held(scene)[:2] == ("serving", ticket.id)
        assert [(step.step, step.ticket) for step in answer.steps] == [("admit", ticket.id)]
        assert steps(scene, answer.window.held.call) == ["admit"]  # type: ignore[union-attr]
        assert scene.waiting["11"] == 0

    @pytest.mark.parametrize("how", ["missed", "void", "issued", "redirected"])
    def test_whoever_else_has_the_slip_is_served_too(self, scene: Scene, kiosk: Box, how: str) -> None:
        ticket, digits = kiosk.issue()
        if how != "issued":
            kiosk.tell("doubtful", ticket=ticket, evidence="status")
        if how == "void":
            kiosk.tell("voided", ticket=ticket, reason="citizen")
        if how in ("missed", "redirected"):
            scene.call_next()
            scene.press(Miss) if how == "missed" else scene.press(Redirect, service="41")
        assert self.scan(scene, ticket, digits, 2).fresh
        assert scene.ticket(ticket).state is TicketState.SERVING

    def test_what_is_served_is_finished_first(self, scene: Scene, kiosk: Box) -> None:
        first, second = kiosk.take(), scene.ticket(kiosk.take())
        scene.call_next()
        scene.press(Start)
        self.scan(scene, second.id, second.digits)
        assert scene.ticket(first).state is TicketState.FINISHED
        assert held(scene)[:2] == ("serving", second.id)

    def test_a_call_nobody_has_seen_goes_back_to_waiting(self, scene: Scene, kiosk: Box) -> None:
        first, second = kiosk.take(), scene.ticket(kiosk.take())
        scene.press(CallNext)
        self.scan(scene, second.id, second.digits)
        assert scene.ticket(first).state is TicketState.WAITING
        scene.press(Finish)
        assert scene.call_next().window.held.ticket == first  # type: ignore[union-attr]

    def test_whose_number_stands_at_this_window_is_started(self, scene: Scene, kiosk: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        call = scene.call_next().window.held.call  # type: ignore[union-attr]
        answer = self.scan(scene, ticket.id, ticket.digits)
        assert (answer.outcome, answer.fresh, held(scene)) == ("done", False, ("serving", ticket.id, call))
        assert self.scan(scene, ticket.id, ticket.digits).outcome == "done"

    def test_whose_number_is_at_another_window_or_done_is_refused(self, scene: Scene, kiosk: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        call_at_2(scene, ticket)
        assert self.scan(scene, ticket.id, ticket.digits).reason == "number-not-callable"
        scene.press(Finish, 2)
        assert self.scan(scene, ticket.id, ticket.digits).reason == "number-not-callable"
        assert scene.window(1).phase == "idle"

    def test_a_slip_the_hall_does_not_know_yet_is_served_and_known_by_it(self, scene: Scene, kiosk: Box) -> None:
        slip = f"{kiosk.name}/{kiosk.journal}/1"
        assert self.scan(scene, slip, "111001").fresh
        assert (scene.ticket(slip).number, scene.ticket(slip).paper) == ("A111001", "slip")
        assert band(kiosk) == slip
        ticket = scene.ticket(slip)
        assert (ticket.state, ticket.paper, ticket.source) == (TicketState.SERVING, "printed", "band")
        assert scene.conflicts() == []

    def test_a_slip_of_another_day_is_refused(self, scene: Scene) -> None:
        assert self.scan(scene, "kiosk-1/j/1", "111001", date="2026-11-22").reason == "slip-of-another-day"

    def test_a_slip_of_yesterday_that_the_hall_counts_as_of_today_is_served(self, scene: Scene, kiosk: Box) -> None:
        ticket = kiosk.tell("requested", service="11", touch="t")
        kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date="2026-11-22")
        assert self.scan(scene, ticket, "111001", date="2026-11-22").fresh

    def test_a_slip_of_a_service_the_hall_has_not_is_refused(self, scene: Scene) -> None:
        assert self.scan(scene, "kiosk-1/j/1", "771001").reason == "no-such-service"

    def test_the_number_on_the_slip_is_the_right_one(self, scene: Scene, kiosk: Box) -> None:
        ticket = kiosk.tell("requested", service="11", touch="t")
        assert kiosk.reserve(ticket, "11").digits == "11001"  # the kiosk had given up and took one of its own band
        self.scan(scene, ticket, "111001")
        assert scene.ticket(ticket).number == "A111001"
        kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
        assert scene.conflicts() == []
        assert kiosk.issue()[1] == "11002"

    def test_a_known_id_with_another_number_is_another_boxs_copy(self, scene: Scene, kiosk: Box) -> None:
        ticket = kiosk.take()
        assert self.scan(scene, ticket, "111007").reason == "no-such-number"

    def test_a_repeated_scan_gets_its_answer_again(self, scene: Scene, kiosk: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        slip: dict[str, Any] = {"ticket": ticket.id, "digits": ticket.digits, "service": "11", "date": TODAY}
        first = scene.press(Admit, request="once", **slip)
        scene.press(Finish)
        assert scene.press(Admit, request="once", **slip) == first
        assert scene.window().phase == "idle"


class TestTold:
    @pytest.mark.parametrize("scanned", [True, False])
    def test_a_waiting_ticket_was_served_there(self, scene: Scene, kiosk: Box, counter: Box, *, scanned: bool) -> None:
        ticket = scene.ticket(kiosk.take())
        told = admit(counter, ticket.digits, slip=ticket.id if scanned else "")
        assert held(scene) == ("serving", ticket.id, "own-1")
        assert all_tickets(scene) == [ticket.id]
        step(counter, "started", told)
        step(counter, "finished", told)
        rate(counter, told)
        assert (scene.ticket(ticket.id).state, scene.window().phase) == (TicketState.FINISHED, "idle")
        assert scene.rows("SELECT ticket, visit, grade FROM rating") == [(ticket.id, ticket.id, "satisfied")]
        assert (scene.conflicts(), scene.window().finished, scene.window().undo) == ([], None, None)

    def test_the_call_can_be_shown_under_the_counters_own_name(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        told = admit(counter, ticket.digits)
        counter.tell("shown", ticket=told, call="own-1", window=1, on="page")
        assert scene.conflicts() == []
        assert scene.rows("SELECT shown_ms IS NOT NULL FROM call") == [(1,)]

    def test_a_slip_whose_kiosk_has_not_told_is_known_by_it(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        slip = f"{kiosk.name}/{kiosk.journal}/1"
        told = admit(counter, "111001", slip=slip)
        step(counter, "finished", told)
        rate(counter, told)
        assert band(kiosk) == slip
        assert all_tickets(scene) == [slip]
        ticket = scene.ticket(slip)
        assert (ticket.state, ticket.paper, ticket.device) == (TicketState.FINISHED, "printed", "kiosk-1")
        assert scene.press(CallNext).reason == "nobody-waiting"
        assert scene.conflicts() == []

    def test_a_typed_number_and_the_kiosks_ticket_become_one(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        told = admit(counter, "111001")
        step(counter, "finished", told)
        rate(counter, told, "dissatisfied")
        assert scene.ticket(told).state is TicketState.FINISHED
        ticket = band(kiosk)
        assert all_tickets(scene) == [ticket]
        assert scene.ticket(ticket).state is TicketState.FINISHED
        assert scene.rows("SELECT ticket, number FROM call") == [(ticket, "A111001")]
        assert scene.rows("SELECT visit, ticket, grade FROM rating") == [(ticket, ticket, "dissatisfied")]
        assert (scene.press(CallNext).reason, scene.conflicts()) == ("nobody-waiting", [])

    def test_what_is_still_served_moves_with_it(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        told = admit(counter, "111001")
        version = scene.window().version
        ticket = band(kiosk)
        assert held(scene) == ("serving", ticket, "own-1")
        assert scene.window().version > version
        step(counter, "finished", told)
        assert (scene.ticket(ticket).state, scene.conflicts()) == (TicketState.FINISHED, [])

    def test_one_redirected_meanwhile_waits_for_its_new_service(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        admit(counter, "111001")
        scene.press(Redirect, service="41")
        ticket = band(kiosk)
        assert (scene.ticket(ticket).service, scene.waiting["41"]) == ("41", 1)
        assert scene.call_next(3).window.held.ticket == ticket  # type: ignore[union-attr]

    def test_a_late_reservations_number_stays_a_gap(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = kiosk.tell("requested", service="11", touch="t")
        kiosk.reserve(ticket, "11")
        admit(counter, "111001")
        kiosk.tell("issued", ticket=ticket, service="11", number="111001", source="band", date=TODAY)
        assert all_tickets(scene) == [ticket]
        assert scene.ticket(ticket).state is TicketState.SERVING
        assert kiosk.issue()[1] == "11002"

    def test_a_slip_printed_anew_keeps_its_first_visit(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        lost, _ = kiosk.issue()
        kiosk.tell("doubtful", ticket=lost, evidence="status")
        kiosk.tell("voided", ticket=lost, reason="citizen")
        told = admit(counter, "111001")
        rate(counter, told)
        anew = kiosk.tell("requested", service="11", touch="t", place_of=lost)
        kiosk.tell("issued", ticket=anew, service="11", number="111001", source="band", date=TODAY)
        assert (scene.ticket(anew).visit, scene.ticket(anew).place_ms) == (lost, scene.ticket(lost).place_ms)
        assert scene.rows("SELECT visit, ticket FROM rating") == [(lost, anew)]

    def test_the_slip_was_called_elsewhere(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        call_at_2(scene, ticket)
        told = admit(counter, ticket.digits, slip=ticket.id)
        assert scene.conflicts() == ["admitted-while-called"]
        assert (held(scene, 1)[1], held(scene, 2)[1]) == (told, ticket.id)
        rate(counter, told)
        assert scene.rows("SELECT visit FROM rating") == [(told,)]

    def test_the_slip_was_finished_elsewhere(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        call_at_2(scene, ticket)
        scene.press(Finish, 2)
        told = admit(counter, ticket.digits)
        assert scene.conflicts() == ["admitted-after-finished"]
        assert held(scene)[1] == told

    @pytest.mark.parametrize("scanned", [True, False])
    def test_a_slip_admitted_by_two_cut_off_counters_is_two_facts(
        self, scene: Scene, kiosk: Box, counter: Box, *, scanned: bool
    ) -> None:
        slip = f"{kiosk.name}/{kiosk.journal}/1" if scanned else ""
        first = admit(counter, "111001", slip=slip)
        second = admit(counter, "111001", slip=slip, window=2, call="own-2")
        assert scene.conflicts() == ["admitted-twice"]
        rate(counter, first, window=1)
        rate(counter, second, "dissatisfied", window=2)
        ticket = band(kiosk)
        assert (held(scene, 1)[1], held(scene, 2)[1]) == (ticket, second)
        assert scene.rows("SELECT visit, grade FROM rating ORDER BY window") == [
            (ticket, "satisfied"),
            (second, "dissatisfied"),
        ]
        assert scene.conflicts() == ["admitted-twice"]

    def test_a_call_nobody_had_seen_goes_back_to_waiting(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        unseen, shown = kiosk.take(), scene.ticket(kiosk.take())
        call = scene.press(CallNext).window.held.call  # type: ignore[union-attr]
        admit(counter, shown.digits)
        assert scene.ticket(unseen).state is TicketState.WAITING
        assert steps(scene, call) == ["call", "return"]
        assert scene.rows("SELECT ended FROM call WHERE id = ?", call) == [("returned",)]
        assert scene.waiting["11"] == 1

    def test_the_very_ticket_of_that_call_was_served(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = scene.ticket(kiosk.take())
        scene.call_next()
        admit(counter, ticket.digits)
        assert (held(scene), scene.conflicts()) == (("serving", ticket.id, "own-1"), [])

    def test_not_there_after_all_is_missed_and_can_be_admitted_again(
        self, scene: Scene, kiosk: Box, counter: Box
    ) -> None:
        ticket = scene.ticket(kiosk.take())
        told = admit(counter, ticket.digits)
        step(counter, "missed", told)
        assert (scene.ticket(ticket.id).state, scene.window().phase) == (TicketState.MISSED, "idle")
        admit(counter, ticket.digits, call="own-2")
        assert held(scene) == ("serving", ticket.id, "own-2")
        assert scene.conflicts() == []

    def test_what_the_hall_had_called_goes_on_without_it(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = kiosk.take()
        call = scene.call_next().window.held.call  # type: ignore[union-attr]
        step(counter, "started", ticket, call=call)
        assert scene.window().phase == "serving"
        step(counter, "finished", ticket, call=call)
        assert (scene.ticket(ticket).state, scene.window().finished) == (TicketState.FINISHED, None)

    @pytest.mark.parametrize(("kind", "press"), [("started", Start), ("finished", Finish), ("missed", Miss)])
    def test_doing_again_what_the_hall_had_done_is_nothing(
        self, scene: Scene, kiosk: Box, counter: Box, kind: str, press: type[Start]
    ) -> None:
        ticket = kiosk.take()
        call = scene.call_next().window.held.call  # type: ignore[union-attr]
        scene.press(press)
        before = scene.window()
        step(counter, kind, ticket, call=call)
        assert (scene.window(), scene.conflicts()) == (before, [])

    def test_something_else_than_the_hall_had_done_is_a_conflict(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        ticket = kiosk.take()
        call = scene.call_next().window.held.call  # type: ignore[union-attr]
        scene.press(Redirect, service="41")
        step(counter, "finished", ticket, call=call)
        assert (scene.conflicts(), scene.ticket(ticket).state) == (["call-not-held"], TicketState.REDIRECTED)

    @pytest.mark.parametrize(
        ("kind", "data", "why"),
        [
            ("admitted", {"window": 9, "call": "c", "digits": "11001", "service": "11"}, "not-its-window"),
            ("admitted", {"call": "c", "digits": "11001", "service": "11"}, "invalid"),
            ("admitted", {"window": True, "call": "c", "digits": "11001", "service": "11"}, "invalid"),
            ("finished", {"window": 1, "call": "nobody's", "ticket": "x"}, "call-not-held"),
            ("admitted", {"window": 1, "call": "c", "digits": "77001", "service": "77"}, "no-such-service"),
        ],
    )
    def test_what_does_not_fit_is_said(
        self, scene: Scene, counter: Box, kind: str, data: dict[str, str], why: str
    ) -> None:
        counter.tell(kind, **{"slip": "", "date": TODAY, "how": "typed", **data})
        assert scene.conflicts() == [why]

    def test_a_second_admission_under_one_call_is_said(self, scene: Scene, counter: Box) -> None:
        admit(counter, "111001")
        admit(counter, "111002")
        assert scene.conflicts() == ["call-twice"]

    def test_a_slip_told_void_after_it_was_served_is_a_conflict(self, scene: Scene, kiosk: Box, counter: Box) -> None:
        admit(counter, "111001")
        kiosk.tell("voided", ticket=band(kiosk), reason="citizen")
        assert scene.conflicts() == ["ticket-serving"]

    def test_a_number_called_at_the_moment_it_is_told_of_is_not_lost(
        self, scene: Scene, kiosk: Box, counter: Box
    ) -> None:
        ticket = scene.ticket(kiosk.take())
        scene.press(CallNumber, 2, digits=ticket.digits)
        admit(counter, ticket.digits)
        assert scene.conflicts() == ["admitted-while-called"]
        assert held(scene, 2)[1] == ticket.id


def of_yesterday(kiosk: Box) -> Ticket:
    kiosk.scene.clock.pass_ms(-24 * 3_600_000)
    touch = kiosk.tell("requested", service="11", touch="t")
    kiosk.scene.clock.pass_ms(24 * 3_600_000)
    kiosk.mono_ms += 24 * 3_600_000
    kiosk.tell("issued", ticket=touch, service="11", number="111001", source="band", date="2026-11-22")
    return kiosk.scene.ticket(touch)


def test_what_was_served_yesterday_and_told_today_is_yesterdays(scene: Scene, kiosk: Box, counter: Box) -> None:
    ticket = of_yesterday(kiosk)
    told = admit(counter, "111001", date="2026-11-22")
    step(counter, "finished", told)
    assert (scene.ticket(ticket.id).state, scene.conflicts()) == (TicketState.FINISHED, [])


class TestAHallThatKnowsHalfOfAPast:
    """A rebuilt hall may have a ticket at a window which is elsewhere by now: what a counter tells stops nobody."""

    @pytest.fixture
    def held(self, scene: Scene, kiosk: Box) -> str:
        kiosk.take()
        scene.call_next()
        held = scene.window().held
        assert held is not None
        scene.write(lambda tx: tx.execute("UPDATE ticket SET state = 'missed' WHERE id = ?", (held.ticket,)))
        return held.call

    def test_what_the_counter_did_with_it_is_a_conflict_and_the_window_is_free(
        self, scene: Scene, counter: Box, held: str
    ) -> None:
        counter.tell("finished", window=1, ticket="kiosk-1/x/9", call=held)
        assert (scene.conflicts(), scene.window().held) == (["ticket-elsewhere"], None)

    def test_whoever_is_served_next_is_served(self, scene: Scene, kiosk: Box, counter: Box, held: str) -> None:
        other = kiosk.take()
        admit(counter, scene.ticket(other).digits, slip=other)
        assert (scene.conflicts(), scene.ticket(other).state) == ([], TicketState.SERVING)
        assert held != "own-1"


def test_a_window_that_holds_what_is_elsewhere_stops_no_facts(scene: Scene, kiosk: Box, counter: Box) -> None:
    ticket = kiosk.take()
    call = scene.call_next().window.held.call  # type: ignore[union-attr]
    scene.write(lambda tx: tx.execute("UPDATE ticket SET state = 'finished'"))
    step(counter, "finished", ticket, call=call)
    assert scene.conflicts() == ["ticket-elsewhere"]
    told = admit(counter, "111001")
    assert held(scene) == ("serving", told, "own-1")
