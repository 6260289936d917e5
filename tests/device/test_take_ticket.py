"""A touch becomes a slip, or the citizen is told plainly why not; every step is journaled before its effect."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from device.clock import Clock
from device.flows.take_ticket import CannotIssue, Kiosk
from device.journal import Journal
from device.slip import SlipMaker
from device.watch import Watch
from drivers.contract import (
    MEDIA_EMPTY,
    Completion,
    CompletionCode,
    Gone,
    QrCode,
    Slip,
    State,
    TextLine,
)
from hall.contract import Reserve, Reserved, Service, Term

PRINTED = Completion(CompletionCode.SUCCESS, True, "gs-h")
NOT_PRINTED = Completion(CompletionCode.HARDWARE_ERROR, False, "status", frozenset({MEDIA_EMPTY}))
DOUBTFUL = Completion(CompletionCode.TIME_OUT, None, "status")

SERVICE = Service(code="1", name="社会保障", name_en="Social security", letter="A", place="一楼东区", place_en="East")


class Printer:
    """Takes slips and completes them as laid out beforehand."""

    def __init__(self) -> None:
        self.state = State.of()
        self.watch = Watch()
        self.slips: list[Slip] = []
        self.completions: list[Completion | Exception] = []
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.began = asyncio.Event()

    async def do(self, verb: Any, seconds: float) -> Completion:
        completion: Completion = await verb(self, None)
        return completion

    async def print_slip(self, slip: Slip, deadline: object) -> Completion:
        self.slips.append(slip)
        self.began.set()
        await self.may_finish.wait()
        completion = self.completions.pop(0) if self.completions else PRINTED
        if isinstance(completion, Exception):
            raise completion
        return completion


class HallNumbers:
    """Gives numbers in order, or none."""

    def __init__(self) -> None:
        self.asked: list[Reserve] = []
        self.answers = True

    async def reserve(self, wanted: Reserve) -> Reserved | None:
        self.asked.append(wanted)
        if not self.answers:
            return None
        count = len(self.asked)
        term = Term(n=1, draw="a")
        digits = f"1{count:03d}"
        return Reserved(ticket=wanted.ticket, digits=digits, date="2026-11-21", ahead=count - 1, place_ms=1, term=term)


class Scene:
    """A kiosk with everything around it in reach."""

    def __init__(self, folder: Path) -> None:
        key = folder / "slip.key"
        key.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.clock = Clock()
        self.journal = Journal.open(folder / "journal.db", "kiosk-1", self.clock, "demo")
        self.link = SimpleNamespace(
            hall="up", welcome=SimpleNamespace(services=[SERVICE], kiosk_digit=2, hall="演示县政务服务中心")
        )
        self.desired = SimpleNamespace(business_date="2026-11-21")
        self.hall = HallNumbers()
        self.printer = Printer()
        self.slips = SlipMaker("demo", key)
        self.kiosk = self.new_kiosk()

    def new_kiosk(self) -> Kiosk:
        return Kiosk(
            self.journal,
            self.clock,
            self.link,  # type: ignore[arg-type]
            self.desired,  # type: ignore[arg-type]
            self.hall,  # type: ignore[arg-type]
            self.printer,  # type: ignore[arg-type]
            self.slips,
        )

    def kinds(self) -> list[str]:
        return [msgspec.json.decode(raw)["kind"] for _, raw in self.journal.unsent(0, 100)]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    made = Scene(tmp_path)
    yield made
    await made.journal.close()


async def test_a_touch_gives_a_slip_with_the_halls_number(scene: Scene) -> None:
    taken = await scene.kiosk.take("1", "touch-1")
    assert taken.outcome == "printed"
    assert taken.ticket.number == "A1001"
    assert scene.kinds() == ["opened", "requested", "issued", "printed"]
    (slip,) = scene.printer.slips
    assert TextLine("A1001", width=4, height=4, align="centre", bold=True) in slip


async def test_the_ticket_is_named_by_its_touch_before_the_hall_is_asked(scene: Scene) -> None:
    taken = await scene.kiosk.take("1", "touch-1")
    assert scene.hall.asked[0].ticket == taken.ticket.ticket == f"kiosk-1/{scene.journal.id}/2"


async def test_the_slips_code_begins_with_a_line_that_a_phone_can_show_and_is_signed(scene: Scene) -> None:
    await scene.kiosk.take("1", "touch-1")
    (code,) = [part.data for part in scene.printer.slips[0] if isinstance(part, QrCode)]
    first, facts, signature = code.split("\n")
    assert first.startswith("排队号 A1001")
    assert facts.endswith("|1001|1|2026-11-21")
    assert signature.startswith("Ed25519:")


async def test_a_demo_slip_says_that_it_is_one(scene: Scene) -> None:
    await scene.kiosk.take("1", "touch-1")
    assert any("演示" in part.text for part in scene.printer.slips[0] if isinstance(part, TextLine))


async def test_no_time_is_printed_unless_the_clock_was_compared_with_the_halls(scene: Scene) -> None:
    await scene.kiosk.take("1", "touch-1")
    scene.clock.compare(scene.clock.wall_ms())
    await scene.kiosk.take("1", "touch-2")
    with_time = [
        any("取号时间" in part.text for part in slip if isinstance(part, TextLine)) for slip in scene.printer.slips
    ]
    assert with_time == [False, True]


async def test_a_second_touch_while_a_slip_is_on_its_way_gets_that_same_slip(scene: Scene) -> None:
    scene.printer.may_finish.clear()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(scene.kiosk.take("1", "touch-1"))
        second = group.create_task(scene.kiosk.take("1", "touch-2"))
        await scene.printer.began.wait()
        scene.printer.may_finish.set()
    assert first.result() == second.result()
    assert len(scene.printer.slips) == 1


async def test_a_touch_that_is_sent_again_gives_no_second_ticket(scene: Scene) -> None:
    first = await scene.kiosk.take("1", "touch-1")
    again = await scene.kiosk.take("1", "touch-1")
    assert again.ticket.ticket == first.ticket.ticket
    assert again.ticket.number == first.ticket.number
    assert len(scene.printer.slips) == 1


async def test_without_an_answer_of_the_hall_the_kiosk_gives_a_number_of_its_own_band(scene: Scene) -> None:
    scene.hall.answers = False
    numbers = [(await scene.kiosk.take("1", f"touch-{n}")).ticket.number for n in range(2)]
    assert numbers == ["A12001", "A12002"]


async def test_without_hall_and_digit_no_number_is_spent(scene: Scene) -> None:
    scene.link.hall, scene.link.welcome.kiosk_digit = "down", 0
    with pytest.raises(CannotIssue, match="no-digit"):
        await scene.kiosk.take("1", "touch-1")
    assert scene.kinds() == ["opened"]


async def test_without_paper_no_number_is_spent(scene: Scene) -> None:
    scene.printer.state = State.of(MEDIA_EMPTY)
    with pytest.raises(CannotIssue, match="media-empty"):
        await scene.kiosk.take("1", "touch-1")
    assert scene.kinds() == ["opened"]


async def test_a_slip_that_did_not_come_out_is_void_and_the_citizen_is_told_why(scene: Scene) -> None:
    scene.printer.completions = [NOT_PRINTED]
    taken = await scene.kiosk.take("1", "touch-1")
    assert (taken.outcome, taken.reasons) == ("not-printed", ("media-empty",))
    assert scene.kinds()[-1] == "voided"


async def test_a_printer_that_is_lost_before_a_byte_left_voids_the_number(scene: Scene) -> None:
    scene.printer.completions = [Gone("unplugged")]
    taken = await scene.kiosk.take("1", "touch-1")
    assert (taken.outcome, taken.reasons) == ("not-printed", ("link-lost",))


async def test_a_doubtful_slip_that_came_out_is_printed_by_the_citizens_word(scene: Scene) -> None:
    scene.printer.completions = [DOUBTFUL]
    taken = await scene.kiosk.take("1", "touch-1")
    assert taken.outcome == "doubtful"
    said = await scene.kiosk.came_out(taken.ticket.ticket, yes=True, touch="")
    assert said.outcome == "printed"
    assert scene.kinds()[-2:] == ["issued", "printed"]
    assert scene.kiosk.doubtful is None


async def test_a_doubtful_number_becomes_callable_only_when_nobody_answers(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.flows.take_ticket.ASKED_SECONDS", 0.0)
    scene.printer.completions = [DOUBTFUL]
    with scene.journal.watch.watching() as written:
        asking = asyncio.ensure_future(scene.kiosk.run())
        await scene.kiosk.take("1", "touch-1")
        assert scene.kinds()[-1] == "issued"
        async with asyncio.timeout(5):
            while "doubtful" not in scene.kinds():
                written.clear()
                await written.wait()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_the_next_citizen_ends_the_question_and_the_number_stands(scene: Scene) -> None:
    scene.printer.completions = [DOUBTFUL]
    await scene.kiosk.take("1", "touch-1")
    await scene.kiosk.take("1", "touch-2")
    assert scene.kinds()[1:] == ["requested", "issued", "doubtful", "requested", "issued", "printed"]


async def test_a_touch_sent_again_while_the_citizen_is_asked_is_still_doubtful(scene: Scene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    assert await scene.kiosk.take("1", "touch-1") == first


async def test_only_a_pressed_no_voids_a_doubtful_slip_and_prints_anew_at_the_first_place(scene: Scene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    second = await scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again")
    assert second.outcome == "printed"
    assert second.ticket.number != first.ticket.number
    assert scene.hall.asked[1].place_of == first.ticket.ticket
    assert scene.kinds()[-4:] == ["voided", "requested", "issued", "printed"]


async def test_a_no_that_is_pressed_twice_prints_one_slip(scene: Scene) -> None:
    scene.printer.completions = [DOUBTFUL]
    first = await scene.kiosk.take("1", "touch-1")
    said = await asyncio.gather(
        *(scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again") for _ in range(2))
    )
    said.append(await scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again"))
    assert {(one.ticket.number, one.outcome) for one in said} == {("A1002", "printed")}
    assert len(scene.printer.slips) == 2


async def test_an_answer_about_another_slip_changes_nothing(scene: Scene) -> None:
    with pytest.raises(CannotIssue):
        await scene.kiosk.came_out("kiosk-1/0000000000000000/9", yes=False, touch="again")
    assert scene.kinds() == ["opened"]


async def test_what_a_power_cut_left_is_doubtful_once_a_number_was_given_and_void_before(scene: Scene) -> None:
    await scene.journal.record("requested", {"service": "1", "touch": "a"})
    given = await scene.journal.record("requested", {"service": "1", "touch": "b"})
    ticket = f"kiosk-1/{scene.journal.id}/{given.seq}"
    issued = {"ticket": ticket, "service": "1", "number": "1001", "source": "hall", "date": "2026-11-21"}
    await scene.journal.record("issued", dict(issued))
    await scene.new_kiosk().settle_the_past()
    assert sorted(scene.kinds()[-2:]) == ["doubtful", "voided"]
    assert scene.printer.slips == []
    assert scene.journal.unfinished() == []
