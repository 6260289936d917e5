"""The whole way of a card: driver, real serial transport, a pty at 115200, the simulated reader."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from drivers.contract import Garbled, Gone, IdCard, Refused, Remedy, Silent
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from drivers.transport import SerialTransport, Settings
from simulators.control import Fault, LayCard, LiftCard, TearCard
from simulators.id_card_reader.cards import CARDS
from simulators.id_card_reader.reader import Reader
from simulators.line import Line

pytestmark = pytest.mark.wire
BAUD = 115_200
READ_SECONDS = 0.05
FASTEST = SdtSettings(read_seconds=1.0)


@asynccontextmanager
async def laid(tmp_path: Path, card: str = "resident") -> AsyncIterator[tuple[SdtReader, Reader]]:
    line = Line(tmp_path / "port", BAUD)
    line.open()
    with closing(line), closing(Reader(line, lambda _: None, read_seconds=READ_SECONDS)) as reader:
        driver = SdtReader(FASTEST, SerialTransport(Settings(str(tmp_path / "port"), BAUD)))
        await driver.open(Deadline.after(5))
        reader.do(LayCard(card=card, newest_address="上海市黄浦区示例路3号"))
        try:
            yield driver, reader
        finally:
            await driver.close()


async def test_every_card_is_read_over_a_line(tmp_path: Path) -> None:
    async with laid(tmp_path) as (driver, reader):
        for name, card in CARDS.items():
            reader.do(LiftCard())
            reader.do(LayCard(card=name, newest_address="上海市黄浦区示例路3号"))
            result = await driver.read_card(Deadline.after(10), newest_address=True)
            assert isinstance(result, IdCard)
            assert (result.name, result.number.reveal()) == (card.fields["name"], card.fields["number"])
            assert result.newest_address == "上海市黄浦区示例路3号"


@pytest.mark.parametrize("fault", ["slow", "short-preamble", "no-30-01"])
async def test_a_line_or_a_reader_with_a_habit_is_read_all_the_same(tmp_path: Path, fault: str) -> None:
    async with laid(tmp_path) as (driver, reader):
        reader.do(Fault(name=fault, on=True))
        assert isinstance(await driver.read_card(Deadline.after(20)), IdCard)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("garble", (Garbled, Silent)),
        ("wrong-checksum", (Garbled,)),
        ("cut-line", (Silent,)),
        ("vendor-time-out", (Silent,)),
        ("unplug", (Gone,)),
        ("self-test-failed", (Refused,)),
    ],
)
async def test_a_fault_is_one_of_the_four(tmp_path: Path, fault: str, expected: tuple[type[Exception], ...]) -> None:
    async with laid(tmp_path) as (driver, reader):
        reader.do(Fault(name=fault, on=True))
        with pytest.raises(expected):
            await driver.read_card(Deadline.after(3))


async def test_a_card_torn_away_while_it_is_read_is_to_be_laid_down_again(tmp_path: Path) -> None:
    async with laid(tmp_path) as (driver, reader):
        reader.do(TearCard())
        with pytest.raises(Refused) as refused:
            await driver.read_card(Deadline.after(10))
        assert refused.value.remedy is Remedy.CLEAR
        reader.do(LayCard(card="rare-name"))
        card = await driver.read_card(Deadline.after(10))
        assert isinstance(card, IdCard)
        assert card.name == "𠅤䶮㛃"


async def test_a_reader_unplugged_while_it_reads_is_gone(tmp_path: Path) -> None:
    async with laid(tmp_path) as (driver, reader):
        unplug = partial(reader.do, Fault(name="unplug", on=True))
        asyncio.get_running_loop().call_later(READ_SECONDS, unplug)
        with pytest.raises(Gone):
            await driver.read_card(Deadline.after(10))
