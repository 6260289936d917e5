"""A page through a simulated scanner or under a camera: its measures are told, its picture is kept nowhere."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from device.cell import Cell
from device.checkup import Checkup, Level, Outcome, check_health
from device.trials import pages
from drivers.contract import CompletionCode, MediaType, NotScanned, Page, Refused, Remedy, ScanRequest, Source, State
from drivers.contract.document_scanner import feeder_empty
from drivers.document_scanner.camera import CameraSettings, DocumentCamera
from tests.drivers.document_scanner.pictures import jpeg_of, picture
from tests.drivers.document_scanner.test_escl import FEEDER, Bench
from tests.drivers.document_scanner.test_sane import SLOW, opened, scans_left
from tests.virtual_time import virtual

LIMIT = 20.0


@asynccontextmanager
async def at_work(driver: Any) -> AsyncIterator[Cell[Any]]:
    cell: Cell[Any] = Cell("scanner", "model", driver, family="document_scanner", open_seconds=LIMIT)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        with cell.watch.watching() as changed:
            while not cell.state.accepting:
                await changed.wait()
                changed.clear()
        yield cell
        running.cancel()


@asynccontextmanager
async def on_the_network(**how: Any) -> AsyncIterator[tuple[Bench, Cell[Any]]]:
    bench = Bench(**how)
    try:
        async with asyncio.timeout(LIMIT), at_work(bench.driver) as cell:
            yield bench, cell
    finally:
        bench.scanner.close()
        await bench.scanner.line.closed()


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PERSON_SECONDS", 0.3)
    monkeypatch.setattr(pages, "FEEDER_SECONDS", 0.05)


def pictures_in_memory() -> int:
    gc.collect()
    return sum(isinstance(held, Page) for held in gc.get_objects())


@asynccontextmanager
async def given_up(cell: Cell[Any]) -> AsyncIterator[asyncio.Task[Checkup]]:
    """A check whose asker leaves at the end of the block; the scanner has let go behind it."""
    async with asyncio.TaskGroup() as group:
        checking = group.create_task(check_health(cell, Level.EXTERNAL))
        yield checking
        with cell.worked.watching() as worked:
            checking.cancel()
            await worked.wait()


@pytest.mark.wire
async def test_a_page_from_the_glass_is_measured_and_forgotten() -> None:
    before = pictures_in_memory()
    async with on_the_network() as (bench, cell):
        told = await check_health(cell, Level.EXTERNAL)
        assert [job["source"] for job in bench.told("job")] == ["Platen"]
    found = {"pages": 1, "width": 1240, "height": 1754, "dpi": 150}
    assert told == Checkup(Level.EXTERNAL, Outcome.SOUND, ("feeder-empty",), "", found)
    assert pictures_in_memory() <= before


@pytest.mark.wire
async def test_a_page_that_a_person_puts_into_the_feeder_is_waited_for() -> None:
    async with on_the_network() as (bench, cell):
        asyncio.get_running_loop().call_later(0.5, bench.fill, 2)
        told = await check_health(cell, Level.INTERACTIVE)
        assert [job["source"] for job in bench.told("job")] == ["Feeder"]
        assert bench.scanner.snapshot()[0]["sheets"] == 1
        assert "RefusedCount" not in cell.statistics.report(0.0)
    assert (told.outcome, told.found["pages"]) == (Outcome.SOUND, 1)


@pytest.mark.wire
async def test_nobody_puts_a_page_in(short_patience: None) -> None:
    async with on_the_network() as (bench, cell):
        told = await check_health(cell, Level.INTERACTIVE)
        assert bench.told("job") == []
    assert (told.outcome, told.reasons, told.found) == (Outcome.NOBODY_CAME, ("feeder-empty",), {})


@pytest.mark.wire
async def test_a_scanner_without_a_feeder_takes_what_lies_on_the_glass() -> None:
    async with on_the_network(feeder=False) as (_, cell):
        told = await check_health(cell, Level.INTERACTIVE)
    assert (told.outcome, told.found["pages"], told.reasons) == (Outcome.SOUND, 1, ())


@pytest.mark.wire
async def test_an_open_cover_and_a_jam_of_before_are_findings_by_their_reasons() -> None:
    async with on_the_network() as (bench, cell):
        bench.fill(2)
        bench.fault("cover-open")
        opened = await check_health(cell, Level.INTERACTIVE)
        bench.fault("cover-open", on=False)
        bench.fault("jam")
        with pytest.raises(NotScanned):
            await cell.do(lambda scanner, deadline: scanner.scan(FEEDER, deadline), LIMIT)
        jammed = await check_health(cell, Level.INTERACTIVE)
    assert [(told.outcome, told.reasons, told.found) for told in (opened, jammed)] == [
        (Outcome.FAULTY, ("scanner-cover-open",), {}),
        (Outcome.FAULTY, ("feeder-jam",), {}),
    ]


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("JAMMED", Outcome.FAULTY, "feeder-jam"),
        ("COVER_OPEN", Outcome.FAULTY, "scanner-cover-open"),
        ("DEVICE_BUSY", Outcome.BUSY, "scanner-busy"),
    ],
)
@pytest.mark.system
async def test_what_a_scanner_says_only_when_it_scans_is_a_reason_too(
    status: str, outcome: Outcome, reason: str
) -> None:
    extra = {"read-return-value": f"SANE_STATUS_{status}"}
    async with asyncio.timeout(LIMIT), opened(extra=extra) as scanner, at_work(scanner) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.reasons) == (outcome, (reason,))


@pytest.mark.wire
async def test_a_check_that_is_given_up_ends_the_scan() -> None:
    before = pictures_in_memory()
    async with on_the_network() as (bench, cell):
        scans, give_page = asyncio.Event(), bench.scanner._next

        async def slow(job: Any) -> Any:
            scans.set()
            await asyncio.sleep(LIMIT)

        bench.scanner._next = slow  # type: ignore[method-assign]
        async with given_up(cell) as checking:
            await scans.wait()
        assert checking.cancelled()
        assert len(bench.told("job-deleted")) == 1
        bench.scanner._next = give_page  # type: ignore[method-assign]
        assert (await check_health(cell, Level.EXTERNAL)).outcome is Outcome.SOUND
    assert pictures_in_memory() <= before


@pytest.mark.system
async def test_the_real_scanimage_leaves_no_picture_behind() -> None:
    before = scans_left()
    async with asyncio.timeout(LIMIT), opened() as scanner, at_work(scanner) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert told.outcome is Outcome.SOUND
    assert (told.found["pages"], told.found["dpi"]) == (1, 150)
    assert scans_left() <= before


@pytest.mark.system
async def test_nor_does_it_when_the_check_is_given_up() -> None:
    before = scans_left()
    async with asyncio.timeout(LIMIT), opened(extra=SLOW) as scanner, at_work(scanner) as cell:
        async with given_up(cell):
            while not [left for left in scans_left() - before if left.startswith("scan-")]:
                await asyncio.to_thread(os.sched_yield)
        assert not [left for left in scans_left() - before if left.startswith("scan-")]


@virtual
async def test_a_camera_s_picture_is_measured_and_stays_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "desk.jpg"
    file.write_bytes(jpeg_of(picture(40, 60)))
    camera = DocumentCamera.at(CameraSettings(), f"folder:{tmp_path}")
    async with at_work(camera) as cell:
        told = [await check_health(cell, level) for level in (Level.EXTERNAL, Level.INTERACTIVE)]
    assert [(each.outcome, each.found) for each in told] == [
        (Outcome.SOUND, {"pages": 1, "width": 40, "height": 60})
    ] * 2
    assert await asyncio.to_thread(lambda: [*tmp_path.iterdir()]) == [file]


@virtual
async def test_nothing_under_the_camera_is_no_fault_of_it(tmp_path: Path) -> None:
    async with at_work(DocumentCamera.at(CameraSettings(), f"folder:{tmp_path}")) as cell:
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.fault.split(":")[0]) == (Outcome.AGAIN, "refused")


class Feeder:
    """A scanner that has a feeder and nothing else, for black and white."""

    poll_seconds = 0.0

    def __init__(self) -> None:
        self.asked: list[ScanRequest] = []
        self.laid = False

    async def open(self, deadline: object) -> State:
        return State.of()

    async def poll(self, deadline: object) -> State:
        return State.of()

    async def close(self) -> None: ...

    async def scan(self, request: ScanRequest, deadline: object, came: object = None) -> tuple[Page, ...]:
        self.asked.append(request)
        if request.source is not Source.FEEDER or request.colour != "black-white":
            raise Refused("not so", CompletionCode.UNSUPPORTED_COMMAND, Remedy.NONE)
        if not self.laid:
            raise feeder_empty()
        return (Page(1, MediaType.PNG, b"", 8, 9, 149.6),)


@virtual
async def test_a_feeder_alone_has_nothing_to_show_without_a_person() -> None:
    feeder = Feeder()
    async with at_work(feeder) as cell:
        external = await check_health(cell, Level.EXTERNAL)
        nobody = await check_health(cell, Level.INTERACTIVE)
        asyncio.get_running_loop().call_later(3, setattr, feeder, "laid", True)
        somebody = await check_health(cell, Level.INTERACTIVE)
    assert [told.outcome for told in (external, nobody, somebody)] == [
        Outcome.NOT_SUPPORTED,
        Outcome.NOBODY_CAME,
        Outcome.SOUND,
    ]
    assert nobody.reasons == ("feeder-empty",)
    assert somebody.found == {"pages": 1, "width": 8, "height": 9, "dpi": 150}
    assert all(request.most_pages == 1 for request in feeder.asked)


@virtual
async def test_a_scan_that_is_given_up_before_its_turn_came_is_never_begun() -> None:
    feeder = Feeder()
    async with at_work(feeder) as cell, asyncio.TaskGroup() as group:
        long: Any = lambda driver, deadline: asyncio.sleep(3)  # noqa: E731
        group.create_task(cell.do(long, 10))
        await asyncio.sleep(1)
        asked = group.create_task(pages._page(cell, Source.FEEDER))
        await asyncio.sleep(1)
        asked.cancel()
        await asyncio.sleep(5)
    assert feeder.asked == []
