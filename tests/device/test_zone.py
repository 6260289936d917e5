"""Two boxes and one zone: one calls, the other takes over; late, where it has to be, and never both at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from config.box import Missed
from device.clock import Clock
from device.flows.announce import Announcer
from device.flows.missed_clock import MissedClock
from device.flows.voices import announcers, can_speak
from device.journal import Journal
from device.sync.zone import MARGIN_MS, RENEW_S, Zone
from device.watch import Watch
from drivers.contract import LINK_LOST, VOICE_MISSING, State
from hall.contract import LEASE_MS, AskZone, WindowState
from hall.zones import Zones
from tests.device.counter import TERM, held
from tests.device.inline_writer import InlineWriter
from tests.device.test_announce import CHIME, SENTENCE, SpeakerCell
from tests.virtual_time import virtual

EAST = frozenset({1, 2})
LEASE_S = LEASE_MS / 1000
Heard = list[tuple[float, str, str]]


def now_ms() -> int:
    return int(asyncio.get_running_loop().time() * 1000)


class Hall:
    """The hall's leases and windows; ``heard`` is what people in the zone hear: when, from whom, what."""

    zone = EAST

    def __init__(self, **own: list[int]) -> None:
        self.own = {name.replace("_", "-"): windows for name, windows in own.items()}
        self.states: dict[int, WindowState] = {}
        self.heard: Heard = []
        self.boxes: list[Box] = []
        self.asked: list[AskZone] = []
        self.start()

    def start(self) -> None:
        clock: Any = SimpleNamespace(mono_ms=now_ms)
        self.zones = Zones(clock, {"east": self.zone}, dict.fromkeys(("counter-1", "counter-2"), "east"))

    def stand(self, window: int, phase: Any, number: str = "", calls: int = 1) -> None:
        ticket = held(number, calls) if number else None
        self.states[window] = WindowState(window=window, term=TERM, version=1, phase=phase, held=ticket)
        for box in self.boxes:
            if box.connected:
                box.hear(self.states)

    def said(self) -> list[tuple[str, str]]:
        return [(box, text) for _, box, text in self.heard if text != "*"]

    def never_two_at_a_time(self) -> bool:
        """No sound of one begins before the last of another has ended; times are of their ends."""
        lengths = [(at - (CHIME if text == "*" else SENTENCE), at, box) for at, box, text in self.heard]
        return all(first[1] <= then[0] or first[2] == then[2] for first, then in pairwise(lengths))


def desk() -> Any:
    """A window as far as calls are concerned."""
    return SimpleNamespace(state=None, watch=Watch(), missed=MissedClock(Missed(), lambda: False))


class Cell(SpeakerCell):
    """One of the zone's speakers."""

    family = "speaker"
    model = "speaker"
    window: int | None = None

    def __init__(self, box: Box) -> None:
        super().__init__()
        self._box = box

    async def _sound(self, what: str, seconds: float) -> Any:
        done = await super()._sound(what, seconds)
        at = asyncio.get_running_loop().time()
        self._box.hall.heard.append((at, self._box.name, what))
        return done


class Box:
    """A box with one speaker, as far as calls are concerned."""

    def __init__(self, hall: Hall, name: str, folder: Path) -> None:
        self.hall = hall
        self.name = name
        self.connected = True
        self.cell: Any = self.make_cell()
        self.desks = {number: desk() for number in hall.own[name]}
        self.desired = SimpleNamespace(windows={}, watch=Watch())
        clock = Clock(wall_ms=lambda: 1, mono_ms=now_ms, boot_id="boot-1")
        self.journal = Journal.open(folder / f"{name}.db", name, clock, "demo", writer=InlineWriter)
        client = httpx.AsyncClient(base_url="https://hall.test", transport=httpx.MockTransport(self._answer))
        self.link = SimpleNamespace(client=client, up=self._up)
        link: Any = self.link
        desired: Any = self.desired
        cells: Any = [self.cell]
        desks: Any = self.desks
        self.zone = Zone(link, desired, clock, lambda: can_speak(cells))
        ((_, announcer),) = announcers(cells, desks, self.zone, self.journal)
        announcer._languages = ("zh-CN",)
        self.announcer: Announcer = announcer
        self._there = asyncio.Event()
        self._there.set()
        self.hear(hall.states)
        hall.boxes.append(self)

    def make_cell(self) -> Any:
        return Cell(self)

    def hear(self, states: dict[int, WindowState]) -> None:
        self.desired.windows = {number: state for number, state in states.items() if number in self.hall.zone}
        for number, desk in self.desks.items():
            desk.state = states.get(number)
            desk.watch.changed()
        self.desired.watch.changed()

    def cut(self) -> None:
        self.connected = False
        self._there.clear()

    def mend(self) -> None:
        self.connected = True
        self._there.set()
        self.hear(self.hall.states)

    async def _up(self) -> None:
        await self._there.wait()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if not self.connected:
            raise httpx.ConnectError("cut off")
        ask = msgspec.json.decode(await request.aread(), type=AskZone)
        self.hall.asked.append(ask)
        lease = self.hall.zones.ask(self.name, self.hall.own[self.name], ask)
        return httpx.Response(200, content=msgspec.json.encode(lease))


@asynccontextmanager
async def at_work(*boxes: Box) -> AsyncIterator[None]:
    """Boxes with power, until the end or until theirs goes."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for box in boxes for work in (box.zone.run, box.announcer.run)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
    for box in boxes:
        await box.link.client.aclose()
        await box.journal.close()


async def hall_at_work() -> Hall:
    """A hall that knows who holds what: nobody."""
    hall = Hall(counter_1=[1], counter_2=[2], counter_9=[1, 9])
    await asyncio.sleep(LEASE_S)
    return hall


@virtual
async def test_one_box_calls_for_all_windows_of_the_zone_and_the_second_is_silent(tmp_path: Path) -> None:
    hall = await hall_at_work()
    async with at_work(Box(hall, "counter-1", tmp_path), Box(hall, "counter-2", tmp_path)):
        await asyncio.sleep(1)
        hall.stand(1, "called", "A001")
        await asyncio.sleep(20)
        hall.stand(2, "called", "A002")
        await asyncio.sleep(300)
    assert hall.said() == [("counter-1", "请A001号到1号窗口"), ("counter-1", "请A002号到2号窗口")]


@virtual
async def test_a_call_of_a_zone_is_spoken_in_every_language_and_once(tmp_path: Path) -> None:
    hall = await hall_at_work()
    box = Box(hall, "counter-1", tmp_path)
    box.announcer._languages = ("zh-CN", "en")
    async with at_work(box):
        await asyncio.sleep(1)
        hall.stand(2, "called", "A002")
        await asyncio.sleep(300)
    assert [text for _, text in hall.said()] == ["请A002号到2号窗口", "Ticket A002, please go to counter 2."]


@virtual
async def test_when_the_box_that_calls_loses_its_power_the_second_calls_late_what_was_not_spoken(
    tmp_path: Path,
) -> None:
    hall = await hall_at_work()
    second = Box(hall, "counter-2", tmp_path)
    async with at_work(second):
        async with at_work(Box(hall, "counter-1", tmp_path)):
            second.cell.lose()
            await asyncio.sleep(1)
            hall.stand(1, "called", "A001")
            await asyncio.sleep(20)
            second.cell.come_back()
            await asyncio.sleep(1)
        hall.stand(2, "called", "A002")
        lost_at = asyncio.get_running_loop().time()
        await asyncio.sleep(300)
    assert hall.said() == [("counter-1", "请A001号到1号窗口"), ("counter-2", "请A002号到2号窗口")]
    assert LEASE_S - RENEW_S <= hall.heard[-1][0] - lost_at <= LEASE_S + RENEW_S + CHIME + SENTENCE + 1
    assert hall.never_two_at_a_time()


@virtual
async def test_a_dead_sound_card_gives_the_zone_to_the_second_at_once_and_back_only_when_that_one_ends(
    tmp_path: Path,
) -> None:
    hall = await hall_at_work()
    first, second = Box(hall, "counter-1", tmp_path), Box(hall, "counter-2", tmp_path)
    async with at_work(first, second):
        await asyncio.sleep(1)
        first.cell.lose()
        hall.stand(1, "called", "A001")
        await asyncio.sleep(RENEW_S + CHIME + SENTENCE + 1)
        assert hall.said() == [("counter-2", "请A001号到1号窗口")]
        first.cell.come_back()
        hall.stand(2, "called", "A002")
        await asyncio.sleep(300)
    assert hall.said()[1:] == [("counter-2", "请A002号到2号窗口")]


@pytest.mark.parametrize("cut_at", [0.0, 0.5, CHIME + 0.5, CHIME + SENTENCE + 0.5])
@virtual
async def test_a_box_that_is_cut_off_begins_nothing_that_would_end_after_its_lease(
    tmp_path: Path, cut_at: float
) -> None:
    hall = await hall_at_work()
    first, second = Box(hall, "counter-1", tmp_path), Box(hall, "counter-2", tmp_path)
    async with at_work(first, second):
        await asyncio.sleep(1)
        hall.stand(1, "called", "A001")
        await asyncio.sleep(cut_at)
        first.cut()
        await asyncio.sleep(30)
        hall.stand(2, "called", "A002")
        await asyncio.sleep(300)
        first.mend()
        await asyncio.sleep(300)
    assert hall.never_two_at_a_time()
    texts = [text for _, text in hall.said()]
    joined = "".join(texts)
    assert joined.count("A002") == 1
    # What it spoke and could not tell is spoken a second time, not before its lease had ended.
    times = [at for at, _, text in hall.heard if "A001" in text]
    assert 1 <= len(times) <= 2
    assert len(times) == 1 or times[1] - times[0] > LEASE_S / 2
    assert len(times) == (2 if CHIME < cut_at < CHIME + SENTENCE else 1)


@virtual
async def test_a_lease_is_not_used_up_to_its_end(tmp_path: Path) -> None:
    hall = await hall_at_work()
    box = Box(hall, "counter-1", tmp_path)
    hall.stand(1, "called", "A001")
    async with at_work(box):
        await asyncio.sleep(0.1)
        box.cut()
        left_s = (LEASE_MS - MARGIN_MS) / 1000 - 0.1
        own = {1: hall.states[1]}
        assert box.zone.leased(own, left_s - 0.1)
        assert not box.zone.leased(own, left_s + 0.1)
        await asyncio.sleep(left_s)
        assert not box.zone.leased(own, 0.001)


@virtual
async def test_a_hall_that_is_started_anew_neither_repeats_nor_doubles_what_is_spoken(tmp_path: Path) -> None:
    hall = await hall_at_work()
    async with at_work(Box(hall, "counter-1", tmp_path), Box(hall, "counter-2", tmp_path)):
        await asyncio.sleep(1)
        hall.stand(1, "called", "A001")
        await asyncio.sleep(20)
        hall.start()
        hall.stand(2, "called", "A002")
        await asyncio.sleep(300)
    assert hall.said() == [("counter-1", "请A001号到1号窗口"), ("counter-1", "请A002号到2号窗口")]


@virtual
async def test_a_window_of_a_zone_is_called_for_there_alone_and_others_by_their_own_box(tmp_path: Path) -> None:
    hall = await hall_at_work()
    async with at_work(Box(hall, "counter-9", tmp_path)):
        await asyncio.sleep(1)
        hall.stand(1, "called", "A001")
        hall.stand(9, "called", "A009")
        await asyncio.sleep(60)
    assert hall.said() == [("counter-9", "请A009号到9号窗口")]


@virtual
async def test_nothing_is_called_for_before_the_hall_has_said_what_belongs_to_a_zone(tmp_path: Path) -> None:
    hall = await hall_at_work()
    box = Box(hall, "counter-9", tmp_path)
    box.cut()
    async with at_work(box):
        hall.stand(9, "called", "A009")
        box.hear(hall.states)
        await asyncio.sleep(60)
        assert hall.heard == []
        box.mend()
        await asyncio.sleep(10)
    assert hall.said() == [("counter-9", "请A009号到9号窗口")]


@virtual
async def test_a_box_without_a_zone_seldom_asks(tmp_path: Path) -> None:
    hall = await hall_at_work()
    async with at_work(Box(hall, "counter-9", tmp_path)):
        await asyncio.sleep(600)
    assert len(hall.asked) <= 11


def test_a_box_can_speak_for_a_zone_while_a_speaker_of_no_single_window_works() -> None:
    def cell(state: State, window: int | None = None, family: str = "speaker") -> Any:
        return SimpleNamespace(family=family, window=window, state=state)

    works = State.of()
    assert can_speak([cell(State.of(LINK_LOST)), cell(works)])
    others = (cell(State.of(LINK_LOST)), cell(State.of(VOICE_MISSING)), cell(works, 3), cell(works, None, "id_card"))
    assert not can_speak(others)
