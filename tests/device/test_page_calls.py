"""What the box's own pages are told and may do, without paper and without the hall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from config.wording import both
from device.api.kiosk import KioskCalls
from device.api.stream import Streams
from device.api.window import WindowCalls
from device.flows.sign_in import Door
from device.known_clerks import KnownClerks
from device.printers import Printers
from device.sessions import Sessions
from drivers.contract import MEDIA_EMPTY, State
from tests.device.counter import CLERK, Counter, counter_of
from tests.device.kiosk_scene import KioskScene
from tests.device.slips import slip_maker, ticket

Json = dict[str, Any]


class Pages:
    """Posts of a page to the calls of its box."""

    def __init__(self, calls: Any) -> None:
        app = Starlette(routes=calls.routes())
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://box")
        self.token = ""

    async def post(self, path: str, **body: object) -> tuple[int, Json]:
        answer = await self._client.post(path, json=body, headers={"authorization": f"Bearer {self.token}"})
        said: Json = answer.json()
        return answer.status_code, said


@pytest.fixture
async def kiosk(tmp_path: Path) -> AsyncIterator[tuple[KioskScene, KioskCalls]]:
    scene = KioskScene(tmp_path)
    desired: Any = SimpleNamespace(business_date="2026-11-21", counts=None, alarm=None)
    printer: Any = scene.printer
    printer.name, printer.model, printer.window = "printer", "none", None
    printers = Printers([printer])
    yield scene, KioskCalls(scene.kiosk, scene.link, desired, printers, Streams(), "demo", 60)  # type: ignore[arg-type]
    await scene.journal.close()


@pytest.fixture
async def counter(tmp_path: Path) -> AsyncIterator[Counter]:
    async with counter_of(tmp_path) as made:
        yield made


def calls_of(counter: Counter) -> WindowCalls:
    door = Door(Sessions(counter.journal), KnownClerks(counter.journal, counter.clock), "demo")
    health: Any = SimpleNamespace(devices=lambda _: [], refused=())
    link: Any = counter.link
    return WindowCalls({1: counter.desk}, link, counter.desired, health, door, Streams(), "demo", {})


async def test_the_kiosk_page_is_told_that_there_is_no_paper_and_of_the_number_on_its_screen(
    kiosk: tuple[KioskScene, KioskCalls],
) -> None:
    scene, calls = kiosk
    scene.link.welcome.hall_en = "Model Hall"
    scene.printer.state = State.of(MEDIA_EMPTY)
    page = Pages(calls)
    assert (calls.state()["can_issue"], calls.state()["without_paper"]) == (True, "media-empty")
    status, shown = await page.post("/kiosk/tickets", service="1", touch="t")
    assert (status, shown["outcome"], shown["number"]) == (200, "on-screen", "A1001")
    assert calls.state()["on_screen"] == shown
    status, noted = await page.post("/kiosk/tickets/noted", ticket_id=shown["ticket_id"], noted=True)
    assert (status, noted["outcome"]) == (200, "noted")
    assert calls.state()["on_screen"] is None
    status, refused = await page.post("/kiosk/tickets/noted", ticket_id=shown["ticket_id"], noted=False)
    assert (status, refused["error"]) == (409, "nothing-doubtful")


async def test_the_clerks_page_is_told_that_its_window_is_alone(counter: Counter) -> None:
    calls = calls_of(counter)
    assert (calls.state(counter.desk)["alone"], calls.state(counter.desk)["recovering"]) == (False, False)
    await counter.cut()
    assert (calls.state(counter.desk)["alone"], calls.state(counter.desk)["recovering"]) == (True, False)
    counter.link.turn("down", recovering=True)
    assert (calls.state(counter.desk)["alone"], calls.state(counter.desk)["recovering"]) == (True, True)


async def test_each_own_step_is_a_later_state_to_the_page(counter: Counter) -> None:
    calls, page = calls_of(counter), Pages(calls_of(counter))
    await counter.cut()
    page.token = await Sessions(counter.journal).open(1, CLERK)
    before = calls.state(counter.desk)["window"]
    status, said = await page.post("/window/1/press", act="call-number", press="p1", digits="12001")
    assert (status, said["outcome"]) == (200, "done")
    assert said["window"]["version"] == before["version"]
    assert said["window"]["steps"] > before["steps"]


async def test_next_without_the_hall_is_refused_with_what_to_do_instead(counter: Counter) -> None:
    page = Pages(calls_of(counter))
    await counter.cut()
    page.token = await Sessions(counter.journal).open(1, CLERK)
    _, said = await page.post("/window/1/press", act="next", press="p1")
    assert (said["reason"], said["text"]) == ("hall-unreachable", both("refusal", "numbers-by-hand"))


async def test_who_is_not_known_here_is_told_that_the_hall_is_away(counter: Counter) -> None:
    page = Pages(calls_of(counter))
    await counter.cut()
    status, said = await page.post("/window/1/sign-in", name="李晓梅", pin="2468")
    assert (status, said["text"]) == (401, both("refusal", "known-here-only"))


async def test_what_a_scanner_read_is_a_press(counter: Counter, tmp_path: Path) -> None:
    slips = slip_maker(tmp_path)
    counter.link.welcome.slip_keys = {"kiosk-1": [slips.public_key]}
    page = Pages(calls_of(counter))
    await counter.cut()
    page.token = await Sessions(counter.journal).open(1, CLERK)
    heard = slips.code(ticket()).encode("ascii", "ignore").decode()
    _, said = await page.post("/window/1/press", act="scan", press="p1", text=heard)
    assert (said["outcome"], said["window"]["held"]["number"]) == ("done", "A12001")
    _, said = await page.post("/window/1/press", act="scan", press="p2", text="4006381333931")
    assert said["text"] == both("refusal", "slip-unreadable")
