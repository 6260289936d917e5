"""An ID card reader in its cell: a card through the queue, a torn one refused without losing the reader."""

from __future__ import annotations

import asyncio

import pytest

from device.cell import Cell
from drivers.contract import CARD_TORN, IdCard, NoCard, Refused, Remedy, State
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from tests.drivers.id_card_device import BAUD, Reader
from tests.drivers.line import Line
from tests.virtual_time import virtual


async def read(driver: SdtReader, deadline: Deadline) -> IdCard | NoCard:
    return await driver.read_card(deadline)


async def state(cell: Cell[SdtReader], wanted: State) -> None:
    with cell.watch.watching() as changed:
        async with asyncio.timeout(60):
            while cell.state != wanted:
                await changed.wait()
                changed.clear()


@virtual
async def test_a_torn_card_is_told_in_the_readers_state_until_another_is_read() -> None:
    reader = Reader()
    line = Line(reader, baud=BAUD)
    cell = Cell("cards", "sdt-reader", SdtReader(SdtSettings(), line), family="id_card")
    async with asyncio.TaskGroup() as group:
        running = group.create_task(cell.run())
        await state(cell, State.of())
        reader.module.lay("resident")
        reader.module.tear()
        with pytest.raises(Refused) as refused:
            await cell.do(read, 10)
        assert refused.value.remedy is Remedy.CLEAR
        await state(cell, State.of(CARD_TORN))
        reader.module.lay("resident")
        assert isinstance(await cell.do(read, 10), IdCard)
        await state(cell, State.of())
        running.cancel()
    assert line.opens == 1
    counted = {
        "RefusedCount": 1,
        "FailedReadCount": 1,
        "GoodReadCount": 1,
        "SuccessfulCount": 1,
        "HoursPoweredCount": 0,
    }
    assert cell.statistics.report(0.0) == counted
