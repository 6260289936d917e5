"""The judge's rules of what people ask of their numbers: each passes good evidence and finds the bad."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from simulators.account import Call, CallEvent, Conflict
from simulators.demo import judge, judge_wishes, judge_work
from simulators.demo.evidence import Admission, Evidence, Noted, Shown, story
from simulators.demo.wished import Came, What, Who, Wish
from tests.system.test_demo_judge import BOX, GOOD, JOURNAL, ONE, call, fact, ticket, told

LATER = 60_000
"""Of a call that comes well after what was asked."""


def wish(what: What, at_ms: int, came: Came = "done", service: str = "", who: Who = "holder") -> Wish:
    return Wish(at_ms, "1001", what, came, None if came == "unknown" else at_ms + 100, service, who)


def begun_by(step: str, at_ms: int, *more: CallEvent, window: int = 1) -> Call:
    events = [CallEvent(step=step, at_ms=at_ms), *more]
    return msgspec.structs.replace(call("c1", ONE, at_ms, window=window), events=events)


def day(*wishes: Wish, calls: tuple[Call, ...] = (), state: str = "finished") -> Evidence:
    """One ticket, what was asked of it, and how it was called; window 1 serves 1, window 2 serves 2."""
    return replace(
        GOOD,
        shown=(),
        tickets=(ticket(ONE, "1001", state),),
        wishes=wishes,
        calls=calls,
        serves=((1, frozenset({"1"})), (2, frozenset({"2"}))),
    )


class TestWhatIsGivenBack:
    GIVEN = wish("give-back", 3000)

    def test_is_not_called(self) -> None:
        good = day(self.GIVEN, state="void")
        assert told(judge_wishes.given_back_for_good(good)) == []
        assert told(judge.nobody_forgotten(good)) == []

    @pytest.mark.parametrize("step", ["call", "call-number"])
    def test_a_call_afterwards_is_found(self, step: str) -> None:
        bad = day(self.GIVEN, calls=(begun_by(step, 3200),))
        assert told(judge_wishes.given_back_for_good(bad)) == ["1001: called after it was given back"]

    def test_a_miss_that_is_undone_afterwards_is_found(self) -> None:
        bad = day(self.GIVEN, calls=(begun_by("call", 2000, CallEvent(step="undo-miss", at_ms=LATER)),))
        assert told(judge_wishes.given_back_for_good(bad)) == ["1001: called after it was given back"]

    def test_a_display_that_shows_it_afterwards_is_found(self) -> None:
        bad = replace(day(self.GIVEN), shown=(Shown(LATER, 1, "请A1001到1号窗口"),))
        assert told(judge_wishes.given_back_for_good(bad)) == ["1001: shown after it was given back"]

    def test_its_slip_may_be_served_all_the_same(self) -> None:
        served = day(self.GIVEN, calls=(begun_by("admit", LATER),))
        shown = replace(served, shown=(Shown(LATER, 1, "A1001"),), admissions=(Admission(LATER, 1, "1001", done=True),))
        assert told(judge_wishes.given_back_for_good(shown)) == []

    def test_its_number_may_be_called_where_a_counter_without_its_hall_has_missed_it(self) -> None:
        for step, stated in (("call-number", []), ("call", ["1001: called after it was given back"])):
            called = day(self.GIVEN, calls=(begun_by(step, LATER),))
            alone = replace(called, admissions=(Admission(2000, 2, "1001", done=True),))
            assert told(judge_wishes.given_back_for_good(alone)) == stated

    def test_a_guide_may_let_it_wait_again(self) -> None:
        again = day(self.GIVEN, wish("readmit", 4000, who="guide"), calls=(begun_by("call", LATER),))
        assert told(judge_wishes.given_back_for_good(again)) == []

    def test_what_a_call_overtook_is_called(self) -> None:
        overtaken = day(wish("give-back", 3000, "overtaken"), calls=(begun_by("call", LATER),))
        assert told(judge_wishes.given_back_for_good(overtaken)) == []

    def test_a_void_number_that_nobody_gave_back_is_found(self) -> None:
        for wishes in ((), (wish("give-back", 3000, "refused"),)):
            assert told(judge.nobody_forgotten(day(*wishes, state="void"))) == [
                "1001: in somebody's hand, but void at the end"
            ]


class TestWhoHasSteppedAway:
    AWAY, BACK = wish("step-away", 3000), wish("step-back", 9000)

    def test_is_called_when_back(self) -> None:
        assert told(judge_wishes.away_until_back(day(self.AWAY, self.BACK, calls=(begun_by("call", 9050),)))) == []

    def test_a_call_before_that_is_found(self) -> None:
        bad = day(self.AWAY, self.BACK, calls=(begun_by("call", 8000),))
        assert "1001: called while its holder was away" in told(judge_wishes.away_until_back(bad))

    def test_a_call_before_a_return_that_did_not_come_is_found(self) -> None:
        bad = day(self.AWAY, calls=(begun_by("call", 3000 + judge_wishes.AWAY_MS - 1),))
        assert told(judge_wishes.away_until_back(bad)) == ["1001: called while its holder was away"]
        late = day(self.AWAY, calls=(begun_by("call", 3000 + judge_wishes.AWAY_MS),))
        assert told(judge_wishes.away_until_back(late)) == []

    def test_its_number_may_be_called_by_a_clerk_who_sees_its_holder(self) -> None:
        seen = day(self.AWAY, self.BACK, calls=(begun_by("call-number", 8000), begun_by("call", 9100)))
        assert told(judge_wishes.away_until_back(seen)) == []

    def test_who_is_never_called_afterwards_is_found(self) -> None:
        bad = day(self.AWAY, self.BACK, calls=(begun_by("call", 2000),))
        assert told(judge_wishes.away_until_back(bad)) == ["1001: its holder was away, and nobody has called it since"]

    def test_who_then_gives_the_number_back_need_not_be_called(self) -> None:
        gone = day(self.AWAY, self.BACK, wish("give-back", 9500), state="void")
        assert told(judge_wishes.away_until_back(gone)) == []

    @pytest.mark.parametrize("came", ["overtaken", "kept", "unknown", "refused"])
    def test_only_who_was_told_so_may_rely_on_it(self, came: Came) -> None:
        assert (
            told(judge_wishes.away_until_back(day(wish("step-away", 3000, came), calls=(begun_by("call", 4000),))))
            == []
        )


class TestWhoIsCalledByTheScreens:
    WATCHES, LOOKED = wish("by-screen", 2500), wish("looked-for", 4000, who="guide")
    MISSED = begun_by("call", 3000, CallEvent(step="miss", at_ms=5000))
    FOUND = "1001: missed at window 1, and no guide had looked for its holder"

    def test_is_missed_after_a_guide_s_look(self) -> None:
        good = day(self.WATCHES, self.LOOKED, calls=(self.MISSED,))
        assert told(judge_wishes.looked_for_before_missed(good)) == []

    def test_a_miss_without_one_is_found(self) -> None:
        assert told(judge_wishes.looked_for_before_missed(day(self.WATCHES, calls=(self.MISSED,)))) == [self.FOUND]

    def test_a_look_at_another_call_or_after_the_miss_is_none(self) -> None:
        for at_ms in (2600, 5100):
            looked = wish("looked-for", at_ms, who="guide")
            bad = day(self.WATCHES, looked, calls=(self.MISSED,))
            assert told(judge_wishes.looked_for_before_missed(bad)) == [self.FOUND]

    def test_a_look_that_was_refused_is_none(self) -> None:
        refused = day(self.WATCHES, wish("looked-for", 4000, "refused", who="guide"), calls=(self.MISSED,))
        assert told(judge_wishes.looked_for_before_missed(refused)) == [self.FOUND]

    def test_a_counter_without_its_hall_knows_nothing_of_it(self) -> None:
        alone = fact(9, "missed", ticket=ONE, call="c1", window=1)
        cut = replace(day(self.WATCHES, calls=(self.MISSED,)), facts=(*GOOD.facts, alone))
        assert told(judge_wishes.looked_for_before_missed(cut)) == []

    def test_a_miss_before_the_wish_is_none_of_it(self) -> None:
        late = day(wish("by-screen", 5000), calls=(self.MISSED,))
        assert told(judge_wishes.looked_for_before_missed(late)) == []


class TestWhoIsSentToAnotherService:
    @pytest.mark.parametrize(("what", "who"), [("transfer", "guide"), ("redirect", "clerk")])
    def test_is_called_there(self, what: What, who: Who) -> None:
        sent = wish(what, 3000, service="2", who=who)
        assert told(judge_wishes.called_where_sent(day(sent, calls=(begun_by("call", 4000, window=2),)))) == []

    @pytest.mark.parametrize(("what", "who"), [("transfer", "guide"), ("redirect", "clerk")])
    def test_a_call_elsewhere_is_found(self, what: What, who: Who) -> None:
        sent = wish(what, 3000, service="2", who=who)
        assert told(judge_wishes.called_where_sent(day(sent, calls=(begun_by("call", 4000, window=1),)))) == [
            "1001: sent to service 2, and called to window 1, which has none of it"
        ]

    def test_who_is_never_called_there_is_found(self) -> None:
        bad = day(wish("transfer", 3000, service="2", who="guide"), calls=(begun_by("call", 2000),))
        assert told(judge_wishes.called_where_sent(bad)) == ["1001: sent to service 2, and never called there"]

    def test_who_was_served_by_a_counter_that_did_not_know_is_reached(self) -> None:
        sent = day(wish("transfer", 3000, service="2", who="guide"), calls=(begun_by("admit", 2900),))
        assert told(judge_wishes.called_where_sent(sent))
        alone = replace(sent, admissions=(Admission(2900, 1, "1001", done=True),))
        assert told(judge_wishes.called_where_sent(alone)) == []

    def test_where_it_was_sent_last_counts(self) -> None:
        on = (wish("transfer", 3000, service="2", who="guide"), wish("redirect", 5000, service="1", who="clerk"))
        calls = (begun_by("call", 4000, window=2), begun_by("call", 6000, window=1))
        assert told(judge_wishes.called_where_sent(day(*on, calls=calls))) == []

    def test_a_number_may_be_called_by_any_window(self) -> None:
        sent = wish("transfer", 3000, service="2", who="guide")
        assert told(judge_wishes.called_where_sent(day(sent, calls=(begun_by("call-number", 4000),)))) == []


class TestWhoWaitsAgain:
    AGAIN = wish("readmit", 5000, who="guide")

    def test_is_called_again(self) -> None:
        calls = (begun_by("call", 3000), begun_by("call", 6000))
        assert told(judge_wishes.readmitted_called_again(day(self.AGAIN, calls=calls))) == []

    def test_who_is_not_is_found(self) -> None:
        bad = day(self.AGAIN, calls=(begun_by("call", 3000),), state="missed")
        assert told(judge_wishes.readmitted_called_again(bad)) == ["1001: waits again, and nobody has called it"]

    def test_a_day_that_ends_before_it_is_nobody_s_fault(self) -> None:
        assert told(judge_wishes.readmitted_called_again(day(self.AGAIN, state="closed"))) == []


class TestANumberThatAGuideTakes:
    TAKEN = Wish(3000, "1003", "take", "done", 3100, "1", "guide")

    def test_is_held_by_heart(self) -> None:
        three = f"hall/{JOURNAL}/1"
        known = replace(
            GOOD,
            wishes=(self.TAKEN,),
            noted=(Noted(3000, "1003"),),
            tickets=(*GOOD.tickets, ticket(three, "1003")),
            calls=(*GOOD.calls, call("c3", three, 3050)),
        )
        assert told(judge_wishes.taken_once(known)) == []
        assert told(judge.held_before_called(known)) == []
        assert told(judge.nobody_forgotten(known)) == []
        assert told(judge.nobody_forgotten(replace(known, tickets=GOOD.tickets))) == [
            "1003: in somebody's hand, but the hall has never heard of it"
        ]

    def test_that_another_visitor_gets_too_is_found(self) -> None:
        bad = replace(GOOD, wishes=(self.TAKEN, replace(self.TAKEN, at_ms=5000)))
        assert told(judge_wishes.taken_once(bad)) == ["1003: given to 2 visitors by guides"]

    def test_that_is_on_a_slip_is_found(self) -> None:
        bad = replace(GOOD, wishes=(replace(self.TAKEN, digits="1001"),))
        assert told(judge_wishes.taken_once(bad)) == ["1001: given by a guide, and on a kiosk's slip"]

    def test_of_which_nobody_heard_is_in_nobody_s_hand(self) -> None:
        three = msgspec.structs.replace(ticket(f"hall/{JOURNAL}/1", "1003"), device="hall")
        unheard = replace(
            GOOD, tickets=(*GOOD.tickets, three), calls=(*GOOD.calls, call("c3", three.ticket_id, 3050)), shown=()
        )
        assert told(judge.held_before_called(unheard))
        asked = replace(unheard, wishes=(Wish(3000, "", "take", "unknown", None, "1", "guide"),))
        assert told(judge.held_before_called(asked)) == []


class TestADatabaseThatIsLost:
    LOST = (5000,)

    def test_takes_with_it_what_guides_had_done(self) -> None:
        readmitted = day(wish("readmit", 4000, who="guide"))
        assert told(judge_wishes.readmitted_called_again(readmitted))
        assert told(judge_wishes.readmitted_called_again(replace(readmitted, lost_ms=self.LOST))) == []
        taken = replace(
            GOOD, wishes=(Wish(3000, "1003", "take", "done", 3100, "1", "guide"),), noted=(Noted(3000, "1003"),)
        )
        assert told(judge.nobody_forgotten(taken))
        assert told(judge.nobody_forgotten(replace(taken, lost_ms=self.LOST))) == []

    def test_takes_nothing_of_what_kiosks_were_told(self) -> None:
        bad = replace(day(wish("give-back", 3000), calls=(begun_by("call", LATER),)), lost_ms=self.LOST)
        assert told(judge_wishes.given_back_for_good(bad)) == ["1001: called after it was given back"]

    def test_takes_nothing_of_what_is_done_afterwards(self) -> None:
        after = replace(day(wish("readmit", 6000, who="guide")), lost_ms=self.LOST)
        assert told(judge_wishes.readmitted_called_again(after)) == ["1001: waits again, and nobody has called it"]


class TestAConflictOfWhatAHolderAsked:
    def late(self, came: Came) -> Evidence:
        conflict = Conflict(
            row=1, device=BOX, journal=JOURNAL, seq=4, why="ticket-called", fact={"kind": "given-back", "data": {}}
        )
        return replace(day(wish("give-back", 3000, came), calls=(begun_by("call", 2900),)), conflicts=(conflict,))

    @pytest.mark.parametrize("came", ["overtaken", "kept", "unknown"])
    def test_had_to_happen_where_they_were_told_so(self, came: Came) -> None:
        assert told(judge_work.all_told(self.late(came))) == []

    @pytest.mark.parametrize("came", ["done", "refused"])
    def test_is_found_where_they_were_told_otherwise(self, came: Came) -> None:
        assert told(judge_work.all_told(self.late(came))) == [f"1001: {BOX} #4: ticket-called"]

    def test_of_another_number_is_found(self) -> None:
        other = replace(self.late("kept"), wishes=(replace(wish("give-back", 3000, "kept"), digits="1002"),))
        assert told(judge_work.all_told(other)) == [f"1001: {BOX} #4: ticket-called"]


def test_what_was_asked_stands_in_the_ticket_s_story() -> None:
    lines = [moment.line for moment in story(day(wish("transfer", 2500, service="2", who="guide")), "1001")]
    assert "guide: transfer to 2, done" in lines
