"""A hall set back to an old copy, seen by its boxes over mutual TLS."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from config.hall import load_hall
from hall import cli
from hall.files import places
from hall.rebuild import rebuild
from hall.store import database
from tests.hall.scene import Box, Scene
from tests.hall.served import Served, hello, serve

pytestmark = pytest.mark.wire


class Caller:
    """A box with a journal: what it does over the wire, it remembers."""

    def __init__(self, client: httpx.AsyncClient, box: Box) -> None:
        self.client = client
        self.box = box

    async def greet(self, **fields: Any) -> httpx.Response:
        box = self.box
        ends = [{"journal": box.journal, "seq": len(box.facts), "digest": box.head}]
        fields = {"journal": box.journal, "journals": ends, **self.now(), **fields}
        return await self.client.post("/device/hello", json=hello(box.name, **fields))

    def now(self) -> dict[str, Any]:
        return {"boot": self.box.boot, "mono_ms": self.box.mono_ms}

    async def tell(self) -> dict[str, Any]:
        box = self.box
        facts = [msgspec.json.decode(fact) for fact in box.facts]
        body = {"device": box.name, "journal": box.journal, **self.now(), "facts": facts}
        receipt: dict[str, Any] = (await self.client.post("/device/facts", json=body)).json()
        return receipt

    async def take(self) -> str:
        box = self.box
        box.fact("requested", service="11", touch="t")
        ticket = f"{box.name}/{box.journal}/{len(box.facts)}"
        given = (await self.reserve(ticket)).json()
        box.fact("issued", ticket=ticket, service="11", number=given["digits"], source="hall", date=given["date"])
        box.fact("printed", ticket=ticket, evidence="gs-h")
        await self.tell()
        return str(given["digits"])

    async def reserve(self, ticket: str) -> httpx.Response:
        body = {"ticket": ticket, "service": "11", "mode": "demo", **self.now()}
        return await self.client.post("/device/reserve", json=body)

    async def press(self, kind: str, request: str, **fields: Any) -> dict[str, Any]:
        body = {"type": kind, "request": request, "window": 1, "mode": "demo", **fields}
        if kind != "sign-in":
            body |= {"operator": "1001", **self.now()}
        raw = (await self.client.post("/device/commands", json=body)).content
        answer: dict[str, Any] = msgspec.json.decode(raw)
        if answer["outcome"] == "done":
            self.box.fact("answered", request=request, window=1, type=kind, outcome="done", answer=raw.decode())
            await self.tell()
        return answer

    async def sign_in(self) -> dict[str, Any]:
        return await self.press("sign-in", "s", name="林一帆", pin="2468")


class Site:
    """A hall, a kiosk and a counter."""

    def __init__(self, served: Served, kiosk: Caller, counter: Caller, observer: httpx.AsyncClient) -> None:
        self.served = served
        self.kiosk = kiosk
        self.counter = counter
        self.observer = observer

    async def status(self) -> dict[str, Any]:
        told: dict[str, Any] = (await self.observer.get("/api/status")).json()
        return told

    async def whole(self) -> dict[str, Any]:
        await self.served.hall.until(lambda: self.served.hall.recovery is None)
        return await self.status()


@pytest.fixture
def boxes(scene: Scene) -> tuple[Box, Box]:
    return scene.box("kiosk-1", "kiosk's journal"), scene.box("counter-1", "counter's journal")


@asynccontextmanager
async def site(settings_file: Path, boxes: tuple[Box, Box]) -> AsyncIterator[Site]:
    async with (
        serve(settings_file) as served,
        served.caller("kiosk-1") as kiosk,
        served.caller("counter-1") as counter,
        served.caller("observer-1") as observer,
    ):
        yield Site(served, Caller(kiosk, boxes[0]), Caller(counter, boxes[1]), observer)


def lose(settings_file: Path, copy: Path | None) -> None:
    """The database is gone; this copy takes its place."""
    file = places(load_hall(settings_file)[0]).database
    for left in file.parent.glob("*"):
        left.unlink()
    rebuild(file, copy)


def on_port(settings_file: Path, port: int) -> Path:
    """The same settings, for a hall that listens there."""
    own = settings_file.with_name("own.toml")
    own.write_text(settings_file.read_text("utf-8").replace("port = 8610", f"port = {port}"), "utf-8")
    return own


async def test_a_hall_restored_twice_gives_no_number_and_calls_nobody_twice(
    settings_file: Path, boxes: tuple[Box, Box], tmp_path: Path
) -> None:
    numbers, calls = [], []
    async with site(settings_file, boxes) as at:
        await at.kiosk.greet()
        await at.counter.greet()
        numbers += [await at.kiosk.take() for _ in range(4)]
        await at.counter.sign_in()
        database.copy(places(load_hall(settings_file)[0]).database, tmp_path / "copy.db", "backup")
        calls.append((await at.counter.press("call-next", "first"))["window"]["held"])
        numbers.append(await at.kiosk.take())
    for again in ("second", "third"):
        lose(settings_file, tmp_path / "copy.db")
        async with site(settings_file, boxes) as at:
            await at.kiosk.greet()
            assert (await at.kiosk.reserve("kiosk-1/x/1")).json()["error"] == "recovering"
            await at.kiosk.tell()
            await at.counter.greet()
            await at.counter.tell()
            assert not (await at.whole())["recovering"]
            assert (await at.counter.press("finish", f"finish-{again}"))["outcome"] == "done"
            calls.append((await at.counter.press("call-next", again))["window"]["held"])
            numbers.append(await at.kiosk.take())
            assert (await at.observer.get("/api/conflicts")).json() == []
    assert len(set(numbers)) == len(numbers) == 7
    assert len({held["ticket"] for held in calls}) == 3
    assert [held["number"][-3:] for held in calls] == ["001", "002", "003"]


async def test_a_machine_set_back_to_an_image_within_one_life_is_told_by_what_it_has_answered(
    settings_file: Path, boxes: tuple[Box, Box], tmp_path: Path
) -> None:
    """Neither its mark nor its term says so: both are in the image."""
    at_ = places(load_hall(settings_file)[0])
    async with site(settings_file, boxes) as at:
        term = (await at.kiosk.greet()).json()["term"]
        await at.counter.greet()
        numbers = [await at.kiosk.take() for _ in range(2)]
        await at.counter.sign_in()
        database.copy(at_.database, tmp_path / "image.db", "")
        shutil.copy(at_.mark, tmp_path / "image.mark")
        first = (await at.counter.press("call-next", "first"))["window"]["held"]
    for left in at_.database.parent.glob("*"):
        left.unlink()
    shutil.copy(tmp_path / "image.db", at_.database)
    shutil.copy(tmp_path / "image.mark", at_.mark)
    async with site(settings_file, boxes) as at:
        await at.kiosk.greet(term=term)
        assert not (await at.counter.greet(term=term)).json()["recovering"]
        await at.counter.tell()
        assert (await at.status())["why"] == "unknown-answer"
        await at.kiosk.greet()
        await at.counter.greet()
        assert not (await at.whole())["recovering"]
        assert (await at.observer.get("/api/windows")).json()[0]["held"] == first
        await at.counter.press("finish", "finish")
        second = (await at.counter.press("call-next", "second"))["window"]["held"]
    assert [first["number"][1:], second["number"][1:]] == numbers


async def test_while_it_waits_a_hall_says_so_and_does_nothing(settings_file: Path, boxes: tuple[Box, Box]) -> None:
    lose(settings_file, None)
    async with site(settings_file, boxes) as at:
        status = await at.status()
        assert (status["recovering"], status["why"]) == (True, "rebuilt")
        assert status["awaited"] == ["counter-1", "kiosk-1"]
        boxes[1].fact("opened")
        assert (await at.counter.greet()).json()["recovering"]
        assert (await at.counter.sign_in())["reason"] == "recovering"
        assert (await at.counter.press("call-next", "r"))["reason"] == "recovering"
        downlink = await at.counter.client.get("/device/downlink")
        assert (downlink.status_code, downlink.json()["error"]) == (503, "recovering")
        assert (await at.counter.tell())["high"] == 1
        assert (await at.status())["awaited"] == ["kiosk-1"]
        await at.kiosk.greet()
        assert await at.whole() == {**status, "recovering": False, "why": "", "awaited": [], "facts": 1}
        assert (await at.counter.sign_in())["outcome"] == "done", "what was refused while it waited was never answered"


async def test_the_front_page_says_for_whom_it_waits(settings_file: Path, boxes: tuple[Box, Box]) -> None:
    lose(settings_file, None)
    async with site(settings_file, boxes) as at, at.served.caller() as anybody:
        boxes[1].fact("opened")
        await at.counter.greet()
        page = (await anybody.get("/")).text
        assert "大厅正在恢复数据" in page
        assert "<tr><td>counter-1<td>正在上传" in page
        assert "<tr><td>kiosk-1<td>还没有连上" in page
        await at.counter.tell()
        await at.kiosk.greet()
        await at.whole()
        assert "大厅正在恢复数据" not in (await anybody.get("/")).text


async def test_the_front_page_says_which_device_needs_somebody(settings_file: Path, boxes: tuple[Box, Box]) -> None:
    async with site(settings_file, boxes) as at, at.served.caller() as anybody:
        await at.kiosk.greet()
        assert "需要有人去看" not in (await anybody.get("/")).text
        boxes[0].fact("device", name="printer", phase="idle", reasons="media-low,simulated")
        boxes[0].fact("device", name="lamp", phase="idle", reasons="simulated")
        boxes[0].fact("device", name="reader", phase="stopped", reasons="odd-thing")
        await at.kiosk.tell()
        page = (await anybody.get("/")).text
        assert "<tr><td>kiosk-1<td>printer<td>纸快用完了" in page
        assert "odd-thing" in page
        assert "lamp" not in page
        devices = (await at.observer.get("/api/devices")).json()
        assert [device["name"] for device in devices] == ["lamp", "printer", "reader"]
        assert devices[1]["reasons"] == "media-low,simulated"


async def test_a_box_that_has_met_a_newer_hall_stops_all(settings_file: Path, boxes: tuple[Box, Box]) -> None:
    async with site(settings_file, boxes) as at:
        await at.counter.greet()
        async with at.counter.client.stream("GET", "/device/downlink") as downlink:
            lines = downlink.aiter_lines()
            assert (await anext(lines)).startswith("event: window")
            welcome = (await at.kiosk.greet(term={"n": 7, "draw": "aa"})).json()
            assert (welcome["recovering"], welcome["term"]["n"]) == (True, 8)
            assert [line async for line in lines if line == "event: bye"]
        assert (await at.status())["why"] == "newer-term"
        assert (await at.counter.greet()).json()["term"]["n"] == 8
        assert not (await at.whole())["recovering"]


class TestAbsent:
    async def test_only_the_hall_itself_declares_boxes_absent(
        self, settings_file: Path, boxes: tuple[Box, Box]
    ) -> None:
        lose(settings_file, None)
        async with site(settings_file, boxes) as at, at.served.caller("hall") as own, at.served.caller() as anybody:
            body = {"boxes": ["kiosk-1"]}
            for client, status in ((anybody, 401), (at.observer, 403), (at.counter.client, 403)):
                assert (await client.post("/api/recovering/absent", json=body)).status_code == status
            stranger = await own.post("/api/recovering/absent", json={"boxes": ["kiosk-9"]})
            assert (stranger.status_code, stranger.json()["detail"]) == (422, "not enrolled: kiosk-9")
            answer = await own.post("/api/recovering/absent", json=body)
            assert answer.json() == {
                "recovering": True,
                "why": "rebuilt",
                "awaited": ["counter-1"],
                "absent": ["kiosk-1"],
            }
            await at.counter.greet()
            assert not (await at.whole())["recovering"]
            assert (await own.post("/api/recovering/absent", json=body)).status_code == 409

    @pytest.mark.usefixtures("log_aside")
    async def test_by_command_line(
        self, settings_file: Path, boxes: tuple[Box, Box], capsys: pytest.CaptureFixture[str]
    ) -> None:
        lose(settings_file, None)
        async with site(settings_file, boxes) as at:
            own = on_port(settings_file, at.served.port)

            async def absent(*names: str) -> tuple[int, str]:
                code = await asyncio.to_thread(cli.hall, ["absent", str(own), *names])
                told = capsys.readouterr()
                return code, (told.out + told.err).splitlines()[-1 if code == 0 else -2]

            assert await absent("kiosk-9") == (1, "not enrolled: kiosk-9")
            assert await absent("kiosk-1") == (0, "still waited for: counter-1")
            assert await absent("counter-1") == (0, "nobody is waited for any more")
            await at.whole()
            assert await absent("counter-1") == (1, "not recovering: the hall waits for nobody")

    def test_when_no_hall_answers(self, settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
        own = on_port(settings_file, 9)
        assert cli.hall(["absent", str(own), "kiosk-1"]) == 1
        assert "does not answer" in capsys.readouterr().err
