"""The simulated security module at the far end of a Line in memory, with answers that a test may set itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers.contract import IdCardReader, State
from drivers.deadline import Deadline
from drivers.id_card.sdt import SdtReader, SdtSettings
from simulators.id_card_reader import sdt
from simulators.id_card_reader.module import Module
from simulators.id_card_reader.sdt import Request, RequestReader, Wrong
from tests.drivers.devices import nowhere
from tests.drivers.line import Line, Way

BAUD = 115_200


class Reader:
    def __init__(self, read_seconds: float = 0.7) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.module = Module(read_seconds)
        self.silent = False
        self.asked: list[str] = []
        self.asked_at: list[float] = []
        self.instead: dict[str, bytes | int] = {}
        """By request: the bytes to say instead of the module's answer, or an SW3."""
        self._requests = RequestReader()

    def hear(self, data: bytes) -> None:
        for byte in data:
            request = self._requests.feed(byte)
            if request is None or self.silent:
                continue
            name = "wrong" if isinstance(request, Wrong) else request.name
            self.asked.append(name)
            self.asked_at.append(asyncio.get_running_loop().time())
            seconds = 0.0 if isinstance(request, Wrong) else self.module.seconds(request)
            asyncio.get_running_loop().call_later(seconds, self._answer, name, request)

    def _answer(self, name: str, request: Request | Wrong) -> None:
        answer = self.module.answer(request)
        instead = self.instead.get(name, answer)
        self.say(sdt.answer(instead) if isinstance(instead, int) else instead)


async def opened(
    reader: Reader, settings: SdtSettings | None = None, way: Way = "whole", seed: int = 0
) -> tuple[SdtReader, Line, State]:
    line = Line(reader, way, baud=BAUD, seed=seed)
    driver = SdtReader(settings or SdtSettings(), line)
    as_promised: IdCardReader = driver
    state = await as_promised.open(Deadline.after(5))
    reader.asked.clear()
    reader.asked_at.clear()
    line.carried = 0
    return driver, line, state
