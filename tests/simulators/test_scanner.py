"""The simulated driverless scanner: what lies where, one job at a time, and its process with a control socket."""

from __future__ import annotations

import asyncio
import io
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from simulators.control import Event, Fault, LayPage, Refill, TakePages
from simulators.document_scanner.documents import Wish
from simulators.document_scanner.http_line import Reply, Request
from simulators.document_scanner.scanner import JOB_SECONDS, Scanner
from simulators.document_scanner.sheets import MARK, Sheet
from tests.simulators.host import LIMIT
from tests.simulators.test_control import running
from tests.virtual_time import virtual

PLATEN = Wish("Platen", "RGB24", 75, 2480, 3508, 0, 0, False, "image/jpeg")


def settings(source: str = "Platen", **changed: str) -> bytes:
    rows = {
        "ColorMode": "RGB24",
        "XResolution": "75",
        "YResolution": "75",
        "DocumentFormatExt": "image/jpeg",
        **changed,
    }
    listed = "".join(f"<scan:{name}>{text}</scan:{name}>" for name, text in rows.items())
    region = "<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits><pwg:Height>400</pwg:Height>"
    region += "<pwg:Width>600</pwg:Width><pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset>"
    spaces = (
        'xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm"'
    )
    regions = f"<pwg:ScanRegions><pwg:ScanRegion>{region}</pwg:ScanRegion></pwg:ScanRegions>"
    source = f"<pwg:InputSource>{source}</pwg:InputSource>"
    return f"<scan:ScanSettings {spaces}>{regions}{source}{listed}</scan:ScanSettings>".encode()


def scanner(events: list[Event] | None = None) -> Scanner:
    return Scanner(("127.0.0.1", 0), ([] if events is None else events).append, page_seconds=1.0)


async def asked(it: Scanner, method: str, path: str, body: bytes = b"") -> Reply:
    return await it.answer(Request(method, f"/eSCL/{path}", {}, body))


async def job(it: Scanner, source: str = "Platen", **changed: str) -> str:
    reply = await asked(it, "POST", "ScanJobs", settings(source, **changed))
    assert reply.status == 201
    return reply.headers["Location"].removeprefix("/eSCL/")


@virtual
async def test_the_glass_gives_one_page_and_then_no_more() -> None:
    it = scanner()
    it.do(LayPage("form"))
    path = await job(it)
    page = await asked(it, "GET", f"{path}/NextDocument")
    assert (page.status, page.chunked) == (200, True)
    with Image.open(io.BytesIO(page.body)) as image:
        assert (image.size, image.info["dpi"]) == ((150, 100), (75, 75))
    assert (await asked(it, "GET", f"{path}/NextDocument")).status == 404
    assert b"Completed" in (await asked(it, "GET", "ScannerStatus")).body


@virtual
async def test_one_job_at_a_time_and_one_that_nobody_fetches_is_given_up() -> None:
    it = scanner()
    path = await job(it)
    assert (await asked(it, "POST", "ScanJobs", settings())).status == 503
    assert (await asked(it, "DELETE", path)).status == 200
    await job(it)
    given_up = asyncio.Event()
    asyncio.get_running_loop().call_later(JOB_SECONDS + 1, given_up.set)
    await given_up.wait()
    await job(it)


@virtual
async def test_what_it_cannot_scan_is_a_conflict_and_says_why() -> None:
    events: list[Event] = []
    it = scanner(events)
    for wrong in ({"ColorMode": "CMYK"}, {"XResolution": "74"}, {"DocumentFormatExt": "image/bmp"}):
        assert (await asked(it, "POST", "ScanJobs", settings(**wrong))).status == 409
    assert (await asked(it, "POST", "ScanJobs", settings("Camera"))).status == 409
    assert (await asked(it, "POST", "ScanJobs", b"<html/>")).status == 409
    assert len([event for event in events if event["event"] == "refused"]) == 5


@virtual
async def test_the_feeder_says_what_lies_in_it_and_what_is_wrong_with_it() -> None:
    it = scanner()
    assert it.adf == "ScannerAdfEmpty"
    it.do(LayPage("form", "feeder", 2))
    assert (it.adf, it.snapshot()[0]["sheets"]) == ("ScannerAdfLoaded", 2)
    assert it.snapshot()[0]["top"] == {"picture": "form", "number": 1}
    it.do(Fault("jam", True))
    path = await job(it, "Feeder")
    assert [(await asked(it, "GET", f"{path}/NextDocument")).status for _ in range(2)] == [200, 404]
    assert it.adf == "ScannerAdfJam"
    it.do(TakePages())
    assert it.adf == "ScannerAdfEmpty"
    it.do(Fault("cover-open", True))
    assert it.adf == "ScannerAdfHatchOpen"


@virtual
async def test_only_paper_that_there_is_room_for_can_be_laid() -> None:
    it = scanner()
    for wrong in (
        LayPage("nothing"),
        LayPage("form", "feeder", 51),
        LayPage("form", "glass", 2),
        LayPage("form", sheets=0),
    ):
        with pytest.raises(ValueError, match=r"room for|on a sheet"):
            it.do(wrong)
    with pytest.raises(ValueError, match="lay-page, take-pages and the faults busy"):
        it.do(Refill())


def test_each_side_shows_its_number_in_squares() -> None:
    unit = 75 / 300
    for number in (1, 4):
        with Image.open(io.BytesIO(Sheet("form", number).side(PLATEN))) as side:
            row = [side.getpixel((int((250 + mark * MARK * 2) * unit), int(150 * unit))) for mark in range(6)]
        assert [sum(level) < 100 for level in row if isinstance(level, tuple)] == [mark < number for mark in range(6)]


def test_a_picture_of_our_own_is_what_the_scanner_sees(tmp_path: Path) -> None:
    Image.new("RGB", (210, 297), (200, 30, 30)).save(tmp_path / "red.png")
    with Image.open(io.BytesIO(Sheet(str(tmp_path / "red.png"), 1).side(PLATEN))) as side:
        assert side.size == (620, 877)
        assert side.resize((1, 1)).getpixel((0, 0)) == pytest.approx((200, 30, 30), abs=3)


@pytest.mark.system
async def test_as_a_process_it_holds_what_is_laid_by_its_control_socket_and_leaves_nothing(tmp_path: Path) -> None:
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        port = any_socket.getsockname()[1]
    place = ("--http", f"127.0.0.1:{port}", "--page-seconds", "0")
    async with running(tmp_path, "scanner", *place, link=False) as simulator, simulator.client() as client:
        assert (await client.event("state"))["adf"] == "ScannerAdfEmpty"
        client.send(b'{"do":"lay-page","where":"feeder","sheets":2}')
        assert (await client.event("state"))["sheets"] == 2
        assert (await client.answer()) == {"ok": True}
        client.send(b'{"do":"lay-page","picture":"nothing"}')
        assert "on a sheet may be form, blank" in (await client.answer())["error"]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /eSCL/ScannerStatus HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        async with asyncio.timeout(LIMIT):
            assert b" 200 OK" in await reader.readline()
            await reader.readuntil(b"ScannerAdfLoaded")
        simulator.process.send_signal(signal.SIGTERM)  # while somebody is connected
        async with asyncio.timeout(LIMIT):
            assert await simulator.process.wait() == 0
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        assert {*simulator.folder.iterdir()} == set()
