"""What the kiosk's home needs of its daemon: the matter is told, a second number is asked about, a voice reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.box import Kiosk as KioskSettings
from config.wording import room
from device.api.kiosk import KioskCalls
from device.api.kiosk_home import KioskHome
from device.api.stream import Streams
from device.flows.ask_help import HelpDesk
from device.flows.one_more import SOON_SECONDS
from device.flows.read_aloud import MAY_BE_SAID, ReadAloud
from device.printers import Printers
from device.supervise import Tasks
from device.sync.desired import Desired
from drivers.contract import LINK_LOST, Gone, State
from hall.contract import Directory, Hours, News, Notice, Said, Term, Wait
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import NOT_PRINTED, KioskScene
from tests.device.test_page_calls import Pages
from tests.virtual_time import virtual

TICKETS = "/kiosk/tickets"


class Loudspeaker:
    """A cell of a speaker that writes down what it says, each sentence for 3 s."""

    name = "loudspeaker"

    def __init__(self) -> None:
        self.state = State.of()
        self.in_a_row = asyncio.Lock()
        self.said: list[tuple[str, str]] = []
        self.fault: Exception | None = None

    async def do(self, verb: Any, _seconds: float) -> None:
        if self.fault:
            raise self.fault
        await verb(self, None)

    async def speak(self, text: str, language: str, _deadline: object) -> None:
        self.said.append((text, language))
        await asyncio.sleep(3)


class Home:
    """A kiosk and its calls."""

    def __init__(self, folder: Path, speaker: Loudspeaker | None = None, **settings: Any) -> None:
        self.scene = KioskScene(folder, InlineWriter)
        self.scene.link.welcome.hall_en = "Model Hall"
        self.desired = Desired(self.scene.journal)
        lookup: Any = SimpleNamespace(directory=Directory(digest="d-1"))
        self.lookup = lookup
        self.aloud = ReadAloud(speaker)  # type: ignore[arg-type]
        written = KioskSettings(signing_key=Path("slip.key"), **settings)
        home = KioskHome(written, lookup, self.desired, HelpDesk(self.scene.journal, self.desired), self.aloud)
        printer: Any = self.scene.printer
        printer.name, printer.model, printer.window = "printer", "none", None
        link: Any = self.scene.link
        self.calls = KioskCalls(
            self.scene.kiosk, link, self.desired, Printers([printer]), Streams(), "demo", 60, home.state
        )
        self.page, self.voice = Pages(self.calls), Pages(home)

    async def touch(self, touch: str, service: str = "1", **more: Any) -> tuple[int, Any]:
        return await self.page.post(TICKETS, service=service, touch=touch, **more)


@asynccontextmanager
async def home_of(folder: Path, speaker: Loudspeaker | None = None, **settings: Any) -> AsyncIterator[Home]:
    home = Home(folder, speaker, **settings)
    async with Tasks() as tasks:
        tasks.start("kiosk", home.scene.kiosk.run())
        tasks.start("aloud", home.aloud.run())
        await asyncio.sleep(0)
        try:
            yield home
        finally:
            tasks.stop()
            await home.scene.journal.close()


@virtual
async def test_the_matter_that_was_chosen_is_told_with_the_touch(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        await home.touch("t-1", item="card-lost")
        await asyncio.sleep(SOON_SECONDS)
        await home.touch("t-2")
        asked = [fact.data for fact in home.scene.facts("requested")]
        assert asked == [{"service": "1", "touch": "t-1", "item": "card-lost"}, {"service": "1", "touch": "t-2"}]


@virtual
async def test_a_second_touch_on_the_same_service_within_ten_seconds_is_asked_about_first(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        await home.touch("t-1", may_ask=True)
        status, said = await home.touch("t-2", may_ask=True)
        assert (status, said["error"]) == (409, "one-more")
        assert len(home.scene.facts("requested")) == 1
        status, said = await home.touch("t-2", may_ask=True, again=True)
        assert (status, said["number"]) == (200, "A1002")


@virtual
async def test_the_first_touch_sent_again_is_still_the_same_touch(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        _, first = await home.touch("t-1", may_ask=True)
        assert await home.touch("t-1", may_ask=True) == (200, {**first, "ahead": None})


@virtual
async def test_after_ten_seconds_nobody_is_asked(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        await home.touch("t-1", may_ask=True)
        await asyncio.sleep(SOON_SECONDS)
        status, _ = await home.touch("t-2", may_ask=True)
        assert status == 200


@virtual
async def test_whose_slip_did_not_come_out_touches_again_without_a_question(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        home.scene.printer.completions = [NOT_PRINTED]
        await home.touch("t-1", may_ask=True)
        status, said = await home.touch("t-2", may_ask=True)
        assert (status, said["outcome"]) == (200, "printed")


@virtual
async def test_a_page_that_cannot_ask_is_not_asked(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        assert [(await home.touch(touch))[0] for touch in ("t-1", "t-2")] == [200, 200]


@virtual
async def test_the_state_names_the_directory_and_tells_the_news_in_short(tmp_path: Path) -> None:
    async with home_of(tmp_path) as home:
        assert home.calls.state()["news"] is None
        text = Said(zh="请走楼梯", en="Use the stairs")
        news = News(
            term=Term(n=1, draw="a"),
            version=1,
            waits={"1": Wait(low=20, high=35)},
            open={1: ["1", "2"], 2: ["1"]},
            popular=["card-lost"],
            notices=[Notice(id="n", text=text)],
            next={"社保": ["1001"]},
        )
        await home.desired.offer_news(news)
        state = home.calls.state()
        assert state["directory"] == "d-1"
        assert state["news"] == {
            "waits": {"1": {"low": 20, "high": 35}},
            "open": {"1": 2, "2": 1},
            "popular": ["card-lost"],
            "notices": [{"id": "n", "text": {"zh": "请走楼梯", "en": "Use the stairs"}}],
        }


@pytest.mark.parametrize(
    ("date", "today"),
    [
        ("2026-03-02", [("09:00", "12:00"), ("13:30", "17:00")]),
        ("2026-07-10", [("09:00", "12:00"), ("13:30", "17:00"), ("18:00", "20:00")]),
        ("2026-03-01", []),
        ("", None),
    ],
)
@virtual
async def test_the_state_tells_the_hours_of_the_day(
    date: str, today: list[tuple[str, str]] | None, tmp_path: Path
) -> None:
    workdays, friday = [1, 2, 3, 4, 5], [5]
    hours = [
        Hours(weekdays=workdays, opens="13:30", closes="17:00", begins="01-01", ends="12-31"),
        Hours(weekdays=workdays, opens="09:00", closes="12:00", begins="01-01", ends="12-31"),
        Hours(weekdays=friday, opens="18:00", closes="20:00", begins="06-01", ends="08-31"),
    ]
    async with home_of(tmp_path) as home:
        home.lookup.directory = Directory(digest="d-2", hours=hours)
        home.desired.business_date = date
        assert home.calls.state()["today"] == today


@pytest.mark.parametrize(
    ("screen", "bottom", "band"), [(700, 750, 0.671), (900, 300, 1.0), (700, 1200, 0.4), (941, 700, 0.553)]
)
@virtual
async def test_what_can_be_reached_sitting_follows_from_where_the_screen_hangs(
    screen: int, bottom: int, band: float, tmp_path: Path
) -> None:
    async with home_of(tmp_path, screen_mm=screen, bottom_mm=bottom) as home:
        assert home.calls.state()["low_band"] == band


@virtual
async def test_a_question_is_read_aloud_and_a_new_one_takes_the_place_of_the_one_that_waits(tmp_path: Path) -> None:
    speaker = Loudspeaker()
    async with home_of(tmp_path, speaker) as home:
        assert home.calls.state()["speaks"]
        for key in ("choose", "search", "idle-aloud"):
            assert await home.voice.post("/kiosk/say", key=key, language="zh-CN") == (200, {"said": True})
            await asyncio.sleep(0.1)
        await asyncio.sleep(10)
        chinese = room("kiosk", "zh-CN")
        assert speaker.said == [(chinese["choose"], "zh-CN"), (chinese["idle-aloud"], "zh-CN")]


@virtual
async def test_a_call_that_is_being_spoken_is_heard_to_its_end(tmp_path: Path) -> None:
    speaker = Loudspeaker()
    async with home_of(tmp_path, speaker) as home:
        async with speaker.in_a_row:
            await home.voice.post("/kiosk/say", key="choose", language="en")
            await asyncio.sleep(5)
            assert speaker.said == []
        await asyncio.sleep(1)
        assert len(speaker.said) == 1


@virtual
async def test_without_a_speaker_and_with_one_that_fails_nothing_is_said_and_nothing_breaks(tmp_path: Path) -> None:
    speaker = Loudspeaker()
    async with home_of(tmp_path, speaker) as home:
        speaker.fault = Gone("unplugged")
        await home.voice.post("/kiosk/say", key="choose", language="en")
        await asyncio.sleep(1)
        speaker.state = State.of(LINK_LOST)
        assert await home.voice.post("/kiosk/say", key="choose", language="en") == (200, {"said": False})


@virtual
async def test_only_the_kiosks_own_questions_are_read_aloud(tmp_path: Path) -> None:
    async with home_of(tmp_path, Loudspeaker()) as home:
        status, said = await home.voice.post("/kiosk/say", key="void", language="zh-CN")
        assert (status, said["error"]) == (400, "not-to-be-said")
        status, _ = await home.voice.post("/kiosk/say", key="choose", language="../en")
        assert status == 400


@pytest.mark.parametrize("key", sorted(MAY_BE_SAID))
def test_a_sentence_that_may_be_said_has_no_field_for_anything_of_anybody(key: str) -> None:
    for language in ("zh-CN", "en"):
        assert "{" not in room("kiosk", language)[key]
