"""The real scanimage with SANE's own test back-ends: feeder, jam, cover, slow, cancelled, crashed and hung."""

from __future__ import annotations

import asyncio
import os
import select
import stat
import subprocess
import time
import tomllib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.contract import (
    Area,
    Colour,
    CompletionCode,
    Garbled,
    Gone,
    MediaType,
    NotScanned,
    Page,
    Refused,
    ScanRequest,
    Silent,
    Source,
    State,
)
from drivers.deadline import Deadline
from drivers.document_scanner import sane, sane_place
from drivers.document_scanner.sane import SaneScanner, SaneSettings

pytestmark = pytest.mark.system

LIMIT = 20.0
SLACK = 0.5
"""Seconds that a busy machine may be late."""
SMALL = Area(60, 40)
VECTORS = tomllib.loads((Path(__file__).parents[2] / "vectors" / "sane.toml").read_text(encoding="utf-8"))
SLOW = {"read-delay": "yes", "read-delay-duration": "200000"}


def flatbed(**how: Any) -> ScanRequest:
    return ScanRequest(**{"dpi": 50, "area": SMALL, **how})


def feeder(**how: Any) -> ScanRequest:
    return flatbed(source=Source.FEEDER, **how)


@asynccontextmanager
async def opened(place: str = "test:0", **how: Any) -> AsyncIterator[SaneScanner]:
    settings = SaneSettings(**{"backend": place.partition(":")[0], "close_seconds": 1.0, **how})
    scanner = SaneScanner.at(settings, f"sane:{place}")
    assert await scanner.open(Deadline.after(LIMIT)) == State.of()
    yield scanner
    await scanner.close()


async def scanned(scanner: SaneScanner, request: ScanRequest) -> tuple[Page, ...]:
    return await scanner.scan(request, Deadline.after(LIMIT))


def scans_left() -> set[str]:
    """Folders with pages, and scanimages, that nobody has taken away."""
    folders = {folder.name for folder in Path(sane._memory() or "/").glob("scan-*")}
    own = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return folders | set(own)


def ends(pid: int) -> bool:
    """Whether this process ends, or has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], LIMIT)[0])
    finally:
        os.close(handle)


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    before = scans_left()
    yield
    until = time.monotonic() + LIMIT
    while not scans_left() <= before:
        assert time.monotonic() < until
        time.sleep(0.01)  # what was killed is still being reaped


def test_the_real_scanimage_says_every_vector() -> None:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    arguments = ["scanimage", "-d", "test:0", "--format=png", "-A"]
    said = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True, timeout=LIMIT)
    assert {vector["text"] for vector in VECTORS["option"]} <= {*said.stdout.splitlines()}


async def test_a_page_from_the_glass_is_whole_with_its_real_scale() -> None:
    async with opened() as scanner:
        (page,) = await scanned(scanner, flatbed(dpi=100))
    assert (page.number, page.media_type, page.dpi) == (1, MediaType.PNG, 100.0)
    assert (page.width, page.height) == (236, 157)  # 60 x 40 mm


async def test_our_own_page_comes_back_pixel_for_pixel(tmp_path: Path) -> None:
    paper = Image.frombytes("L", (100, 141), bytes(value % 256 for value in range(100 * 141)))
    paper.save(tmp_path / "page.pgm")
    async with opened("pnm:0", extra={"filename": str(tmp_path / "page.pgm")}) as scanner:
        (page,) = await scanned(scanner, ScanRequest(colour=Colour.COLOUR))
    (tmp_path / "scanned.png").write_bytes(page.image)
    with Image.open(tmp_path / "scanned.png") as scan:
        assert scan.convert("L").tobytes() == paper.tobytes()


async def test_a_feeder_gives_page_after_page_and_tells_of_each_as_it_comes() -> None:
    came: list[int] = []
    async with opened() as scanner:
        assert (await scanner.poll(Deadline.after(LIMIT))).accepting
        pages = await scanner.scan(feeder(), Deadline.after(LIMIT), lambda page: came.append(page.number))
    assert [page.number for page in pages] == came == list(range(1, 11))  # so many has the test back-end


async def test_a_feeder_stops_after_as_many_pages_as_are_wanted() -> None:
    async with opened() as scanner:
        assert len(await scanned(scanner, feeder(most_pages=3, colour=Colour.BLACK_WHITE))) == 3


async def test_what_the_scanner_has_not_is_refused_before_anything_moves() -> None:
    async with opened() as scanner:
        with pytest.raises(Refused) as refused:
            await scanned(scanner, flatbed(source=Source.DUPLEX))
        assert refused.value.code is CompletionCode.UNSUPPORTED_COMMAND
        with pytest.raises(Refused, match="nothing of it"):
            await scanned(scanner, flatbed(area=Area(10, 10, left=250)))


@pytest.mark.parametrize(
    ("status", "keyword"),
    [
        ("JAMMED", "feeder-jam"),
        ("NO_DOCS", "feeder-empty"),
        ("COVER_OPEN", "scanner-cover-open"),
        ("DEVICE_BUSY", "scanner-busy"),
        ("ACCESS_DENIED", "access-denied"),
        ("CANCELLED", "scan-canceled"),
    ],
)
async def test_why_there_is_no_page_is_told(status: str, keyword: str) -> None:
    async with opened(extra={"read-return-value": f"SANE_STATUS_{status}"}) as scanner:
        with pytest.raises(NotScanned) as refused:
            await scanned(scanner, feeder())
    assert refused.value.reason.keyword == keyword


@pytest.mark.parametrize(
    ("status", "code"), [("IO_ERROR", "hardware_error"), ("NO_MEM", "internal_error"), ("INVAL", "invalid_data")]
)
async def test_what_is_wrong_with_the_device_is_told(status: str, code: str) -> None:
    async with opened(extra={"read-return-value": f"SANE_STATUS_{status}"}) as scanner:
        with pytest.raises(Refused) as refused:
            await scanned(scanner, flatbed())
    assert refused.value.code == code


@pytest.mark.parametrize("extra", [{"hand-scanner": "yes"}, {"read-return-value": "SANE_STATUS_EOF"}], ids=str)
async def test_a_crash_or_an_early_end_is_garbled_and_the_next_scan_is_well(extra: dict[str, str]) -> None:
    async with opened(extra=extra) as scanner:
        with pytest.raises(Garbled, match="crashed"):
            await scanned(scanner, flatbed())
    async with opened() as scanner:
        assert await scanned(scanner, flatbed())


async def test_the_jammed_and_open_pnm_reader_says_the_same(tmp_path: Path) -> None:
    Image.new("L", (40, 40)).save(tmp_path / "page.pgm")
    page = {"filename": str(tmp_path / "page.pgm")}
    for switch, keyword in (("status-jammed", "feeder-jam"), ("status-coveropen", "scanner-cover-open")):
        async with opened("pnm:0", extra={**page, switch: "yes"}) as scanner:
            with pytest.raises(NotScanned) as refused:
                await scanned(scanner, ScanRequest())
        assert refused.value.reason.keyword == keyword


async def test_a_cancel_in_the_middle_ends_the_scan_and_what_came_is_whole() -> None:
    came: list[Page] = []
    async with opened(extra=SLOW) as scanner:

        def second(page: Page) -> None:
            came.append(page)
            if page.number == 2:
                scanner.cancel()

        with pytest.raises(NotScanned) as refused:
            await scanner.scan(feeder(area=Area(20, 20)), Deadline.after(LIMIT), second)
        assert refused.value.code is CompletionCode.CANCELED
        assert [page.number for page in came] == [1, 2]
        assert all(page.height == came[0].height for page in came)
        scanner.cancel()  # nothing runs: nothing happens
    async with opened() as again:
        assert await scanned(again, flatbed())


async def test_a_scan_whose_asker_is_cancelled_leaves_nothing() -> None:
    began = asyncio.Event()
    async with opened(extra=SLOW) as scanner, asyncio.TaskGroup() as group:
        scan = scanner.scan(feeder(area=Area(20, 20)), Deadline.after(LIMIT), lambda _: began.set())
        task = group.create_task(scan)
        await began.wait()
        task.cancel()


async def test_a_scan_that_is_too_slow_is_silent_by_its_deadline() -> None:
    async with opened(extra=SLOW) as scanner:
        deadline = Deadline.after(1.5)
        with pytest.raises(Silent):
            await scanner.scan(flatbed(area=None, dpi=300), deadline)
        assert asyncio.get_running_loop().time() <= deadline.at + SLACK


async def test_a_scanner_that_is_not_there_is_gone() -> None:
    for place in ("test:9", "nobackend:0", "Canon LiDE 210"):
        with pytest.raises(Gone):
            await SaneScanner.at(SaneSettings(backend="test"), place).open(Deadline.after(LIMIT))
    scanner = SaneScanner.at(SaneSettings(), "test:0")
    with pytest.raises(Gone, match="not open"):
        await scanned(scanner, flatbed())


STAND_IN = """#!/bin/sh
case "$*" in
*--formatted-device-list*) echo 'genesys:libusb:001:004|Canon|LiDE 210|flatbed scanner'; exit 0 ;;
*--dont-scan*) exit 0 ;;
*--all-options*) echo '    --source Flatbed|ADF [Flatbed]'; exit 0 ;;
esac
{body}
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A scanimage that does what no test back-end does; "$page" is where its first page belongs."""

    def put(body: str, place: str = "any:0") -> SaneScanner:
        find = (
            'for word; do case "$word" in --batch=*) page="${word#--batch=}"; page="${page%%%d*}1.png";; esac; done\n'
        )
        program = tmp_path / "scanimage"
        program.write_text(STAND_IN.format(body=find + body))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(sane, "SCANIMAGE", str(program))
        return SaneScanner.at(SaneSettings(quiet_seconds=1.0, close_seconds=0.5), f"sane:{place}")

    return put


async def test_a_hung_back_end_is_killed_with_all_that_it_has_started(stand_in: Any, tmp_path: Path) -> None:
    scanner = stand_in(f"trap '' INT; sleep 600 & echo $! > {tmp_path}/pid; wait; sleep 600")
    await scanner.open(Deadline.after(LIMIT))
    deadline = Deadline.after(LIMIT)
    with pytest.raises(Silent, match="no sign"):
        await scanner.scan(ScanRequest(), deadline)
    assert deadline.left() > LIMIT / 2
    assert ends(int((tmp_path / "pid").read_text()))


async def test_a_back_end_that_hangs_in_closing_costs_no_page_and_no_reason(stand_in: Any, tmp_path: Path) -> None:
    Image.new("L", (30, 40)).save(tmp_path / "page.png")
    end = "echo 'Batch terminated, 1 page scanned' >&2; trap '' INT; sleep 600"
    scanner = stand_in(f'cp {tmp_path}/page.png "$page"; echo "$page"; {end}')
    await scanner.open(Deadline.after(LIMIT))
    assert [page.height for page in await scanned(scanner, ScanRequest())] == [40]
    scanner = stand_in(f"echo 'scanimage: sane_read: Document feeder jammed' >&2; {end}")
    await scanner.open(Deadline.after(LIMIT))
    with pytest.raises(NotScanned, match="stuck"):
        await scanned(scanner, ScanRequest())


async def test_a_truncated_page_that_is_called_good_is_garbled(stand_in: Any, tmp_path: Path) -> None:
    Image.effect_noise((60, 80), 90).save(tmp_path / "page.png")
    whole = (tmp_path / "page.png").read_bytes()
    for cut in (0, 100, len(whole) // 2, len(whole) - 12):
        (tmp_path / "cut.png").write_bytes(whole[:cut])
        scanner = stand_in(f'cp {tmp_path}/cut.png "$page"; echo "$page"')
        await scanner.open(Deadline.after(LIMIT))
        with pytest.raises(Garbled, match="PNG"):
            await scanned(scanner, ScanRequest())


async def test_nothing_and_no_reason_is_garbled_and_no_scanimage_is_gone(
    stand_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanner = stand_in("exit 0")
    await scanner.open(Deadline.after(LIMIT))
    with pytest.raises(Garbled, match="no page"):
        await scanned(scanner, ScanRequest())
    monkeypatch.setattr(sane, "SCANIMAGE", "/nowhere/scanimage")
    with pytest.raises(Gone, match="cannot be started"):
        await scanner.open(Deadline.after(LIMIT))


async def test_a_usb_scanner_is_polled_without_being_opened_and_its_unplugging_is_seen(
    stand_in: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sane_place, "USB_DEVICES", tmp_path / "usb")
    socket = tmp_path / "usb" / "1-2"
    socket.mkdir(parents=True)
    for name, text in (("busnum", "1"), ("devnum", "4")):
        (socket / name).write_text(f"{text}\n")
    scanner = stand_in("exit 1", "Canon LiDE 210@1-2")
    await scanner.open(Deadline.after(LIMIT))
    monkeypatch.setattr(sane, "SCANIMAGE", "/nowhere/scanimage")
    assert await scanner.poll(Deadline.after(LIMIT)) == State.of()
    (socket / "devnum").write_text("5\n")  # out and in again
    with pytest.raises(Gone, match="unplugged"):
        await scanner.poll(Deadline.after(LIMIT))
