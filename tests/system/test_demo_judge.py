"""The judge of `yichuang demo --headless`: each rule passes good evidence and finds the bad."""

from __future__ import annotations

from dataclasses import replace

from simulators.account import Call, CallEvent, Conflict, Fact, Rating, Ticket
from simulators.demo import judge, judge_ratings, judge_wishes, judge_work
from simulators.demo.evidence import (
    BoxMark,
    End,
    Evidence,
    PadEvent,
    PagePress,
    Shown,
    Slip,
    digits_in,
    story,
)
from simulators.demo.verdict import Verdict

BOX, JOURNAL = "kiosk-1", "0123456789abcdef"
ONE, TWO = f"{BOX}/{JOURNAL}/2", f"{BOX}/{JOURNAL}/5"


def qr(ticket: str, digits: str) -> tuple[str, ...]:
    return (f"请凭 A{digits} 办理\n{ticket}|{digits}|1|2026-03-02\nEd25519:c2ln",)


def ticket(ticket_id: str, digits: str, state: str = "finished") -> Ticket:
    return Ticket(ticket_id=ticket_id, number=f"A{digits}", digits=digits, service="1", state=state, visit=ticket_id)


def fact(seq: int, kind: str, **data: object) -> Fact:
    return Fact(row=seq, device=BOX, journal=JOURNAL, seq=seq, kind=kind, at_ms=1000 + seq, data=data)


def call(call_id: str, ticket_id: str, at_ms: int, ended: str | None = "finished", window: int = 1) -> Call:
    ended_ms = None if ended is None else at_ms + 1000
    return Call(
        call_id=call_id, ticket_id=ticket_id, number="A", window=window, at_ms=at_ms, ended=ended, ended_ms=ended_ms
    )


def rated(ticket_id: str, grade: str, at_ms: int) -> Rating:
    return Rating(visit=ticket_id, window=1, outcome="rated", grade=grade, channel="pad", at_ms=at_ms)


def lit(at_ms: int) -> PadEvent:
    return PadEvent(at_ms, 1, "lit")


def press(at_ms: int, grade: str, acknowledged: bool = True, heard_ms: int | None = None) -> PadEvent:
    return PadEvent(at_ms, 1, "press", grade, (heard_ms or at_ms + 20) if acknowledged else None)


GOOD = Evidence(
    slips=(Slip(2000, "1001", True, qr(ONE, "1001")),),
    shown=(Shown(3100, 1, "请A1001到1号窗口"), Shown(9000, 1, "")),
    pads=(lit(4100), press(4200, "satisfied"), PadEvent(4300, 1, "dark")),
    touches=(("t1", (ONE,)),),
    tickets=(ticket(ONE, "1001"),),
    calls=(call("c1", ONE, 3000),),
    ratings=(rated(ONE, "satisfied", 4205),),
    facts=(
        fact(1, "opened"),
        fact(2, "requested", service="1", touch="t1"),
        fact(3, "issued", ticket=ONE, number="1001"),
        fact(4, "printed", ticket=ONE, evidence="gs-h"),
    ),
    boxes=(BoxMark(BOX, JOURNAL, 0),),
    page_presses=(PagePress(2990, 1, "next", 3005, done=True),),
    ends=(End(BOX, -9, asked=True, bug=False, words=""),),
)


def told(verdict: Verdict) -> list[str]:
    return [f"{finding.digits}: {finding.what}" for finding in verdict.findings]


def test_a_good_day_passes_every_rule() -> None:
    verdicts = judge.judge(GOOD)
    assert [told(v) for v in verdicts] == [[]] * len(judge.RULES)
    asked_of_numbers = {rule(GOOD).rule for rule in judge_wishes.RULES}  # nobody did: test_judge_wishes.py
    assert all(v.checked for v in verdicts if v.rule not in {"served-alone", *asked_of_numbers})


class TestEveryNumberIsPrintedOnce:
    def test_a_second_slip_with_the_same_number_is_found(self) -> None:
        bad = replace(GOOD, slips=(*GOOD.slips, Slip(2500, "1001", True, qr(ONE, "1001"))))
        assert told(judge.printed_once(bad)) == ["1001: on 2 slips"]

    def test_a_torn_slip_is_no_second_slip(self) -> None:
        fine = replace(GOOD, slips=(Slip(1500, "1001", False), *GOOD.slips))
        assert told(judge.printed_once(fine)) == []

    def test_a_qr_code_of_another_number_is_found(self) -> None:
        bad = replace(GOOD, slips=(Slip(2000, "1001", True, qr(TWO, "1002")),))
        assert told(judge.printed_once(bad)) == ["1001: the QR code on its slip is another ticket's"]

    def test_a_slip_without_qr_code_is_found(self) -> None:
        bad = replace(GOOD, slips=(Slip(2000, "1001", True),))
        assert told(judge.printed_once(bad)) == ["1001: its slip has not exactly one QR code"]

    def test_printed_without_paper_is_found(self) -> None:
        bad = replace(GOOD, slips=(Slip(2000, "1001", False),))
        assert told(judge.printed_once(bad)) == ["1001: kiosk-1 says printed, but it is on no complete slip"]

    def test_two_tickets_of_one_touch_are_found(self) -> None:
        bad = replace(GOOD, touches=(("touched twice", (ONE, TWO)),))
        assert told(judge.printed_once(bad)) == ["1001: touch touched  gave 2 tickets"]


class TestNobodyIsCalledWhoHoldsNoPaper:
    def test_a_call_of_a_number_never_on_paper_is_found(self) -> None:
        bad = replace(GOOD, slips=(Slip(2000, "1001", False),), shown=())
        assert told(judge.held_before_called(bad)) == [
            "1001: called to window 1, but it was never on paper: nobody holds it"
        ]

    def test_a_call_before_its_slip_is_out_is_found(self) -> None:
        bad = replace(GOOD, slips=(Slip(3500, "1001", True, qr(ONE, "1001")),), shown=())
        assert told(judge.held_before_called(bad)) == ["1001: called to window 1 500 ms before its slip was out"]

    def test_the_cutter_may_fall_a_moment_after_the_printer_said_printed(self) -> None:
        fine = replace(GOOD, slips=(Slip(3200, "1001", True, qr(ONE, "1001")),), shown=())
        assert told(judge.held_before_called(fine)) == []

    def test_a_display_with_a_number_never_on_paper_is_found(self) -> None:
        bad = replace(GOOD, shown=(Shown(3100, 1, "请A1002到1号窗口"),))
        assert told(judge.held_before_called(bad)) == [
            "1002: shown at window 1, where it was never called",
            "1002: shown at window 1, but it was never on paper: nobody holds it",
        ]

    def test_a_number_at_a_window_that_did_not_call_it_is_found(self) -> None:
        bad = replace(GOOD, shown=(Shown(3100, 2, "请A1001到2号窗口"),))
        assert told(judge.held_before_called(bad)) == ["1001: shown at window 2, where it was never called"]


class TestNoTicketIsCalledTwiceWithoutCause:
    def test_two_calls_with_nothing_between_are_a_violation(self) -> None:
        bad = replace(GOOD, calls=(call("c1", ONE, 3000, None), call("c2", ONE, 3500, window=2)))
        assert told(judge.called_once(bad)) == ["1001: called to windows 1 and 2 with nothing between"]

    def test_a_finish_is_no_return(self) -> None:
        bad = replace(GOOD, calls=(call("c1", ONE, 3000, "finished"), call("c2", ONE, 5000)))
        assert len(told(judge.called_once(bad))) == 1

    def test_missed_redirected_and_returned_tickets_may_be_called_again(self) -> None:
        for ended in ("missed", "redirected", "returned", "undone"):
            fine = replace(GOOD, calls=(call("c1", ONE, 3000, ended), call("c2", ONE, 5000)))
            assert told(judge.called_once(fine)) == []

    def test_a_miss_after_the_second_call_does_not_excuse_it(self) -> None:
        bad = replace(GOOD, calls=(call("c1", ONE, 3000, "missed"), call("c2", ONE, 3500)))
        assert len(told(judge.called_once(bad))) == 1

    def test_an_event_of_the_first_call_counts_like_its_end(self) -> None:
        first = Call(
            call_id="c1",
            ticket_id=ONE,
            number="A1001",
            window=1,
            at_ms=3000,
            events=[CallEvent(step="returned", at_ms=3200)],
        )
        assert told(judge.called_once(replace(GOOD, calls=(first, call("c2", ONE, 3500))))) == []


class TestWhatIsPressedIsStored:
    def test_a_confirmed_press_that_is_not_stored_is_found(self) -> None:
        bad = replace(GOOD, ratings=())
        assert told(judge_ratings.rated_as_pressed(bad)) == [
            "1001: window 1: satisfied was pressed and acknowledged, nothing is stored"
        ]

    def test_a_rating_that_nobody_pressed_is_found(self) -> None:
        bad = replace(GOOD, pads=())
        assert told(judge_ratings.rated_as_pressed(bad)) == ["1001: window 1: satisfied is stored, nobody pressed"]

    def test_the_first_press_counts(self) -> None:
        pads = (lit(4100), press(4200, "dissatisfied"), press(4250, "satisfied"))
        bad = replace(GOOD, pads=pads)
        assert told(judge_ratings.rated_as_pressed(bad)) == [
            "1001: window 1: satisfied is stored, first pressed was dissatisfied"
        ]

    def test_an_earlier_press_without_acknowledgement_may_have_been_heard(self) -> None:
        pads = (lit(4100), press(4150, "satisfied", acknowledged=False), press(4250, "dissatisfied"))
        assert told(judge_ratings.rated_as_pressed(replace(GOOD, pads=pads))) == []

    def test_a_rating_stored_twice_is_found(self) -> None:
        bad = replace(GOOD, ratings=(*GOOD.ratings, rated(ONE, "satisfied", 4210)))
        assert told(judge_ratings.rated_as_pressed(bad)) == ["1001: window 1: stored 2 times"]

    def test_a_press_on_a_dark_pad_need_not_be_stored(self) -> None:
        fine = replace(GOOD, pads=(press(4200, "satisfied"),), ratings=())
        assert told(judge_ratings.rated_as_pressed(fine)) == []

    def test_a_press_without_acknowledgement_need_not_be_stored(self) -> None:
        fine = replace(GOOD, pads=(lit(4100), press(4200, "satisfied", acknowledged=False)), ratings=())
        assert told(judge_ratings.rated_as_pressed(fine)) == []

    def test_a_press_after_the_box_has_decided_comes_too_late(self) -> None:
        unrated = Rating(visit=ONE, window=1, outcome="not-rated", reason="next-started", at_ms=4190)
        assert told(judge_ratings.rated_as_pressed(replace(GOOD, ratings=(unrated,)))) == []

    def test_a_late_press_on_a_pad_that_is_not_yet_dark_is_not_the_next_visit_s(self) -> None:
        calls = (call("c1", ONE, 3000), call("c2", TWO, 4050))
        unrated = Rating(visit=ONE, window=1, outcome="not-rated", reason="next-started", at_ms=5000)
        pads = (lit(4100), press(5040, "satisfied", heard_ms=5080), PadEvent(5090, 1, "dark"), lit(5110))
        tickets = (*GOOD.tickets, ticket(TWO, "1002"))
        late = replace(GOOD, calls=calls, tickets=tickets, pads=pads, ratings=(unrated,))
        assert told(judge_ratings.rated_as_pressed(late)) == []

    def test_a_press_heard_only_at_a_second_try_may_fall_to_the_next_visit(self) -> None:
        calls = (call("c1", ONE, 3000), call("c2", TWO, 4050))
        unrated = Rating(visit=ONE, window=1, outcome="not-rated", reason="next-started", at_ms=5000)
        pads = (lit(4100), press(5040, "satisfied", heard_ms=5400), PadEvent(5090, 1, "dark"), lit(5110))
        tickets = (*GOOD.tickets, ticket(TWO, "1002"))
        for ratings in ((unrated,), (unrated, rated(TWO, "satisfied", 5390))):
            late = replace(GOOD, calls=calls, tickets=tickets, pads=pads, ratings=ratings)
            assert told(judge_ratings.rated_as_pressed(late)) == []

    def test_where_a_collision_left_the_pad_lit_a_press_may_count_for_the_visit_finished_since(self) -> None:
        calls = (call("c1", ONE, 3000), call("c2", TWO, 4500))
        unrated = Rating(visit=ONE, window=1, outcome="not-rated", reason="next-started", at_ms=5000)
        both = replace(GOOD, calls=calls, tickets=(*GOOD.tickets, ticket(TWO, "1002")))
        stored = replace(
            both, pads=(lit(4100), press(5600, "satisfied")), ratings=(unrated, rated(TWO, "satisfied", 5610))
        )
        assert told(judge_ratings.rated_as_pressed(stored)) == []

    def test_not_rated_after_a_confirmed_press_is_found(self) -> None:
        unrated = Rating(visit=ONE, window=1, outcome="not-rated", reason="timed-out", at_ms=64000)
        assert len(told(judge_ratings.rated_as_pressed(replace(GOOD, ratings=(unrated,))))) == 1


class TestNobodyIsForgotten:
    def test_a_ticket_still_waiting_after_everybody_was_called_is_found(self) -> None:
        bad = replace(GOOD, tickets=(ticket(ONE, "1001", "waiting"),))
        assert told(judge.nobody_forgotten(bad)) == ["1001: in somebody's hand, but waiting at the end"]

    def test_a_slip_that_the_hall_never_heard_of_is_found(self) -> None:
        bad = replace(GOOD, tickets=())
        assert told(judge.nobody_forgotten(bad)) == ["1001: in somebody's hand, but the hall has never heard of it"]

    def test_a_void_ticket_whose_slip_is_out_is_found(self) -> None:
        bad = replace(GOOD, tickets=(ticket(ONE, "1001", "void"),))
        assert told(judge.nobody_forgotten(bad)) == ["1001: in somebody's hand, but void at the end"]

    def test_a_citizen_may_give_up_a_slip(self) -> None:
        fine = replace(GOOD, tickets=(ticket(ONE, "1001", "void"),), refused_slips=frozenset({ONE}))
        assert told(judge.nobody_forgotten(fine)) == []


class TestTheHallKnowsEverything:
    def test_facts_that_a_box_still_keeps_are_found(self) -> None:
        bad = replace(GOOD, boxes=(BoxMark(BOX, JOURNAL, 3),))
        assert told(judge_work.all_told(bad)) == [": kiosk-1 still keeps 3 facts for itself"]

    def test_a_hole_in_a_journal_is_found(self) -> None:
        bad = replace(GOOD, facts=(*GOOD.facts[:2], GOOD.facts[3]))
        assert told(judge_work.all_told(bad)) == [f": the facts of kiosk-1, journal {JOURNAL}, have holes or doubles"]

    def test_a_box_without_any_fact_is_found(self) -> None:
        bad = replace(GOOD, boxes=(*GOOD.boxes, BoxMark("counter-1", "ff", 0)))
        assert told(judge_work.all_told(bad)) == [": the hall has no fact of counter-1, journal ff"]

    def test_a_conflict_is_found_with_its_ticket(self) -> None:
        conflict = Conflict(row=1, device=BOX, journal=JOURNAL, seq=4, why="printed after called")
        bad = replace(GOOD, conflicts=(conflict,))
        assert told(judge_work.all_told(bad)) == ["1001: kiosk-1 #4: printed after called"]


def test_a_story_tells_all_that_is_known_of_a_ticket_in_time_order() -> None:
    lines = [moment.line for moment in story(GOOD, "1001")]
    assert lines == [
        "kiosk-1 #2: requested service=1 touch=t1",
        "kiosk-1 #3: issued number=1001",
        "kiosk-1 #4: printed evidence=gs-h",
        "paper: complete slip 1001",
        "hall: called to window 1 by ? (call c1)",
        "display 1: 请A1001到1号窗口",
        "hall: finished (call c1)",
        "keypad 1, lit: satisfied pressed, acknowledged",
        "hall: rated satisfied at window 1",
        f"hall says: {ONE} is finished",
    ]


def test_digits_of_a_ticket_are_told_from_window_numbers() -> None:
    assert [digits_in(text) for text in ("请A1001到1号窗口", "B21015 → 12", "暂停服务", "A10001")] == [
        "1001",
        "21015",
        "",
        "10001",
    ]
