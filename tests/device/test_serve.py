"""A window follows the hall's state: display, caller, shown facts, and whose rating is open."""

from __future__ import annotations

from pathlib import Path

from hall.contract import Admit, Answer, Command, WindowState
from tests.device.counter import CLERK, TERM, Counter, counter_of, held
from tests.device.slips import slip_maker, ticket
from tests.virtual_time import virtual


def asked(counter: Counter) -> list[object]:
    return [fact.data["ticket"] for fact in counter.facts("rating-opened")]


def reasons(counter: Counter) -> list[object]:
    return [fact.data["reason"] for fact in counter.facts("not-rated")]


@virtual
async def test_a_call_stands_on_the_display_and_that_is_a_fact(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        assert counter.display.wanted[-1] == "请A1001到1号窗口"
        [fact] = counter.facts("shown")
        assert (fact.data["call"], fact.data["window"], fact.data["on"]) == ("c-A1001", 1, "display")
        assert (fact.operator, fact.post, fact.visit) == ("007", "社保岗", "t-A1001")


@virtual
async def test_a_call_that_the_display_does_not_show_is_shown_on_the_clerks_page(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.display.answers = False
        await counter.tell("called", held=held("A1001"))
        assert counter.facts("shown")[0].data["on"] == "page"


@virtual
async def test_a_recall_is_shown_again_and_the_same_state_is_not(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await counter.tell("called", held=held("A1001"))
        await counter.tell("called", held=held("A1001", calls=2))
        assert len(counter.facts("shown")) == 2


@virtual
async def test_a_finished_visit_is_asked_for_its_rating_once(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=held("A1001"))
        await counter.tell("idle", finished=held("A1001"))
        await counter.tell("called", held=held("A1002"), finished=held("A1001"))
        assert asked(counter) == ["t-A1001"]
        assert reasons(counter) == []


@virtual
async def test_a_visit_that_the_hall_names_again_after_others_is_not_asked_again(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        for number in ("A1001", "A1002", "A1003", "A1001"):
            await counter.tell("idle", finished=held(number))
        assert asked(counter) == ["t-A1001", "t-A1002", "t-A1003"]
    async with counter_of(tmp_path) as counter:
        await counter.tell("idle", finished=held("A1002"))
        assert asked(counter) == ["t-A1001", "t-A1002", "t-A1003"]


@virtual
async def test_the_next_visits_start_ends_the_rating(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1002"), finished=held("A1001"))
        await counter.tell("serving", held=held("A1002"))
        assert reasons(counter) == ["next-started"]


@virtual
async def test_an_undone_finish_withdraws_the_rating_and_finishing_again_asks_again(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("idle", finished=held("A1001"))
        await counter.tell("serving", held=held("A1001"))
        assert reasons(counter) == ["not-asked"]
        await counter.tell("idle", finished=held("A1001"))
        assert asked(counter) == ["t-A1001", "t-A1001"]


@virtual
async def test_a_visit_that_was_asked_before_a_restart_is_not_asked_again(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("idle", finished=held("A1001"))
    async with counter_of(tmp_path) as counter:
        await counter.tell("idle", finished=held("A1001"))
        assert asked(counter) == ["t-A1001"]


@virtual
async def test_the_window_counts_who_waits_for_its_own_services(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        assert counter.desk.waiting_here() == 5


@virtual
async def test_a_scanned_slip_is_admitted_by_the_hall_while_it_is_there(tmp_path: Path) -> None:
    slips = slip_maker(tmp_path)
    async with counter_of(tmp_path) as counter:
        counter.link.welcome.slip_keys = {"kiosk-1": [slips.public_key]}

        def serve(command: Command) -> Answer:
            serving = WindowState(window=1, term=TERM, version=9, phase="serving", held=held("A12001"), clerk=CLERK)
            return Answer(request=command.request, outcome="done", window=serving)

        counter.hall.answers = serve
        pressed = await counter.press("scan", text=slips.code(ticket()))
        [command] = counter.hall.sent
        assert isinstance(command, Admit)
        assert command.ticket == "kiosk-1/00000000000000aa/9"
        assert pressed.window is not None
        assert pressed.window.phase == "serving"
        assert (await counter.press("scan", text="nothing of ours")).reason == "slip-unreadable"
        assert len(counter.hall.sent) == 1
