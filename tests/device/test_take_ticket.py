"""A touch becomes a slip, or the citizen is told plainly why not; every step is journaled before its effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from device.flows.number_ticket import CannotIssue
from device.journal import Journal
from drivers.contract import Gone, Phase, QrCode, State, TextLine
from tests.device.kiosk_scene import DOUBTFUL, NOT_PRINTED, KioskScene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[KioskScene]:
    made = KioskScene(tmp_path)
    yield made
    await made.journal.close()


async def test_a_touch_gives_a_slip_with_the_halls_number(scene: KioskScene) -> None:
    taken = await scene.kiosk.take("1", "touch-1")
    assert taken.outcome == "printed"
    assert taken.ticket.number == "A1001"
    assert scene.kinds() == ["opened", "requested", "issued", "printed"]
    (slip,) = scene.printer.slips
    assert TextLine("A1001", width=4, height=4, align="centre", bold=True) in slip


async def test_the_ticket_is_named_by_its_touch_before_the_hall_is_asked(scene: KioskScene) -> None:
    taken = await scene.kiosk.take("1", "touch-1")
    assert scene.hall.asked[0].ticket == taken.ticket.ticket == f"kiosk-1/{scene.journal.id}/2"


async def test_the_slips_code_begins_with_a_line_that_a_phone_can_show_and_is_signed(scene: KioskScene) -> None:
    await scene.kiosk.take("1", "touch-1")
    (code,) = [part.data for part in scene.printer.slips[0] if isinstance(part, QrCode)]
    first, facts, signature = code.split("\n")
    assert first.startswith("排队号 A1001")
    assert facts.endswith("|1001|1|2026-11-21")
    assert signature.startswith("Ed25519:")


async def test_a_demo_slip_says_that_it_is_one(scene: KioskScene) -> None:
    await scene.kiosk.take("1", "touch-1")
    assert any("演示" in part.text for part in scene.printer.slips[0] if isinstance(part, TextLine))


async def test_no_time_is_printed_unless_the_clock_was_compared_with_the_halls(scene: KioskScene) -> None:
    await scene.kiosk.take("1", "touch-1")
    scene.clock.compare(scene.clock.wall_ms())
    await scene.kiosk.take("1", "touch-2")
    with_time = [
        any("取号时间" in part.text for part in slip if isinstance(part, TextLine)) for slip in scene.printer.slips
    ]
    assert with_time == [False, True]


async def test_a_second_touch_while_a_slip_is_on_its_way_gets_that_same_slip(scene: KioskScene) -> None:
    scene.printer.may_finish.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(scene.kiosk.take("1", "touch-1"))
        second = group.create_task(scene.kiosk.take("1", "touch-2"))
        await scene.printer.began.wait()
        scene.printer.may_finish.set()
    assert first.result() == second.result()
    assert len(scene.printer.slips) == 1


async def test_a_touch_that_is_sent_again_gives_no_second_ticket(scene: KioskScene) -> None:
    first = await scene.kiosk.take("1", "touch-1")
    again = await scene.kiosk.take("1", "touch-1")
    assert again.ticket.ticket == first.ticket.ticket
    assert again.ticket.number == first.ticket.number
    assert len(scene.printer.slips) == 1


async def test_without_an_answer_of_the_hall_the_kiosk_gives_a_number_of_its_own_band(scene: KioskScene) -> None:
    scene.hall.answers = False
    numbers = [(await scene.kiosk.take("1", f"touch-{n}")).ticket.number for n in range(2)]
    assert numbers == ["A12001", "A12002"]


async def test_without_hall_and_digit_no_number_is_spent(scene: KioskScene) -> None:
    scene.link.hall, scene.link.welcome.kiosk_digit = "down", 0
    with pytest.raises(CannotIssue, match="no-digit"):
        await scene.kiosk.take("1", "touch-1")
    assert scene.kinds() == ["opened"]


async def test_a_printer_that_has_not_said_how_it_is_gives_no_number_yet(scene: KioskScene) -> None:
    scene.printer.state = State(Phase.STOPPED, accepting=False)
    with pytest.raises(CannotIssue, match="status-unknown"):
        await scene.kiosk.take("1", "touch-1")
    assert scene.kinds() == ["opened"]


async def test_while_another_machine_bears_this_box_s_name_no_number_is_given(scene: KioskScene) -> None:
    scene.link.refusal = "identity-twice"
    with pytest.raises(CannotIssue, match="identity-twice"):
        await scene.kiosk.take("1", "touch-1")
    assert scene.kinds() == ["opened"]


async def test_a_locked_band_gives_no_number_until_the_hall_answers(
    scene: KioskScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Journal, "band_locked", True)
    assert (await scene.kiosk.take("1", "touch-1")).ticket.number == "A1001"
    scene.hall.answers = False
    with pytest.raises(CannotIssue, match="band-locked"):
        await scene.kiosk.take("1", "touch-2")
    assert scene.facts()[-1].data["reason"] == "band-locked"
    scene.link.hall = "down"
    assert scene.kiosk.why_not() == "band-locked"


async def test_the_hall_is_told_the_digest_of_the_touch_that_asks_for_a_number(scene: KioskScene) -> None:
    await scene.kiosk.take("1", "touch-1")
    assert scene.hall.asked[0].digest == scene.facts("requested")[0].digest()


async def test_a_band_slip_says_that_the_guide_sends_people_on_and_prints_no_time(scene: KioskScene) -> None:
    scene.hall.answers = False
    await scene.kiosk.take("1", "touch-1")
    texts = [part.text for part in scene.printer.slips[0] if isinstance(part, TextLine)]
    assert any("导办员" in text for text in texts)
    assert any("guide" in text for text in texts)
    assert not any("取号时间" in text for text in texts)


async def test_a_slip_that_did_not_come_out_is_void_and_the_citizen_is_told_why(scene: KioskScene) -> None:
    scene.printer.completions = [NOT_PRINTED]
    taken = await scene.kiosk.take("1", "touch-1")
    assert (taken.outcome, taken.reasons) == ("not-printed", ("media-empty",))
    assert scene.kinds()[-1] == "voided"


async def test_a_printer_that_is_lost_before_a_byte_left_voids_the_number(scene: KioskScene) -> None:
    scene.printer.completions = [Gone("unplugged")]
    taken = await scene.kiosk.take("1", "touch-1")
    assert (taken.outcome, taken.reasons) == ("not-printed", ("link-lost",))


async def test_a_doubtful_slip_that_came_out_is_printed_by_the_citizens_word(scene: KioskScene) -> None:
    scene.printer.completions = [DOUBTFUL]
    taken = await scene.kiosk.take("1", "touch-1")
    assert taken.outcome == "doubtful"
    said = await scene.kiosk.came_out(taken.ticket.ticket, yes=True, touch="")
    assert said.outcome == "printed"
    assert scene.kinds()[-2:] == ["issued", "printed"]
    assert scene.kiosk.doubtful is None


async def test_the_next_citizen_ends_the_question_and_the_number_stands(scene: KioskScene) -> None:
    scene.printer.completions = [DOUBTFUL]
    await scene.kiosk.take("1", "touch-1")
    await scene.kiosk.take("1", "touch-2")
    assert scene.kinds()[1:] == ["requested", "issued", "doubtful", "requested", "issued", "printed"]


async def test_a_touch_sent_again_while_the_citizen_is_asked_is_still_doubtful(scene: KioskScene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    assert await scene.kiosk.take("1", "touch-1") == first


async def test_only_a_pressed_no_voids_a_doubtful_slip_and_prints_anew_at_the_first_place(scene: KioskScene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    second = await scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again")
    assert second.outcome == "printed"
    assert second.ticket.number != first.ticket.number
    assert scene.hall.asked[1].place_of == first.ticket.ticket
    assert scene.kinds()[-4:] == ["voided", "requested", "issued", "printed"]


async def test_a_no_that_is_pressed_twice_prints_one_slip(scene: KioskScene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    said = await asyncio.gather(
        *(scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again") for _ in range(2))
    )
    said.append(await scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again"))
    assert {(one.ticket.number, one.outcome) for one in said} == {("A1002", "printed")}
    assert len(scene.printer.slips) == 2


async def test_an_answer_about_another_slip_changes_nothing(scene: KioskScene) -> None:
    with pytest.raises(CannotIssue):
        await scene.kiosk.came_out("kiosk-1/0000000000000000/9", yes=False, touch="again")
    assert scene.kinds() == ["opened"]


async def test_what_a_power_cut_left_is_doubtful_once_a_number_was_given_and_void_before(scene: KioskScene) -> None:
    await scene.journal.record("requested", {"service": "1", "touch": "a"})
    given = await scene.journal.record("requested", {"service": "1", "touch": "b"})
    ticket = f"kiosk-1/{scene.journal.id}/{given.seq}"
    issued = {"ticket": ticket, "service": "1", "number": "1001", "source": "hall", "date": "2026-11-21"}
    await scene.journal.record("issued", dict(issued))
    await scene.new_kiosk().settle_the_past()
    assert sorted(scene.kinds()[-2:]) == ["doubtful", "voided"]
    assert scene.printer.slips == []
    assert scene.journal.unfinished() == []
