"""A window that has lost its hall serves whom it is shown, and tells all of it as facts."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from drivers.contract import GradePress
from tests.device.counter import counter_of, held
from tests.device.slips import slip_maker, ticket
from tests.virtual_time import virtual


@virtual
async def test_a_typed_number_is_journaled_then_shown_and_that_is_a_fact_too(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
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
        own = counter.ticket_of(fact)
        assert (shown.data["call"], shown.data["ticket"], shown.visit) == ("p1", own, own)
        assert (counter.phase, counter.state.held and counter.state.held.number) == ("called", "A12001")
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
        await counter.admit()
        assert (await counter.press("start")).reason is None
        assert counter.phase == "serving"
        assert (await counter.press("finish")).reason is None
        assert counter.pad.lit
        counter.pad.heard.put_nowait(GradePress(4, "very-satisfied"))
        await counter.settle()
        assert counter.kinds() == ["admitted", "shown", "started", "finished", "rating-opened", "rated"]
        own = counter.ticket_of(counter.facts("admitted")[0])
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
        await counter.admit()
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
        await counter.admit()
        assert (await counter.press("call-number", "p2", digits="12001")).reason == "number-not-callable"
        await counter.press("finish")
        assert (await counter.press("call-number", "p3", digits="12001")).reason == "number-not-callable"
        await counter.admit("12002", "p4")
        assert (await counter.press("missed")).reason is None
        await counter.admit("12002", "p5")


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
        await counter.admit()
        await counter.press("finish")
        await counter.back()
        await counter.tell()
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        assert (await counter.press("call-number", digits="12001")).reason == "number-not-callable"
        counter.desired.business_date = "2026-11-22"
        await counter.admit()


@virtual
async def test_the_same_press_sent_again_admits_once(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        await counter.admit()
        assert len(counter.facts("admitted")) == 1


@virtual
async def test_a_recall_shows_the_number_again(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        assert (await counter.press("recall")).reason is None
        assert [fact.data["call"] for fact in counter.facts("shown")] == ["p1", "p1"]


@virtual
async def test_the_slip_of_whom_was_called_starts_the_visit(tmp_path: Path) -> None:
    slips = slip_maker(tmp_path)
    async with counter_of(tmp_path) as counter:
        counter.link.welcome.slip_keys = {"kiosk-1": [slips.public_key]}
        await counter.cut()
        await counter.admit()
        assert (await counter.press("scan", text=slips.code(ticket()))).reason is None
        assert counter.phase == "serving"
        assert (await counter.press("scan", "again", text=slips.code(ticket()))).reason is None
        assert [fact.kind for fact in counter.facts("admitted", "started")] == ["admitted", "started"]


@virtual
async def test_whose_visit_has_a_grade_already_is_not_asked_again(tmp_path: Path) -> None:
    """Rated elsewhere, the finish taken back, sent on to this window, which loses its hall and finishes the visit."""
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=replace(held("A1001"), rated=True))
        await counter.cut()
        assert (await counter.press("finish")).reason is None
        assert (counter.state.finished, counter.rating.invitation) == (None, None)
        assert counter.kinds()[-1] == "finished"
