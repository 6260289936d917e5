"""An ID card reader over four lines, and unplugged at every byte: the right card or one of the four errors, in time."""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import DeviceFault, Gone, IdCard, NoCard
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from tests.drivers.id_card_device import BAUD, Reader, opened
from tests.drivers.line import WAYS, Line, Way
from tests.virtual_time import run

SECONDS = 12
SLACK = 0.001
EXCHANGES = 10 + 15 + 10 + 19 + 10 + 1295
"""Bytes of find, select, read and their answers."""
EVERY_BYTE_UNTIL, STRIDE = 80, 11
"""Inside text and photo every byte is like the next."""


async def outcome(driver: SdtReader) -> IdCard | NoCard | DeviceFault:
    deadline = Deadline.after(SECONDS)
    result: IdCard | NoCard | DeviceFault
    try:
        result = await driver.read_card(deadline)
    except DeviceFault as fault:
        result = fault
    assert asyncio.get_running_loop().time() <= deadline.at + SLACK
    return result


@pytest.mark.parametrize("way", WAYS)
def test_a_card_is_read_right_or_not_at_all(way: Way) -> None:
    async def one(seed: int) -> None:
        reader = Reader()
        line = Line(reader, way, baud=BAUD, seed=seed)
        driver = SdtReader(SdtSettings(), line)
        if way == "lossy":
            await driver._transport.open(Deadline.after(1))
        else:
            await driver.open(Deadline.after(5))
        reader.module.lay("rare-name")
        result = await outcome(driver)
        assert isinstance(result, IdCard) or way == "lossy"
        if isinstance(result, IdCard):
            assert (result.name, result.number.reveal()) == ("𠅤䶮㛃", "110101190001010022")

    for seed in range(20 if way == "lossy" else 4):
        run(one(seed))


def test_a_reader_unplugged_at_any_byte_is_gone_in_time_and_reads_again_when_plugged() -> None:
    async def reading(cut_after: int | None, way: Way = "whole") -> int:
        reader = Reader()
        reader.module.lay("resident")
        driver, line, _ = await opened(reader, way=way)
        line.cut_after = cut_after
        result = await outcome(driver)
        if cut_after is None:
            assert isinstance(result, IdCard)
            return line.carried
        assert isinstance(result, Gone)
        line.replug()
        reader.module.lift()
        reader.module.lay("resident")
        await driver.open(Deadline.after(5))
        assert isinstance(await outcome(driver), IdCard)
        return line.carried

    assert run(reading(None)) == EXCHANGES
    for position in (*range(EVERY_BYTE_UNTIL), *range(EVERY_BYTE_UNTIL, EXCHANGES, STRIDE), EXCHANGES - 1):
        run(reading(position))
    for position in range(0, EVERY_BYTE_UNTIL, 9):
        run(reading(position, "byte by byte"))
