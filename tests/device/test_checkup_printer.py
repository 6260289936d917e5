"""A test page on a simulated office printer: judged by how its job ended, and never on a numbered sheet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import pytest

from device.cell import Cell
from device.checkup import Level, Outcome, check_health
from device.trials import prints
from drivers.office_printer.ipp import IppPrinter, IppSettings
from tests.drivers.office_bench import MemoryPort, Simulated
from tests.virtual_time import virtual

drawn_once = cache(prints._test_page)
"""Drawing takes two seconds of a processor each time."""
APART = {"special_source": "tray-2", "plain_source": "tray-1"}


@pytest.fixture(autouse=True)
def _drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prints, "_test_page", drawn_once)


@asynccontextmanager
async def at_work(settings: IppSettings | None = None) -> AsyncIterator[tuple[Simulated, Cell[IppPrinter]]]:
    simulated = Simulated(first_serial=101, page_seconds=2.0)
    driver = IppPrinter(settings or IppSettings(), MemoryPort(simulated))
    cell = Cell("office", "ipp-printer", driver, family="office_printer")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        await asyncio.sleep(1)
        yield simulated, cell
        running.cancel()
    simulated.printer.close()


@pytest.mark.parametrize("options", [{}, APART])
@virtual
async def test_a_test_page_comes_out_on_plain_paper(options: dict[str, str]) -> None:
    async with at_work(IppSettings(**options)) as (simulated, cell):  # type: ignore[arg-type]
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.found) == (Outcome.SOUND, {"pages": 1, "evidence": "job-state"})
    (job,) = simulated.jobs()
    assert (job["out"], job["serials"]) == (1, [])
    assert simulated.printer._serial == 101


@virtual
async def test_a_person_looks_at_the_page() -> None:
    async with at_work() as (simulated, cell):
        assert (await check_health(cell, Level.INTERACTIVE)).outcome is Outcome.LOOK
    assert simulated.out == 1


@virtual
async def test_a_printer_that_only_takes_jobs_leaves_it_to_who_looks() -> None:
    async with at_work(IppSettings(completed="taken")) as (_, cell):
        told = await check_health(cell, Level.EXTERNAL)
    assert (told.outcome, told.found) == (Outcome.LOOK, {"evidence": "taken"})


@pytest.mark.parametrize(
    "options",
    [
        {"special_source": "tray-2"},
        {"special_source": "auto"},
        {"special_source": "tray-2", "plain_source": "auto"},
        {"special_source": "auto", "plain_source": "tray-1"},
        {"special_source": "tray-1", "plain_source": "tray-1"},
        {**APART, "fidelity": False},
    ],
)
@pytest.mark.parametrize("level", [Level.EXTERNAL, Level.INTERACTIVE])
@virtual
async def test_where_a_page_could_use_up_a_numbered_sheet_none_is_printed(
    options: dict[str, str | bool], level: Level
) -> None:
    async with at_work(IppSettings(**options)) as (simulated, cell):  # type: ignore[arg-type]
        told = await check_health(cell, level)
    assert (told.outcome, dict(told.found), simulated.jobs()) == (Outcome.NUMBERED_PAPER, {}, [])


@pytest.mark.parametrize(
    ("fault", "reason"), [("jam", "media-jam"), ("out-of-paper", "media-empty"), ("cover-open", "cover-open")]
)
@virtual
async def test_what_keeps_a_page_from_coming_out_is_told_and_the_page_called_back(fault: str, reason: str) -> None:
    async with at_work() as (simulated, cell):
        asyncio.get_running_loop().call_later(1, simulated.fault, fault)
        told = await check_health(cell, Level.EXTERNAL)
        simulated.fault(fault, on=False)
        await asyncio.sleep(60)
    assert told.outcome is Outcome.FAULTY
    assert reason in told.reasons
    assert "pages" not in told.found
    assert (simulated.out, simulated.running()) == (0, False)


@virtual
async def test_a_page_that_cannot_be_drawn_here_is_refused_with_the_remedy() -> None:
    async with at_work() as (simulated, cell):
        cell._driver.abilities = type(cell._driver.abilities)(frozenset({"image/jpeg"}))
        told = await check_health(cell, Level.EXTERNAL)
    assert told.outcome is Outcome.FAULTY
    assert "neither PDF nor PWG raster → use one that does" in told.fault
    assert simulated.jobs() == []
