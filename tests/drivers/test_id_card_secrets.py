"""What a card says is told to who asked for the card, and to nobody else."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest

from drivers.contract import DeviceFault, IdCard
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader
from drivers.id_card.sdt_codec import SW3
from simulators.id_card_reader import sdt as device
from simulators.id_card_reader.cards import CARDS, PHOTO
from simulators.id_card_reader.module import NAMES
from tests.drivers.id_card_device import Reader, opened
from tests.virtual_time import virtual

PLACE = re.compile(r"0x[0-9a-f]+|line \d+")  # where an object lies, or a line of code, may hold any three figures


class TestNothingPersonalIsTold:
    """All cards and all failures, everything they say collected, and no value of any card in it."""

    @asynccontextmanager
    async def laid(self, name: str) -> AsyncIterator[tuple[Reader, SdtReader]]:
        reader = Reader()
        driver, _, _ = await opened(reader)
        reader.module.lay(name, with_fingerprint=True, newest_address="上海市黄浦区示例路3号")
        yield reader, driver
        await driver.close()

    async def told_of_readings(self) -> list[str]:
        told = []
        for name in CARDS:
            async with self.laid(name) as (_, driver):
                card = await driver.read_card(Deadline.after(10), newest_address=True, body_number=True)
                assert isinstance(card, IdCard)
                told += [repr(card), str(card), f"{card}", f"{card.number} {card.number!r} {card.travel_permit}"]
                told += [
                    f"{card.earlier_permit:>20}",
                    repr([card]),
                    repr(driver),
                    str(await driver.poll(Deadline.after(1))),
                ]
        return told

    @virtual
    async def test_a_card_cannot_be_put_on_a_wire_by_mistake(self) -> None:
        async with self.laid("hk-macao-taiwan") as (_, driver):
            card = await driver.read_card(Deadline.after(10))
        with pytest.raises(TypeError, match="Personal"):
            msgspec.json.encode(card)

    async def told_of_failures(self) -> list[str]:
        told = []
        for name in NAMES:
            whole = device.answer(device.DONE, device.reading(CARDS.get(name, CARDS["resident"]).text(), PHOTO))
            strange = bytearray(CARDS["resident"].text())
            strange[248] = ord("K")
            spoilt = [whole[:400] + whole[401:], whole[:-1] + b"\0", whole[:900], device.VENDOR_TIME_OUT]
            spoilt.append(device.answer(device.DONE, device.reading(bytes(strange), PHOTO)))
            for instead in [*spoilt, *SW3]:
                async with self.laid(name) as (reader, driver):
                    reader.instead["read"] = reader.instead["read-with-fingerprint"] = instead
                    try:
                        await driver.read_card(Deadline.after(10), newest_address=True)
                    except DeviceFault as fault:
                        told += [repr(fault), "".join(traceback.format_exception(fault)), str(fault.__dict__)]
        return told

    @virtual
    async def test_in_no_repr_exception_or_log_line(self) -> None:
        lines: list[str] = []
        handler = logging.Handler(0)
        handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
        logging.getLogger().addHandler(handler)
        try:
            told = [*await self.told_of_readings(), *await self.told_of_failures(), *lines]
        finally:
            logging.getLogger().removeHandler(handler)
        assert len(told) > 200
        values = {value for card in CARDS.values() for value in card.fields.values() if len(value) > 2}
        values |= {"张三", "李四", "安娜", "上海市黄浦区示例路3号"}
        hexed = {value.encode("utf-16-le").hex() for value in values} | {
            value.encode("utf-16-le").hex(" ") for value in values
        }
        escaped = {repr(value.encode("utf-16-le"))[2:-1] for value in values}
        everything = PLACE.sub("", "\n".join(told))
        assert [value for value in values | hexed | escaped if value in everything] == []
