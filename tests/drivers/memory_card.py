"""A reader in memory: a simulated card behind drivers.smart_card.card_port.CardPort, over four lines."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

from drivers.contract import Gone
from drivers.deadline import Deadline
from drivers.smart_card.card_port import Taken
from simulators.smart_card.chip import Chip
from tests.drivers.line import DELAY, LOSS, Way


class MemoryPort:
    """``cut_after``: so many bytes of answers until ``on_cut``: the card is torn out, or the reader unplugged."""

    def __init__(self, chip: Chip | None = None, way: Way = "whole", *, seed: int = 0) -> None:
        self.chip = chip
        self._way = way
        self._random = random.Random(seed)
        self.opened = self.plugged = True
        self.powered = False
        self.cut_after: int | None = None
        self.on_cut: Callable[[], None] = self.tear
        self.carried = 0
        self.commands: list[bytes] = []
        self.answers: list[bytes] = []
        self.changed = asyncio.Event()
        if chip is not None and way == "byte by byte":
            chip.pieces = 1

    def lay(self, chip: Chip) -> None:
        self.chip = chip
        self.changed.set()

    def tear(self) -> None:
        self.chip = None
        self.changed.set()

    def unplug(self) -> None:
        self.plugged = False
        self.changed.set()

    async def open(self, deadline: Deadline) -> None:
        self._here()
        self.opened = True

    async def answer_to_reset(self, deadline: Deadline) -> bytes | None:
        self._here()
        return None if self.chip is None else self.chip.atr

    async def wait(self, deadline: Deadline, *, present: bool) -> bool:
        while deadline.left() and (self.chip is not None) is not present:
            self._here()
            self.changed.clear()
            try:
                async with asyncio.timeout_at(deadline.at):
                    await self.changed.wait()
            except TimeoutError:
                break
        self._here()
        return (self.chip is not None) is present

    async def connect(self, deadline: Deadline) -> None:
        self._here()
        if self.chip is None:
            raise Taken
        self.chip.reset()
        self.powered = True

    async def transmit(self, command: bytes, deadline: Deadline) -> bytes:
        self._here()
        if self.chip is None:
            raise Taken
        assert self.powered
        self.commands.append(command)
        answer = self._carried(self.chip.answer(command))
        if self._way == "delayed":
            async with deadline.limit("the card does not answer"):
                await asyncio.sleep(DELAY * self._random.random())
        self.carried += len(answer)
        if self.cut_after is not None and self.carried > self.cut_after:
            answer = answer[: len(answer) - (self.carried - self.cut_after)]
            self.on_cut()
            if not answer:
                return await self.transmit(command, deadline)  # which says what is lost
        self.answers.append(answer)
        return answer

    async def disconnect(self, deadline: Deadline) -> None:
        self.powered = False

    async def close(self) -> None:
        self.opened = self.powered = False

    def _carried(self, answer: bytes) -> bytes:
        if self._way != "lossy":
            return answer
        return bytes(byte for byte in answer if self._random.random() >= LOSS)

    def _here(self) -> None:
        if not self.plugged:
            raise Gone("the reader was unplugged")


def through(exchange: Any, say: Callable[[bytes], bytes]) -> Any:
    """Carry an exchange out; what it gives."""
    try:
        command = next(exchange)
        while True:
            command = exchange.send(say(command))
    except StopIteration as done:
        return done.value
