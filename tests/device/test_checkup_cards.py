"""A check with an identity card tells what kind of card it was, and nothing that stands on it, to nobody."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
import structlog

from device.api.checkups import _told
from device.cell import Cell
from device.checking import Terminal
from device.checkup import PERSON_SECONDS, Checkup, Level, Outcome, check_health
from drivers.contract import IdCard
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.id_card.sdt_codec import SW3
from simulators.id_card_reader.cards import CARDS
from simulators.id_card_reader.module import REJECTED
from tests.drivers.id_card_device import BAUD, Reader
from tests.drivers.line import Line
from tests.virtual_time import virtual

KINDS = {
    "resident": "resident",
    "rare-name": "resident",
    "long-name": "resident",
    "hk-macao-taiwan": "hk-macao-taiwan",
    "foreigner-2017": "foreigner-2017",
    "foreigner-2023": "foreigner-2023",
}


@asynccontextmanager
async def at_work() -> AsyncIterator[tuple[Reader, Cell[SdtReader]]]:
    reader = Reader()
    cell = Cell("cards", "sdt-reader", SdtReader(SdtSettings(), Line(reader, baud=BAUD)), family="id_card")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        await asyncio.sleep(1)
        yield reader, cell
        running.cancel()


async def checked(card: str, *, torn: bool = False, instead: int | None = None) -> tuple[Checkup, Cell[SdtReader]]:
    """A person lays this card down when asked."""
    async with at_work() as (reader, cell):
        if instead is not None:
            reader.instead["read"] = instead

        def lay() -> None:
            reader.module.lay(card)
            if torn:
                reader.module.tear()

        asyncio.get_running_loop().call_later(3, lay)
        return await check_health(cell, Level.INTERACTIVE), cell


@pytest.mark.parametrize(("card", "kind"), KINDS.items())
@virtual
async def test_it_is_told_that_the_card_was_read_and_what_kind_it_is(card: str, kind: str) -> None:
    told, cell = await checked(card)
    assert told == Checkup(Level.INTERACTIVE, Outcome.SOUND, (), "", {"card": kind})
    assert cell.statistics.report(0.0)["GoodReadCount"] == 1


@virtual
async def test_nobody_laid_a_card_down() -> None:
    async with at_work() as (_, cell):
        begun = asyncio.get_running_loop().time()
        told = await check_health(cell, Level.INTERACTIVE)
        assert asyncio.get_running_loop().time() - begun == pytest.approx(PERSON_SECONDS, abs=1)
    assert (told.outcome, told.found) == (Outcome.NOBODY_CAME, {})


@virtual
async def test_a_card_taken_away_or_not_accepted_is_told_in_plain_words_and_is_no_fault_of_the_reader() -> None:
    torn, cell = await checked("resident", torn=True)
    rejected, _ = await checked(REJECTED)
    assert (torn.outcome, torn.reasons, torn.found) == (Outcome.AGAIN, ("card-torn",), {})
    assert (rejected.outcome, rejected.reasons) == (Outcome.AGAIN, ("card-rejected",))
    told = _told(cell, torn)
    assert told["why"]["card-torn"]["zh-CN"] == "卡没有读完就拿走了，请重新放一次"
    assert told["text"]["zh-CN"].startswith("没有查成")


@virtual
async def test_a_reader_that_is_broken_is_faulty_and_nobody_is_asked_for_a_card() -> None:
    async with at_work() as (reader, cell):
        reader.instead["status"] = SW3.NOT_AUTHORISED
        reader.asked.clear()
        told = await check_health(cell, Level.INTERACTIVE)
        assert "find" not in reader.asked
    assert (told.outcome, told.reasons) == (Outcome.FAULTY, ("not-configured",))


def lines_of(checkup: Checkup, cell: Cell[SdtReader]) -> list[str]:
    """What a technician's terminal prints of it."""
    printed: list[str] = []
    terminal = Terminal(1, printed.append)
    answer = msgspec.json.decode(msgspec.json.encode(_told(cell, checkup)))
    terminal._ask = lambda name, level: answer  # type: ignore[method-assign]
    terminal.check(cell.name, cell.family, checkup.level)
    return printed


def cards_in_memory() -> int:
    gc.collect()
    return sum(isinstance(held, IdCard) for held in gc.get_objects())


@virtual
async def test_no_value_of_a_card_is_told_logged_or_kept() -> None:
    spoken: list[str] = []
    before = cards_in_memory()
    with structlog.testing.capture_logs() as logged:
        for card in CARDS:
            for how in ({}, {"torn": True}, {"instead": SW3.READ_FAILED}, {"instead": SW3.INFORMATION_CHECK}):
                told, cell = await checked(card, **how)
                spoken += [repr(told), str(told), *lines_of(told, cell), str(cell.statistics.report(0.0))]
                spoken.append(msgspec.json.encode(_told(cell, told)).decode())
    assert cards_in_memory() <= before
    said = "\n".join([*spoken, *map(str, logged)])
    assert "card=resident" in said
    fields = [value for card in CARDS.values() for value in card.fields.values()]
    values = {value for value in fields if len(value) > 2 or not value.isascii()}
    assert {"张三", "11010119000101009X", "19000101"} <= values
    assert [value for value in values if value in said] == []
