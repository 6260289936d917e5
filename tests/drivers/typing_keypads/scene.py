"""Keypads that type, opened by their drivers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from drivers.caller.usb import UsbCaller, UsbCallerSettings
from drivers.contract import GradePress
from drivers.deadline import Deadline
from drivers.input_port import InputPort
from drivers.rating_keypad.usb import UsbKeypad, UsbKeypadSettings
from tests.drivers.keyboards import Keypad, Machine

KP1, KP2, KP5, ENTER, PLUS, NUM_LOCK, TOP_1 = 79, 80, 76, 96, 78, 69, 2
SOCKET = "usb-0000:00:14.0-2.3"
ADDRESS = f"phys:{SOCKET}"
FIVE = {
    "5": "very-satisfied",
    "4": "satisfied",
    "3": "basically-satisfied",
    "2": "dissatisfied",
    "1": "very-dissatisfied",
}
WORST, BEST = GradePress(KP1, "very-dissatisfied"), GradePress(KP5, "very-satisfied")


def keypad_at(machine: Machine, name: str = "event3") -> Keypad:
    return machine.plugged[f"/dev/input/{name}"]


@asynccontextmanager
async def opened(machine: Machine, address: str = ADDRESS) -> AsyncIterator[UsbKeypad]:
    driver = UsbKeypad(UsbKeypadSettings(FIVE), InputPort(address, machine))
    await driver.open(Deadline.after(1))
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def caller(machine: Machine, **settings: Any) -> AsyncIterator[UsbCaller]:
    driver = UsbCaller(UsbCallerSettings(**settings), InputPort(ADDRESS, machine))
    await driver.open(Deadline.after(1))
    try:
        yield driver
    finally:
        await driver.close()


@asynccontextmanager
async def heard_by(next_press: Callable[[], Awaitable[Any]]) -> AsyncIterator[list[Any]]:
    """Every press as it comes; the list grows while the block runs."""
    heard: list[Any] = []

    async def listen() -> None:
        while True:
            heard.append(await next_press())

    async with asyncio.TaskGroup() as group:
        task = group.create_task(listen())
        try:
            yield heard
            await asyncio.sleep(0.01)
        finally:
            task.cancel()
