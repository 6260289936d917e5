"""A technician elsewhere: verbs go through the hall, over mutual TLS, to a box that listens nowhere, and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from config.box import load_box
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from hall import ca
from simulators.displays.bus import Displays
from simulators.displays.dots import Panel
from simulators.line import Line
from tests.drivers.document_scanner.pictures import jpeg_of, picture
from tests.free_ports import free_port
from tests.hall.process import Daemon
from tests.hall.served import Served, hello, serve
from tests.hall.test_wire import listening
from tests.simulators.host import Heard

pytestmark = pytest.mark.wire

BOX = """\
[box]
name = "counter-1"
mode = "demo"
port = {port}
data = "data"

[hall]
url = "{url}"
ca = "certs/ca.pem"
certificate = "certs/counter-1.pem"
key = "certs/counter-1.key"

[[window]]
number = 1

[[line]]
name = "desk"
port = "folder:desk"
simulated = true

[[device]]
name = "camera"
model = "document-camera"
line = "desk"
"""
DISPLAY = """
[[line]]
name = "displays"
port = "port"
simulated = true

[[device]]
name = "display"
model = "onbon-bx5k"
line = "displays"
address = 1
"""
TECHNICIANS = ("wu-technician", "li-technician")


@pytest.fixture(scope="session")
def technicians(certificates: Path) -> None:
    for name in TECHNICIANS:
        ca.issue(certificates, name, "technician", 30)


@pytest.fixture
def settings(settings_file: Path, technicians: None) -> Path:
    return settings_file


def box_file(folder: Path, url: str, more: str = "") -> Path:
    (folder / "desk").mkdir()
    file = folder / "box.toml"
    file.write_text(BOX.format(port=free_port(), url=url) + more, encoding="utf-8")
    return file


class Technician:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def ask(self, verb: str, box: str = "counter-1", **body: Any) -> tuple[int, Any]:
        answer = await self._http.post(f"/maintenance/{box}/{verb}", json=body)
        return answer.status_code, answer.json()


async def until(holds: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again until it is so, each time over the wire; the hall's own limit ends it."""
    while not (found := await holds()):
        pass
    return found


@asynccontextmanager
async def scene(settings: Path) -> AsyncIterator[tuple[Technician, Technician, Served]]:
    """A hall, a box that it has welcomed and that listens to it, two technicians."""
    async with serve(settings) as served, Tasks() as tasks:
        loaded = load_box(box_file(settings.parent, served.url))
        async with (
            running(loaded, build_hardware(loaded), tasks) as parts,
            served.caller(TECHNICIANS[0]) as first,
            served.caller(TECHNICIANS[1]) as second,
        ):
            parts.readiness.append(lambda: True)
            await parts.link.up()
            wu, li = Technician(first), Technician(second)
            await until(lambda: _listens(wu))
            yield wu, li, served


async def _listens(technician: Technician) -> bool:
    return (await technician.ask("report"))[0] == 200


async def test_a_box_that_listens_nowhere_is_looked_at_taken_checked_and_given_back(settings: Path) -> None:
    async with scene(settings) as (wu, li, served):
        (settings.parent / "desk" / "page.jpg").write_bytes(jpeg_of(picture(400, 600)))
        _, report = await wu.ask("report")
        assert (report["box"], report["flows"], report["link"]["hall"]) == ("counter-1", True, "up")
        assert 25 <= report["link"]["certificate_days"] <= 30
        assert report["clock"]["trust"] == "compared"

        status, refused = await wu.ask("check", device="camera", level="external")
        assert (status, refused["error"]) == (409, "needs-lease")
        status, taken = await wu.ask("lease", who="Wu", devices=["camera"])
        assert (status, taken["lease"]["devices"]) == (200, ["camera"])
        status, refused = await li.ask("lease", who="Li")
        assert (status, refused["error"]) == (409, "leased")
        lease = taken["lease"]["id"]
        status, checked = await wu.ask("check", device="camera", level="external", lease=lease)
        assert (status, checked["outcome"], checked["found"]) == (
            200,
            "sound",
            {"pages": 1, "width": 400, "height": 600},
        )
        status, seen = await wu.ask("preview", device="camera", lease=lease, columns=40, rows=30)
        assert (status, seen["columns"], seen["rows"]) == (200, 20, 30)
        assert (await wu.ask("lease", who="Wu", id=lease, give_back=True)) == (200, {"lease": None})
        _, report = await wu.ask("report")
        assert report["leases"] == []
        assert served.hall.relays._pending == {}


async def test_that_a_device_is_in_maintenance_reaches_the_hall_as_a_fact(settings: Path) -> None:
    async with scene(settings) as (wu, _, served), served.caller("observer-1") as observer:

        async def reasons() -> str:
            rows = (await observer.get("/api/devices")).json()
            return next((row["reasons"] for row in rows if row["name"] == "camera"), "")

        _, taken = await wu.ask("lease", who="Wu", devices=["camera"])
        await until(lambda: _is(reasons, "in-maintenance", there=True))
        await until(lambda: _on_front(observer, "<td>camera", there=True))
        await wu.ask("lease", who="Wu", id=taken["lease"]["id"], give_back=True)
        await until(lambda: _is(reasons, "in-maintenance", there=False))
        await until(lambda: _on_front(observer, "<h2>维护中", there=False))


async def _on_front(observer: httpx.AsyncClient, words: str, *, there: bool) -> bool:
    return (words in (await observer.get("/")).text) is there


async def _is(reasons: Callable[[], Awaitable[str]], keyword: str, *, there: bool) -> bool:
    return (keyword in (await reasons()).split(",")) is there


async def test_who_asked_what_of_which_box_is_in_the_halls_log(settings: Path) -> None:
    with capture_logs() as logs:
        async with scene(settings) as (wu, _, _served):
            await wu.ask("frames", line="none")
    told = [entry for entry in logs if entry["event"] == "maintenance" and entry["verb"] == "frames"]
    assert [(entry["who"], entry["box"], entry["outcome"]) for entry in told] == [("wu-technician", "counter-1", "404")]


@pytest.mark.parametrize(
    ("who", "path", "headers", "status", "error"),
    [
        ("", "/maintenance/counter-1/report", {}, 401, "not-a-technician"),
        ("observer-1", "/maintenance/counter-1/report", {}, 403, "not-a-technician"),
        ("counter-1", "/maintenance/counter-1/report", {}, 403, "not-a-technician"),
        ("wu-technician", "/maintenance/counter-1/report", {"origin": "https://hall"}, 403, "not-for-pages"),
        ("wu-technician", "/maintenance/counter-9/report", {}, 404, "no-such-box"),
        ("wu-technician", "/maintenance/counter-1/reboot", {}, 404, "no-such-verb"),
        ("wu-technician", "/maintenance/counter-1/report", {}, 503, "not-connected"),
        ("wu-technician", "/maintenance/counter-1/lease", {"big": "yes"}, 413, "too-long"),
    ],
)
async def test_the_hall_refuses_in_words(
    settings: Path, who: str, path: str, headers: dict[str, str], status: int, error: str
) -> None:
    async with serve(settings) as served, served.caller(who) as caller:
        answer = await caller.post(path, content=b"x" * 70_000 if headers.pop("big", "") else b"{}", headers=headers)
        told = answer.json()
        assert (answer.status_code, told["error"]) == (status, error)
        assert set(told["text"]) == {"zh-CN", "en"}


class StandIn:
    """A box played by hand: it hears its downlink and answers when the test lets it."""

    def __init__(self, caller: httpx.AsyncClient, events: AsyncIterator[tuple[str, Any]]) -> None:
        self.caller = caller
        self._events = events

    async def relay(self) -> Any:
        async for name, data in self._events:
            if name == "maintenance":
                return data
        raise EOFError("the downlink has ended")

    async def answer(self, relay: Any, body: dict[str, Any], status: int = 200) -> httpx.Response:
        told = {"request": relay["request"], "status": status, "body": json.dumps(body)}
        return await self.caller.post("/device/maintenance", json=told)


@asynccontextmanager
async def stand_in(served: Served) -> AsyncIterator[StandIn]:
    async with served.caller("counter-1") as caller:
        await caller.post("/device/hello", json=hello())
        async with listening(served, "counter-1") as events:
            yield StandIn(caller, events)


async def test_a_second_terminal_is_told_the_same_reading_and_may_not_begin_the_same_work(settings: Path) -> None:
    async with (
        serve(settings) as served,
        stand_in(served) as box,
        served.caller(TECHNICIANS[0]) as first,
        served.caller(TECHNICIANS[1]) as second,
        asyncio.TaskGroup() as group,
    ):
        wu, li = Technician(first), Technician(second)
        readings = [group.create_task(each.ask("report")) for each in (wu, li)]
        relay = await box.relay()
        assert (relay["verb"], relay["body"]) == ("report", "{}")
        await box.answer(relay, {"box": "counter-1"})
        assert await readings[0] == (200, {"box": "counter-1"})
        if not readings[1].done():  # it came after the first was answered, and is a question of its own
            with_second = group.create_task(box.relay())
            await asyncio.wait((with_second, readings[1]), return_when=asyncio.FIRST_COMPLETED)
            if with_second.done():
                await box.answer(with_second.result(), {"box": "counter-1"})
            with_second.cancel()
        assert (await readings[1])[0] == 200

        working = group.create_task(wu.ask("bundle"))
        relay = await box.relay()
        status, refused = await li.ask("bundle")
        assert (status, refused["error"]) == (409, "being-asked")
        assert "wu-technician" in refused["text"]["en"]
        await box.answer(relay, {"name": "b", "data": ""})
        assert (await working)[0] == 200


async def test_only_the_box_that_was_asked_may_answer_and_only_once(settings: Path) -> None:
    async with (
        serve(settings) as served,
        stand_in(served) as box,
        served.caller(TECHNICIANS[0]) as first,
        served.caller("kiosk-1") as other,
        asyncio.TaskGroup() as group,
    ):
        asking = group.create_task(Technician(first).ask("report"))
        relay = await box.relay()
        forged = {"request": relay["request"], "status": 200, "body": "{}"}
        assert (await other.post("/device/maintenance", json=forged)).json()["error"] == "no-such-request"
        assert (await box.answer(relay, {"box": "it"})).status_code == 200
        assert await asking == (200, {"box": "it"})
        assert (await box.answer(relay, {"box": "late"})).status_code == 409


class Eyes(Heard):
    """Somebody before a display."""

    async def until_shown(self, text: str) -> None:
        count = 1
        while text not in (await self.next("shown", count))["text"]:
            count += 1


@asynccontextmanager
async def display_at(link: Path) -> AsyncIterator[Eyes]:
    """A simulated display, address 1, on a pty."""
    eyes, line = Eyes(), Line(link, 9600, half_duplex=True)
    line.open()
    with closing(line):
        panel = Panel(width=160, height=16, unit=8)
        with closing(Displays(line, eyes.emit, addresses=(1,), panel=panel, folder=None)):
            yield eyes


@pytest.mark.system
async def test_a_box_that_is_killed_in_the_middle_of_a_check_is_told_as_lost_and_comes_back_free(
    settings: Path,
) -> None:
    async with (
        serve(settings) as served,
        served.caller(TECHNICIANS[0]) as http,
        display_at(settings.parent / "port") as eyes,
        asyncio.TaskGroup() as group,
    ):
        technician = Technician(http)
        file = box_file(settings.parent, served.url, DISPLAY)
        daemon = await asyncio.to_thread(Daemon, ["device", str(file)], "hall is up", {})
        try:
            await until(lambda: _shows(technician))
            _, taken = await technician.ask("lease", who="Wu")
            lease = taken["lease"]["id"]
            asked = {"device": "display", "level": "external", "lease": lease}
            checking = group.create_task(technician.ask("check", **asked))
            await eyes.until_shown("测试")
            daemon.process.kill()
            status, refused = await checking
            assert (status, refused["error"]) == (503, "box-lost")
            await asyncio.to_thread(daemon.end)
            daemon = await asyncio.to_thread(Daemon, ["device", str(file)], "hall is up", {})
            await until(lambda: _listens(technician))
            _, report = await technician.ask("report")
            assert (report["leases"], [device["leased"] for device in report["devices"]]) == ([], [False, False])
            assert (await technician.ask("check", **asked))[1]["error"] == "lease-gone"
        finally:
            await asyncio.to_thread(daemon.end)


async def _shows(technician: Technician) -> bool:
    status, report = await technician.ask("report")
    return status == 200 and any(device["name"] == "display" and device["accepting"] for device in report["devices"])
