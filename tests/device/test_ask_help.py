"""A person is asked for once, however often it is pressed, and the page knows whether somebody comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette

from device.api.help import HelpCalls, help_state
from device.clock import Clock
from device.flows.ask_help import WAITS_SECONDS, HelpDesk
from device.journal import Journal, JournalStopped
from device.supervise import Tasks
from device.sync.desired import Desired
from hall.contract import Fact, News, Term
from tests.device.inline_writer import InlineWriter
from tests.virtual_time import virtual


class Helped:
    """A box's calls for help, its journal, and a hall that tells its news."""

    def __init__(self, folder: Path) -> None:
        clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: 1, boot_id="boot-1")
        self.journal = Journal.open(folder / "journal.db", "kiosk-1", clock, "demo", writer=InlineWriter)
        self.desired = Desired(self.journal)
        self.desk = HelpDesk(self.journal, self.desired)
        self._told = 0

    def facts(self) -> list[tuple[str, Any]]:
        told = [msgspec.json.decode(raw, type=Fact) for _, raw in self.journal.unsent(0, 100)]
        return [(fact.kind, fact.data) for fact in told if fact.kind.startswith("help")]

    async def hall_says(self, *coming: str, term: int = 1) -> None:
        self._told += 1
        await self.desired.offer_news(
            News(term=Term(n=term, draw=str(term)), version=self._told, coming=[*coming]),
        )
        await asyncio.sleep(0.01)


@asynccontextmanager
async def box(folder: Path) -> AsyncIterator[Helped]:
    helped = Helped(folder)
    async with Tasks() as tasks:
        tasks.start("help", helped.desk.run())
        await asyncio.sleep(0)
        try:
            yield helped
        finally:
            tasks.stop()
            await helped.journal.close()


@virtual
async def test_pressed_again_it_is_the_same_call(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        first, second = await asyncio.gather(helped.desk.ask("kiosk"), helped.desk.ask("kiosk", ticket="t"))
        assert first == second
        asked = {"help": first.help, "at": "kiosk", "window": None, "ticket": ""}
        assert helped.facts() == [("help-asked", asked)]


@virtual
async def test_two_windows_of_one_box_ask_apart(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        one, other = await helped.desk.ask("window", 1), await helped.desk.ask("window", 2, "t-2")
        assert one.help != other.help
        assert await helped.desk.end(one.help, "came")
        assert helped.desk.at("window", 1) is None
        assert helped.desk.at("window", 2) == other


@virtual
async def test_the_page_is_told_when_somebody_is_on_the_way_and_the_call_ends_when_the_guide_puts_it_away(
    tmp_path: Path,
) -> None:
    async with box(tmp_path) as helped:
        call = await helped.desk.ask("kiosk")
        assert help_state(helped.desk, "kiosk") == {"help": call.help, "coming": False}
        await helped.hall_says(call.help)
        assert help_state(helped.desk, "kiosk") == {"help": call.help, "coming": True}
        await helped.hall_says()
        assert help_state(helped.desk, "kiosk") is None
        assert helped.facts()[-1] == ("help-ended", {"help": call.help, "how": "came"})


@virtual
async def test_a_hall_that_was_started_anew_and_knows_nobody_on_the_way_ends_no_call(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        call = await helped.desk.ask("kiosk")
        await helped.hall_says(call.help)
        await helped.hall_says(term=2)
        assert helped.desk.at("kiosk") == call


@virtual
async def test_a_call_that_nobody_answers_ends_after_a_quarter_of_an_hour(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        await helped.desk.ask("kiosk")
        await asyncio.sleep(WAITS_SECONDS - 1)
        assert helped.desk.at("kiosk")
        await asyncio.sleep(2)
        assert helped.desk.at("kiosk") is None
        assert helped.facts()[-1][1]["how"] == "timed-out"


@virtual
async def test_a_call_stands_on_after_a_restart_of_the_box(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        call = await helped.desk.ask("kiosk")
    async with box(tmp_path) as again:
        assert again.desk.at("kiosk") == call
        assert await again.desk.ask("kiosk") == call
        await asyncio.sleep(WAITS_SECONDS + 1)
        assert [kind for kind, _ in again.facts()] == ["help-asked", "help-ended"]


@virtual
async def test_a_call_that_cannot_be_written_is_refused_with_why(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:

        async def full(*_: Any, **__: Any) -> Any:
            raise JournalStopped("disk-full", "no room")

        helped.journal.record = full  # type: ignore[method-assign]
        status, said = await post(helped, "/help", {"at": "kiosk"})
        assert (status, said["error"]) == (503, "disk-full")
        assert helped.desk.at("kiosk") is None


@virtual
async def test_pages_ask_and_end_over_http(tmp_path: Path) -> None:
    async with box(tmp_path) as helped:
        status, said = await post(helped, "/help", {"at": "window", "window": 3, "ticket": "t-9"})
        assert (status, said["coming"]) == (200, False)
        assert await post(helped, "/help/ended", {"help": said["help"], "how": "not-needed"}) == (200, {"ended": True})
        assert await post(helped, "/help/ended", {"help": said["help"], "how": "came"}) == (200, {"ended": False})
        assert [data.get("how") for _, data in helped.facts()] == [None, "not-needed"]


async def post(helped: Helped, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    app = httpx.ASGITransport(app=Starlette(routes=HelpCalls(helped.desk).routes()))
    async with httpx.AsyncClient(transport=app, base_url="http://box") as client:
        answer = await client.post(path, json=body)
        return answer.status_code, answer.json()
