"""A window that has lost its hall serves whom it is shown; the hall's return ends it without a seam."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from device.numbering import ticket_id
from drivers.contract import GradePress
from hall.contract import EXPIRES_MS, CallNext, Clerk
from tests.device.counter import BOOT, CLERK, TERM, Counter, counter_of, held
from tests.device.slips import slip_maker, ticket
from tests.virtual_time import virtual


def named(counter: Counter, seq: int) -> str:
    return ticket_id("counter-1", counter.journal.id, seq)


def phase(counter: Counter) -> str:
    return counter.state.phase


async def admitted(counter: Counter, digits: str = "12001", request: str = "p1") -> None:
    assert (await counter.press("call-number", request, digits=digits)).reason is None


@virtual
async def test_a_typed_number_is_journaled_then_shown_and_that_is_a_fact_too(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        assert counter.kinds() == ["admitted", "shown"]
        fact, shown = counter.facts()
        assert fact.data == {
            "window": 1,
            "call": "p1",
            "digits": "12001",
            "service": "1",
            "date": "2026-11-21",
            "slip": "",
            "how": "typed",
        }
        assert (fact.operator, fact.post) == ("007", "社保岗")
        own = named(counter, fact.seq)
        assert (shown.data["call"], shown.data["ticket"], shown.visit) == ("p1", own, own)
        assert (phase(counter), counter.state.held and counter.state.held.number) == ("called", "A12001")
        assert counter.display.wanted[-1] == "请A12001到1号窗口"


@virtual
async def test_a_scanned_slip_is_admitted_by_its_own_name(tmp_path: Path) -> None:
    slips = slip_maker(tmp_path)
    async with counter_of(tmp_path) as counter:
        counter.link.welcome.slip_keys = {"kiosk-1": [slips.public_key]}
        await counter.cut()
        assert (await counter.press("scan", text=slips.code(ticket()))).reason is None
        [fact] = counter.facts("admitted")
        assert (fact.data["slip"], fact.data["how"]) == ("kiosk-1/00000000000000aa/9", "scanned")
        assert (await counter.press("scan", "r-2", text="no slip")).reason == "slip-unreadable"


@virtual
async def test_a_visit_is_served_and_rated_without_the_hall(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        assert (await counter.press("start")).reason is None
        assert phase(counter) == "serving"
        assert (await counter.press("finish")).reason is None
        assert counter.pad.lit
        counter.pad.heard.put_nowait(GradePress(4, "very-satisfied"))
        await counter.settle()
        assert counter.kinds() == ["admitted", "shown", "started", "finished", "rating-opened", "rated"]
        own = named(counter, counter.facts("admitted")[0].seq)
        for fact in counter.facts("started", "finished", "rating-opened", "rated"):
            assert (fact.data["ticket"], fact.visit, fact.operator, fact.post) == (own, own, "007", "社保岗")
        assert counter.hall.sent == []


@virtual
async def test_what_the_hall_had_called_before_the_cut_goes_on_here_under_its_own_name(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await counter.cut()
        for act in ("start", "finish"):
            assert (await counter.press(act)).reason is None
        told = [(fact.kind, fact.data["ticket"], fact.data.get("call", "c-A1001")) for fact in counter.facts()[1:]]
        assert told == [
            ("started", "t-A1001", "c-A1001"),
            ("finished", "t-A1001", "c-A1001"),
            ("rating-opened", "t-A1001", "c-A1001"),
        ]


@virtual
async def test_the_next_number_finishes_what_is_served_in_the_same_write(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await counter.cut()
        await admitted(counter)
        assert counter.kinds()[:3] == ["shown", "finished", "admitted"]
        assert counter.state.finished is not None
        assert counter.state.finished.start_implied


@virtual
async def test_next_finishes_and_then_asks_for_a_number(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=held("A1001"))
        await counter.cut()
        pressed = await counter.press("next")
        assert (pressed.reason, pressed.say) == ("hall-unreachable", "numbers-by-hand")
        assert counter.state.held is None
        assert counter.kinds()[0] == "finished"


@pytest.mark.parametrize("act", ["park", "redirect", "undo", "take-back"])
@virtual
async def test_what_only_the_hall_can_do_is_refused(tmp_path: Path, act: str) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=held("A1001"))
        await counter.cut()
        assert (await counter.press(act)).reason == "hall-unreachable"
        assert counter.kinds() == []


@virtual
async def test_an_act_that_is_none_is_none_here_too(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        with pytest.raises(KeyError):
            await counter.press("dance")


@pytest.mark.parametrize("digits", ["12000", "999", "32001", "", "12001x"])
@virtual
async def test_digits_that_are_no_number_here_are_refused(tmp_path: Path, digits: str) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        assert (await counter.press("call-number", digits=digits)).reason == "no-such-number"
        assert counter.kinds() == []


@virtual
async def test_a_number_is_admitted_once_a_day_unless_it_was_missed(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        assert (await counter.press("call-number", "p2", digits="12001")).reason == "number-not-callable"
        await counter.press("finish")
        assert (await counter.press("call-number", "p3", digits="12001")).reason == "number-not-callable"
        await admitted(counter, "12002", "p4")
        assert (await counter.press("missed")).reason is None
        await admitted(counter, "12002", "p5")


@virtual
async def test_a_number_that_stands_at_another_window_of_this_box_is_not_admitted(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.new_island(2)
        await counter.tell("serving", 2, held=held("A1005"))
        await counter.cut()
        assert (await counter.press("call-number", digits="1005")).reason == "number-not-callable"


@virtual
async def test_a_second_cut_of_the_day_and_a_restart_remember_who_was_admitted(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await counter.press("finish")
        await counter.back()
        await counter.tell()
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        assert (await counter.press("call-number", digits="12001")).reason == "number-not-callable"
        counter.desired.business_date = "2026-11-22"
        await admitted(counter)


@virtual
async def test_the_same_press_sent_again_admits_once(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await admitted(counter)
        assert len(counter.facts("admitted")) == 1


@virtual
async def test_a_recall_shows_the_number_again(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        assert (await counter.press("recall")).reason is None
        assert [fact.data["call"] for fact in counter.facts("shown")] == ["p1", "p1"]


@virtual
async def test_the_slip_of_whom_was_called_starts_the_visit(tmp_path: Path) -> None:
    slips = slip_maker(tmp_path)
    async with counter_of(tmp_path) as counter:
        counter.link.welcome.slip_keys = {"kiosk-1": [slips.public_key]}
        await counter.cut()
        await admitted(counter)
        assert (await counter.press("scan", text=slips.code(ticket()))).reason is None
        assert phase(counter) == "serving"
        assert len(counter.facts("admitted")) == 1


# Two possible pasts, row by row of the case table.


@virtual
async def test_a_command_that_the_hall_never_got_is_done_here_once_the_hall_is_known_to_be_away(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        counter.link.turn("down", known_down=True)
        counter.hall.answers = lambda _: pytest.fail("nothing reaches the hall")
        assert (await counter.press("start")).reason is None
        assert counter.kinds()[-1] == "started"


@virtual
async def test_nobody_is_admitted_while_the_hall_may_still_do_an_unanswered_press(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        pressed_ms = counter.clock.mono_ms()
        command = CallNext(request="lost", window=1, mode="demo", boot=BOOT, mono_ms=pressed_ms)
        await counter.journal.command_sent(command)
        await counter.cut()
        await admitted(counter)
        [fact] = counter.facts("admitted")
        assert fact.mono_ms > pressed_ms + EXPIRES_MS


@virtual
async def test_a_hall_that_comes_back_during_that_wait_is_asked_instead(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        command = CallNext(request="lost", window=1, mode="demo", boot=BOOT, mono_ms=counter.clock.mono_ms())
        await counter.journal.command_sent(command)
        await counter.cut()
        asyncio.get_running_loop().call_later(1, counter.link.turn, "up")
        assert (await counter.press("call-number", digits="12001")).reason == "screen-outdated"
        assert counter.kinds() == []


@virtual
async def test_a_restart_in_the_cut_stands_where_the_window_stood(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await counter.press("start")
        before = counter.state
    async with counter_of(tmp_path, told=False) as counter:
        await counter.cut()
        assert counter.state == before
        assert (await counter.press("finish")).reason is None
        assert counter.pad.lit


@virtual
async def test_a_restart_in_the_cut_stands_where_the_hall_had_left_the_window(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        before = await counter.tell("serving", held=held("A1001"))
    async with counter_of(tmp_path, told=False) as counter:
        assert counter.desk.state is None
        await counter.cut()
        assert counter.state == before


@virtual
async def test_no_word_of_the_hall_counts_while_it_does_not_have_all_facts(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=held("A1001"))
        await counter.cut()
        await counter.press("finish")
        counter.link.turn("up")
        await counter.tell("serving", held=held("A1001"), again=True)
        await asyncio.sleep(60)
        assert phase(counter) == "idle"


@virtual
async def test_the_halls_word_counts_once_it_has_all_facts(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await counter.back()
        assert phase(counter) == "called"
        told = await counter.tell("serving", held=held("A12001"))
        assert counter.state == told


@virtual
async def test_a_word_that_changes_nothing_ends_the_cut_too(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await counter.back()
        await counter.tell(again=True)
        assert phase(counter) == "idle"


@virtual
async def test_a_word_from_before_the_last_fact_stands_when_that_fact_changed_nothing(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        counter.link.turn("up")
        await counter.tell(again=True)
        counter.journal.acknowledge(counter.journal.head()[0], 0)
        await counter.settle()
        assert phase(counter) == "called"
        await asyncio.sleep(3)
        assert phase(counter) == "idle"


@virtual
async def test_a_recovering_hall_leaves_the_window_to_itself(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.link.turn("down", recovering=True)
        await counter.settle()
        await admitted(counter)
        assert counter.hall.sent == []


@virtual
async def test_a_rating_of_the_cut_goes_on_when_the_hall_is_back_and_is_asked_once(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await admitted(counter)
        await counter.press("finish")
        await counter.back()
        await counter.tell()
        assert counter.pad.lit
        counter.pad.heard.put_nowait(GradePress(4, "very-satisfied"))
        await counter.settle()
        assert counter.kinds().count("rating-opened") == counter.kinds().count("rated") == 1


@virtual
async def test_a_clerk_known_here_sits_down_without_the_hall_and_a_restart_keeps_the_seat(tmp_path: Path) -> None:
    other = Clerk(staff_no="008", name="李晓梅")
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        assert await counter.island.seat(other) is None
        await admitted(counter)
        assert await counter.island.seat(CLERK) == "another-clerk"
        assert await counter.island.seat(None) == "window-busy"
    async with counter_of(tmp_path, told=False) as counter:
        await counter.cut()
        assert counter.state.clerk == other
        assert (await counter.press("finish", clerk=other)).reason is None
        assert counter.facts("finished")[0].operator == "008"
        assert await counter.island.seat(None) is None
        assert phase(counter) == "closed"
        assert (await counter.press("call-number", digits="12002")).reason == "not-signed-in"
        assert counter.state.term == TERM
