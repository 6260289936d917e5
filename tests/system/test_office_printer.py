"""The IPP driver and the papers on CUPS' ippeveprinter; and CUPS' ipptool on the simulated printer."""

from __future__ import annotations

import asyncio
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from device.cell import Cell
from device.checkup import Level, Outcome, check_health
from device.papers.page import Paper, Text
from device.papers.raster import raster
from device.papers.render import document
from drivers.contract import PDF, PWG_RASTER, CompletionCode, Document, Phase, Refused
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppPrinter, IppSettings
from tests.free_ports import free_port
from tests.system.ippeveprinter import IppEvePrinter, wait_until

pytestmark = pytest.mark.system

LIMIT = 20.0
PAPER = Paper("notice", ((Text(20, 30, 20.0, "一次性告知单 𠅤䶮㛃"),),))


@pytest.fixture(scope="module")
def eve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IppEvePrinter]:
    with IppEvePrinter(tmp_path_factory.mktemp("eve")) as printer:
        yield printer


@pytest.fixture(scope="module")
def notice() -> Document:
    return Document("notice", PWG_RASTER, raster(PAPER, 300))


@asynccontextmanager
async def driving(
    eve: IppEvePrinter, settings: IppSettings | None = None, scheme: str = "ipp"
) -> AsyncIterator[IppPrinter]:
    driver = IppPrinter.at(settings or IppSettings(), f"{scheme}://127.0.0.1:{eve.port}/ipp/print")
    await driver.open(Deadline.after(LIMIT))
    try:
        yield driver
    finally:
        await driver.close()


async def test_a_notice_comes_to_the_printer_as_it_was_made_and_is_confirmed(eve: IppEvePrinter) -> None:
    eve.prints()
    async with driving(eve) as driver:
        assert {PDF, PWG_RASTER} <= driver.abilities.formats
        assert driver.abilities.raster_dpi == 300
        assert (await driver.identity(Deadline.after(LIMIT))).model == "Example Printer"
        notice = document(PAPER, driver.abilities)
        done = await driver.print_document(notice, Deadline.after(LIMIT))
        assert (done.code, done.confirmed, done.evidence) == (CompletionCode.SUCCESS, True, "job-state")
        assert eve.documents()[-1] == notice.data
        assert notice.format == PDF


async def test_a_check_prints_a_page_and_believes_the_job_s_end(eve: IppEvePrinter) -> None:
    eve.prints()
    printed = len(eve.documents())
    driver = IppPrinter.at(IppSettings(), f"ipp://127.0.0.1:{eve.port}/ipp/print")
    cell = Cell("office", "ipp-printer", driver, family="office_printer")
    async with asyncio.timeout(2 * LIMIT), asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        with cell.watch.watching() as changed:
            while not cell.state.accepting:
                await changed.wait()
                changed.clear()
        told = await check_health(cell, Level.EXTERNAL)
        running.cancel()
    assert (told.outcome, told.found) == (Outcome.SOUND, {"pages": 1, "evidence": "job-state"})
    assert [page.startswith(b"%PDF") for page in eve.documents()[printed:]] == [True]


async def test_dots_come_as_they_were_made(eve: IppEvePrinter, notice: Document) -> None:
    eve.prints()
    async with driving(eve) as driver:
        assert (await driver.print_document(notice, Deadline.after(LIMIT))).confirmed is True
    assert eve.documents()[-1] == notice.data


def test_cups_makes_a_page_of_our_dots(tmp_path: Path, notice: Document) -> None:
    file = tmp_path / "notice.pwg"
    file.write_bytes(notice.data)
    environment = {**os.environ, "CONTENT_TYPE": PWG_RASTER}
    page = subprocess.run(["/usr/sbin/ippevepcl", file], env=environment, capture_output=True, check=True).stdout
    assert page.startswith(b"\x1bE")


async def test_paper_that_has_run_out_is_waited_for(eve: IppEvePrinter, notice: Document) -> None:
    eve.prints()
    async with driving(eve) as driver, driving(eve) as other:
        eve.fill(sheets=0)
        assert "media-empty" in (await other.poll(Deadline.after(LIMIT))).keywords()
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(driver.print_document(notice, Deadline.after(2 * LIMIT)))
            async with asyncio.timeout(LIMIT):
                while "media-needed" not in (await other.poll(Deadline.after(LIMIT))).keywords():
                    pass
            assert not printing.done()
            eve.fill()
        assert printing.result().confirmed is True


async def test_a_job_that_it_gives_up_is_not_printed_and_says_why(eve: IppEvePrinter, notice: Document) -> None:
    eve.prints("STATE: +media-jam-error\n", code=1)
    async with driving(eve) as driver:
        done = await driver.print_document(notice, Deadline.after(LIMIT))
        assert (done.code, done.confirmed) == (CompletionCode.HARDWARE_ERROR, False)
        assert "media-jam" in {reason.keyword for reason in done.reasons}
    eve.power_off()
    eve.start()


async def test_what_it_does_not_take_is_refused_before_it_leaves(eve: IppEvePrinter, notice: Document) -> None:
    async with driving(eve, IppSettings(media="iso_a0_841x1189mm")) as driver:
        given = len(eve.documents())
        with pytest.raises(Refused) as refused:
            await driver.print_document(notice, Deadline.after(LIMIT))
        assert refused.value.code is CompletionCode.INVALID_DATA
        assert len(eve.documents()) == given


async def test_a_power_cut_in_the_middle_leaves_it_open_and_nothing_comes_out_by_itself(
    eve: IppEvePrinter, notice: Document
) -> None:
    eve.prints(waits=True)
    async with driving(eve) as driver, driving(eve) as other:
        async with asyncio.TaskGroup() as group:
            printing = group.create_task(driver.print_document(notice, Deadline.after(LIMIT)))
            async with asyncio.timeout(LIMIT):
                while (await other.poll(Deadline.after(LIMIT))).phase is not Phase.PROCESSING:
                    pass
            eve.power_off()
            eve.prints()
            eve.start()
        assert printing.result().confirmed is None
        given = len(eve.documents())
        assert (await driver.open(Deadline.after(LIMIT))).phase is Phase.IDLE
        assert (await driver.print_document(notice, Deadline.after(LIMIT))).confirmed is True
        assert len(eve.documents()) <= given + 1


async def test_with_tls_it_is_known_by_its_own_certificate(eve: IppEvePrinter, notice: Document) -> None:
    eve.prints()
    certificate = await asyncio.to_thread(ssl.get_server_certificate, ("localhost", eve.port), timeout=LIMIT)
    async with driving(eve, IppSettings(certificate=certificate), "ipps") as driver:
        assert (await driver.print_document(notice, Deadline.after(LIMIT))).confirmed is True


def test_cups_own_client_prints_on_the_simulated_printer(tmp_path: Path, notice: Document) -> None:
    control, file, port = tmp_path / "control", tmp_path / "notice.pwg", free_port()
    file.write_bytes(notice.data)
    command = [sys.executable, "-m", "yichuang", "simulate", "office-printer", "--tcp", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, "--control", str(control), "--page-seconds", "0.05"]) as simulator:
        try:
            wait_until(control.exists, simulator)
            for test in ("get-printer-attributes.test", "print-job-and-wait.test"):
                uri = f"ipp://127.0.0.1:{port}/ipp/print"
                client = ["ipptool", "-t", "-d", f"filetype={PWG_RASTER}", "-f", str(file), uri, test]
                said = subprocess.run(client, capture_output=True, text=True, timeout=LIMIT, check=False)
                assert said.returncode == 0, said.stdout
            (kept,) = (tmp_path / "control-jobs").iterdir()
            assert kept.read_bytes() == notice.data
        finally:
            simulator.terminate()
    assert not control.exists()
