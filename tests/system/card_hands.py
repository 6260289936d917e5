"""Hands at the virtual readers, and what a test does with a driver there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from typing import Any

from drivers.contract import Card, DeviceFault, Garbled, Gone, Refused, Silent
from drivers.deadline import Deadline
from drivers.smart_card.pcsc import PcscReader, PcscSettings
from drivers.smart_card.pcsc_port import PcscPort
from simulators.control import Event
from simulators.smart_card.hand import Hand
from tests.system.pcscd import Pcscd

LIMIT = 10.0
WHOLE_LIMIT = 60.0
BACK_OFF = 0.02
FIRST, SECOND = "Hall 00 00", "Hall 00 01"


class Hands:
    """A hand for each reader, and what the cards noticed."""

    def __init__(self, pcscd: Pcscd, group: asyncio.TaskGroup) -> None:
        self.events: list[Event] = []
        self._hands = {
            name: Hand(address, self.events.append, group.create_task) for name, address in pcscd.addresses.items()
        }

    def __getitem__(self, reader: str) -> Hand:
        return self._hands[reader]

    def close(self) -> None:
        for hand in self._hands.values():
            hand.close()


@asynccontextmanager
async def hands(pcscd: Pcscd) -> AsyncIterator[Hands]:
    async with asyncio.timeout(WHOLE_LIMIT), asyncio.TaskGroup() as group:
        at_work = Hands(pcscd, group)
        try:
            yield at_work
        finally:
            at_work.close()


@asynccontextmanager
async def opened(reader: str = FIRST) -> AsyncIterator[PcscReader]:
    driver = PcscReader(PcscSettings(), PcscPort(reader))
    await until_open(driver)
    try:
        yield driver
    finally:
        await driver.close()


async def until_open(driver: PcscReader) -> None:
    """As a cell does: again until the service takes it."""
    async with asyncio.timeout(LIMIT):
        while True:
            with suppress(Gone, Silent):
                await driver.open(Deadline.after(1))
                return
            await asyncio.sleep(BACK_OFF)


async def emptied(driver: PcscReader) -> None:
    assert await driver.wait_for_removal(Deadline.after(LIMIT))


async def read(driver: PcscReader, seconds: float = LIMIT) -> Card:
    assert await driver.wait_for_card(Deadline.after(LIMIT))
    return await driver.read_card(Deadline.after(seconds))


async def again(driver: PcscReader) -> Card:
    """A card that takes another's place may be taken for the old one at first: read again, as a screen asks to."""
    async with asyncio.timeout(LIMIT):
        while True:
            with suppress(Refused, Garbled):
                return await read(driver)
            await asyncio.sleep(BACK_OFF)


async def outcome(verb: Awaitable[Any]) -> DeviceFault | None:
    try:
        await verb
    except DeviceFault as fault:
        return fault
    return None
