"""The judge's rules of a drill: presses and calls, counters that went on alone, processes, data that was lost."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from simulators.account import Call, CallEvent, Conflict
from simulators.demo import judge, judge_work
from simulators.demo.evidence import ASKED_MS, Admission, End, KeyPress, Noted, PagePress
from tests.system.test_demo_judge import BOX, GOOD, JOURNAL, ONE, TWO, call, fact, qr, ticket, told

ALONE = replace(GOOD, calls=(*GOOD.calls,), admissions=(Admission(5000, 2, "1002", done=True),))


def admitted(ticket_id: str, window: int) -> Call:
    return Call(
        call_id=f"a{window}",
        ticket_id=ticket_id,
        number="A",
        window=window,
        at_ms=5000,
        ended="finished",
        ended_ms=6000,
        events=[CallEvent(step="admit", at_ms=5000), CallEvent(step="finish", at_ms=6000)],
    )


def past(why: str, digits: str) -> Conflict:
    return Conflict(row=1, device=BOX, journal=JOURNAL, seq=9, why=why, fact={"data": {"digits": digits}})


class TestEveryCallWasPressedFor:
    NOBODY = "called to window 1, where nobody had pressed for it"

    def test_a_second_call_of_one_press_is_found(self) -> None:
        bad = replace(GOOD, calls=(*GOOD.calls, call("c2", TWO, 3004)), tickets=(*GOOD.tickets, ticket(TWO, "1002")))
        assert told(judge_work.called_as_pressed(bad)) == [f"1002: {self.NOBODY}"]

    def test_a_press_that_was_refused_calls_nobody(self) -> None:
        bad = replace(GOOD, page_presses=(PagePress(2990, 1, "next", 3005, done=False),))
        assert told(judge_work.called_as_pressed(bad)) == [f"1001: {self.NOBODY}"]

    def test_a_press_without_an_answer_may_have_been_heard_until_it_expires(self) -> None:
        late = replace(GOOD, page_presses=(PagePress(2990, 1, "next"),))
        assert told(judge_work.called_as_pressed(late)) == []
        too_late = replace(late, calls=(call("c1", ONE, 2991 + judge_work.LATEST_MS),))
        assert told(judge_work.called_as_pressed(too_late)) == [f"1001: {self.NOBODY}"]

    def test_a_caller_s_key_is_a_press(self) -> None:
        keys = replace(GOOD, page_presses=(), keys=(KeyPress(2900, 1, "1,0,0,1,call", acknowledged=False),))
        assert told(judge_work.called_as_pressed(keys)) == []

    def test_a_caller_s_key_that_was_refused_calls_nobody(self) -> None:
        refused = KeyPress(2900, 1, "call", acknowledged=True, told_ms=3010, worked=False)
        assert told(judge_work.called_as_pressed(replace(GOOD, page_presses=(), keys=(refused,)))) == [
            f"1001: {self.NOBODY}"
        ]
        unanswered = replace(refused, told_ms=2900 + ASKED_MS)
        assert told(judge_work.called_as_pressed(replace(GOOD, page_presses=(), keys=(unanswered,)))) == []

    def test_another_window_s_press_is_none(self) -> None:
        bad = replace(GOOD, page_presses=(PagePress(2990, 2, "next", 3005, done=True),))
        assert told(judge_work.called_as_pressed(bad)) == [f"1001: {self.NOBODY}"]


class TestWhoeverWasServedWithoutTheHall:
    def test_is_known_to_it_afterwards(self) -> None:
        known = replace(ALONE, tickets=(*GOOD.tickets, ticket(TWO, "1002")), calls=(*GOOD.calls, admitted(TWO, 2)))
        assert told(judge_work.served_alone(known)) == []
        assert told(judge.called_once(known)) == []

    def test_and_is_missed_when_it_knows_nothing(self) -> None:
        assert told(judge_work.served_alone(ALONE)) == [
            "1002: served at window 2 without the hall, which knows nothing of it"
        ]

    def test_must_not_have_been_served_when_the_box_refused(self) -> None:
        refused = replace(GOOD, admissions=(Admission(5000, 2, "1002", done=False),))
        assert told(judge_work.served_alone(refused)) == []

    def test_a_slip_served_at_two_counters_is_counted_where_the_hall_says_so(self) -> None:
        twice = replace(
            ALONE,
            admissions=(*ALONE.admissions, Admission(5000, 4, "1002", done=True)),
            tickets=(*GOOD.tickets, ticket(TWO, "1002"), ticket("counter-2/x/7", "1002")),
            calls=(*GOOD.calls, admitted(TWO, 2), admitted("counter-2/x/7", 4)),
        )
        assert told(judge_work.served_alone(twice)) == ["1002: its slip was served 2 times, and nobody is told"]
        shown = replace(twice, conflicts=(past("admitted-twice", "1002"),))
        assert told(judge_work.served_alone(shown)) == []
        assert told(judge_work.all_told(shown)) == []

    def test_a_slip_whose_holder_was_missed_may_be_served_at_another_counter(self) -> None:
        missed = msgspec.structs.replace(admitted(TWO, 2), ended="missed")
        again = replace(
            ALONE,
            admissions=(*ALONE.admissions, Admission(8000, 4, "1002", done=True)),
            tickets=(*GOOD.tickets, ticket(TWO, "1002")),
            calls=(*GOOD.calls, missed, admitted(TWO, 4)),
        )
        assert told(judge_work.served_alone(again)) == []

    def test_a_conflict_that_names_the_ticket_only_is_understood(self) -> None:
        named = msgspec.structs.replace(past("ticket-elsewhere", ""), detail=f"{TWO} is not serving")
        shown = replace(ALONE, tickets=(*GOOD.tickets, ticket(TWO, "1002")), conflicts=(named,))
        assert told(judge_work.all_told(shown)) == []
        assert told(judge_work.all_told(replace(shown, admissions=()))) == ["1002: kiosk-1 #9: ticket-elsewhere"]

    @pytest.mark.parametrize(
        ("kind", "answered", "stated"), [("park", False, True), ("park", True, False), ("start", False, False)]
    )
    def test_what_a_press_without_an_answer_had_sent_away_may_be_ended_once_more(
        self, kind: str, answered: bool, stated: bool
    ) -> None:
        window = {"window": 2, "request": "r"}
        facts = [fact(11, "request", type=kind, **window)]
        facts += [fact(12, "answered", type=kind, **window)] if answered else []
        held_no_more = msgspec.structs.replace(past("call-not-held", "1001"), seq=13, fact={"data": {"window": 2}})
        seen = replace(GOOD, facts=(*GOOD.facts, *facts), conflicts=(held_no_more,))
        findings = [finding for finding in told(judge_work.all_told(seen)) if "call-not-held" in finding]
        assert findings == ([] if stated else [f": {BOX} #13: call-not-held"])

    def test_only_a_slip_that_was_shown_without_the_hall_may_be_in_conflict(self) -> None:
        bad = replace(ALONE, conflicts=(past("admitted-while-called", "1001"),))
        assert told(judge_work.all_told(bad)) == ["1001: kiosk-1 #9: admitted-while-called"]


class TestDataThatWasLost:
    def test_a_fork_of_a_journal_that_somebody_replaced_had_to_happen(self) -> None:
        forked = replace(GOOD, conflicts=(past("fork", ""),))
        assert told(judge_work.all_told(forked)) == [": kiosk-1 #9: fork"]
        assert told(judge_work.all_told(replace(forked, tampered=frozenset({BOX})))) == []

    def test_a_fork_begins_where_it_differs(self) -> None:
        forked = [msgspec.structs.replace(fact(seq, "device"), journal=f"{JOURNAL}~1") for seq in (173, 174, 176)]
        assert told(judge_work.all_told(replace(GOOD, facts=(*GOOD.facts, *forked[:2])))) == []
        holes = told(judge_work.all_told(replace(GOOD, facts=(*GOOD.facts, *forked))))
        assert holes == [f": the facts of {BOX}, journal {JOURNAL}~1, have holes or doubles"]

    def test_what_an_old_copy_believes_to_be_unfinished_may_be_done(self) -> None:
        told_late = msgspec.structs.replace(
            past("ticket-finished", ""), fact={"data": {"evidence": "journal-replaced"}}
        )
        bad = replace(GOOD, conflicts=(told_late,))
        assert told(judge_work.all_told(bad)) == [": kiosk-1 #9: ticket-finished"]
        assert told(judge_work.all_told(replace(bad, tampered=frozenset({BOX})))) == []

    def test_a_new_journal_in_the_place_of_a_sound_one_is_found(self) -> None:
        opened = msgspec.structs.replace(fact(1, "opened", reason="hall-differs"), journal="fedcba9876543210")
        anew = replace(GOOD, facts=(*GOOD.facts, opened))
        assert judge_work.all_told(anew).findings
        assert not judge_work.all_told(replace(anew, tampered=frozenset({BOX}))).findings


class TestANumberThatIsNotOnPaper:
    def test_may_be_called_when_somebody_has_it_by_heart(self) -> None:
        by_heart = replace(GOOD, slips=(), noted=(Noted(2500, "1001"),))
        assert told(judge.held_before_called(by_heart)) == []
        assert told(judge.nobody_forgotten(by_heart)) == []

    def test_may_be_called_when_a_power_cut_left_nobody_to_ask(self) -> None:
        cut = replace(GOOD, slips=(), facts=(*GOOD.facts[:3], fact(4, "doubtful", ticket=ONE, evidence="power-cut")))
        assert told(judge.held_before_called(cut)) == []

    def test_may_be_called_when_what_became_of_it_was_lost_with_its_journal(self) -> None:
        opened = msgspec.structs.replace(fact(1, "opened", reason="lost", former=JOURNAL), journal="fedcba9876543210")
        lost = replace(GOOD, slips=(), facts=(*GOOD.facts[:3], opened), tampered=frozenset({BOX}))
        assert told(judge.held_before_called(lost)) == []
        void = replace(lost, facts=(*lost.facts, fact(4, "voided", ticket=ONE, reason="citizen")))
        assert told(judge.held_before_called(void))

    def test_is_held_from_when_its_slip_is_out_even_after_a_power_cut(self) -> None:
        facts = (*GOOD.facts[:3], fact(4, "doubtful", ticket=ONE, evidence="power-cut"))
        late = replace(GOOD, slips=(replace(GOOD.slips[0], at_ms=3500, qr=qr(ONE, "1001")),), facts=facts, shown=())
        assert told(judge.held_before_called(late)) == ["1001: called to window 1 500 ms before its slip was out"]


class TestNoProcessDiesOfABug:
    def test_a_complaint_of_the_program_is_found_however_it_ended(self) -> None:
        bad = replace(GOOD, ends=(End(BOX, -9, asked=True, bug=True, words="Traceback …"),))
        assert told(judge_work.no_bug(bad)) == [": kiosk-1 ended with exit code -9: Traceback …"]

    def test_a_crash_that_nobody_asked_for_is_found(self) -> None:
        bad = replace(GOOD, ends=(End(BOX, -11, asked=False, bug=False, words=""),))
        assert told(judge_work.no_bug(bad)) == [": kiosk-1 ended with exit code -11:"]

    def test_a_stop_without_a_complaint_is_none(self) -> None:
        stopped = replace(GOOD, ends=(End(BOX, 1, asked=False, bug=False, words="disk-full"),))
        assert told(judge_work.no_bug(stopped)) == []
