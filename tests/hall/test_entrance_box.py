"""The whole way: a page's question to a box, over mutual TLS to its hall, and back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from config.box import load_box
from config.hall import load_hall
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from hall.directory import directory_of
from tests.hall.served import serve

PORT = 8699
"""Named in what the box answers to; nobody listens there."""
BOX = """\
[box]
name = "kiosk-1"
mode = "demo"
port = {port}
data = "box"

[hall]
url = "{url}"
ca = "certs/ca.pem"
certificate = "certs/kiosk-1.pem"
key = "certs/kiosk-1.key"

[entrance]
"""
CASES = "case,last4,state,item\nYX-1,001X,approved,\n"


@asynccontextmanager
async def box_at(settings_file: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The local API of a box that its hall has welcomed and told its directory."""
    folder = settings_file.parent
    async with serve(settings_file) as served, Tasks() as tasks:
        file = folder / "box.toml"
        file.write_text(BOX.format(port=PORT, url=served.url), encoding="utf-8")
        loaded = load_box(file)
        async with running(loaded, build_hardware(loaded), tasks) as parts:
            await parts.link.up()
            transport = httpx.ASGITransport(parts.app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}") as page:
                while not (await page.get("/guide")).json()["digest"]:  # noqa: ASYNC110 - it tells nobody outside
                    await asyncio.sleep(0)  # all within the hall's limit
                yield page


@pytest.fixture
def settings(settings_file: Path) -> Path:
    (settings_file.parent / "cases.csv").write_text(CASES, encoding="utf-8")
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text.replace("[hall]\n", '[hall]\ncases = "cases.csv"\n'), encoding="utf-8")
    return settings_file


async def test_plan_windows_and_way_reach_the_page(settings: Path) -> None:
    directory = directory_of(load_hall(settings)[1].values)
    async with box_at(settings) as page:
        guide = (await page.get("/guide")).json()
        assert [window["number"] for window in guide["windows"]] == [each.number for each in directory.windows]
        assert len(guide["plan"]["spots"]) == len(directory.spots)
        assert [item["code"] for item in guide["items"]] == [item.code for item in directory.items]
        way = (await page.get("/query/route", params={"window": "3"})).json()
        assert way["here"] is True
        assert way["level"]["sentences"][-1]["zh-CN"] == "3 号窗口在右手边"
        for path in ("/entrance", "/query"):
            assert "<!doctype html>" in (await page.get(path)).text


async def test_progress_goes_there_and_back(settings: Path) -> None:
    async with box_at(settings) as page:
        told = [
            (await page.post("/query/progress", json={"case": "YX-1", "last4": last4})).json()
            for last4 in ("001x", "0021")
        ]
        assert told[0]["state"] == "approved"
        assert told[1] == {}
        for _ in range(4):
            await page.post("/query/progress", json={"case": "YX-1", "last4": "0021"})
        late = await page.post("/query/progress", json={"case": "YX-1", "last4": "001X"})
        assert (late.status_code, late.json()["error"]) == (429, "too-many-tries")
